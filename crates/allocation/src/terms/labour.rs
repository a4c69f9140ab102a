//! The `[labour]` table: what an hour costs, and where each kind of minute is charged.

use vocabulary::{Fraction, PartyId};

use super::parse::Names;
use super::read::{Table, Value};
use super::{Destination, Labour, LabourCost, Premium};

pub(super) fn labour(table: &Table<'_, '_>, names: &Names) -> Option<Labour> {
    let cost = cost(table);
    let split = table
        .required("split", "split = \"worked\", \"pool:<name>\" or a party")
        .and_then(|value| destination(&value, "worked", names));
    let travel = table
        .required(
            "travel",
            "travel = \"destination\", \"pool:<name>\" or a party",
        )
        .and_then(|value| destination(&value, "destination", names));
    let elsewhere_value = table.optional("elsewhere");
    let elsewhere = elsewhere_value
        .as_ref()
        .and_then(|value| destination(value, "", names));
    let treated = |key| {
        let own = table
            .optional(key)
            .map(|value| destination(&value, "", names));
        if own.is_none() && elsewhere_value.is_none() {
            table.refuse(format!(
                "`{key}` is missing: write {key} = \"pool:<name>\" or a party, or `elsewhere` for \
                 all that are not named"
            ));
        }
        own.unwrap_or_else(|| elsewhere.clone())
    };
    let training = treated("training");
    let court = treated("court");
    let leave = treated("leave");
    let administration = treated("administration");
    let aid = treated("aid");
    // Who is no member is borne by none of the members, unless the terms say who does.
    let outside = match table.optional("outside") {
        Some(value) => destination(&value, "", names),
        None => Some(Destination::Party(PartyId::Provider)),
    };
    let premium = premium(table, cost.as_ref(), names);
    table.no_other_keys();
    Some(Labour {
        cost: cost?,
        split: split?,
        travel: travel?,
        training: training?,
        court: court?,
        leave: leave?,
        administration: administration?,
        aid: aid?,
        outside: outside?,
        premium: premium?,
    })
}

fn cost(table: &Table<'_, '_>) -> Option<LabourCost> {
    let cost = table.required("cost", "cost = \"actual\" or \"hourly\"")?;
    let rate = table.optional("hourly_rate");
    match (cost.text()?, rate) {
        ("actual", None) => Some(LabourCost::Actual),
        ("actual", Some(rate)) => {
            rate.refuse(
                "an hourly rate has no effect at actual cost: drop it, or cost = \"hourly\"",
            );
            None
        }
        ("hourly", Some(rate)) => {
            let dollars = rate.number()?;
            if dollars.is_negative() || dollars.is_zero() {
                rate.refuse("an hourly rate is above zero: dollars, such as \"42.50\"");
                return None;
            }
            let cents_per_hour = dollars * Fraction::from(100);
            Some(LabourCost::Hourly { cents_per_hour })
        }
        ("hourly", None) => {
            table.refuse("`hourly_rate` is missing: write dollars, hourly_rate = \"42.50\"");
            None
        }
        _ => {
            cost.refuse("write \"actual\" or \"hourly\"");
            None
        }
    }
}

/// An agreed rate is all-inclusive, so it says nothing about premium; actual cost must.
fn premium(
    table: &Table<'_, '_>,
    cost: Option<&LabourCost>,
    names: &Names,
) -> Option<Option<Premium>> {
    let value = table.optional("premium");
    match (cost, value) {
        (Some(LabourCost::Hourly { .. }), Some(value)) => {
            value.refuse("the agreed hourly rate includes the premium: drop this");
            None
        }
        (_, Some(value)) => match value.text()? {
            "pro_rata" => Some(Some(Premium::ProRata)),
            "worked_last" => Some(Some(Premium::WorkedLast)),
            "beyond_promise" => Some(Some(Premium::BeyondPromise)),
            _ => match destination(&value, "", names)? {
                Destination::Pool(pool) => Some(Some(Premium::Pool(pool))),
                Destination::Party(party) => Some(Some(Premium::Party(party))),
                Destination::Worked => None,
            },
        },
        (Some(LabourCost::Actual), None) => {
            table.refuse(
                "`premium` is missing: write premium = \"pro_rata\", \"worked_last\", \
                 \"beyond_promise\", \"pool:<name>\" or a party",
            );
            None
        }
        _ => Some(None),
    }
}

/// `worked` is the word for the town itself where there is one; empty where there is none.
fn destination(value: &Value<'_, '_>, worked: &str, names: &Names) -> Option<Destination> {
    let text = value.text()?;
    if !worked.is_empty() && text == worked {
        return Some(Destination::Worked);
    }
    if let Some(name) = text.strip_prefix("pool:") {
        return names.pool(value, name).map(Destination::Pool);
    }
    match text.parse::<PartyId>() {
        Ok(party) if names.parties.contains(&party) => Some(Destination::Party(party)),
        _ => {
            let worked = if worked.is_empty() {
                String::new()
            } else {
                format!("\"{worked}\", ")
            };
            value.refuse(format!(
                "write {worked}\"pool:<name>\" or a party of the agreement"
            ));
            None
        }
    }
}
