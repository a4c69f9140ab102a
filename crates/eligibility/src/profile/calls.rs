//! Call types, screening, deployment and transitions.

use super::parse::date_or;
use super::read::{Table, Value};
use super::{CallType, Deployment, Pilot, Role, Rule, Screening, Transition};

const ROLES: &[(&str, &str)] = &[
    ("primary", "primary"),
    ("cold_only", "cold_only"),
    ("support", "support"),
    ("first_on_scene", "first_on_scene"),
    ("phone", "phone"),
    ("not_eligible", "not_eligible"),
];

const RULES: &[(&str, Rule)] = &[
    ("two_person", Rule::TwoPerson),
    ("daylight", Rule::Daylight),
    ("radio", Rule::Radio),
    ("dispatch_log", Rule::DispatchLog),
    ("supervisor", Rule::Supervisor),
    ("hours", Rule::Hours),
    ("back_up", Rule::BackUp),
];

pub(crate) fn call_type(table: &Table<'_, '_>) -> Option<CallType> {
    let code = table.required("code", "the call type: code = \"VEHABND\"");
    let code = code.and_then(|value| value.parsed());
    let role = table.required(
        "role",
        "primary, cold_only, support, first_on_scene, phone, …",
    );
    let role = self::role(table, role);
    Some(CallType {
        screened_also_as: vec![],
        title: table.line("title"),
        approval_by: table.line("approval_by"),
        pilot: date_or(table, "pilot", "open").map(|until| Pilot { until }),
        excludes: table.words("excludes"),
        requires: table.words("requires"),
        sources: table.lines("source"),
        code: code?,
        role: role?,
    })
}

/// The role, and to whom the call is handed off where it is.
pub(crate) fn role(table: &Table<'_, '_>, role: Option<Value<'_, '_>>) -> Option<Role> {
    let hand_off = table.optional("hand_off_to");
    let word = role?.one_of(ROLES)?;
    if let Some(value) = &hand_off
        && word != "first_on_scene"
    {
        value.refuse("only the first on the scene hands off: leave it out");
        return None;
    }
    Some(match word {
        "primary" => Role::Primary,
        "cold_only" => Role::ColdOnly,
        "support" => Role::Support,
        "phone" => Role::Phone,
        "not_eligible" => Role::NotEligible,
        _ => {
            let Some(to) = hand_off else {
                table.refuse("`hand_off_to` is missing: write who takes over, such as \"EMS\"");
                return None;
            };
            Role::FirstOnScene {
                hand_off_to: to.line()?,
            }
        }
    })
}

pub(crate) fn screening(table: &Table<'_, '_>) -> Option<Screening> {
    let id = table.required("id", "the question's name: id = \"suspect\"");
    let ask = table.required("ask", "the question");
    let answers = table.required("answers", "what can be answered: [\"no\", \"yes\"]");
    let excludes = table.required("excludes", "the answers that exclude: [\"yes\"]");
    let roles = table.optional("roles").map(|value| {
        let listed = value.list("leave it out where it is asked for all calls");
        listed
            .iter()
            .filter_map(|role| role.one_of(ROLES))
            .collect()
    });
    let question = Screening {
        id: id.and_then(|value| value.parsed())?,
        ask: ask.and_then(|value| value.line())?,
        answers: answers.map(|value| value.words("a question has answers"))?,
        excludes: excludes.map(|value| value.words("one that excludes nothing is not asked"))?,
        roles: roles.unwrap_or_default(),
    };
    for answer in question
        .excludes
        .iter()
        .filter(|a| !question.answers.contains(a))
    {
        table.refuse(format!("`{answer}` excludes but is none of the answers"));
    }
    Some(question)
}

pub(crate) fn deployment(table: &Table<'_, '_>) -> Option<Deployment> {
    let rule = table.required("rule", "what it demands: rule = \"radio\"");
    let note = table.line("note");
    let rule = rule?.one_of(RULES)?;
    Some(Deployment { rule, note })
}

pub(super) fn transition(table: &Table<'_, '_>) -> Option<Transition> {
    let requirement = table.required("requirement", "the requirement that is met by it");
    let held = table.required("held", "the old requirement, kept in this document");
    let on = table.required("on", "the day it was met: on = 2016-06-30");
    let until = date_or(table, "until", "for_good");
    if until.is_none() {
        table.refuse("`until` is missing: write the last day it is kept, or \"for_good\"");
    }
    let transition = Transition {
        requirement: requirement.and_then(|value| value.parsed())?,
        held: held.and_then(|value| value.parsed())?,
        on: on.and_then(|value| value.date())?,
        until: until?,
    };
    if transition.until.is_some_and(|until| until < transition.on) {
        table.refuse("`until` lies before `on`: nobody would keep anything");
    }
    Some(transition)
}
