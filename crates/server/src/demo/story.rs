//! What happens in the demo, step by step, as calls that any client could make.

use std::collections::BTreeMap;
use std::time::Duration;

use admin::import::{Mapping, Reader, Taken};
use jiff::civil::Date;
use vocabulary::Workweek;
use wire::incidents::v1::{ImportIncidentsRequest, ImportIncidentsResponse, ImportRow};
use wire::payroll::v1 as payroll;
use wire::registry::v1 as registry;
use wire::statements::v1 as statements;

use super::clients::{Clients, answered, heard};
use super::example::{
    AGREEMENT, CAD, CAD_MAPPING, CORRECTED_DAY, CORRECTED_FROM, CORRECTED_TO, EXPENSES, OFFICER,
    Shift, TERMS, TOWNS, workweek,
};

/// Towns with their figures, the officer with pay, the signed agreement.
pub(crate) async fn found(clients: &Clients) -> Result<(), String> {
    let mut client = clients.registry.clone();
    for town in &TOWNS {
        let contact = registry::Contact {
            role: "clerk".into(),
            name: town.clerk.into(),
            email: format!("clerk@{}.example", town.id),
            phone: String::new(),
        };
        answered(
            client
                .register_town(registry::RegisterTownRequest {
                    town: town.id.into(),
                    name: town.name.into(),
                    state: "MO".into(),
                    zone: "America/Chicago".into(),
                    contacts: vec![contact],
                })
                .await,
        )?;
        let figures = [
            (
                "population",
                "2020-04-01",
                town.population,
                "US Census 2020",
            ),
            (
                "property_value",
                "2025-12-31",
                town.property_value,
                "County assessor 2025",
            ),
        ];
        for (basis, as_of, value, source) in figures {
            answered(
                client
                    .record_basis_figure(registry::RecordBasisFigureRequest {
                        town: town.id.into(),
                        basis: basis.into(),
                        as_of: as_of.into(),
                        value: value.into(),
                        source: source.into(),
                    })
                    .await,
            )?;
        }
    }
    officer(clients).await?;
    agreement(clients).await?;
    answered(
        client
            .assign_officer(registry::AssignOfficerRequest {
                officer: OFFICER.into(),
                from: "2026-10-01".into(),
                until: String::new(),
                account: format!("agreement:{AGREEMENT}"),
            })
            .await,
    )?;
    Ok(())
}

async fn officer(clients: &Clients) -> Result<(), String> {
    let mut client = clients.registry.clone();
    answered(
        client
            .enrol_officer(registry::EnrolOfficerRequest {
                officer: OFFICER.into(),
                from: "2026-09-14".into(),
                name: "Dana Whitlock".into(),
                email: "dana.whitlock@provider.example".into(),
                phone: String::new(),
            })
            .await,
    )?;
    answered(
        client
            .set_pay_rate(registry::SetPayRateRequest {
                officer: OFFICER.into(),
                from: "2026-09-14".into(),
                dollars_per_hour: "21.35".into(),
                burden: "0.2235".into(),
                burden_on_premium: false,
            })
            .await,
    )?;
    Ok(())
}

async fn agreement(clients: &Clients) -> Result<(), String> {
    let mut client = clients.registry.clone();
    let towns: Vec<String> = TOWNS.iter().map(|town| town.id.to_owned()).collect();
    answered(
        client
            .draft_agreement(registry::DraftAgreementRequest {
                agreement: AGREEMENT.into(),
                name: "Three Rivers Community Safety".into(),
                zone: "America/Chicago".into(),
                towns: towns.clone(),
                starts_on: "2026-10-01".into(),
                ends_on: String::new(),
            })
            .await,
    )?;
    let proposed = answered(
        client
            .propose_terms(registry::ProposeTermsRequest {
                agreement: AGREEMENT.into(),
                effective_from: "2026-10-01".into(),
                toml: TERMS.into(),
            })
            .await,
    )?;
    for party in towns.into_iter().chain(["provider".to_owned()]) {
        answered(
            client
                .sign_terms(registry::SignTermsRequest {
                    agreement: AGREEMENT.into(),
                    version: proposed.version,
                    party,
                    on: "2026-09-28".into(),
                })
                .await,
        )?;
    }
    Ok(())
}

/// Clocks a shift. Returns its duties by location, in order.
pub(crate) async fn work(
    clients: &Clients,
    shift: &Shift,
) -> Result<Vec<(String, String)>, String> {
    if shift.manual {
        return by_hand(clients, shift).await;
    }
    let mut duties = Vec::new();
    let clocked = heard(|| {
        let mut client = clients.payroll.clone();
        async move {
            client
                .clock_in(payroll::ClockInRequest {
                    officer: OFFICER.into(),
                    at: shift.start.clone(),
                    location: shift.location.clone(),
                    account: String::new(),
                })
                .await
        }
    })
    .await?;
    duties.push((shift.location.clone(), clocked.duty));
    let mut client = clients.payroll.clone();
    for leg in &shift.moves {
        let moved = answered(
            client
                .r#move(payroll::MoveRequest {
                    officer: OFFICER.into(),
                    town: leg.town.clone(),
                    leave_at: leg.leave_at.clone(),
                    arrive_at: leg.arrive_at.clone(),
                    account: String::new(),
                })
                .await,
        )?;
        duties.push((format!("town:{}", leg.town), moved.duty));
    }
    let at = shift.end.clone();
    answered(
        client
            .clock_out(payroll::ClockOutRequest {
                officer: OFFICER.into(),
                at,
            })
            .await,
    )?;
    Ok(duties)
}

async fn by_hand(clients: &Clients, shift: &Shift) -> Result<Vec<(String, String)>, String> {
    let recorded = answered(
        clients
            .payroll
            .clone()
            .record_duty(payroll::RecordDutyRequest {
                officer: OFFICER.into(),
                start: shift.start.clone(),
                end: shift.end.clone(),
                location: shift.location.clone(),
                account: String::new(),
                reason: "The phone was out of battery.".into(),
            })
            .await,
    )?;
    Ok(vec![(shift.location.clone(), recorded.duty)])
}

/// The officer signs the week, somebody else approves its days from the first to `last`.
pub(crate) async fn review(
    staff: &Clients,
    reviewer: &Clients,
    week: Date,
    last: Date,
) -> Result<(), String> {
    let (officer, week) = (OFFICER.to_owned(), week.to_string());
    let submit = payroll::SubmitWeekRequest {
        officer: officer.clone(),
        week: week.clone(),
    };
    answered(staff.payroll.clone().submit_week(submit).await)?;
    let (from, to) = (week.clone(), last.to_string());
    let approve = payroll::ApproveWeekRequest {
        officer,
        week,
        from,
        to,
    };
    answered(reviewer.payroll.clone().approve_week(approve).await)?;
    Ok(())
}

/// The dispatch export of October through its mapping.
pub(crate) async fn import(clients: &Clients) -> Result<ImportIncidentsResponse, String> {
    let mapping = Mapping::parse(CAD_MAPPING).map_err(|e| e.to_string())?;
    let mut reader = Reader::new(CAD.as_bytes(), mapping).map_err(|e| e.to_string())?;
    let mut rows: Vec<ImportRow> = Vec::new();
    let mut total = ImportIncidentsResponse::default();
    while let Some(taken) = reader.next_row().map_err(|e| e.to_string())? {
        match taken {
            Taken::Row(row) => rows.push(row),
            Taken::PassedOver => {}
            Taken::Rejected(rejected) => {
                total.rejected.push(wire::incidents::v1::Rejection {
                    line: rejected.line,
                    incident: String::new(),
                    reason: rejected.reason,
                    message: rejected.message,
                });
            }
        }
    }
    for rows in rows.chunks(500) {
        let request = ImportIncidentsRequest {
            rows: rows.to_vec(),
        };
        let taken = answered(clients.incidents.clone().import_incidents(request).await)?;
        total.imported += taken.imported;
        total.corrected += taken.corrected;
        total.unchanged += taken.unchanged;
        total.rejected.extend(taken.rejected);
    }
    Ok(total)
}

/// What was bought in a month.
pub(crate) async fn spend(clients: &Clients, month: &str) -> Result<(), String> {
    for (target, amount_cents, date, code) in EXPENSES {
        if !date.starts_with(month) {
            continue;
        }
        let (kind, name) = target
            .split_once(':')
            .expect("the example says pool: or town:");
        let name = |wanted| {
            if kind == wanted {
                name.to_owned()
            } else {
                String::new()
            }
        };
        let request = statements::RecordExpenseRequest {
            agreement: AGREEMENT.into(),
            pool: name("pool"),
            town: name("town"),
            amount_cents,
            date: date.into(),
            code: code.into(),
        };
        heard(|| {
            let (mut client, request) = (clients.statements.clone(), request.clone());
            async move { client.record_expense(request).await }
        })
        .await?;
    }
    Ok(())
}

/// Closes a month and issues its statements.
pub(crate) async fn close(
    clients: &Clients,
    month: &str,
) -> Result<statements::CloseMonthResponse, String> {
    let mut request = tonic::Request::new(statements::CloseMonthRequest {
        agreement: AGREEMENT.into(),
        month: month.into(),
        allow_open: false,
    });
    // It waits until everything recorded so far has been heard.
    request.set_timeout(Duration::from_secs(90));
    answered(clients.statements.clone().close_month(request).await)
}

/// The late correction: where the afternoon was really spent, and the week approved again.
pub(crate) async fn correct(
    staff: &Clients,
    reviewer: &Clients,
    duties: &BTreeMap<String, Vec<(String, String)>>,
) -> Result<String, String> {
    let wrong = format!("town:{CORRECTED_FROM}");
    let day = duties.get(CORRECTED_DAY).into_iter().flatten();
    let (_, duty) = day
        .rev()
        .find(|(location, _)| *location == wrong)
        .ok_or_else(|| format!("the example has no duty in {CORRECTED_FROM} on {CORRECTED_DAY}"))?;
    answered(
        staff
            .payroll
            .clone()
            .correct_duty(payroll::CorrectDutyRequest {
                officer: OFFICER.into(),
                duty: duty.clone(),
                start: String::new(),
                end: String::new(),
                location: format!("town:{CORRECTED_TO}"),
                account: String::new(),
                reason: "The afternoon was spent at the school in Cedar Fork.".into(),
            })
            .await,
    )?;
    let day: Date = CORRECTED_DAY.parse().expect("the example's days are days");
    let week = workweek().start_of(day);
    review(staff, reviewer, week, Workweek::last_day(week)).await?;
    Ok(duty.clone())
}

/// The files with which a party verifies its statement.
pub(crate) async fn bundle(
    clients: &Clients,
    month: &str,
    party: &str,
) -> Result<proof::bundle::Files, String> {
    let request = statements::GetBundleRequest {
        agreement: AGREEMENT.into(),
        month: month.into(),
        party: party.into(),
    };
    let mut chunks = answered(clients.statements.clone().get_bundle(request).await)?;
    let mut files = proof::bundle::Files::new();
    while let Some(chunk) = chunks.message().await.map_err(|e| e.to_string())? {
        files.entry(chunk.file).or_default().extend(chunk.data);
    }
    Ok(files)
}

/// A party's statement.
pub(crate) async fn statement(
    clients: &Clients,
    month: &str,
    party: &str,
) -> Result<allocation::Statement, String> {
    let request = statements::GetStatementRequest {
        agreement: AGREEMENT.into(),
        month: month.into(),
        party: party.into(),
    };
    let statement = answered(clients.statements.clone().get_statement(request).await)?;
    allocation::Statement::from_json(&statement.json).map_err(|e| e.to_string())
}
