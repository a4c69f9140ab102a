//! The `[[membership]]` tables: towns that join or leave while the agreement runs.

use jiff::civil::Date;
use vocabulary::{Fraction, Month, PartyId, TownId};

use super::parse::Names;
use super::read::{Table, Value};
use super::{Span, Terms};

/// The days on which a town is a member; a town without one always is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub town: TownId,
    /// When.
    pub span: Span,
}

pub(super) fn memberships(listed: &[Value<'_, '_>], names: &Names) -> Vec<Membership> {
    let mut memberships: Vec<Membership> = vec![];
    for value in listed {
        let Some(table) = value.table() else { continue };
        let Some(membership) = membership(&table, names) else {
            continue;
        };
        if memberships
            .iter()
            .any(|known| known.town == membership.town)
        {
            table.refuse("this town's membership stands here twice");
        }
        memberships.push(membership);
    }
    memberships
}

fn membership(table: &Table<'_, '_>, names: &Names) -> Option<Membership> {
    let town = table
        .required("town", "town = \"oakhurst\"")
        .and_then(|value| match names.party(&value)? {
            PartyId::Town(town) => Some(town),
            PartyId::Provider => {
                value.refuse("the provider is a party throughout");
                None
            }
        });
    let span = Span::read(table);
    table.no_other_keys();
    let (town, span) = (town?, span?);
    if span.from.is_none() && span.until.is_none() {
        table.refuse("write when it joins or leaves: `from`, `until` or both");
        return None;
    }
    Some(Membership { town, span })
}

impl Terms {
    /// Whether a town is a member on a day.
    pub(crate) fn is_member(&self, town: &TownId, on: Date) -> bool {
        self.has_town(town)
            && self.membership(town).is_none_or(|span| {
                span.from.is_none_or(|from| from <= on)
                    && span.until.is_none_or(|until| on <= until)
            })
    }

    /// The part of a month for which a party shares what is split by no use of its own.
    pub(crate) fn part_of_month(&self, party: &PartyId, month: Month) -> Fraction {
        match party {
            PartyId::Town(town) => self
                .membership(town)
                .map_or(Fraction::one(), |span| span.part_of(month)),
            PartyId::Provider => Fraction::one(),
        }
    }

    fn membership(&self, town: &TownId) -> Option<&Span> {
        let found = self.memberships.iter().find(|m| m.town == *town);
        found.map(|membership| &membership.span)
    }
}
