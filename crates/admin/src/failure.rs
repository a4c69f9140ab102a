//! What went wrong, as the person at the terminal and the script behind it read it.

use serde_json::json;
use tonic::Code;
use wire::{Refusal, Violation};

/// Exit codes, as the main help documents them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Refused by a service, or failed here.
    Failed = 1,
    /// The command line is not right.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// Not signed in, or not allowed.
    Access = 4,
    /// What was compared differs.
    Differences = 5,
    /// The service does not answer.
    Unavailable = 6,
}

impl Exit {
    /// The exit code of a gRPC code.
    pub fn of(code: Code) -> Self {
        match code {
            Code::NotFound => Self::NotFound,
            Code::PermissionDenied | Code::Unauthenticated => Self::Access,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Self::Unavailable,
            _ => Self::Failed,
        }
    }
}

/// A command that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// In whole sentences.
    pub message: String,
    /// Stable, SCREAMING_SNAKE.
    pub reason: String,
    /// What is wrong, one by one.
    pub violations: Vec<Violation>,
    /// What to do next, where that is known.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without violations.
    pub fn new(exit: Exit, reason: &str, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            reason: reason.to_owned(),
            violations: Vec::new(),
            hint: None,
        }
    }

    /// The command line asks for something that cannot be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "USAGE", message)
    }

    /// A file that cannot be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("{}: {error}", path.display());
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Failed,
        };
        Self::new(exit, "FILE", message)
    }

    /// The same, with what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For people: the sentence, each violation on its own line, the reason, what to do next.
    pub fn text(&self) -> String {
        let mut text = self.message.clone();
        for Violation { field, description } in &self.violations {
            text.push_str(&format!("\n  {field}: {description}"));
        }
        text.push_str(&format!("\nreason: {}", self.reason));
        if let Some(hint) = &self.hint {
            text.push_str(&format!("\nhint: {hint}"));
        }
        text
    }

    /// For programs: one line of JSON.
    pub fn json(&self) -> String {
        let violation = |v: &Violation| json!({"field": v.field, "description": v.description});
        let violations: Vec<_> = self.violations.iter().map(violation).collect();
        json!({"error": {
            "message": self.message,
            "reason": self.reason,
            "exit_code": self.exit as u8,
            "violations": violations,
            "hint": self.hint,
        }})
        .to_string()
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let hint = (refusal.code == Code::Unauthenticated)
            .then(|| "give a token: --token, COMMONWATCH_TOKEN or the context file".to_owned());
        Self {
            exit: Exit::of(refusal.code),
            message: refusal.message,
            reason: refusal.reason,
            violations: refusal.violations,
            hint,
        }
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        Self::new(Exit::Failed, "CSV", format!("The CSV fails: {error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_documented_exit() {
        let cases = [
            (Code::FailedPrecondition, 1),
            (Code::InvalidArgument, 1),
            (Code::Internal, 1),
            (Code::NotFound, 3),
            (Code::PermissionDenied, 4),
            (Code::Unauthenticated, 4),
            (Code::Unavailable, 6),
            (Code::DeadlineExceeded, 6),
        ];
        for (code, exit) in cases {
            assert_eq!(Exit::of(code) as u8, exit, "{code:?}");
        }
        assert_eq!(Failure::usage("no").exit as u8, 2);
    }

    #[test]
    fn a_refusal_is_sentence_then_violations_then_reason() {
        let refusal = Refusal::new(
            Code::InvalidArgument,
            "SHARES_DO_NOT_SUM",
            "Shares sum to 49/50.",
        )
        .violations([Violation::new("pools[0]", "add 1/50")]);
        let failure = Failure::from(refusal);
        assert_eq!(
            failure.text(),
            "Shares sum to 49/50.\n  pools[0]: add 1/50\nreason: SHARES_DO_NOT_SUM"
        );
        let json: serde_json::Value = serde_json::from_str(&failure.json()).unwrap();
        assert_eq!(json["error"]["reason"], "SHARES_DO_NOT_SUM");
        assert_eq!(json["error"]["violations"][0]["field"], "pools[0]");
        assert_eq!(json["error"]["exit_code"], 1);
    }
}
