//! Officers, records and profiles that the tests share.

use jiff::civil::Date;
use serde_json::{Value, json};
use vocabulary::{OfficerId, TownId};

use crate::{
    Answer, Carries, Evidence, Known, Name, Narrowing, Position, Profile, Question, Record, Weapon,
    eligible, narrow, shipped,
};

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn officer(n: u32) -> OfficerId {
    format!("cso-{n}").parse().unwrap()
}

pub(crate) fn town(text: &str) -> TownId {
    text.parse().unwrap()
}

pub(crate) fn model(text: &str) -> Weapon {
    Weapon {
        model: name(text),
        serial: None,
    }
}

/// A shipped profile's text.
pub(crate) fn text(file: &str) -> &'static str {
    let (_, text) = shipped().find(|(name, _)| name.as_str() == file).unwrap();
    text
}

pub(crate) fn profile(file: &str) -> Profile {
    parsed(text(file))
}

pub(crate) fn parsed(text: &str) -> Profile {
    Profile::parse(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Missouri's profile as a town's clauses narrow it.
pub(crate) fn missouri(town: &str, clauses: &str) -> Profile {
    let narrowing = missouri_clauses(town, clauses);
    narrow(&profile("missouri-cso"), &narrowing).unwrap()
}

pub(crate) fn missouri_clauses(town: &str, clauses: &str) -> Narrowing {
    let text = format!(
        "grammar = 1\nprogramme = \"us-mo-matthew-group-cso\"\nversion = 1\n\
         agreement = \"three-rivers\"\ntown = \"{town}\"\n{clauses}"
    );
    Narrowing::parse(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A duty of officer 114 on a day.
pub(crate) fn on_duty(town_id: &str, duty: &str, on: &str) -> Question {
    Question {
        officer: officer(114),
        town: town(town_id),
        duty: name(duty),
        carries: vec![],
        call: None,
        on: day(on),
    }
}

pub(crate) fn patrol(town: &str, on: &str) -> Question {
    on_duty(town, "patrol", on)
}

impl Question {
    /// The same question with an item.
    pub(crate) fn with(mut self, item: &str, weapon: Option<Weapon>) -> Self {
        self.carries.push(Carries {
            item: name(item),
            carry: None,
            weapon,
        });
        self
    }
}

/// A log being written: records in the order in which they were learnt.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Vec<Record>);

impl Log {
    /// Adds what was learnt about officer 114 on a day.
    pub(crate) fn learn(&mut self, recorded: &str, fact: Value) -> Position {
        self.learn_of(114, recorded, fact)
    }

    pub(crate) fn learn_of(&mut self, of: u32, recorded: &str, fact: Value) -> Position {
        let at = Position {
            log: "training".to_owned(),
            seq: self.0.len() as u64 + 1,
        };
        let fact: crate::Fact = serde_json::from_value(fact).unwrap();
        fact.check().unwrap();
        self.0.push(Record {
            at: at.clone(),
            recorded: format!("{recorded}T12:00:00Z").parse().unwrap(),
            officer: officer(of),
            fact,
        });
        at
    }

    pub(crate) fn evidence(&self) -> Evidence {
        Evidence::new(self.0.clone())
    }

    /// The answer by all that was learnt.
    pub(crate) fn ask(&self, profile: &Profile, question: &Question) -> Answer {
        eligible(profile, question, &self.evidence(), &Known::Now)
    }
}

pub(crate) fn outcome(course: &str, on: &str, outcome: &str) -> Value {
    json!({"kind": "outcome_issued", "course": course, "started": "2026-01-05", "on": on,
           "outcome": outcome, "minutes": 4800})
}

pub(crate) fn passed(qualification: &str, on: &str) -> Value {
    json!({"kind": "assessed", "qualification": qualification, "on": on, "passed": true})
}

pub(crate) fn permit(id: &str, from: &str, until: &str) -> Value {
    json!({"kind": "credential_granted", "id": id, "credential": "mo-ccw", "issuer": "clay-sheriff",
           "issued": from, "from": from, "until": until})
}

/// Officer 114 of Missouri, who finished everything in January 2026 and has a permit to March 2027.
pub(crate) fn finished() -> Log {
    let mut log = Log::default();
    let check =
        json!({"kind": "checked", "check": "background", "on": "2026-01-02", "passed": true});
    log.learn("2026-01-02", check);
    log.learn(
        "2026-01-15",
        outcome("core", "2026-01-15", "completion_and_proficiency"),
    );
    log.learn(
        "2026-01-15",
        outcome("pistol", "2026-01-15", "completion_and_proficiency"),
    );
    log.learn(
        "2026-01-20",
        permit("cso-114.c1", "2026-01-20", "2027-03-01"),
    );
    for tool in ["taser", "oc-spray", "baton"] {
        log.learn("2026-01-21", passed(tool, "2026-01-15"));
    }
    log
}
