//! Amounts become shares, shares become lines: the one place where a charge is made.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction, PartyId};

use super::overflow;
use crate::basis::Entitled;
use crate::{Citation, Line, Pool, Refusal, Share, Terms};

/// An amount with exact shares that sum to one, not yet in cents.
pub(super) struct Whole {
    /// Its key, such as `pool/vehicle`.
    pub(super) key: String,
    /// What it is split by.
    pub(super) basis: String,
    /// The rule in words.
    pub(super) rule: String,
    pub(super) amount: Cents,
    pub(super) exact: Fraction,
    /// Empty where there is nothing to split.
    pub(super) shares: Vec<Entitled>,
    /// What the amount is made of.
    pub(super) facts: Vec<Citation>,
    /// For labour: each party's own minutes. Else a line cites what the amount is made of.
    pub(super) own: BTreeMap<PartyId, Vec<Citation>>,
}

/// A charge that one party bears alone.
pub(super) struct Alone {
    /// The line's key without the party, such as `direct/three-rivers.e2`.
    pub(super) key: String,
    pub(super) party: PartyId,
    pub(super) cents: Cents,
    pub(super) exact: Fraction,
    /// The rule in words.
    pub(super) rule: String,
    pub(super) facts: Vec<Citation>,
}

/// The pools and lines drawn so far.
pub(super) struct Drawn<'t> {
    terms: &'t Terms,
    pools: Vec<Pool>,
    lines: Vec<Line>,
}

impl<'t> Drawn<'t> {
    pub(super) fn new(terms: &'t Terms) -> Self {
        Self {
            terms,
            pools: vec![],
            lines: vec![],
        }
    }

    /// Rounds a whole to its parts and draws a line for each.
    pub(super) fn pool(&mut self, whole: Whole) -> Result<(), Refusal> {
        let shares = self.split(&whole)?;
        for share in &shares {
            self.lines.push(Line {
                key: format!("{}/{}", whole.key, share.party),
                party: share.party.clone(),
                cents: share.cents,
                terms_version: self.terms.version,
                rule: whole.rule.clone(),
                pool_cents: whole.amount,
                pool_exact_cents: whole.exact.clone(),
                share: share.share.clone(),
                exact_cents: share.exact_cents.clone(),
                moved_cent: share.moved_cent,
                figures: share.figures.clone(),
                facts: match whole.own.is_empty() {
                    true => whole.facts.clone(),
                    false => whole.own.get(&share.party).cloned().unwrap_or_default(),
                },
            });
        }
        self.pools.push(Pool {
            pool: whole.key,
            basis: whole.basis,
            amount_cents: whole.amount,
            exact_cents: whole.exact,
            shares,
            facts: whole.facts,
        });
        Ok(())
    }

    fn split(&self, whole: &Whole) -> Result<Vec<Share>, Refusal> {
        if whole.shares.is_empty() {
            return Ok(vec![]);
        }
        let exact = whole
            .shares
            .iter()
            .map(|s| (s.party.clone(), s.share.clone()));
        let parts = self
            .terms
            .rounding
            .split(whole.amount, exact.collect(), self.terms.mode);
        let parts = parts.map_err(|_| overflow(format!("a part of {}", whole.key)))?;
        let mut shares: Vec<Share> = parts
            .into_iter()
            .map(|(party, share, part)| {
                let entitled = whole.shares.iter().find(|s| s.party == party);
                Share {
                    figures: entitled.map(|s| s.figures.clone()).unwrap_or_default(),
                    exact_cents: &whole.amount.exact() * &share,
                    cents: part.cents,
                    moved_cent: part.moved_cent,
                    party,
                    share,
                }
            })
            // A residual party without a share stands there only for the cents it takes.
            .filter(|s| s.cents != Cents::ZERO || whole.shares.iter().any(|e| e.party == s.party))
            .collect();
        let order = self.terms.parties();
        shares.sort_by_key(|s| order.iter().position(|p| *p == s.party));
        debug_assert_eq!(Cents::sum(shares.iter().map(|s| s.cents)), Ok(whole.amount));
        Ok(shares)
    }

    /// A charge that is nobody else's.
    pub(super) fn alone(&mut self, alone: Alone) {
        let moved = alone.cents.exact() - alone.exact.round_half_up();
        self.lines.push(Line {
            key: format!("{}/{}", alone.key, alone.party),
            party: alone.party,
            cents: alone.cents,
            terms_version: self.terms.version,
            rule: alone.rule,
            pool_cents: alone.cents,
            pool_exact_cents: alone.exact.clone(),
            share: Fraction::one(),
            exact_cents: alone.exact,
            moved_cent: moved.to_integer_exact().unwrap_or_default(),
            figures: vec![],
            facts: alone.facts,
        });
    }

    /// What a party bears so far.
    pub(super) fn borne_by(&self, party: &PartyId) -> Result<Cents, Refusal> {
        let own = self.lines.iter().filter(|line| line.party == *party);
        Cents::sum(own.map(|line| line.cents)).map_err(|_| overflow(format!("{party}'s total")))
    }

    /// The lines drawn so far whose key begins so.
    pub(super) fn lines_of<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = &'s Line> {
        self.lines
            .iter()
            .filter(move |line| line.key.starts_with(prefix))
    }

    pub(super) fn finish(self) -> (Vec<Pool>, Vec<Line>) {
        (self.pools, self.lines)
    }
}
