//! Every rule about field training; the refusals stand in `refusal.rs`.

use std::collections::BTreeMap;

use eligibility::Name;

use super::{Act, Command, Event, Refusal, State, Training};

type Decided = Result<Vec<Event>, Refusal>;

/// Points of a rating, from not acceptable to superior.
const POINTS: std::ops::RangeInclusive<u8> = 1..=7;

pub(super) fn decide(state: &State, command: &Command) -> Decided {
    let Command {
        on,
        today,
        training: name,
        ..
    } = command;
    if on > today {
        let (day, today) = (*on, *today);
        return Err(Refusal::StillToCome { day, today });
    }
    let known = state.trainings.get(name);
    if let Act::Begin { .. } = &command.act {
        return begin(known, command);
    }
    let running = known.filter(|training| training.ended.is_none());
    let Some(training) = running else {
        return match (&command.act, known) {
            // Again it is no news.
            (Act::End { .. }, Some(_)) => Ok(vec![]),
            _ => Err(Refusal::NotBegun {
                officer: command.officer.clone(),
                training: name.clone(),
            }),
        };
    };
    if *on < training.started {
        let (day, first_day) = (*on, training.started);
        return Err(Refusal::BeforeTheStart { day, first_day });
    }
    match &command.act {
        Act::Begin { .. } => Ok(vec![]),
        Act::Observe { .. } => observe(training, command),
        Act::SignOff { .. } => sign_off(training, command),
        Act::End { because } => Ok(vec![Event::Ended {
            officer: command.officer.clone(),
            training: name.clone(),
            because: because.clone(),
            on: *on,
        }]),
    }
}

fn begin(known: Option<&Training>, command: &Command) -> Decided {
    let Act::Begin {
        programme,
        phases,
        credential,
        employed,
    } = &command.act
    else {
        return Ok(vec![]);
    };
    let (officer, training, on) = (
        command.officer.clone(),
        command.training.clone(),
        command.on,
    );
    if known.is_some_and(|known| known.ended.is_none()) {
        return Err(Refusal::BegunAlready { officer, training });
    }
    if let Some(ended) = known
        .and_then(|known| known.ended)
        .filter(|ended| on < *ended)
    {
        let (day, first_day) = (on, ended);
        return Err(Refusal::BeforeTheStart { day, first_day });
    }
    if !employed {
        return Err(Refusal::NotEmployed { officer, day: on });
    }
    let phases = phases.clone().filter(|phases| !phases.is_empty());
    let Some(phases) = phases else {
        return Err(Refusal::TrainingUnknown {
            training,
            programme: programme.clone(),
            day: on,
        });
    };
    Ok(vec![Event::Begun {
        officer,
        training,
        programme: programme.clone(),
        phases,
        credential: credential.clone(),
        on,
    }])
}

fn observe(training: &Training, command: &Command) -> Decided {
    let Act::Observe {
        trainer,
        employed,
        holds,
        ratings,
        text,
    } = &command.act
    else {
        return Ok(vec![]);
    };
    let day = command.on;
    if *trainer == command.officer {
        return Err(Refusal::OwnTrainer {
            officer: trainer.clone(),
        });
    }
    if !employed {
        let officer = trainer.clone();
        return Err(Refusal::NotEmployed { officer, day });
    }
    let lacks = training.credential.as_ref();
    if let Some(takes) = lacks.filter(|_| !holds.is_some_and(|held| held.counts())) {
        return Err(Refusal::TrainerNotQualified {
            trainer: trainer.clone(),
            takes: takes.clone(),
            day,
        });
    }
    let phase = training.phase().ok_or_else(|| Refusal::AllSignedOff {
        training: command.training.clone(),
    })?;
    in_range(ratings)?;
    if ratings.is_empty() && text.is_none() {
        return Err(Refusal::NothingObserved);
    }
    Ok(vec![Event::Observed {
        officer: command.officer.clone(),
        training: command.training.clone(),
        phase: phase.name.clone(),
        trainer: trainer.clone(),
        ratings: ratings.clone(),
        text: text.clone(),
        on: day,
    }])
}

fn in_range(ratings: &BTreeMap<Name, u8>) -> Result<(), Refusal> {
    match ratings.iter().find(|(_, points)| !POINTS.contains(points)) {
        Some((what, points)) => Err(Refusal::RatingOutOfRange {
            what: what.clone(),
            points: *points,
        }),
        None => Ok(()),
    }
}

/// The phase that the officer is in, after somebody observed it.
fn sign_off(training: &Training, command: &Command) -> Decided {
    let Act::SignOff { phase: asked, by } = &command.act else {
        return Ok(vec![]);
    };
    let name = command.training.clone();
    if !training.phases.iter().any(|phase| phase.name == *asked) {
        let phases = training.phases.iter().map(|phase| phase.name.clone());
        return Err(Refusal::PhaseUnknown {
            phase: asked.clone(),
            phases: phases.collect(),
        });
    }
    let phase = training
        .phase()
        .ok_or(Refusal::AllSignedOff { training: name })?;
    if phase.name != *asked {
        return Err(Refusal::AnotherPhase {
            asked: asked.clone(),
            phase: phase.name.clone(),
        });
    }
    let started = training.phase_started();
    if command.on < started {
        let (day, first_day) = (command.on, started);
        return Err(Refusal::BeforeTheStart { day, first_day });
    }
    if !training.observations.iter().any(|it| it.phase == *asked) {
        return Err(Refusal::NotObserved {
            phase: asked.clone(),
        });
    }
    Ok(vec![Event::PhaseSignedOff {
        officer: command.officer.clone(),
        training: command.training.clone(),
        phase: asked.clone(),
        started,
        by: by.clone(),
        on: command.on,
    }])
}
