//! Pages of a list (AIP-158): `page_size`, `page_token`, `next_page_token`.
//!
//! ```text
//! let page = Page::read(request.page_size, &request.page_token, &[&request.town])?;
//! let rows = store.read_rows(.., &page.rows()).await?;
//! let (rows, next_page_token) = page.cut(rows, |row| &row.key);
//! ```

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use wire::Violation;

/// Rows for callers that name no number.
pub const DEFAULT: u32 = 50;
/// Rows at most.
pub const MAX: u32 = 1000;

const VERSION: u8 = 1;
const FILTER_BYTES: usize = 8;

/// One page of a list that is ordered by a unique key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Rows that the answer holds at most: 1 to 1000.
    pub size: u32,
    /// Key of the last row of the page before; empty for the first page.
    pub after: String,
    filter: [u8; FILTER_BYTES],
}

impl Page {
    /// Reads a request's `page_size` and `page_token`. `filter` is everything else that the list
    /// depends on: a token continues the list that it came from and no other.
    pub fn read(size: i32, token: &str, filter: &[&str]) -> Result<Self, Violation> {
        let filter = digest(filter);
        let size = match u32::try_from(size) {
            Err(_) => {
                let problem = format!("{size} is negative: give 1 to {MAX}, or 0 for {DEFAULT}");
                return Err(Violation::new("page_size", problem));
            }
            Ok(0) => DEFAULT,
            Ok(size) => size.min(MAX),
        };
        let after = if token.is_empty() {
            String::new()
        } else {
            open(token, filter)?
        };
        Ok(Self {
            size,
            after,
            filter,
        })
    }

    /// How many rows to ask for: one more than shown, which tells whether a next page exists.
    pub fn fetch(&self) -> u32 {
        self.size + 1
    }

    /// The rows to read from a store for this page.
    pub fn rows(&self) -> eventlog::Page {
        eventlog::Page {
            after: self.after.clone(),
            limit: self.fetch(),
        }
    }

    /// Cuts the fetched rows to the page; the token of the next one is empty on the last.
    pub fn cut<R>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> &str) -> (Vec<R>, String) {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        if rows.len() <= size {
            return (rows, String::new());
        }
        rows.truncate(size);
        let token = rows
            .last()
            .map(|last| self.token(key(last)))
            .unwrap_or_default();
        (rows, token)
    }

    /// The token of the page that begins after `last`.
    pub fn token(&self, last: &str) -> String {
        let bytes = [&[VERSION][..], &self.filter, last.as_bytes()].concat();
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn open(token: &str, filter: [u8; FILTER_BYTES]) -> Result<String, Violation> {
    let wrong = |problem: &str| Violation::new("page_token", problem);
    let garbled =
        || wrong("is not a token of this server: leave it empty to begin with the first page");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| garbled())?;
    let (head, last) = bytes
        .split_at_checked(1 + FILTER_BYTES)
        .ok_or_else(garbled)?;
    if head[0] != VERSION {
        return Err(garbled());
    }
    if head[1..] != filter {
        return Err(wrong(
            "belongs to another list: leave it empty when a filter changes",
        ));
    }
    // No key holds a NUL, and PostgreSQL would choke on it.
    String::from_utf8(last.to_vec())
        .ok()
        .filter(|last| !last.contains('\0'))
        .ok_or_else(garbled)
}

fn digest(filter: &[&str]) -> [u8; FILTER_BYTES] {
    let mut digest = Sha256::new();
    for part in filter {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let full: [u8; 32] = digest.finalize().into();
    full[..FILTER_BYTES].try_into().expect("32 bytes hold 8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(range: std::ops::Range<u32>) -> Vec<String> {
        range.map(|n| format!("k{n:04}")).collect()
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let all = keys(0..7);
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let page = Page::read(3, &token, &["barlow"]).unwrap();
            let from = all.iter().filter(|key| **key > page.after).cloned();
            let fetched: Vec<_> = from.take(page.fetch().try_into().unwrap()).collect();
            let (rows, next) = page.cut(fetched, |key| key);
            seen.extend(rows);
            token = next;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn sizes_have_a_default_and_a_maximum() {
        assert_eq!(Page::read(0, "", &[]).unwrap().size, DEFAULT);
        assert_eq!(Page::read(7, "", &[]).unwrap().size, 7);
        assert_eq!(Page::read(1_000_000, "", &[]).unwrap().size, MAX);
        assert_eq!(Page::read(-1, "", &[]).unwrap_err().field, "page_size");
    }

    #[test]
    fn a_token_belongs_to_its_list() {
        let page = Page::read(2, "", &["barlow", ""]).unwrap();
        let (_, token) = page.cut(keys(0..3), |key| key);
        assert_eq!(
            Page::read(2, &token, &["barlow", ""]).unwrap().after,
            "k0001"
        );
        for other in [&["milford", ""][..], &["", "barlow"], &["barlow"], &[]] {
            let wrong = Page::read(2, &token, other).unwrap_err();
            assert!(
                wrong.description.contains("another list"),
                "{other:?}: {wrong:?}"
            );
        }
    }

    #[test]
    fn a_malformed_token_is_refused() {
        for token in ["x", "!!!", "AAAA", "k0001", "////"] {
            let wrong = Page::read(2, token, &[]).unwrap_err();
            assert_eq!(wrong.field, "page_token", "{token}");
        }
        let sly = Page::read(2, "", &[]).unwrap().token("k\0");
        assert!(Page::read(2, &sly, &[]).is_err());
    }
}
