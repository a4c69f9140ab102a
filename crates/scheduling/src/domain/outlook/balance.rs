//! Bought, planned, worked, billed: one balance for each town and month.

use std::collections::BTreeMap;

use roster::{Coverage, Shift, Warning, absences, warnings};
use vocabulary::{Minutes, Month, TownId};

use super::Outlook;
use crate::domain::roster::Planned;

/// A month of towns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// By town.
    pub towns: Vec<TownBalance>,
    /// What will not come out, in words.
    pub warnings: Vec<String>,
}

/// A month of one town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownBalance {
    /// Which.
    pub town: TownId,
    /// What it bought.
    pub bought: Minutes,
    /// In published shifts that somebody has.
    pub planned: Minutes,
    /// In drafts, and in published shifts that nobody has.
    pub open: Minutes,
    /// What was worked.
    pub worked: Minutes,
    /// What was billed.
    pub billed: Minutes,
}

/// Minutes by town.
type ByTown = BTreeMap<TownId, Minutes>;

impl Outlook {
    /// The balance of a month: of one town, or of all and what they bought together.
    pub fn balance(
        &self,
        month: Month,
        town: Option<&TownId>,
        (worked, billed): (&ByTown, &ByTown),
    ) -> Balance {
        let period = (month.first_day(), month.next().first_day());
        let coverage = self.coverage(period);
        let told = |planned: &Planned| planned.is_published() && planned.slot.officer.is_some();
        let planned = self.shifts(told);
        let open = self.shifts(|planned| !told(planned));
        let meant = |own: &TownId| town.is_none_or(|town| town == own);
        let mut towns = Vec::new();
        for (own, zone) in self.known.towns.iter().filter(|(own, _)| meant(own)) {
            let none = Coverage {
                town: own.clone(),
                zone: zone.clone(),
                bought: Vec::new(),
                windows: Vec::new(),
            };
            let bought = coverage.iter().find(|c| c.town == *own).unwrap_or(&none);
            let of = |minutes: &ByTown| minutes.get(own).copied().unwrap_or_default();
            let balance = roster::balance(bought, month, &planned);
            let row = TownBalance {
                town: own.clone(),
                bought: balance.bought_minutes,
                planned: balance.planned_minutes,
                open: roster::balance(bought, month, &open).planned_minutes,
                worked: of(worked),
                billed: of(billed),
            };
            let minutes = [row.bought, row.planned, row.open, row.worked, row.billed];
            if minutes.iter().any(|m| *m != Minutes::ZERO) {
                towns.push(row);
            }
        }
        // Of a month that is over there is nothing to warn of.
        let warnings = match self.known.today() <= month.last_day() {
            true => self.warned(month, town, &coverage, &planned),
            false => Vec::new(),
        };
        Balance { towns, warnings }
    }

    fn shifts(&self, which: impl Fn(&Planned) -> bool) -> Vec<Shift> {
        let standing = self.standing(which);
        standing.map(|planned| planned.slot.shift.clone()).collect()
    }

    fn warned(
        &self,
        month: Month,
        town: Option<&TownId>,
        coverage: &[Coverage],
        planned: &[Shift],
    ) -> Vec<String> {
        let (from, to) = (month.first_day(), month.next().first_day());
        let zone = self.known.zone();
        let bounds = (zone.start_of(from), zone.start_of(to));
        let team = self.team(self.known.officers.keys(), bounds);
        let found = warnings(&team, coverage, month, planned);
        let found = found.into_iter().filter(|warning| match (warning, town) {
            (_, None) => true,
            (Warning::Less { town: own, .. }, Some(town)) => own == town,
            (Warning::Oversold { .. }, Some(_)) => false,
        });
        let mut words: Vec<String> = found.map(|warning| warning.to_string()).collect();
        let meant = |own: &&Coverage| town.is_none_or(|town| *town == own.town);
        for own in coverage.iter().filter(meant) {
            let missing = absences(own, planned, from, to);
            let Some(first) = missing.first() else {
                continue;
            };
            let minutes = missing.iter().map(|absence| {
                let officers = i64::from(absence.wanted - absence.planned);
                Minutes(Minutes::between(absence.start, absence.end).0 * officers)
            });
            words.push(format!(
                "{month}: {}: its minimum presence lacks {}, first at {}",
                own.town,
                minutes.sum::<Minutes>(),
                self.known.local(first.start),
            ));
        }
        words
    }
}
