//! The terms in plain English, clause by clause, and what one version says that another does not.

use serde::{Deserialize, Serialize};
use vocabulary::{Fraction, PartyId};

use super::words::dollars;
use super::{ChargeTo, Destination, Labour, Partial, Promise, Span, Terms, Undelivered};
use crate::basis::plain;

/// One thing that the terms say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// What it is about, the same in every version: `pool readiness`, `labour: travel`.
    pub about: String,
    /// A whole sentence.
    pub says: String,
}

/// What two versions of the terms say about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is about.
    pub about: String,
    /// What the earlier version says; absent where it says nothing about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What the later version says; absent where it says nothing about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Terms {
    /// Everything that the terms say, in the order in which a month is settled.
    pub fn clauses(&self) -> Vec<Clause> {
        let mut clauses = vec![
            clause(
                "agreement",
                format!("This is the agreement {}.", self.agreement),
            ),
            clause("towns", {
                let towns: Vec<_> = self.towns.iter().map(ToString::to_string).collect();
                let share = if towns.len() == 1 {
                    "pays"
                } else {
                    "share the cost"
                };
                format!(
                    "{} {share}; the provider is a party besides, and bears what the terms leave to \
                     it.",
                    and(&towns)
                )
            }),
        ];
        for member in &self.memberships {
            let about = format!("membership of {}", member.town);
            let says = format!("{} is a member{}.", member.town, days(&member.span));
            clauses.push(clause(about, says));
        }
        clauses.extend(self.labour_clauses());
        clauses.extend(self.pools.iter().map(|pool| {
            let rule = pool.rule().replacen("\" split by ", "\" is split by ", 1);
            clause(format!("pool {}", pool.name), format!("The {rule}."))
        }));
        clauses.extend(self.charges.iter().map(|charge| {
            let priced = charge.priced.in_words(self.mode);
            let says = match &charge.to {
                ChargeTo::Party(party) => format!("{party} pays {priced}."),
                ChargeTo::Pool(pool) => format!("The pool \"{pool}\" bears {priced}."),
            };
            clause(format!("charge {}", charge.name), says)
        }));
        clauses.extend(self.promises.iter().map(|promise| {
            clause(
                format!("hours promised to {}", promise.town),
                promise.in_words(),
            )
        }));
        clauses.extend(self.fees.iter().map(|fee| {
            clause(
                format!("fee {}", fee.name),
                format!("A fee of {}.", fee.rule()),
            )
        }));
        clauses.extend(self.last_clauses());
        clauses.push(clause("rounding", sentence(&self.rounding_in_words())));
        clauses
    }

    /// What stands after the formula: limits, transfers, credits.
    fn last_clauses(&self) -> Vec<Clause> {
        let mut clauses = vec![];
        for limit in &self.limits {
            let says = format!("{}.", limit.in_words());
            clauses.push(clause(format!("limit {}", limit.name), says));
        }
        for transfer in &self.transfers {
            let amounts = transfer.amounts.iter();
            let amounts: Vec<_> = amounts
                .map(|(party, cents)| match cents.0 < 0 {
                    true => format!(
                        "{party} receives {}",
                        vocabulary::Cents(cents.0.saturating_neg())
                    ),
                    false => format!("{party} pays {cents}"),
                })
                .collect();
            let says = format!("On {}, {}.", transfer.on, and(&amounts));
            clauses.push(clause(format!("transfer {}", transfer.name), says));
        }
        for credit in &self.credits {
            let above = match credit.refund {
                true => "what is above its charges of the month is owed to it",
                false => "more than its charges of the month is refused",
            };
            let priced = credit.priced.in_words(self.mode);
            let says = format!("{} is credited {priced}; {above}.", credit.to);
            clauses.push(clause(format!("credit {}", credit.name), says));
        }
        clauses
    }

    fn labour_clauses(&self) -> Vec<Clause> {
        let Some(labour) = &self.labour else {
            let says = "Officers' time is not charged by its minutes.";
            return vec![clause("labour", says.to_owned())];
        };
        labour.clauses()
    }

    /// What a later version says that this one does not say so, in the order of the clauses.
    pub fn changes(&self, later: &Self) -> Vec<Change> {
        let (old, new) = (self.clauses(), later.clauses());
        let find = |clauses: &[Clause], about: &str| {
            let found = clauses.iter().find(|clause| clause.about == about);
            found.map(|clause| clause.says.clone())
        };
        let gone = old
            .iter()
            .filter(|clause| find(&new, &clause.about).is_none());
        let all = new.iter().chain(gone).map(|clause| Change {
            about: clause.about.clone(),
            before: find(&old, &clause.about),
            after: find(&new, &clause.about),
        });
        all.filter(|change| change.before != change.after).collect()
    }
}

impl Labour {
    fn clauses(&self) -> Vec<Clause> {
        let cost = format!("An officer's hour costs {}.", self.cost.in_words());
        let mut clauses = vec![clause("labour: cost", cost)];
        let travel = ("travel", "Minutes on the way to a town", &self.travel);
        for (kind, what, destination) in [
            ("in a town", "Minutes in a town", &self.split),
            travel,
            ("training", "Minutes in training", &self.training),
            ("court", "Minutes in court", &self.court),
            ("leave", "Minutes on leave", &self.leave),
            (
                "administration",
                "Minutes of administration",
                &self.administration,
            ),
            ("aid", "Minutes of aid to others", &self.aid),
            (
                "outside",
                "Minutes in or towards a town that is no member",
                &self.outside,
            ),
        ] {
            let borne = match destination {
                Destination::Worked if kind == "travel" => "by that town".to_owned(),
                Destination::Worked => "by the town they were worked in".to_owned(),
                Destination::Pool(pool) => format!("by the pool \"{pool}\""),
                Destination::Party(party) => format!("by {}", the(party)),
            };
            let says = format!("{what} are borne {borne}.");
            clauses.push(clause(format!("labour: {kind}"), says));
        }
        let premium = match &self.premium {
            Some(premium) => format!("The overtime premium is borne {}.", premium.in_words()),
            None => "The agreed rate includes the overtime premium.".to_owned(),
        };
        clauses.push(clause("labour: premium", premium));
        clauses
    }
}

impl Promise {
    /// The promise, and what becomes of hours that are not delivered.
    fn in_words(&self) -> String {
        let travel = match self.travel_counts {
            true => "travel towards it counts",
            false => "travel towards it does not count",
        };
        let carried = match self.carry_months {
            0 => "Hours not delivered in their month".to_owned(),
            1 => "Hours not delivered in their month or the next".to_owned(),
            n => format!("Hours not delivered in their month or the next {n}"),
        };
        let rate = |cents: &Fraction| dollars(&super::fees::hundredth(cents));
        let undelivered = match &self.undelivered {
            Undelivered::Lapses => "lapse".to_owned(),
            Undelivered::Credited(cents) => format!("are credited at {} each", rate(cents)),
            Undelivered::Charged(cents) => {
                format!("are charged all the same at {} each", rate(cents))
            }
        };
        let excess = match &self.excess_cents {
            Some(cents) => format!(" Hours beyond those promised cost {} each.", rate(cents)),
            None => String::new(),
        };
        format!(
            "{} is promised {} hours {}{}; {travel}. {carried} {undelivered}.{excess}",
            self.town,
            plain(&self.hours),
            self.per.in_words(),
            self.span.in_words()
        )
    }
}

fn clause(about: impl Into<String>, says: String) -> Clause {
    Clause {
        about: about.into(),
        says,
    }
}

fn days(span: &Span) -> String {
    let mut words = String::new();
    if let Some(from) = span.from {
        words += &format!(" from {from}");
    }
    if let Some(until) = span.until {
        words += &format!(" until {until}");
    }
    match span.partial {
        Partial::Days => words + ", by the day",
        Partial::WholeMonth => words + ", a month begun counting whole",
    }
}

fn the(party: &PartyId) -> String {
    match party {
        PartyId::Provider => "the provider".to_owned(),
        PartyId::Town(town) => town.to_string(),
    }
}

/// `barlow, fenwick and oakhurst`.
fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
