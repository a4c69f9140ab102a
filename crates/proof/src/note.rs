//! C2SP signed notes with Ed25519 (signature type 0x01): text, a blank line, signature lines.
//!
//! Formats: <https://c2sp.org/signed-note>; the textual verifier key is the one that Go's
//! `golang.org/x/mod/sumdb/note` and every C2SP tool read. Keys are made from 32 bytes that the
//! caller draws: nothing random happens here.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::Hash;

/// Signature type byte of plain Ed25519 in the C2SP registry.
const ED25519: u8 = 0x01;
/// A note with more signature lines than this is refused unread.
const SIGNATURES_MAX: usize = 64;

/// The first four bytes of SHA-256(name, newline, type byte, public key).
pub type KeyId = [u8; 4];

/// Whom to believe: a key name and an Ed25519 public key. The textual form
/// `name+<8 hex digits>+<base64 of 0x01 and the key>` is what a town pins at signing.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    key: VerifyingKey,
}

/// A key name and an Ed25519 private key.
#[derive(Clone)]
pub struct Signer {
    name: String,
    key: SigningKey,
}

/// Why a textual verifier key is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("A key name is not empty and holds no space, plus or control character: `{0}`.")]
    Name(String),
    #[error("A verifier key reads `name+id+key`: `{0}`.")]
    Shape(String),
    #[error("The key id of `{0}` is not eight lower-case hex digits.")]
    IdDigits(String),
    #[error("The key of `{0}` is not an Ed25519 public key (type 1) in padded base64.")]
    Key(String),
    #[error("The key id {stated} does not belong to this name and key, whose id is {computed}.")]
    Id { stated: String, computed: String },
}

/// Why a note's text is not to be believed. Whole sentences; the text stays unread until the
/// signature holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("The note is not well formed: {0}.")]
    Malformed(&'static str),
    #[error("The note is not well formed: its signature line {line} {what}.")]
    MalformedSignature { line: usize, what: &'static str },
    #[error("The note is not signed by `{expected}`, only by {}.", names(.found))]
    UnknownName {
        expected: String,
        found: Vec<String>,
    },
    #[error(
        "The note is signed under the name `{name}`, but by the key {found}; \
         the pinned key is {expected}."
    )]
    OtherKey {
        name: String,
        expected: String,
        found: String,
    },
    #[error("The signature of `{name}` does not fit the note's text.")]
    Forged { name: String },
}

impl Signer {
    /// The key pair of this seed (RFC 8032 private key). Whoever knows the seed can sign.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Signer, KeyError> {
        check_name(name)?;
        Ok(Signer {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn verifier_key(&self) -> VerifierKey {
        VerifierKey::from_parts(self.name.clone(), self.key.verifying_key())
    }

    /// Signs a text, which ends in a newline and holds no other control character. Deterministic:
    /// the same key and text give the same note.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        check_text(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed("its text does not end in a newline"));
        }
        let mut signed = self.verifier_key().id.to_vec();
        signed.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        Ok(format!(
            "{text}\n— {} {}\n",
            self.name,
            STANDARD.encode(signed)
        ))
    }
}

/// Never prints the private key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier_key())
    }
}

impl VerifierKey {
    fn from_parts(name: String, key: VerifyingKey) -> VerifierKey {
        let id = key_id(&name, &key);
        VerifierKey { name, id, key }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The 32 bytes of RFC 8032.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Gives the note's text if this key signed it. Lines of other keys are passed over; a line
    /// of this key that does not verify spoils the note.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let (text, lines) = split(note)?;
        let mut signed = false;
        for line in &lines {
            if line.name != self.name || line.id != self.id {
                continue;
            }
            let forged = || NoteError::Forged {
                name: self.name.clone(),
            };
            let signature = Signature::from_slice(&line.signature).map_err(|_| forged())?;
            self.key
                .verify_strict(text.as_bytes(), &signature)
                .map_err(|_| forged())?;
            signed = true;
        }
        if signed {
            Ok(text)
        } else {
            Err(self.stranger(&lines))
        }
    }

    /// No line is ours: says whether the name or the key is the strange one.
    fn stranger(&self, lines: &[SignatureLine<'_>]) -> NoteError {
        match lines.iter().find(|line| line.name == self.name) {
            Some(line) => NoteError::OtherKey {
                name: self.name.clone(),
                expected: hex(self.id),
                found: hex(line.id),
            },
            None => NoteError::UnknownName {
                expected: self.name.clone(),
                found: lines.iter().map(|line| line.name.to_owned()).collect(),
            },
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.key.as_bytes());
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex(self.id),
            STANDARD.encode(typed)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads `name+id+key`. The name holds no plus, the base64 may.
    fn from_str(text: &str) -> Result<VerifierKey, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Shape(text.to_owned()));
        };
        check_name(name)?;
        let digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if id.len() != 8 || !id.bytes().all(digit) {
            return Err(KeyError::IdDigits(text.to_owned()));
        }
        let refuse = || KeyError::Key(text.to_owned());
        let typed = STANDARD.decode(key).map_err(|_| refuse())?;
        let [ED25519, bytes @ ..] = typed.as_slice() else {
            return Err(refuse());
        };
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| refuse())?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| refuse())?;
        let parsed = VerifierKey::from_parts(name.to_owned(), key);
        let computed = hex(parsed.id);
        if computed != id {
            return Err(KeyError::Id {
                stated: id.to_owned(),
                computed,
            });
        }
        Ok(parsed)
    }
}

struct SignatureLine<'a> {
    name: &'a str,
    id: KeyId,
    signature: Vec<u8>,
}

/// Takes a note apart without believing it: the text with its final newline, and the lines after
/// the last blank line.
fn split(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), NoteError> {
    check_text(note)?;
    let malformed = NoteError::Malformed;
    let blank = note
        .rfind("\n\n")
        .ok_or(malformed("no blank line parts text and signatures"))?;
    let (text, after) = note.split_at(blank + 1);
    let signatures = after[1..].strip_suffix('\n').ok_or(malformed(
        "it does not end in a newline after a signature line",
    ))?;
    let lines: Vec<&str> = signatures.split('\n').collect();
    if lines.len() > SIGNATURES_MAX {
        return Err(malformed("it has more than 64 signature lines"));
    }
    let lines = lines.iter().enumerate().map(|(i, line)| {
        signature_line(line).map_err(|what| NoteError::MalformedSignature { line: i + 1, what })
    });
    Ok((text, lines.collect::<Result<_, _>>()?))
}

fn signature_line(line: &str) -> Result<SignatureLine<'_>, &'static str> {
    let rest = line
        .strip_prefix("— ")
        .ok_or("does not begin with an em dash and a space")?;
    let (name, encoded) = rest
        .split_once(' ')
        .ok_or("has no space after the key name")?;
    check_name(name).map_err(|_| "has no proper key name")?;
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| "does not hold padded base64")?;
    let (id, signature) = bytes.split_first_chunk::<4>().ok_or("is too short")?;
    if signature.is_empty() {
        return Err("is too short");
    }
    Ok(SignatureLine {
        name,
        id: *id,
        signature: signature.to_vec(),
    })
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c < ' ' || c == '+';
    if name.is_empty() || name.contains(bad) {
        return Err(KeyError::Name(name.to_owned()));
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Malformed(
            "it holds a control character other than newline",
        ));
    }
    Ok(())
}

fn key_id(name: &str, key: &VerifyingKey) -> KeyId {
    let named = [name.as_bytes(), b"\n", &[ED25519], key.as_bytes()].concat();
    let [a, b, c, d, ..] = Hash::of(&named).to_bytes();
    [a, b, c, d]
}

fn hex(id: KeyId) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

fn names(found: &[String]) -> String {
    let quoted: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests;
