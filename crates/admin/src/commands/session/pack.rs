//! The evidence pack of a session: what accreditors and states ask for, line by line.
//!
//! One line for each thing that happened: a part taught (block, day, minutes, instructor), a
//! learner's minutes in it, an attempt with its score, an outcome. CSV is these lines; a table has
//! the session above them; JSON is the session as the service answers it.

use wire::training::v1::{GetSessionRequest, Session as Held, SessionLearner};

use crate::commands::Session;
use crate::failure::Failure;
use crate::output::{Format, Layout};
use crate::table;
use crate::view::View;

const COLUMNS: &[&str] = &[
    "session",
    "course",
    "version",
    "lesson_plan",
    "town",
    "place",
    "what",
    "on",
    "subject",
    "instructor",
    "officer",
    "minutes",
    "attempt",
    "points",
    "maximum",
    "pass_mark",
    "result",
    "weapon",
    "assessor",
];

pub(super) async fn pack(id: String, session: &Session) -> Result<(), Failure> {
    let request = GetSessionRequest { session: id };
    let held: Held = session.client.call(&request).await?;
    if !matches!(session.output.format, Format::Table | Format::Csv) {
        return session.output.reply(&View::of(&held), Layout::Record);
    }
    let lines = View::Record(vec![("evidence".to_owned(), View::List(lines(&held)))]);
    if session.output.format == Format::Table {
        let mut head = View::of(&held);
        for below in ["parts", "learners"] {
            head.take(below);
        }
        let zone = session.output.zone.as_ref();
        session.output.data(&table::record(&head, zone))?;
        session.output.data("\n")?;
        // Above the lines stands what is the same in all of them.
        return session
            .output
            .reply(&lines, Layout::Rows("evidence", &COLUMNS[6..]));
    }
    session
        .output
        .reply(&lines, Layout::Rows("evidence", COLUMNS))
}

/// One line, by its columns; those that are not given stay empty.
fn line(held: &Held, what: &str, given: &[(&str, View)]) -> View {
    let text = |text: &str| View::Text(text.to_owned());
    let field = |column: &&str| {
        let own = match *column {
            "session" => text(&held.session),
            "course" => text(&held.course),
            "version" => View::Number(held.version.into()),
            "lesson_plan" => text(&held.lesson_plan),
            "town" => text(&held.town),
            "place" => text(&held.place),
            "what" => text(what),
            column => {
                let found = given.iter().find(|(name, _)| *name == column);
                found.map_or(View::Null, |(_, value)| value.clone())
            }
        };
        ((*column).to_owned(), own)
    };
    View::Record(COLUMNS.iter().map(field).collect())
}

fn lines(held: &Held) -> Vec<View> {
    let mut lines = Vec::new();
    for part in &held.parts {
        lines.push(line(
            held,
            "taught",
            &[
                ("on", View::Text(part.on.clone())),
                ("subject", View::Text(part.block.clone())),
                ("instructor", View::Text(part.instructor.clone())),
                ("minutes", View::Number(part.minutes.into())),
            ],
        ));
    }
    for learner in &held.learners {
        lines.extend(of_learner(held, learner));
    }
    lines
}

fn of_learner(held: &Held, learner: &SessionLearner) -> Vec<View> {
    let officer = || ("officer", View::Text(learner.officer.clone()));
    let mut lines = vec![line(
        held,
        "roster",
        &[officer(), ("result", View::Text(learner.seat.clone()))],
    )];
    for attended in &learner.attended {
        let part = held.parts.iter().find(|part| part.part == attended.part);
        let on = part.map_or("", |part| &part.on);
        let instructor = part.map_or("", |part| &part.instructor);
        lines.push(line(
            held,
            "attended",
            &[
                officer(),
                ("on", View::Text(on.to_owned())),
                ("subject", View::Text(attended.block.clone())),
                ("instructor", View::Text(instructor.to_owned())),
                ("minutes", View::Number(attended.minutes.into())),
            ],
        ));
    }
    for it in &learner.attempts {
        let passed = if it.passed { "passed" } else { "failed" };
        let weapon = it.weapon.as_ref().map_or_else(String::new, |weapon| {
            let serial = Some(&weapon.serial).filter(|serial| !serial.is_empty());
            let serial = serial.map_or_else(String::new, |serial| format!("/{serial}"));
            format!("{}{serial}", weapon.model)
        });
        lines.push(line(
            held,
            "assessed",
            &[
                officer(),
                ("on", View::Text(it.on.clone())),
                ("subject", View::Text(it.assessment.clone())),
                ("attempt", View::Number(it.attempt.into())),
                ("points", View::Number(it.points.into())),
                ("maximum", View::Number(it.maximum.into())),
                ("pass_mark", View::Number(it.pass_mark.into())),
                ("result", View::Text(passed.to_owned())),
                ("weapon", View::Text(weapon)),
                ("assessor", View::Text(it.assessor.clone())),
            ],
        ));
    }
    let outcomes = learner.outcomes.iter().map(|it| {
        let given = [
            officer(),
            ("on", View::Text(it.on.clone())),
            ("result", View::Text(it.outcome.clone())),
        ];
        line(held, "outcome", &given)
    });
    lines.extend(outcomes);
    lines
}

#[cfg(test)]
mod tests {
    use wire::training::v1::{
        AssessmentAttempt, LearnerOutcome, PartAttended, SessionPart, Weapon,
    };

    use super::*;
    use crate::table::Table;

    #[test]
    fn a_pack_names_each_part_with_its_instructor_each_minute_each_score_and_each_outcome() {
        let held = Held {
            session: "core-2026-11".into(),
            course: "core".into(),
            version: 2,
            lesson_plan: "core-2026-a".into(),
            town: "barlow".into(),
            place: "range".into(),
            parts: vec![SessionPart {
                part: 1,
                block: "pistol".into(),
                on: "2026-11-16".into(),
                minutes: 120,
                instructor: "cso-115".into(),
                ..SessionPart::default()
            }],
            learners: vec![SessionLearner {
                officer: "cso-114".into(),
                seat: "confirmed".into(),
                attended: vec![PartAttended {
                    part: 1,
                    block: "pistol".into(),
                    minutes: 110,
                }],
                attempts: vec![AssessmentAttempt {
                    assessment: "pistol".into(),
                    attempt: 1,
                    on: "2026-11-16".into(),
                    points: 44,
                    maximum: 50,
                    pass_mark: 40,
                    passed: true,
                    weapon: Some(Weapon {
                        model: "glock-19".into(),
                        serial: "w-17".into(),
                    }),
                    assessor: "trainer-1".into(),
                }],
                outcomes: vec![LearnerOutcome {
                    outcome: "completion_and_proficiency".into(),
                    on: "2026-11-16".into(),
                }],
                ..SessionLearner::default()
            }],
            ..Held::default()
        };
        let csv = Table::new(&COLUMNS[6..], &lines(&held)).csv();
        assert_eq!(
            csv,
            "what,on,subject,instructor,officer,minutes,attempt,points,maximum,pass_mark,result,\
             weapon,assessor\n\
             taught,2026-11-16,pistol,cso-115,,120,,,,,,,\n\
             roster,,,,cso-114,,,,,,confirmed,,\n\
             attended,2026-11-16,pistol,cso-115,cso-114,110,,,,,,,\n\
             assessed,2026-11-16,pistol,,cso-114,,1,44,50,40,passed,glock-19/w-17,trainer-1\n\
             outcome,2026-11-16,,,cso-114,,,,,,completion_and_proficiency,,\n"
        );
        let whole = Table::new(COLUMNS, &lines(&held)).csv();
        assert!(whole.contains("core-2026-11,core,2,core-2026-a,barlow,range,taught"));
    }
}
