//! What stands in an agreement's log, and how each entry changes what is known.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, IncidentId, Month, TownId};

use super::causes::{About, Learnt};
use super::{Ledger, OpenTime, Signed, Version};
use crate::{Citation, Expense, Figure, Incident, LabourWeek, Source, Statement, Terms};

/// An entry of an agreement's log, freed of how it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// The agreement was signed by every party. Its first terms follow as their own entry.
    AgreementSigned {
        /// Which.
        agreement: AgreementId,
        /// Its first day: the month of it is the first to be closed.
        starts_on: Date,
        /// Its last day, if it is known.
        ends_on: Option<Date>,
    },
    /// The agreement ends.
    AgreementEnded {
        /// Its last day.
        on: Date,
    },
    /// A version of the terms takes effect.
    TermsInForce {
        /// Where the signing or the amendment stands.
        source: Source,
        /// 1, 2, 3 …; of two from one month on, the higher counts.
        version: u32,
        /// The first of a month, or for the first version the agreement's first day.
        from: Date,
        /// The document (docs/terms.md).
        toml: String,
    },
    /// A basis figure of a town.
    Figure(Figure),
    /// A costed workweek.
    Labour(LabourWeek),
    /// A closed incident.
    Incident(Incident),
    /// An incident was withdrawn.
    IncidentWithdrawn {
        /// Where the fact stands.
        source: Source,
        /// Which.
        id: IncidentId,
        /// Where it had been.
        town: TownId,
        /// When it had been.
        date: Date,
    },
    /// An expense.
    Expense(Expense),
    /// A month was closed.
    PeriodClosed {
        /// Which.
        month: Month,
        /// The edition of the rules that settled it.
        edition: u32,
        /// Time that was not approved then.
        open: Vec<OpenTime>,
    },
    /// A statement went out: from now on its lines have been charged.
    StatementIssued(Box<Statement>),
}

impl Ledger {
    /// Takes in the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::AgreementSigned {
                agreement,
                starts_on,
                ends_on,
            } => {
                self.signed = Some(Signed {
                    agreement: agreement.clone(),
                    starts_on: *starts_on,
                    ends_on: *ends_on,
                    closing: ends_on.map(|on| Month::of(on).next()),
                });
            }
            Entry::AgreementEnded { on } => self.ended(*on),
            Entry::TermsInForce {
                source,
                version,
                from,
                toml,
            } => self.new_terms(source, *version, *from, toml),
            Entry::Figure(figure) => self.figure(figure),
            Entry::Labour(week) => self.labour(week),
            Entry::Incident(incident) => self.incident(incident.clone()),
            Entry::IncidentWithdrawn {
                source,
                id,
                town,
                date,
            } => self.incident(Incident {
                source: source.clone(),
                id: id.clone(),
                town: town.clone(),
                call_type: String::new(),
                date: *date,
                minutes: None,
                withdrawn: true,
            }),
            Entry::Expense(expense) => self.expense(expense),
            Entry::PeriodClosed { month, edition, .. } => {
                self.closed.insert(*month, *edition);
                self.learnt.clear();
            }
            Entry::StatementIssued(statement) => self.issued(statement),
        }
    }

    fn ended(&mut self, on: Date) {
        let after = Month::of(on).next();
        let citation = Citation {
            date: Some(on),
            code: "end of the agreement".to_owned(),
            source: None,
            minutes: None,
            cents: None,
        };
        self.learn(after, None, About::Terms, citation);
        // An end that is told when later months are closed is corrected by one more statement.
        let closing = self.next_month().map(|next| next.max(after));
        if let Some(signed) = &mut self.signed {
            (signed.ends_on, signed.closing) = (Some(on), closing);
        }
    }

    fn new_terms(&mut self, source: &Source, version: u32, from: Date, toml: &str) {
        let citation = Citation {
            date: Some(from),
            code: format!("terms version {version}"),
            source: Some(source.clone()),
            minutes: None,
            cents: None,
        };
        self.learn(Month::of(from), None, About::Terms, citation);
        self.versions.push(Version {
            source: source.clone(),
            version,
            from,
            terms: Terms::parse(toml).map(|terms| terms.numbered(version)),
        });
    }

    fn figure(&mut self, figure: &Figure) {
        // A figure may be looked up from any month, by a pool with its own `as_of`.
        let about = About::Figure {
            basis: figure.basis.clone(),
        };
        if let Some(&first) = self.closed.keys().next() {
            self.learn(first, None, about, Citation::figure(figure));
        }
        self.facts.figures.push(figure.clone());
    }

    fn labour(&mut self, week: &LabourWeek) {
        let place = (week.officer.clone(), week.week_start);
        let at = self.week_at.get(&place).copied();
        let old = at.map(|at| &self.facts.labour[at]);
        if old.is_some_and(|old| old.revision > week.revision) {
            return;
        }
        let learnt = Learnt::from_week(old, week);
        let learnt = learnt.into_iter().filter(|l| self.is_late(l.from));
        self.learnt.extend(learnt.collect::<Vec<_>>());
        match at {
            Some(at) if self.facts.labour[at].revision < week.revision => {
                self.facts.labour[at] = week.clone();
            }
            // The same revision again is for the settlement to judge.
            _ => {
                self.week_at.insert(place, self.facts.labour.len());
                self.facts.labour.push(week.clone());
            }
        }
    }

    fn incident(&mut self, incident: Incident) {
        let at = self.incident_at.get(&incident.id).copied();
        let citation = Citation::incident(&incident);
        self.learn_month(incident.date, About::Incident, citation.clone());
        let Some(at) = at else {
            self.incident_at
                .insert(incident.id.clone(), self.facts.incidents.len());
            self.facts.incidents.push(incident);
            return;
        };
        self.learn_month(self.facts.incidents[at].date, About::Incident, citation);
        let old = &mut self.facts.incidents[at];
        if (old.source.seq, &old.source.log) <= (incident.source.seq, &incident.source.log) {
            *old = incident;
        }
    }

    fn expense(&mut self, expense: &Expense) {
        let about = About::Expense {
            id: expense.id.clone(),
            to: expense.to.clone(),
        };
        self.learn_month(expense.date, about, Citation::expense(expense));
        self.facts.expenses.push(expense.clone());
    }

    fn issued(&mut self, statement: &Statement) {
        let lines = statement.lines.iter();
        let lines = lines.map(|line| (statement.month, &line.key, line.cents));
        let adjustments = statement.adjustments.iter();
        let adjustments = adjustments.map(|a| (a.month, &a.key, a.cents));
        for (month, key, cents) in lines.chain(adjustments) {
            let charged = self.issued.entry(month).or_default();
            *charged.entry(key.clone()).or_default() += i128::from(cents.0);
        }
    }

    fn learn_month(&mut self, date: Date, about: About, citation: Citation) {
        let month = Month::of(date);
        self.learn(month, Some(month), about, citation);
    }

    fn learn(&mut self, from: Month, until: Option<Month>, about: About, citation: Citation) {
        if self.is_late(from) {
            self.learnt.push(Learnt {
                from,
                until,
                about,
                citation,
            });
        }
    }

    fn is_late(&self, month: Month) -> bool {
        self.closed
            .keys()
            .next_back()
            .is_some_and(|last| month <= *last)
    }
}
