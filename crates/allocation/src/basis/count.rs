//! What each town of a pool counts: minutes, calls, figures, over the days that the terms name.

use jiff::civil::Date;
use vocabulary::{Fraction, Location, PartyId, TownId};

use super::plain;
use crate::WithoutMinutes;
use crate::settle::Known;
use crate::{Basis, Citation, Destination, Incident, Refusal, Terms, TermsPool, Unit, Window};

/// One party's figure.
pub(super) struct Counted {
    pub(super) party: PartyId,
    pub(super) value: Fraction,
    /// Of all parties of the pool, as people write it.
    pub(super) total: String,
    pub(super) unit: Unit,
    pub(super) as_of: Option<Date>,
    pub(super) sources: Vec<Citation>,
}

/// Where to count.
struct Over<'c> {
    terms: &'c Terms,
    pool: &'c TermsPool,
    window: &'c Window,
    known: &'c Known<'c>,
}

/// One row per town of the pool, in the order of the parties.
pub(super) fn count(
    terms: &Terms,
    pool: &TermsPool,
    basis: &Basis,
    known: &Known<'_>,
) -> Result<Vec<Counted>, Refusal> {
    let over = |window| Over {
        terms,
        pool,
        window,
        known,
    };
    let mut counted = match basis {
        Basis::Hours { window } => over(window).hours(),
        Basis::Calls { call_types, window } => over(window).calls(call_types),
        Basis::IncidentMinutes {
            call_types,
            without_minutes,
            window,
        } => over(window).incident_minutes(call_types, *without_minutes)?,
        Basis::Figure { name, window } => over(window).figures(name)?,
        Basis::Fixed { .. } | Basis::Equal | Basis::Weighted(_) | Basis::Sum(_) => {
            unreachable!("the language counts no shares")
        }
    };
    let total = plain(&Fraction::sum(counted.iter().map(|c| &c.value)));
    for row in &mut counted {
        row.total.clone_from(&total);
    }
    Ok(counted)
}

/// A fact that counts: where, when and how much.
type Counting<'a> = (&'a TownId, Date, i64, Citation);

impl Over<'_> {
    fn hours(&self) -> Vec<Counted> {
        let travel = self
            .terms
            .labour
            .as_ref()
            .is_some_and(|l| l.travel == Destination::Worked);
        let (days, _) = self.window.stretch(self.known.month);
        let slices = self.known.slices().filter_map(|(week, slice)| {
            let town = match &slice.location {
                Location::Town(town) => town,
                Location::Travel(town) if travel => town,
                _ => return None,
            };
            days.contains(&slice.date).then(|| {
                let citation = Citation::slice(week, slice, None);
                (town, slice.date, slice.minutes.0, citation)
            })
        });
        self.per_town(Unit::Minutes, slices, |slices| slices)
    }

    fn calls(&self, call_types: &[String]) -> Vec<Counted> {
        let counted = self.incidents(call_types);
        let counted = counted.map(|i| (&i.town, i.date, 1, Citation::incident(i)));
        self.per_town(Unit::Calls, counted, Citation::by_day)
    }

    fn incident_minutes(
        &self,
        call_types: &[String],
        without: WithoutMinutes,
    ) -> Result<Vec<Counted>, Refusal> {
        let shared = |town: &TownId| self.pool.among.contains(&PartyId::Town(town.clone()));
        if without == WithoutMinutes::Refuse
            && let Some(incident) = self
                .incidents(call_types)
                .find(|i| i.minutes.is_none() && shared(&i.town))
        {
            return Err(Refusal::IncidentWithoutMinutes {
                incident: incident.id.clone(),
                town: incident.town.clone(),
                date: incident.date,
                pool: self.pool.name.clone(),
            });
        }
        let counted = self.incidents(call_types).map(|i| {
            let minutes = i.minutes.unwrap_or_default();
            (&i.town, i.date, minutes.0, Citation::incident(i))
        });
        Ok(self.per_town(Unit::Minutes, counted, Citation::by_day))
    }

    fn incidents<'s>(&'s self, call_types: &'s [String]) -> impl Iterator<Item = &'s Incident> {
        let (days, _) = self.window.stretch(self.known.month);
        let incidents = self.known.incidents(call_types);
        incidents.filter(move |incident| days.contains(&incident.date))
    }

    /// One row per town; `cite` says how its facts are cited. What is counted over more than the
    /// month is divided by the periods that it is counted over, and cited together.
    fn per_town<'a>(
        &self,
        unit: Unit,
        facts: impl Iterator<Item = Counting<'a>>,
        cite: fn(Vec<Citation>) -> Vec<Citation>,
    ) -> Vec<Counted> {
        let (days, periods) = self.window.stretch(self.known.month);
        let averaged = self.window.average.is_some();
        let mut rows: Vec<(i64, Vec<Citation>)> = vec![(0, vec![]); self.pool.among.len()];
        for (town, date, count, citation) in facts {
            let party = PartyId::Town(town.clone());
            let at = self.pool.among.iter().position(|p| *p == party);
            // A window may reach back before a town joined: what it had then counts.
            let counts = averaged || self.terms.is_member(town, date);
            if let Some(at) = at.filter(|_| counts) {
                // Counts are bounded when facts are read: a sum of them cannot leave 64 bits.
                rows[at].0 += count;
                rows[at].1.push(citation);
            }
        }
        let row = |party: &PartyId, count, sources: Vec<Citation>| {
            let value = Fraction::from(count).checked_div(&Fraction::from(i64::from(periods)));
            let part = match averaged {
                true => self.terms.part_of_month(party, self.known.month),
                false => Fraction::one(),
            };
            let mut sources = match averaged {
                true => Citation::over(*days.start(), *days.end(), &sources),
                false => cite(sources),
            };
            sources.sort();
            Counted {
                party: party.clone(),
                value: value.expect("a window has a period") * part,
                total: String::new(),
                unit,
                as_of: averaged.then_some(*days.end()),
                sources,
            }
        };
        let rows = self.pool.among.iter().zip(rows);
        rows.map(|(party, (count, sources))| row(party, count, sources))
            .collect()
    }

    /// The mean of the figures in force on each day; of a member for part of the month that part.
    fn figures(&self, basis: &str) -> Result<Vec<Counted>, Refusal> {
        let among = self.pool.among.iter();
        among.map(|party| self.figure(party, basis)).collect()
    }

    fn figure(&self, party: &PartyId, basis: &str) -> Result<Counted, Refusal> {
        let PartyId::Town(town) = party else {
            unreachable!("the language keeps the provider, who has no figures, out of such a pool");
        };
        let days = self.window.days(self.known.month);
        let mut sum = Fraction::zero();
        let mut sources = vec![];
        let mut as_of = None;
        for &on in &days {
            let figure = self.known.figure(town, basis, on);
            let figure = figure.ok_or_else(|| Refusal::MissingFigure {
                town: town.clone(),
                basis: basis.to_owned(),
                on,
                pool: self.pool.name.clone(),
            })?;
            sum += &figure.value;
            as_of = as_of.max(Some(figure.as_of));
            sources.push(Citation::figure(figure));
        }
        sources.sort();
        sources.dedup();
        let count = i64::try_from(days.len()).expect("a window has at most forty days");
        let mean = sum.checked_div(&Fraction::from(count));
        let part = self.terms.part_of_month(party, self.known.month);
        Ok(Counted {
            party: party.clone(),
            value: mean.expect("a window has a day") * part,
            total: String::new(),
            unit: Unit::Figure,
            as_of,
            sources,
        })
    }
}
