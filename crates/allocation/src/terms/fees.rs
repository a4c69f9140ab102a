//! The `[[fee]]` tables: surcharges, each with a named base, put in an order without circles.

use vocabulary::Fraction;

use super::parse::Names;
use super::read::Value;
use super::{Fee, FeeBase, Name, charges};

/// The fees, each after those in its base.
pub(super) fn fees(listed: &[Value<'_, '_>], names: &Names) -> Vec<Fee> {
    let read = listed.iter().filter_map(|value| fee(value, names));
    in_order(read.collect())
}

/// A fee with the place of its base, so that a circle can be shown there.
fn fee<'d, 't>(value: &Value<'d, 't>, names: &Names) -> Option<(Fee, Value<'d, 't>)> {
    let table = value.table()?;
    // Its problems were noted when the names were gathered.
    let name = table.optional("name");
    let name = name.and_then(|value| charges::name_of(&value));
    let percent = table
        .required("percent", "percent = \"10\"")
        .and_then(|value| {
            let percent = value.number()?;
            if percent.is_negative() {
                value.refuse("a fee is not below zero");
            }
            Some(percent)
        });
    let base_value = table.required(
        "base",
        "what it is reckoned on: base = [\"labour\", \"premium\", \"direct\", \"pool:<name>\"]",
    );
    let base = base_value
        .as_ref()
        .map(|value| base(value, &names.fees, names));
    table.no_other_keys();
    let fee = Fee {
        name: name?,
        percent: percent?,
        base: base?,
    };
    Some((fee, base_value?))
}

/// Kinds of charges; of fees only these.
pub(super) fn base(value: &Value<'_, '_>, known: &[Name], names: &Names) -> Vec<FeeBase> {
    let mut bases = vec![];
    for item in value.list("it is reckoned on something: name a kind of charge") {
        let Some(text) = item.text() else { continue };
        let base = match text {
            "labour" => Some(FeeBase::Labour),
            "premium" => Some(FeeBase::Premium),
            "direct" => Some(FeeBase::Direct),
            _ => named(&item, text, known, names),
        };
        match base {
            Some(base) if bases.contains(&base) => item.refuse("this stands here twice"),
            Some(base) => bases.push(base),
            None => {}
        }
    }
    bases
}

fn named(item: &Value<'_, '_>, text: &str, known: &[Name], names: &Names) -> Option<FeeBase> {
    if let Some(pool) = text.strip_prefix("pool:") {
        return names.pool(item, pool).map(FeeBase::Pool);
    }
    if let Some(name) = text.strip_prefix("charge:") {
        let found = names.charges.iter().find(|charge| charge.as_str() == name);
        if found.is_none() {
            item.refuse("there is no such charge in these terms");
        }
        return found.cloned().map(FeeBase::Charge);
    }
    let fee = text
        .strip_prefix("fee:")
        .and_then(|name| known.iter().find(|n| n.as_str() == name));
    if fee.is_none() {
        item.refuse(
            "write \"labour\", \"premium\", \"direct\", \"charge:<name>\", \"pool:<name>\" or \
             \"fee:<name>\" of a fee of these terms",
        );
    }
    fee.cloned().map(FeeBase::Fee)
}

/// Takes fees whose base is ready until none is left; what never gets ready runs in a circle.
fn in_order(mut waiting: Vec<(Fee, Value<'_, '_>)>) -> Vec<Fee> {
    let mut ordered: Vec<Fee> = vec![];
    loop {
        let ready = waiting.iter().position(|(fee, _)| {
            fee.base.iter().all(|base| match base {
                FeeBase::Fee(name) => ordered.iter().any(|done| done.name == *name),
                _ => true,
            })
        });
        let Some(at) = ready else { break };
        ordered.push(waiting.remove(at).0);
    }
    for (fee, base) in &waiting {
        base.refuse(format!(
            "the fee \"{}\" is reckoned, in a circle, on itself: take one fee out of a base",
            fee.name
        ));
    }
    ordered
}

impl Fee {
    /// The percentage as a factor.
    pub(crate) fn factor(&self) -> Fraction {
        hundredth(&self.percent)
    }
}

/// Per cent as a factor, cents as dollars.
pub(super) fn hundredth(number: &Fraction) -> Fraction {
    number * &Fraction::new(1, 100).expect("100 is not zero")
}
