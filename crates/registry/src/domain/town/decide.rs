//! Every rule about towns, and every refusal.

use eventlog::{Class, Refuse};
use vocabulary::TownId;

use super::{
    Change, Command, ContactRole, EraseContact, Event, Known, RecordFigure, Register, State,
};

/// Why a request about a town was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The id is taken.
    #[error("The town {town} is registered already, as {name}: change it, or choose another id.")]
    AlreadyRegistered { town: TownId, name: String },
    /// The stream is empty.
    #[error("The town {town} is not registered: register it first.")]
    NotRegistered { town: TownId },
    /// There is nobody to erase.
    #[error(
        "Nobody{} who held the role {role} in {town} is known: `cwctl town show {town}` lists who \
         holds which role now.",
        if *former_only { " but the present holder" } else { "" }
    )]
    NobodyHeld {
        town: TownId,
        role: ContactRole,
        former_only: bool,
    },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyRegistered { .. } => "TOWN_ALREADY_REGISTERED",
            Self::NotRegistered { .. } => "TOWN_UNKNOWN",
            Self::NobodyHeld { .. } => "CONTACT_UNKNOWN",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyRegistered { .. } => Class::AlreadyExists,
            Self::NotRegistered { .. } | Self::NobodyHeld { .. } => Class::NotFound,
        }
    }
}

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Register(register) => self::register(state, register),
        Command::Change(change) => Ok(self::change(known(state, &change.town)?, change)),
        Command::EraseContact(erase) => erase_contact(known(state, &erase.town)?, erase),
        Command::RecordFigure(figure) => Ok(record_figure(known(state, &figure.town)?, figure)),
    }
}

fn known<'a>(state: &'a State, town: &TownId) -> Result<&'a Known, Refusal> {
    match state {
        State::Known(known) => Ok(known),
        State::Unknown => Err(Refusal::NotRegistered { town: town.clone() }),
    }
}

fn register(state: &State, command: &Register) -> Result<Vec<Event>, Refusal> {
    if let State::Known(Known { town, name, .. }) = state {
        return Err(Refusal::AlreadyRegistered {
            town: town.clone(),
            name: name.to_string(),
        });
    }
    let mut events = vec![Event::Registered {
        town: command.town.clone(),
        name: command.name.clone(),
        state: command.state.clone(),
        zone: command.zone.clone(),
        on: command.on,
    }];
    for (role, person) in &command.contacts {
        let (role, person) = (role.clone(), person.clone());
        events.push(Event::ContactNamed {
            role,
            person,
            on: command.on,
        });
    }
    Ok(events)
}

/// What already is as asked needs no event.
fn change(known: &Known, command: &Change) -> Vec<Event> {
    let name = command.name.as_ref().unwrap_or(&known.name).clone();
    let state = command.state.as_ref().unwrap_or(&known.state).clone();
    let zone = command.zone.as_ref().unwrap_or(&known.zone).clone();
    let on = command.on;
    let mut events = Vec::new();
    if (&name, &state, &zone) != (&known.name, &known.state, &known.zone) {
        events.push(Event::Changed {
            name,
            state,
            zone,
            on,
        });
    }
    for (role, person) in &command.contacts {
        let (role, person) = (role.clone(), person.clone());
        events.push(Event::ContactNamed { role, person, on });
    }
    events
}

/// No law that we know keeps a contact: whoever left, or asks for it, goes at once.
fn erase_contact(known: &Known, command: &EraseContact) -> Result<Vec<Event>, Refusal> {
    let EraseContact {
        town,
        role,
        former_only,
        grounds,
        on,
    } = command.clone();
    let mut persons = known.contacts.get(&role).cloned().unwrap_or_default();
    if former_only {
        persons.pop();
    }
    if persons.is_empty() {
        return Err(Refusal::NobodyHeld {
            town,
            role,
            former_only,
        });
    }
    Ok(vec![Event::ContactErased {
        role,
        persons,
        grounds,
        on,
    }])
}

/// A later record takes the place of the former; the very same again needs no event.
fn record_figure(known: &Known, command: &RecordFigure) -> Vec<Event> {
    let RecordFigure {
        basis,
        as_of,
        value,
        source,
        ..
    } = command.clone();
    let former = known.figures.get(&(basis.clone(), as_of));
    if former.is_some_and(|(v, s)| (v, s) == (&value, &source)) {
        return Vec::new();
    }
    vec![Event::FigureRecorded {
        basis,
        as_of,
        value,
        source,
    }]
}
