//! The check itself: from bytes to PASS, or to the first thing that is wrong.

use allocation::Statement;
use ledger::Leaf;
use proof::Checkpoint;
use proof::bundle::{Bundle, Checked, Files, History};
use proof::note::VerifierKey;
use vocabulary::PartyId;

/// What this check cannot show, whatever it says.
pub const LIMITS: [&str; 3] = [
    "an hour that was never recorded leaves no trace here",
    "a fact that the provider never copied into this agreement's log is not missed here: an \
     auditor with the source logs can tell",
    "whether what was recorded is true, only people can say",
];

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The party's statement, as recomputed.
    pub statement: Statement,
    /// Leaves of the agreement's log, all of them hashed and counted once.
    pub leaves: u64,
    /// Facts of other services among them.
    pub facts: usize,
    /// Statements recomputed: every party's, every closed month's.
    pub statements: usize,
    /// What is known about earlier months.
    pub history: History,
}

/// Verifies a bundle against the key that was pinned when the agreement was signed, and against
/// the checkpoint that the town kept from last month, as a signed note.
///
/// # Errors
/// The first thing that is wrong, as a whole sentence.
pub fn verify(files: &Files, pinned: &VerifierKey, kept: Option<&str>) -> Result<Verified, String> {
    let kept = kept
        .map(|note| Checkpoint::open(note, pinned))
        .transpose()
        .map_err(|e| format!("the checkpoint that you kept cannot be used: {e}"))?;
    let bundle = Bundle::read(files).map_err(|e| e.to_string())?;
    let checked = bundle
        .check(pinned, kept.as_ref())
        .map_err(|e| e.to_string())?;
    let leaves = checked.entries.iter().map(|entry| Leaf {
        seq: entry.seq,
        kind: &entry.kind,
        fact: entry.fact.as_deref(),
    });
    let recomputed = ledger::read(leaves)
        .and_then(|log| log.check())
        .map_err(|e| e.to_string())?;
    let statement = the_towns(&checked, &recomputed)?;
    Ok(Verified {
        leaves: checked.checkpoint.size,
        facts: recomputed.facts_copied,
        statements: recomputed
            .months
            .iter()
            .map(|(_, statements)| statements.len())
            .sum(),
        history: checked.history,
        statement,
    })
}

/// The statement that the folder is about: the last month's, of the party in the manifest, and
/// its two documents byte for byte.
fn the_towns(checked: &Checked<'_>, recomputed: &ledger::Checked) -> Result<Statement, String> {
    let manifest = checked.manifest;
    if manifest.agreement != recomputed.agreement.as_str() {
        let (says, is) = (&manifest.agreement, &recomputed.agreement);
        return Err(format!(
            "manifest.json speaks of agreement {says}, the log is that of {is}"
        ));
    }
    let Some((month, statements)) = recomputed.months.last() else {
        return Err("the log holds no closed month".to_owned());
    };
    if manifest.month != month.to_string() {
        let says = &manifest.month;
        return Err(format!(
            "manifest.json speaks of {says}, the log's last month is {month}"
        ));
    }
    let party: PartyId = manifest
        .town
        .parse()
        .map_err(|e| format!("manifest.json, town: {e}"))?;
    let statement = statements
        .iter()
        .find(|statement| statement.party == party)
        .ok_or_else(|| format!("{party} has no statement of {month} in the log"))?;
    if checked.statement_json != statement.to_json().as_bytes() {
        return Err(document_differs(checked.statement_json, statement));
    }
    if checked.statement_csv != statement.to_csv().as_bytes() {
        return Err("statement.csv is not what the facts give".to_owned());
    }
    Ok(statement.clone())
}

/// Where the document at hand departs from the recomputed one.
fn document_differs(document: &[u8], right: &Statement) -> String {
    let said = std::str::from_utf8(document)
        .ok()
        .and_then(|text| Statement::from_json(text).ok());
    match said {
        None => "statement.json cannot be read as a statement".to_owned(),
        Some(said) => ledger::difference("statement.json", &said, right),
    }
}
