use eventlog::Refuse;
use eventlog::testing::given;
use jiff::civil::date;

use super::{Command, Course, Curriculum, Define, Event};
use crate::domain::samples::core;

fn define(curriculum: &Curriculum) -> Command {
    Command::Define(Define {
        course: "core".parse().unwrap(),
        curriculum: curriculum.clone(),
        on: date(2026, 9, 1),
    })
}

fn adopted(version: u32, curriculum: &Curriculum) -> Event {
    Event::CurriculumAdopted {
        course: "core".parse().unwrap(),
        version,
        curriculum: curriculum.clone(),
        on: date(2026, 9, 1),
    }
}

#[test]
fn another_curriculum_is_the_next_version_and_the_same_again_is_none() {
    let mut longer = core();
    longer.blocks[0].minutes += 60;
    given::<Course>([])
        .when(define(&core()))
        .then([adopted(1, &core())]);
    given::<Course>([adopted(1, &core())])
        .when(define(&core()))
        .then_nothing();
    given::<Course>([adopted(1, &core())])
        .when(define(&longer))
        .then([adopted(2, &longer)]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_by_its_field() {
    let mut wrong = core();
    wrong.after = vec!["core".parse().unwrap()];
    wrong.blocks[0].minimum_minutes = 10_000;
    wrong.blocks[1].block = wrong.blocks[0].block.clone();
    wrong.blocks[1].minutes = 0;
    wrong.blocks[1].minimum_minutes = 0;
    wrong.assessments[0].pass_mark = 101;
    wrong.assessments[1].attempts = 0;
    let refusal = given::<Course>([])
        .when(define(&wrong))
        .then_refused("CURRICULUM_INVALID");
    let fields: Vec<_> = refusal.violations().into_iter().map(|v| v.field).collect();
    assert_eq!(
        fields,
        [
            "after[0]",
            "blocks[0].minimum_minutes",
            "blocks[1].block",
            "blocks[1].minutes",
            "assessments[0].pass_mark",
            "assessments[1].attempts",
        ]
    );
    wrong.blocks.clear();
    given::<Course>([])
        .when(define(&wrong))
        .then_refused("CURRICULUM_INVALID");
}
