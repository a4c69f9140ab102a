//! What a command must know of other aggregates, read from this service's own tables.
//!
//! # Why
//!
//! A decider sees its own stream only. What another stream would have to say is put into the
//! command, read just before it runs. Towns never go away and agreements never fall out of force,
//! so what was found stays true; only somebody who assigns an officer in the very moment in which
//! the agreement ends can slip through, and then sees it in both lists. Where a town works by
//! another programme matters to one thing only: whether a new version must still fit its clauses;
//! a town that moves in that very moment has the version refused that it no longer needs.

use std::collections::BTreeSet;

use eventlog::{Row, Store};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tonic::Status;
use vocabulary::{Account, AgreementId, OfficerId, TownId, Zone};

use crate::domain::officer::Standing;
use crate::domain::programme::{Agree, IssueProfile, Joined, Other};
use crate::projection::{self, assignments, memberships, narrowings, towns};

/// Those of the towns that are registered.
pub(super) async fn registered(
    store: &Store,
    named: &[TownId],
) -> Result<BTreeSet<TownId>, Status> {
    let mut registered = BTreeSet::new();
    for town in named {
        if towns::find(store, town)
            .await
            .map_err(rpc::refuse)?
            .is_some()
        {
            registered.insert(town.clone());
        }
    }
    Ok(registered)
}

/// How the agreement stands that an account names; `None` for an unknown one and the provider.
pub(super) async fn standing(store: &Store, account: &Account) -> Result<Option<Standing>, Status> {
    let Account::Agreement(agreement) = account else {
        return Ok(None);
    };
    let found = projection::agreements::find(store, agreement)
        .await
        .map_err(rpc::refuse)?;
    Ok(found.map(|row| Standing {
        in_force: row.in_force(),
        starts_on: row.starts_on,
        ends_on: row.last_day(),
    }))
}

/// Officers who are assigned to the agreement after that day.
pub(super) async fn assigned_beyond(
    store: &Store,
    agreement: &AgreementId,
    on: Date,
) -> Result<BTreeSet<OfficerId>, Status> {
    let account = Account::Agreement(agreement.clone());
    let assigned = assignments::to_account(store, &account)
        .await
        .map_err(rpc::refuse)?;
    let beyond = assigned
        .into_iter()
        .filter(|a| a.until.is_none_or(|until| until > on));
    Ok(beyond.map(|assignment| assignment.officer).collect())
}

/// The agreements of a page of memberships.
pub(super) async fn agreements(
    store: &Store,
    rows: Vec<Row<memberships::Membership>>,
) -> Result<Vec<projection::agreements::Agreement>, Status> {
    let mut agreements = Vec::new();
    for Row { row, .. } in rows {
        let found = projection::agreements::find(store, &row.agreement).await;
        agreements.extend(found.map_err(rpc::refuse)?);
    }
    Ok(agreements)
}

/// What a new version of a profile must know of the towns: who works by another programme, and
/// which agreements end.
pub(super) async fn for_issue(store: &Store, issue: &mut IssueProfile) -> Result<(), Status> {
    let all = narrowings::of_everybody(store).await;
    for row in all.map_err(rpc::refuse)? {
        if !issue.last_days.contains_key(&row.agreement) {
            let found = projection::agreements::find(store, &row.agreement).await;
            let last_day = found.map_err(rpc::refuse)?.and_then(|row| row.last_day());
            issue
                .last_days
                .extend(last_day.map(|day| (row.agreement.clone(), day)));
        }
        if row.programme != issue.profile.programme {
            issue.others.insert(Other {
                agreement: row.agreement,
                town: row.town,
                from: row.from,
            });
        }
    }
    Ok(())
}

/// What must be known of an agreement for a town of it to agree to a programme.
pub(super) async fn for_agree(store: &Store, agree: &mut Agree) -> Result<(), Status> {
    let found = projection::agreements::find(store, &agree.agreement).await;
    agree.joined = found.map_err(rpc::refuse)?.map(|row| Joined {
        in_force: row.in_force(),
        starts_on: row.starts_on,
        ends_on: row.last_day(),
        towns: row.towns,
    });
    let rows = narrowings::of_agreement(store, &agree.agreement).await;
    let rows = rows.map_err(rpc::refuse)?.into_iter();
    let others = rows.filter(|row| row.town == agree.town && row.programme != agree.programme);
    agree.others = others.map(|row| row.from).collect();
    Ok(())
}

/// The day it is in a town.
pub(super) async fn today_in_town(store: &Store, town: &TownId) -> Result<Date, Status> {
    let found = towns::find(store, town).await.map_err(rpc::refuse)?;
    Ok(today(store, found.map(|row| row.zone)))
}

/// The day it is where an agreement's months are reckoned.
pub(super) async fn today_in_agreement(
    store: &Store,
    agreement: &AgreementId,
) -> Result<Date, Status> {
    let found = projection::agreements::find(store, agreement)
        .await
        .map_err(rpc::refuse)?;
    Ok(today(store, found.map(|row| row.zone)))
}

/// Of what does not exist the day does not matter: the command will be refused.
fn today(store: &Store, zone: Option<Zone>) -> Date {
    let now = store.surroundings().now();
    match zone {
        Some(zone) => zone.day_of(now),
        None => now.to_zoned(TimeZone::UTC).date(),
    }
}
