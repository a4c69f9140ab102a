//! `cwctl eligibility`: the gate, asked.

use std::collections::HashMap;

use clap::{Args, Subcommand};
use wire::convert::timestamp_value;
use wire::training::v1::{
    Call, Carries, CheckEligibilityRequest, KnownAt, KnownHead, ListEligibleRequest,
    ListLapsesRequest, Question,
};

use super::Session;
use super::credential::weapon;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// May this officer be put there? Each requirement met or missing, with its proof.
    #[command(
        after_help = "Examples:\n  cwctl eligibility check cso-114 --town barlow\n  \
        cwctl eligibility check cso-114 --town barlow --carry handgun:open@glock-19 \
        --on 2026-10-31 --known-at 2026-11-01T00:00:00Z\n  \
        cwctl eligibility check cso-114 --town barlow --call VEHABND --answer weapon=no"
    )]
    Check {
        /// The badge code.
        officer: String,
        #[command(flatten)]
        asked: Asked,
        #[command(flatten)]
        known: Known,
    },
    /// From when to when may the officer, over a stretch of days?
    #[command(
        after_help = "Examples:\n  cwctl eligibility lapses cso-114 --town barlow \
        --carry handgun --on 2026-10-01 --to 2027-09-30"
    )]
    Lapses {
        /// The badge code.
        officer: String,
        #[command(flatten)]
        asked: Asked,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        to: String,
        #[command(flatten)]
        known: Known,
    },
    /// Who may, of all who are employed on the day?
    #[command(
        after_help = "Examples:\n  cwctl eligibility who --town barlow --on 2026-10-31\n  \
        cwctl eligibility who --town barlow --carry handgun --only-yes -o csv"
    )]
    Who {
        #[command(flatten)]
        asked: Asked,
        #[command(flatten)]
        known: Known,
        /// Leave out who may not.
        #[arg(long)]
        only_yes: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Asked {
    /// In which town.
    #[arg(long)]
    town: String,
    /// For which kind of duty.
    #[arg(long, default_value = "patrol")]
    duty: String,
    /// With what: ITEM, ITEM:HOW, ITEM@MODEL or ITEM@MODEL/TAG; once for each.
    #[arg(long = "carry", value_name = "ITEM", value_parser = carries)]
    carries: Vec<Carries>,
    /// For a call of this type.
    #[arg(long, value_name = "CODE")]
    call: Option<String>,
    /// What a screening question was answered with; once for each.
    #[arg(long, value_name = "QUESTION=ANSWER", requires = "call", value_parser = pair)]
    answer: Vec<(String, String)>,
    /// What the call involves that may be excluded; once for each.
    #[arg(long, value_name = "WHAT", requires = "call")]
    involves: Vec<String>,
    /// The day [default: today].
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    on: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Known {
    /// As known at this instant [default: now].
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<jiff::Timestamp>,
    /// As known up to this position, as a former answer gave it; once for each log.
    #[arg(long, value_name = "LOG=SEQ", conflicts_with = "known_at", value_parser = head)]
    known_head: Vec<KnownHead>,
}

impl Asked {
    fn of(self, officer: String) -> Question {
        let Self {
            answer, involves, ..
        } = self;
        let call = self.call.map(|code| Call {
            code,
            answers: answer.into_iter().collect::<HashMap<_, _>>(),
            involves,
        });
        Question {
            officer,
            town: self.town,
            duty: self.duty,
            carries: self.carries,
            call,
            on: self.on,
        }
    }
}

impl Known {
    fn asked(self) -> Option<KnownAt> {
        if self.known_at.is_none() && self.known_head.is_empty() {
            return None;
        }
        Some(KnownAt {
            at: self.known_at.map(timestamp_value),
            heads: self.known_head,
        })
    }
}

fn carries(text: &str) -> Result<Carries, String> {
    let (rest, with) = match text.split_once('@') {
        Some((rest, with)) => (rest, Some(weapon(with)?)),
        None => (text, None),
    };
    let (item, carry) = rest.split_once(':').unwrap_or((rest, ""));
    if item.is_empty() {
        return Err("give an item, such as handgun or handgun:open@glock-19".to_owned());
    }
    Ok(Carries {
        item: item.to_owned(),
        carry: carry.to_owned(),
        weapon: with,
    })
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=');
    pair.map(|(question, answer)| (question.to_owned(), answer.to_owned()))
        .ok_or_else(|| "give a question and its answer, such as weapon=no".to_owned())
}

fn head(text: &str) -> Result<KnownHead, String> {
    let head = text.split_once('=').and_then(|(log, seq)| {
        let (log, seq) = (log.to_owned(), seq.parse().ok()?);
        Some(KnownHead { log, seq })
    });
    head.ok_or_else(|| "give a log and a position, such as training=17".to_owned())
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Check {
            officer,
            asked,
            known,
        } => {
            let layout = Layout::Lead {
                rows: "findings",
                inner: "proofs",
                columns: &[
                    "needed_for",
                    "requirement",
                    "standing",
                    "mandatory",
                    "stays_until",
                    "log",
                    "seq",
                    "kind",
                    "recorded_at",
                ],
            };
            let request = CheckEligibilityRequest {
                question: Some(asked.of(officer)),
                known: known.asked(),
            };
            session.call(request, layout).await
        }
        Command::Lapses {
            officer,
            asked,
            to,
            known,
        } => {
            let request = ListLapsesRequest {
                question: Some(asked.of(officer)),
                to,
                known: known.asked(),
            };
            let columns = &["from", "until", "verdict", "missing"];
            session
                .call(request, Layout::Rows("stretches", columns))
                .await
        }
        Command::Who {
            asked,
            known,
            only_yes,
        } => {
            let request = ListEligibleRequest {
                question: Some(asked.of(String::new())),
                known: known.asked(),
                only_yes,
                ..ListEligibleRequest::default()
            };
            let columns = &["officer", "verdict", "stays_until", "missing", "conditions"];
            session
                .call(request, Layout::Rows("officers", columns))
                .await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_says_how_and_with_which_piece() {
        let read = |text| {
            let Carries {
                item,
                carry,
                weapon,
            } = carries(text).unwrap();
            let weapon = weapon.map(|weapon| (weapon.model, weapon.serial));
            (item, carry, weapon)
        };
        let piece = Some(("glock-19".to_owned(), "w-17".to_owned()));
        assert_eq!(
            read("handgun:open@glock-19/w-17"),
            ("handgun".into(), "open".into(), piece)
        );
        assert_eq!(read("baton"), ("baton".into(), String::new(), None));
        assert!(carries(":open").is_err());
        assert!(carries("handgun@").is_err());
    }
}
