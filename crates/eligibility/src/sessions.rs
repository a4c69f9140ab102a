//! Sessions: was the instructor qualified on the day, and what rests on it if not.

use jiff::civil::Date;
use vocabulary::OfficerId;

use crate::{
    Credential, CredentialState, Evidence, Fact, Known, Name, Position, RecordId, Renewal,
};

/// A block of a session that somebody taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taught {
    /// The event that says so.
    pub at: Position,
    /// The session.
    pub session: RecordId,
    /// The block.
    pub block: Name,
    /// On which day.
    pub on: Date,
    /// By whom.
    pub instructor: OfficerId,
    /// The kind of credential that teaching it takes.
    pub credential: Name,
}

/// A block whose instructor was not qualified on the day, and what rests on it. Nothing is taken
/// from anybody by it: somebody has to look and decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The event of the block.
    pub block: Position,
    /// The session.
    pub session: RecordId,
    /// By whom it was taught.
    pub instructor: OfficerId,
    /// What the instructor's credential was on the day; absent where none is known.
    pub state: Option<CredentialState>,
    /// The outcomes of the session.
    pub outcomes: Vec<(OfficerId, Position)>,
    /// The credentials that were issued on these outcomes.
    pub credentials: Vec<(OfficerId, RecordId)>,
}

/// What an instructor's credential of a kind is on a day: the one that counts, or else the one of
/// which most is known; absent where there is none.
pub fn instructor_on(
    evidence: &Evidence,
    instructor: &OfficerId,
    credential: &Name,
    day: Date,
    known: &Known,
) -> Option<CredentialState> {
    let held = Credential::of(evidence, instructor, credential, known);
    let states = held
        .iter()
        .map(|credential| credential.on(day, &Renewal::default()));
    states.max_by_key(|state| state.telling())
}

/// Every block whose instructor was not qualified on the day, as known then.
pub fn doubts(taught: &[Taught], evidence: &Evidence, known: &Known) -> Vec<Doubt> {
    let found = taught.iter().filter_map(|block| {
        let state = instructor_on(
            evidence,
            &block.instructor,
            &block.credential,
            block.on,
            known,
        );
        if state.is_some_and(CredentialState::counts) {
            return None;
        }
        let outcomes = outcomes(&block.session, evidence, known);
        Some(Doubt {
            block: block.at.clone(),
            session: block.session.clone(),
            instructor: block.instructor.clone(),
            state,
            credentials: resting(&outcomes, evidence, known),
            outcomes,
        })
    });
    found.collect()
}

fn outcomes(session: &RecordId, evidence: &Evidence, known: &Known) -> Vec<(OfficerId, Position)> {
    let mut found = vec![];
    for officer in evidence.officers() {
        for record in evidence.known(officer, known) {
            match &record.fact {
                Fact::OutcomeIssued { session: of, .. } if of.as_ref() == Some(session) => {
                    found.push((officer.clone(), record.at.clone()));
                }
                _ => {}
            }
        }
    }
    found
}

fn resting(
    outcomes: &[(OfficerId, Position)],
    evidence: &Evidence,
    known: &Known,
) -> Vec<(OfficerId, RecordId)> {
    let mut found = vec![];
    for (officer, outcome) in outcomes {
        for record in evidence.known(officer, known) {
            if let Fact::CredentialGranted { id, rests_on, .. } = &record.fact
                && rests_on.contains(outcome)
            {
                found.push((officer.clone(), id.clone()));
            }
        }
    }
    found
}
