//! Facts of other services: whom they concern, and what they change in an agreement's ledger.

use std::collections::BTreeSet;

use allocation::{Entry, Figure, Incident, LabourWeek, Slice, Source};
use jiff::civil::Date;
use prost::Message;
use vocabulary::{Account, AgreementId, Fraction, IncidentId, Minutes, TownId};
use wire::convert::{all, date, message, optional_date, required, text, timestamp};
use wire::{Violation, incidents, payroll, registry};

/// A fact that settlements rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFact {
    /// In whose logs it belongs.
    pub concern: Concern,
    /// What it changes there, in this order.
    pub entries: Vec<Entry>,
}

/// Whose business a fact is. It decides, together with the towns of each agreement, into which
/// logs the fact is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// One agreement, by its id: its signing, its terms, its end.
    Agreement(AgreementId),
    /// One account: labour charged to it.
    Account(Account),
    /// Every agreement of these towns: a town's figure, an incident (where it is and was).
    Towns(BTreeSet<TownId>),
}

/// A fact whose bytes are not what its kind says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{log}:{seq} cannot be read as {kind}: {what}", log = at.log, seq = at.seq)]
pub struct Unreadable {
    /// Where it stands.
    pub at: Source,
    /// What it claims to be.
    pub kind: String,
    /// What is wrong with it: field and value.
    pub what: String,
}

impl Concern {
    /// Whether a fact of this concern belongs in the log of `agreement`, whose towns these are.
    pub fn reaches(&self, agreement: &AgreementId, towns: &[TownId]) -> bool {
        match self {
            Self::Agreement(own) => own == agreement,
            Self::Account(account) => *account == Account::Agreement(agreement.clone()),
            Self::Towns(own) => towns.iter().any(|town| own.contains(town)),
        }
    }
}

/// Reads a fact of another service. `None` for kinds that no settlement rests on.
pub fn fact(source: &Source, kind: &str, bytes: &[u8]) -> Result<Option<SourceFact>, Unreadable> {
    let read = match (source.log.as_str(), kind) {
        ("registry", "AgreementSigned") => signed(source, bytes),
        ("registry", "TermsAmended") => amended(source, bytes),
        ("registry", "AgreementEnded") => ended(bytes),
        ("registry", "BasisFigureRecorded") => figure(source, bytes),
        ("payroll", "LabourCosted") => labour(source, bytes),
        ("incidents", "IncidentClosed") => incident(source, bytes),
        ("incidents", "IncidentWithdrawn") => withdrawn(source, bytes),
        _ => return Ok(None),
    };
    read.map(Some).map_err(|what| Unreadable {
        at: source.clone(),
        kind: kind.to_owned(),
        what,
    })
}

type Read = Result<SourceFact, String>;

fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, String> {
    M::decode(bytes).map_err(|error| error.to_string())
}

fn wrong(fields: impl Into<Vec<Violation>>) -> String {
    let fields: Vec<_> = fields.into().iter().map(in_words).collect();
    fields.join("; ")
}

fn in_words(violation: &Violation) -> String {
    format!("{}: {}", violation.field, violation.description)
}

fn signed(source: &Source, bytes: &[u8]) -> Read {
    let fact: registry::v1::AgreementSigned = decode(bytes)?;
    let (agreement, starts_on, ends_on, terms) = all((
        required::<AgreementId>("agreement", &fact.agreement),
        date("starts_on", &fact.starts_on),
        optional_date("ends_on", &fact.ends_on),
        message("terms", fact.terms, "the terms"),
    ))
    .map_err(|fields| wrong(fields.0))?;
    let terms = terms_in_force(source, terms)?;
    let signed = Entry::AgreementSigned {
        agreement: agreement.clone(),
        starts_on,
        ends_on,
    };
    Ok(SourceFact {
        concern: Concern::Agreement(agreement),
        entries: vec![signed, terms],
    })
}

fn amended(source: &Source, bytes: &[u8]) -> Read {
    let fact: registry::v1::TermsAmended = decode(bytes)?;
    let (agreement, terms) = all((
        required::<AgreementId>("agreement", &fact.agreement),
        message("terms", fact.terms, "the terms"),
    ))
    .map_err(|fields| wrong(fields.0))?;
    Ok(SourceFact {
        concern: Concern::Agreement(agreement),
        entries: vec![terms_in_force(source, terms)?],
    })
}

fn terms_in_force(source: &Source, terms: registry::v1::Terms) -> Result<Entry, String> {
    let from = date("terms.effective_from", &terms.effective_from).map_err(|v| wrong([v]))?;
    Ok(Entry::TermsInForce {
        source: source.clone(),
        version: terms.version,
        from,
        toml: terms.toml,
    })
}

fn ended(bytes: &[u8]) -> Read {
    let fact: registry::v1::AgreementEnded = decode(bytes)?;
    let (agreement, on) = all((
        required::<AgreementId>("agreement", &fact.agreement),
        date("on", &fact.on),
    ))
    .map_err(|fields| wrong(fields.0))?;
    Ok(SourceFact {
        concern: Concern::Agreement(agreement),
        entries: vec![Entry::AgreementEnded { on }],
    })
}

fn figure(source: &Source, bytes: &[u8]) -> Read {
    let fact: registry::v1::BasisFigureRecorded = decode(bytes)?;
    let (town, basis, as_of, value) = all((
        required::<TownId>("town", &fact.town),
        text("basis", &fact.basis, "what is counted"),
        date("as_of", &fact.as_of),
        required::<Fraction>("value", &fact.value),
    ))
    .map_err(|fields| wrong(fields.0))?;
    let figure = Figure {
        source: source.clone(),
        town: town.clone(),
        basis,
        as_of,
        value,
        figure_source: fact.source,
    };
    Ok(SourceFact {
        concern: Concern::Towns([town].into()),
        entries: vec![Entry::Figure(figure)],
    })
}

fn labour(source: &Source, bytes: &[u8]) -> Read {
    let fact: payroll::v1::LabourCosted = decode(bytes)?;
    let (account, officer, week_start, premium_cents, premium_on) = all((
        required::<Account>("account", &fact.account),
        required("officer", &fact.officer),
        date("week_start", &fact.week_start),
        required::<Fraction>("premium_cents", &fact.premium_cents),
        date("premium_on", &fact.premium_on),
    ))
    .map_err(|fields| wrong(fields.0))?;
    let slices = fact.slices.iter().enumerate();
    let slices = slices.map(|(n, read)| slice(read).map_err(|what| format!("slices[{n}]: {what}")));
    let week = LabourWeek {
        source: source.clone(),
        officer,
        week_start,
        revision: fact.revision,
        slices: slices.collect::<Result<_, _>>()?,
        premium_cents,
        premium_on,
    };
    Ok(SourceFact {
        concern: Concern::Account(account),
        entries: vec![Entry::Labour(week)],
    })
}

fn slice(slice: &payroll::v1::Slice) -> Result<Slice, String> {
    let (duty, day, start, end, location, rate, cost) = all((
        required("duty", &slice.duty),
        date("date", &slice.date),
        timestamp("start", slice.start.as_ref()),
        timestamp("end", slice.end.as_ref()),
        required("location", &slice.location),
        required::<Fraction>("cents_per_hour", &slice.cents_per_hour),
        required::<Fraction>("cost_cents", &slice.cost_cents),
    ))
    .map_err(|fields| wrong(fields.0))?;
    Ok(Slice {
        duty,
        piece: slice.piece,
        date: day,
        start,
        end,
        location,
        minutes: Minutes(slice.minutes),
        past_threshold_minutes: Minutes(slice.past_threshold_minutes),
        rate_cents_per_hour: rate,
        base_cost_cents: cost,
    })
}

fn incident(source: &Source, bytes: &[u8]) -> Read {
    let fact: incidents::v1::IncidentClosed = decode(bytes)?;
    let (id, town, former, call_type, day) = all((
        required::<IncidentId>("incident", &fact.incident),
        required::<TownId>("town", &fact.town),
        wire::convert::optional::<TownId>("former_town", &fact.former_town),
        text("call_type", &fact.call_type, "a call type"),
        date("date", &fact.date),
    ))
    .map_err(|fields| wrong(fields.0))?;
    let incident = Incident {
        source: source.clone(),
        id,
        town: town.clone(),
        call_type,
        date: day,
        minutes: fact.minutes_known.then_some(Minutes(fact.minutes)),
        withdrawn: false,
    };
    Ok(SourceFact {
        concern: Concern::Towns([town].into_iter().chain(former).collect()),
        entries: vec![Entry::Incident(incident)],
    })
}

fn withdrawn(source: &Source, bytes: &[u8]) -> Read {
    let fact: incidents::v1::IncidentWithdrawn = decode(bytes)?;
    let (id, town, day): (IncidentId, TownId, Date) = all((
        required("incident", &fact.incident),
        required("town", &fact.town),
        date("date", &fact.date),
    ))
    .map_err(|fields| wrong(fields.0))?;
    let withdrawn = Entry::IncidentWithdrawn {
        source: source.clone(),
        id,
        town: town.clone(),
        date: day,
    };
    Ok(SourceFact {
        concern: Concern::Towns([town].into()),
        entries: vec![withdrawn],
    })
}
