//! What each room may not mention.

use std::path::Path;

use super::{expect_none, files_below, shown, text, top};

/// Words that a room may not hold, with the reason.
struct Ban {
    /// Part of the path by which the room is known.
    room: &'static str,
    words: &'static [&'static str],
    why: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        room: "src/domain/",
        words: &[
            "async ",
            ".await",
            "tokio",
            "tokio_postgres",
            "async_nats",
            "tonic",
            "wire::",
            "Timestamp::now",
            "rand::",
            "SELECT ",
            "INSERT ",
        ],
        why: "the domain is pure: no I/O, no wire forms, no clock, no chance",
    },
    Ban {
        room: "crates/allocation/src/",
        words: &[
            "async ",
            ".await",
            "tokio",
            "std::fs",
            "std::net",
            "Timestamp::now",
        ],
        why: "the rulebooks are pure",
    },
    Ban {
        room: "crates/overtime/src/",
        words: &[
            "async ",
            ".await",
            "tokio",
            "std::fs",
            "std::net",
            "Timestamp::now",
        ],
        why: "the rulebooks are pure",
    },
    Ban {
        room: "crates/eligibility/src/",
        words: &[
            "async ",
            ".await",
            "tokio",
            "std::fs",
            "std::net",
            "Timestamp::now",
        ],
        why: "the rulebooks are pure",
    },
    Ban {
        room: "crates/roster/src/",
        words: &[
            "async ",
            ".await",
            "tokio",
            "std::fs",
            "std::net",
            "Timestamp::now",
        ],
        why: "the rulebooks are pure",
    },
    Ban {
        room: "crates/proof/src/",
        words: &[
            "async ",
            ".await",
            "tokio",
            "std::fs",
            "std::net",
            "Timestamp::now",
        ],
        why: "a verifier must run anywhere: no I/O",
    },
    Ban {
        room: "src/publish.rs",
        words: &["SELECT ", "INSERT ", "tokio", ".await", "Timestamp::now"],
        why: "an event becomes a fact by what it holds, nothing else",
    },
    Ban {
        room: "src/policy/",
        words: &["SELECT ", "INSERT ", "tokio_postgres", "Timestamp::now"],
        why: "a policy decides from a fact and what the mirror found",
    },
    Ban {
        room: "src/projection/",
        words: &["tonic", "Timestamp::now", "rand::"],
        why: "a projection is a map from events to rows",
    },
    Ban {
        room: "src/grpc/",
        words: &["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM"],
        why: "a handler parses, executes, replies",
    },
];

#[test]
fn every_room_keeps_to_its_own() {
    let mut findings = Vec::new();
    for path in files_below(&top().join("crates"), "rs") {
        let place = shown(&path);
        if place.contains("/tests") {
            continue;
        }
        for ban in BANS.iter().filter(|ban| place.contains(ban.room)) {
            for (n, line) in code(&path) {
                for word in ban.words.iter().filter(|word| mentions(&line, word)) {
                    findings.push(format!("{place}:{n}: `{}`: {}", word.trim(), ban.why));
                }
            }
        }
    }
    expect_none(findings);
}

/// Whether a line holds a word that ends where the word ends: `.await`, not `.awaiting`.
fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let ended = word.ends_with(|c: char| !c.is_alphanumeric());
        let after = line
            .get(at + word.len()..)
            .and_then(|rest| rest.chars().next());
        ended || !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Lines of code with their numbers; comments may say what they like.
fn code(path: &Path) -> Vec<(usize, String)> {
    text(path)
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, line)| (n + 1, line.to_owned()))
        .collect()
}
