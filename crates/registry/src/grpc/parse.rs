//! Requests into commands. Every field at fault is named, with its value and the way to put it
//! right; what other tables or the clock must add is filled in by the caller.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Profile, ProgrammeId};
use jiff::Timestamp;
use jiff::civil::Date;
use tonic::Status;
use vocabulary::{AgreementId, OfficerId, TownId, Zone};
use wire::convert::{all, date, optional, optional_date, required};
use wire::registry::v1 as proto;
use wire::{Refusal, Violation};

use super::personal::Texts;
use crate::domain::agreement::{Draft, End, ProposeTerms, SignTerms, WithdrawTerms};
use crate::domain::officer::{self, Assign, EndAssignment, SetPayRate};
use crate::domain::programme::{self, Agree, IssueProfile};
use crate::domain::town::{Change, ContactRole, RecordFigure, Register};

/// Contacts as they were handed in, each role once.
pub(super) type Contacts = BTreeMap<ContactRole, Texts>;

pub(super) fn register_town(
    request: &proto::RegisterTownRequest,
    now: Timestamp,
) -> Result<(Register, Contacts), Status> {
    let (town, name, state, zone, handed_in) = all((
        required("town", &request.town),
        required("name", &request.name),
        required("state", &request.state),
        required::<Zone>("zone", &request.zone),
        Ok(&request.contacts),
    ))?;
    let on = zone.day_of(now);
    let contacts = BTreeMap::new();
    let register = Register {
        town,
        name,
        state,
        zone,
        contacts,
        on,
    };
    Ok((register, self::contacts(handed_in)?))
}

/// The day is the caller's to fill in: the town's zone is not in the request.
pub(super) fn change_town(
    request: &proto::ChangeTownRequest,
) -> Result<(Change, Contacts), Status> {
    let (town, name, state, zone) = all((
        required("town", &request.town),
        optional("name", &request.name),
        optional("state", &request.state),
        optional("zone", &request.zone),
    ))?;
    let contacts = self::contacts(&request.contacts)?;
    let (on, named) = (Date::ZERO, BTreeMap::new());
    let change = Change {
        town,
        name,
        state,
        zone,
        contacts: named,
        on,
    };
    if (&change.name, &change.state, &change.zone) == (&None, &None, &None) && contacts.is_empty() {
        let fix = "nothing is given: give a name, a state, a zone or a contact to change";
        return Err(Violation::new("name", fix).into());
    }
    Ok((change, contacts))
}

pub(super) fn record_figure(
    request: &proto::RecordBasisFigureRequest,
) -> Result<RecordFigure, Status> {
    let (town, basis, as_of, value, source) = all((
        required("town", &request.town),
        required("basis", &request.basis),
        date("as_of", &request.as_of),
        required("value", &request.value),
        required("source", &request.source),
    ))?;
    Ok(RecordFigure {
        town,
        basis,
        as_of,
        value,
        source,
    })
}

pub(super) fn enrol_officer(
    request: &proto::EnrolOfficerRequest,
) -> Result<(OfficerId, Date, Texts), Status> {
    let (officer, from, name, email, phone) = all((
        required("officer", &request.officer),
        date("from", &request.from),
        Texts::name("name", &request.name),
        Texts::email("email", &request.email),
        Texts::phone("phone", &request.phone),
    ))?;
    Ok((officer, from, Texts { name, email, phone }))
}

pub(super) fn end_officer(request: &proto::EndOfficerRequest) -> Result<officer::End, Status> {
    let (officer, on) = all((
        required("officer", &request.officer),
        date("on", &request.on),
    ))?;
    Ok(officer::End { officer, on })
}

pub(super) fn set_pay_rate(request: &proto::SetPayRateRequest) -> Result<SetPayRate, Status> {
    let (officer, from, dollars_per_hour, burden) = all((
        required("officer", &request.officer),
        date("from", &request.from),
        required("dollars_per_hour", &request.dollars_per_hour),
        required("burden", &request.burden),
    ))?;
    let burden_on_premium = request.burden_on_premium;
    Ok(SetPayRate {
        officer,
        from,
        dollars_per_hour,
        burden,
        burden_on_premium,
    })
}

/// The agreement's standing is the caller's to look up.
pub(super) fn assign_officer(request: &proto::AssignOfficerRequest) -> Result<Assign, Status> {
    let (officer, account, from, until) = all((
        required("officer", &request.officer),
        required("account", &request.account),
        date("from", &request.from),
        optional_date("until", &request.until),
    ))?;
    Ok(Assign {
        officer,
        account,
        from,
        until,
        standing: None,
    })
}

pub(super) fn end_assignment(
    request: &proto::EndAssignmentRequest,
) -> Result<EndAssignment, Status> {
    let (officer, from, until) = all((
        required("officer", &request.officer),
        date("from", &request.from),
        date("until", &request.until),
    ))?;
    Ok(EndAssignment {
        officer,
        from,
        until,
    })
}

/// Which of the towns are registered is the caller's to look up.
pub(super) fn draft_agreement(
    request: &proto::DraftAgreementRequest,
    now: Timestamp,
) -> Result<Draft, Status> {
    let (agreement, name, zone, towns, starts_on, ends_on) = all((
        required("agreement", &request.agreement),
        required("name", &request.name),
        required::<Zone>("zone", &request.zone),
        towns("towns", &request.towns),
        date("starts_on", &request.starts_on),
        optional_date("ends_on", &request.ends_on),
    ))?;
    let (on, registered) = (zone.day_of(now), BTreeSet::new());
    Ok(Draft {
        agreement,
        name,
        zone,
        towns,
        starts_on,
        ends_on,
        on,
        registered,
    })
}

/// The day is the caller's to fill in: the agreement's zone is not in the request.
pub(super) fn propose_terms(request: &proto::ProposeTermsRequest) -> Result<ProposeTerms, Status> {
    let (agreement, effective_from, toml) = all((
        required("agreement", &request.agreement),
        date("effective_from", &request.effective_from),
        wire::convert::text("toml", &request.toml, "the terms document (docs/terms.md)"),
    ))?;
    Ok(ProposeTerms {
        agreement,
        effective_from,
        toml,
        on: Date::ZERO,
    })
}

/// The day is the caller's to fill in, as above.
pub(super) fn withdraw_terms(
    request: &proto::WithdrawTermsRequest,
) -> Result<WithdrawTerms, Status> {
    let (agreement, version) = all((
        required("agreement", &request.agreement),
        version(request.version),
    ))?;
    Ok(WithdrawTerms {
        agreement,
        version,
        on: Date::ZERO,
    })
}

/// Today is the caller's to fill in, as above.
pub(super) fn sign_terms(request: &proto::SignTermsRequest) -> Result<SignTerms, Status> {
    let (agreement, version, party, on) = all((
        required("agreement", &request.agreement),
        version(request.version),
        required("party", &request.party),
        date("on", &request.on),
    ))?;
    Ok(SignTerms {
        agreement,
        version,
        party,
        on,
        today: Date::ZERO,
    })
}

/// Who is assigned beyond that day is the caller's to look up.
pub(super) fn end_agreement(request: &proto::EndAgreementRequest) -> Result<End, Status> {
    let (agreement, on) = all((
        required("agreement", &request.agreement),
        date("on", &request.on),
    ))?;
    Ok(End {
        agreement,
        on,
        assigned_beyond: BTreeSet::new(),
    })
}

/// The document is read here, since it says whose profile it is; where towns work is the caller's
/// to look up.
pub(super) fn issue_profile(request: &proto::IssueProfileRequest) -> Result<IssueProfile, Status> {
    let (effective_from, toml) = all((
        date("effective_from", &request.effective_from),
        wire::convert::text("toml", &request.toml, "the profile (docs/profiles.md)"),
    ))?;
    let invalid = |problems| super::refused(&programme::Refusal::ProfileInvalid { problems });
    let profile = Profile::parse(&toml).map_err(invalid)?;
    let (others, last_days) = (BTreeSet::new(), BTreeMap::new());
    Ok(IssueProfile {
        effective_from,
        toml,
        profile,
        others,
        last_days,
    })
}

/// The agreement and what else the town agreed to are the caller's to look up.
pub(super) fn agree_programme(request: &proto::AgreeProgrammeRequest) -> Result<Agree, Status> {
    let (agreement, town, programme, from) = all((
        required("agreement", &request.agreement),
        required("town", &request.town),
        required("programme", &request.programme),
        date("from", &request.from),
    ))?;
    Ok(Agree {
        programme,
        agreement,
        town,
        from,
        narrowing: request.narrowing.clone(),
        joined: None,
        others: BTreeSet::new(),
    })
}

pub(super) fn programme(text: &str) -> Result<ProgrammeId, Status> {
    Ok(required("programme", text)?)
}

pub(super) fn get_agreement(
    request: &proto::GetAgreementRequest,
) -> Result<(AgreementId, Option<TownId>), Status> {
    Ok(all((
        required("agreement", &request.agreement),
        optional("town", &request.town),
    ))?)
}

pub(super) fn town(text: &str) -> Result<TownId, Status> {
    Ok(required("town", text)?)
}

pub(super) fn optional_town(text: &str) -> Result<Option<TownId>, Status> {
    Ok(optional("town", text)?)
}

pub(super) fn officer(text: &str) -> Result<OfficerId, Status> {
    Ok(required("officer", text)?)
}

fn version(number: u32) -> Result<u32, Violation> {
    match number {
        0 => Err(Violation::new(
            "version",
            "is missing: give the version, 1 for the first terms",
        )),
        number => Ok(number),
    }
}

fn towns(field: &str, ids: &[String]) -> Result<Vec<TownId>, Violation> {
    let numbered = ids.iter().enumerate();
    numbered
        .map(|(n, id)| required(&format!("{field}[{n}]"), id))
        .collect()
}

fn contacts(handed_in: &[proto::Contact]) -> Result<Contacts, Status> {
    let (mut contacts, mut wrong) = (Contacts::new(), Vec::new());
    for (n, contact) in handed_in.iter().enumerate() {
        let field = |name: &str| format!("contacts[{n}].{name}");
        let parsed = all((
            required::<ContactRole>(&field("role"), &contact.role),
            Texts::name(&field("name"), &contact.name),
            Texts::email(&field("email"), &contact.email),
            Texts::phone(&field("phone"), &contact.phone),
        ));
        match parsed {
            Err(violations) => wrong.extend(violations.0),
            Ok((role, name, email, phone)) => {
                let problem = format!("\"{role}\" stands here twice: give one contact for a role");
                if contacts
                    .insert(role, Texts { name, email, phone })
                    .is_some()
                {
                    wrong.push(Violation::new(field("role"), problem));
                }
            }
        }
    }
    if wrong.is_empty() {
        Ok(contacts)
    } else {
        Err(Refusal::from(wrong).into())
    }
}
