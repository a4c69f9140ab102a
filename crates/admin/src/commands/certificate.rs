//! `cwctl certificate`: what a learner gets in hand, as a page to print.
//!
//! There are two kinds, two documents and not one with a mark: of **completion and proficiency**
//! (of completion, where the course assesses nothing), and of **participation**. The name is read
//! from the registry when the page is made, and kept nowhere else.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use wire::registry::v1::{GetOfficerRequest, Officer};
use wire::training::v1::{GetSessionRequest, Session as Held, SessionLearner};

use super::Session;
use crate::failure::{Exit, Failure};
use crate::output::note;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Write a learner's certificate of a session as a page of HTML, to be printed.
    #[command(
        after_help = "Examples:\n  cwctl certificate print core-2026-11 cso-114 > cso-114.html\n  \
        cwctl certificate print core-2026-11 cso-114 --out cso-114.html --issuer \"The Provider\""
    )]
    Print(Print),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Print {
    /// The session's name.
    session: String,
    /// The badge code.
    officer: String,
    /// Who issues it, in words; the session's presenter without it.
    #[arg(long, default_value = "", hide_default_value = true)]
    issuer: String,
    /// A file that is not there yet; stdout without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let Command::Print(it) = command;
    let request = GetSessionRequest {
        session: it.session.clone(),
    };
    let held: Held = session.client.call(&request).await?;
    let learner = held.learners.iter().find(|one| one.officer == it.officer);
    let learner = learner.ok_or_else(|| {
        let message = format!("{} took no seat in {}.", it.officer, it.session);
        Failure::new(Exit::NotFound, "NO_SEAT", message)
    })?;
    let kind = kind(learner)?;
    let request = GetOfficerRequest {
        officer: it.officer.clone(),
    };
    let officer: Officer = session.client.call(&request).await?;
    if officer.name.is_empty() {
        let message = format!("The name of {} cannot be read.", it.officer);
        let failure = Failure::new(Exit::Failed, "NAME_NOT_THERE", message);
        return Err(failure.hint("trainers, HR and operations see names, until they are erased"));
    }
    let page = page(&kind, &held, learner, &officer.name, &it.issuer);
    let Some(path) = &it.out else {
        return session.output.data(&page);
    };
    // Never over another: it may be somebody else's.
    let made = std::fs::File::create_new(path);
    made.and_then(|mut file| std::io::Write::write_all(&mut file, page.as_bytes()))
        .map_err(|error| Failure::file(path, &error))?;
    note(&format!("{}: {}", path.display(), kind.title));
    Ok(())
}

/// What the page says of the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    title: &'static str,
    says: &'static str,
    /// Whether standards are still to be met.
    open: bool,
}

/// By the latest outcome.
fn kind(learner: &SessionLearner) -> Result<Kind, Failure> {
    if learner.seat == "removed" {
        let message = format!("{} was removed from the course.", learner.officer);
        return Err(Failure::new(Exit::Failed, "LEARNER_REMOVED", message));
    }
    match learner.outcome.as_str() {
        "completion_and_proficiency" => Ok(Kind {
            title: "Certificate of Completion and Proficiency",
            says: "has completed the course and met every standard of proficiency that it assesses",
            open: false,
        }),
        "completion" => Ok(Kind {
            title: "Certificate of Completion",
            says: "has completed the course",
            open: false,
        }),
        "participation" => Ok(Kind {
            title: "Certificate of Participation",
            says: "has attended the course in full; standards of proficiency are still to be met",
            open: true,
        }),
        "" => {
            let message = format!("No outcome of {} was issued.", learner.officer);
            let failure = Failure::new(Exit::Failed, "NO_OUTCOME", message);
            Err(failure.hint("issue it with `cwctl session outcomes`"))
        }
        _ => {
            let message = format!("{} did not complete the course.", learner.officer);
            Err(Failure::new(Exit::Failed, "NOT_COMPLETED", message))
        }
    }
}

const STYLE: &str = "@page{size:letter landscape;margin:18mm}\
body{font-family:Georgia,serif;text-align:center;max-width:60rem;margin:3rem auto;color:#111}\
main{border:3px double #111;padding:2.5rem}h1{font-size:2rem;margin:0 0 2rem}\
.name{font-size:1.9rem;border-bottom:1px solid #111;display:inline-block;padding:0 2rem}\
dl{display:grid;grid-template-columns:1fr 1fr;gap:.3rem 1rem;text-align:left;margin:2rem 4rem}\
dt{text-align:right;color:#555}dd{margin:0}.sign{display:flex;justify-content:space-around;\
margin-top:4rem}.sign span{border-top:1px solid #111;padding-top:.3rem;width:14rem}";

fn page(kind: &Kind, held: &Held, learner: &SessionLearner, name: &str, issuer: &str) -> String {
    let issuer = if issuer.is_empty() {
        &held.presenter
    } else {
        issuer
    };
    let mut facts = vec![
        (
            "Course",
            format!("{} (version {})", held.title, held.version),
        ),
        ("Lesson plan", held.lesson_plan.clone()),
        ("Held", days(held)),
        ("Attended", hours(learner.minutes)),
        ("Outcome of", learner.outcome_on.clone()),
        ("Badge", learner.officer.clone()),
        ("Record", held.session.clone()),
    ];
    let passed = passed(learner);
    if !passed.is_empty() {
        facts.push(("Passed", passed));
    }
    if kind.open && !learner.remediation.is_empty() {
        facts.push(("Still to be met", learner.remediation.join(", ")));
    }
    let mut list = String::new();
    for (what, is) in &facts {
        let (what, is) = (escaped(what), escaped(is));
        writeln!(list, "<dt>{what}</dt><dd>{is}</dd>").expect("a string takes every text");
    }
    let (title, name, says) = (escaped(kind.title), escaped(name), escaped(kind.says));
    let issuer = escaped(issuer);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p>This certifies that</p>\n<p class=\"name\">{name}</p>\n\
         <p>{says}.</p>\n<dl>\n{list}</dl>\n\
         <div class=\"sign\"><span>{issuer}</span><span>Date</span></div>\n\
         </main>\n</body>\n</html>\n"
    )
}

fn days(held: &Held) -> String {
    if held.first_day == held.last_day {
        return held.first_day.clone();
    }
    format!("{} to {}", held.first_day, held.last_day)
}

fn hours(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} hours"),
        (hours, minutes) => format!("{hours} hours {minutes} minutes"),
    }
}

/// Assessments that were passed at last, each with its points.
fn passed(learner: &SessionLearner) -> String {
    let mut latest: Vec<&wire::training::v1::AssessmentAttempt> = Vec::new();
    for attempt in &learner.attempts {
        latest.retain(|it| it.assessment != attempt.assessment || it.on > attempt.on);
        if !latest.iter().any(|it| it.assessment == attempt.assessment) {
            latest.push(attempt);
        }
    }
    let passed = latest.iter().filter(|it| it.passed);
    let each = passed.map(|it| format!("{} ({} of {})", it.assessment, it.points, it.maximum));
    each.collect::<Vec<_>>().join(", ")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use wire::training::v1::AssessmentAttempt;

    use super::*;

    fn attempt(assessment: &str, on: &str, points: u32) -> AssessmentAttempt {
        AssessmentAttempt {
            assessment: assessment.into(),
            on: on.into(),
            points,
            maximum: 10,
            passed: points >= 8,
            ..AssessmentAttempt::default()
        }
    }

    fn held(outcome: &str) -> (Held, SessionLearner) {
        let learner = SessionLearner {
            officer: "cso-114".into(),
            seat: "confirmed".into(),
            minutes: 370,
            outcome: outcome.into(),
            outcome_on: "2026-12-28".into(),
            attempts: vec![
                attempt("written", "2026-11-17", 9),
                attempt("baton", "2026-11-17", 5),
            ],
            remediation: vec!["baton".into()],
            ..SessionLearner::default()
        };
        let held = Held {
            session: "core-2026-11".into(),
            title: "CSO core <classes>".into(),
            version: 2,
            first_day: "2026-11-16".into(),
            last_day: "2026-11-17".into(),
            presenter: "provider".into(),
            ..Held::default()
        };
        (held, learner)
    }

    #[test]
    fn the_two_kinds_are_two_documents() {
        let (held, mut learner) = held("participation");
        let kind = self::kind(&learner).unwrap();
        let paper = page(&kind, &held, &learner, "Rosalind O'Quist", "");
        assert!(paper.contains("<h1>Certificate of Participation</h1>"));
        assert!(paper.contains("<dt>Still to be met</dt><dd>baton</dd>"));
        assert!(paper.contains("<dt>Passed</dt><dd>written (9 of 10)</dd>"));
        assert!(paper.contains("<dt>Attended</dt><dd>6 hours 10 minutes</dd>"));
        assert!(paper.contains("Rosalind O&#39;Quist"));
        assert!(paper.contains("CSO core &lt;classes&gt; (version 2)"));
        assert!(!paper.contains("Completion"), "it promises no more");

        learner.outcome = "completion_and_proficiency".into();
        learner.attempts.push(attempt("baton", "2026-12-28", 9));
        learner.remediation.clear();
        let kind = self::kind(&learner).unwrap();
        let paper = page(&kind, &held, &learner, "Rosalind O'Quist", "The <Provider>");
        assert!(paper.contains("<h1>Certificate of Completion and Proficiency</h1>"));
        assert!(paper.contains("written (9 of 10), baton (9 of 10)"));
        assert!(paper.contains("<dt>Outcome of</dt><dd>2026-12-28</dd>"));
        assert!(paper.contains("The &lt;Provider&gt;"));
        assert!(!paper.contains("Still to be met"));
    }

    #[test]
    fn whoever_has_no_outcome_or_was_removed_gets_no_paper() {
        for (outcome, reason) in [("", "NO_OUTCOME"), ("not_completed", "NOT_COMPLETED")] {
            let (_, learner) = held(outcome);
            assert_eq!(kind(&learner).unwrap_err().reason, reason);
        }
        let (_, mut learner) = held("completion_and_proficiency");
        learner.seat = "removed".into();
        assert_eq!(kind(&learner).unwrap_err().reason, "LEARNER_REMOVED");
    }
}
