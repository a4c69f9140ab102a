//! What is asked of a person before a change: the reason, and that they mean it.
//!
//! At a terminal a missing answer is asked for; elsewhere, or with `--no-input`, it is a failure
//! that names the flag which gives it.

use std::io::{BufRead, IsTerminal, Write};

use prost_reflect::{DynamicMessage, MethodDescriptor, Value};

use crate::client::method::{changes, has_reason};
use crate::failure::{Exit, Failure};
use crate::output::note;
use crate::paint::Paint;

/// How a person may be asked, and what they have answered already.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    /// `--yes`: every confirmation is given.
    pub(crate) yes: bool,
    /// `--no-input`: nobody is asked.
    pub(crate) no_input: bool,
    /// The context's name if it is marked as production.
    pub(crate) production: Option<String>,
    /// Colours on stderr.
    pub(crate) paint: Paint,
}

/// What a change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Needs {
    reason: bool,
    /// Typing the name of what it is about.
    name: bool,
}

/// Beginnings of calls that need a reason though none is a field of theirs.
const REASONED: [&str; 7] = [
    "Correct",
    "Skip",
    "SuspendCredential",
    "RevokeCredential",
    "GrantWaiver",
    "DecideEquivalence",
    "QuestionRecord",
];

/// What cannot be taken back, or changes what others have been told, needs its reason; what
/// closes, reopens, voids or erases needs that its name is typed. Closing an incident is daily
/// work and can be taken back.
fn needs(method: &MethodDescriptor) -> Needs {
    let begins = |words: &[&str]| words.iter().any(|word| method.name().starts_with(word));
    let name = begins(&["CloseMonth", "Reopen", "Void", "Erase"]);
    Needs {
        reason: name || has_reason(method) || begins(&REASONED),
        name,
    }
}

impl Consent {
    /// Gets what a change needs before it is made, and gives its reason back if it was asked for.
    pub(crate) fn to(
        &self,
        method: &MethodDescriptor,
        request: &[u8],
        reason: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        if !changes(method) {
            return Ok(None);
        }
        let needs = needs(method);
        if let Some(context) = &self.production {
            note(&self.paint.loud(&format!(" PRODUCTION: {context} ")));
        }
        let asked = match reason {
            None if needs.reason => Some(self.reason(method)?),
            _ => None,
        };
        if needs.name {
            self.typed(&verb(method), &subject(method, request))?;
        } else if let Some(context) = &self.production {
            self.typed(&verb(method), context)?;
        }
        Ok(asked)
    }

    fn reason(&self, method: &MethodDescriptor) -> Result<String, Failure> {
        let what = verb(method);
        let missing = || {
            Failure::usage(format!("To {what} needs a reason."))
                .hint("give it with --reason \"…\"; it is kept beside the log")
        };
        if !self.can_ask() {
            return Err(missing());
        }
        let reason = ask(&format!("Why do you {what}? "))?;
        if reason.is_empty() {
            return Err(missing());
        }
        Ok(reason)
    }

    /// Has a name typed.
    pub(crate) fn typed(&self, what: &str, name: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !self.can_ask() {
            return Err(Failure::usage(format!(
                "To {what} needs a confirmation, and nobody can be asked here."
            ))
            .hint("say --yes if you mean it"));
        }
        if ask(&format!("To {what}, type {name}: "))? == name {
            return Ok(());
        }
        let message = "That is another name: nothing was done.";
        Err(Failure::new(Exit::Usage, "NOT_CONFIRMED", message))
    }

    fn can_ask(&self) -> bool {
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        terminal && !self.no_input
    }
}

fn ask(question: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Usage,
            "NO_ANSWER",
            format!("The answer cannot be read: {error}."),
        )
    };
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{question}").map_err(failed)?;
    stderr.flush().map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(failed)?;
    Ok(answer.trim().to_owned())
}

/// `CloseMonth` → `close month`.
fn verb(method: &MethodDescriptor) -> String {
    let mut words = String::new();
    for c in method.name().chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

/// What a request is about: its first text that is not empty, which names the aggregate.
fn subject(method: &MethodDescriptor, request: &[u8]) -> String {
    let message = DynamicMessage::decode(method.input(), request).expect("just encoded");
    let mut fields: Vec<_> = method.input().fields().collect();
    fields.sort_by_key(prost_reflect::FieldDescriptor::number);
    let texts = fields
        .iter()
        .filter_map(|field| match message.get_field(field).as_ref() {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        });
    texts.into_iter().next().unwrap_or_else(|| verb(method))
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use wire::incidents::v1::CloseIncidentRequest;
    use wire::payroll::v1::{ClockInRequest, CorrectDutyRequest};
    use wire::registry::v1::ListTownsRequest;
    use wire::statements::v1::CloseMonthRequest;

    use super::*;
    use crate::client::method::method_of;

    fn consent(yes: bool, production: Option<&str>) -> Consent {
        Consent {
            yes,
            no_input: true,
            production: production.map(str::to_owned),
            paint: Paint::NONE,
        }
    }

    fn close() -> Vec<u8> {
        let request = CloseMonthRequest {
            agreement: "three-rivers".into(),
            month: "2026-10".into(),
            ..CloseMonthRequest::default()
        };
        request.encode_to_vec()
    }

    #[test]
    fn closing_a_month_needs_reason_and_name_closing_an_incident_neither() {
        let method = method_of::<CloseMonthRequest>();
        assert_eq!(
            needs(&method),
            Needs {
                reason: true,
                name: true
            }
        );
        assert_eq!(subject(&method, &close()), "three-rivers");
        let method = method_of::<CloseIncidentRequest>();
        assert_eq!(
            needs(&method),
            Needs {
                reason: false,
                name: false
            }
        );
        let method = method_of::<CorrectDutyRequest>();
        assert_eq!(
            needs(&method),
            Needs {
                reason: true,
                name: false
            }
        );
    }

    #[test]
    fn where_nobody_can_be_asked_the_failure_names_the_flag() {
        let method = method_of::<CloseMonthRequest>();
        let hint = |failure: Failure| failure.hint.unwrap_or_default();
        let failure = consent(true, None).to(&method, &close(), None).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(hint(failure).contains("--reason"));
        let failure = consent(false, None).to(&method, &close(), Some("due"));
        assert!(hint(failure.unwrap_err()).contains("--yes"));
        assert_eq!(
            consent(true, None).to(&method, &close(), Some("due")),
            Ok(None)
        );
    }

    #[test]
    fn in_production_every_change_is_confirmed_and_no_reading_is() {
        let method = method_of::<ClockInRequest>();
        let change = |yes| consent(yes, Some("riverbend")).to(&method, &[], None);
        assert!(change(false).is_err());
        assert_eq!(change(true), Ok(None));
        let method = method_of::<ListTownsRequest>();
        assert_eq!(
            consent(false, Some("riverbend")).to(&method, &[], None),
            Ok(None)
        );
    }
}
