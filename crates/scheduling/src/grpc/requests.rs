//! What officers ask for, and what is said to it.

use eventlog::Outcome;
use rpc::{Page, refuse};
use tonic::{Request, Response, Status};
use vocabulary::OfficerId;
use wire::Violation;
use wire::convert::{all, optional, required};
use wire::scheduling::v1 as pb;

use super::{Answer, Scheduling, paged, parse, reply};
use crate::domain::RequestId;
use crate::domain::roster::{self, Act, Asked, Event, Standing};
use crate::mirror::Of;

fn answer(done: &Outcome, request: &RequestId) -> Response<pb::RequestAnswer> {
    Response::new(pb::RequestAnswer {
        seq: done.last_seq,
        request: request.to_string(),
    })
}

/// Makes a request of an officer.
async fn ask<T: prost::Message>(
    scheduling: &Scheduling,
    request: &Request<T>,
    officer: OfficerId,
    asked: Asked,
) -> Answer<pb::RequestAnswer> {
    let known = scheduling.known(Of::Nobody).await?;
    let act = Act::Ask { officer, asked };
    let done = scheduling.act(request, known, act).await?;
    for recorded in &done.events {
        if let Event::RequestMade { request, .. } = recorded.event().map_err(refuse)? {
            return Ok(answer(&done, &request));
        }
    }
    Err(rpc::internal(&"a request left no event"))
}

pub(super) async fn sign_up(
    scheduling: &Scheduling,
    request: Request<pb::SignUpRequest>,
) -> Answer<pb::RequestAnswer> {
    let asked = request.get_ref();
    let (officer, shift) = all((
        required::<OfficerId>("officer", &asked.officer),
        required("shift", &asked.shift),
    ))?;
    ask(scheduling, &request, officer, Asked::SignUp { shift }).await
}

pub(super) async fn ask_swap(
    scheduling: &Scheduling,
    request: Request<pb::AskSwapRequest>,
) -> Answer<pb::RequestAnswer> {
    let asked = request.get_ref();
    let (officer, shift, colleague, in_return) = all((
        required::<OfficerId>("officer", &asked.officer),
        required("shift", &asked.shift),
        required::<OfficerId>("colleague", &asked.colleague),
        optional("in_return", &asked.in_return),
    ))?;
    let swap = Asked::Swap {
        shift,
        colleague,
        in_return,
    };
    ask(scheduling, &request, officer, swap).await
}

pub(super) async fn leave(
    scheduling: &Scheduling,
    request: Request<pb::RequestLeaveRequest>,
) -> Answer<pb::RequestAnswer> {
    let asked = request.get_ref();
    let (officer, kind) = all((
        required::<OfficerId>("officer", &asked.officer),
        required("kind", &asked.kind),
    ))?;
    let zone = &scheduling.settings.limits.workweek.zone;
    let (start, end) = parse::stretch(&asked.from, &asked.until, zone)?;
    let leave = Asked::Leave { start, end, kind };
    ask(scheduling, &request, officer, leave).await
}

pub(super) async fn agree(
    scheduling: &Scheduling,
    request: Request<pb::AgreeSwapRequest>,
) -> Answer<pb::RequestAnswer> {
    let asked = request.get_ref();
    let (officer, id) = all((
        required::<OfficerId>("officer", &asked.officer),
        required::<RequestId>("request", &asked.request),
    ))?;
    let act = Act::Agree {
        officer,
        request: id.clone(),
    };
    let known = scheduling.known(Of::Nobody).await?;
    let done = scheduling.act(&request, known, act).await?;
    Ok(answer(&done, &id))
}

pub(super) async fn withdraw(
    scheduling: &Scheduling,
    request: Request<pb::WithdrawRequestRequest>,
) -> Answer<pb::RequestAnswer> {
    let asked = request.get_ref();
    let (officer, id) = all((
        required::<OfficerId>("officer", &asked.officer),
        required::<RequestId>("request", &asked.request),
    ))?;
    let act = Act::Withdraw {
        officer,
        request: id.clone(),
    };
    let known = scheduling.known(Of::Nobody).await?;
    let done = scheduling.act(&request, known, act).await?;
    Ok(answer(&done, &id))
}

pub(super) async fn approve(
    scheduling: &Scheduling,
    request: Request<pb::ApproveRequestRequest>,
) -> Answer<pb::RequestAnswer> {
    let id: RequestId = required("request", &request.get_ref().request)?;
    let officers = scheduling.concerned(&id).await?;
    let known = scheduling.known(Of::These(officers)).await?;
    let act = Act::Approve {
        request: id.clone(),
    };
    let done = scheduling.act(&request, known, act).await?;
    Ok(answer(&done, &id))
}

pub(super) async fn decline(
    scheduling: &Scheduling,
    request: Request<pb::DeclineRequestRequest>,
) -> Answer<pb::RequestAnswer> {
    let id: RequestId = required("request", &request.get_ref().request)?;
    let act = Act::Decline {
        request: id.clone(),
    };
    let known = scheduling.known(Of::Nobody).await?;
    let done = scheduling.act(&request, known, act).await?;
    Ok(answer(&done, &id))
}

pub(super) async fn list(
    scheduling: &Scheduling,
    request: Request<pb::ListRequestsRequest>,
) -> Answer<pb::ListRequestsResponse> {
    let asked = request.get_ref();
    let officer = optional::<OfficerId>("officer", &asked.officer)?;
    if !["", "leave", "sign-up", "swap"].contains(&asked.what.as_str()) {
        let problem = format!("\"{}\" is not leave, sign-up or swap", asked.what);
        return Err(Violation::new("what", problem).into());
    }
    let waiting = asked.waiting.to_string();
    let filter = [&asked.officer, &waiting, &asked.what].map(String::as_str);
    let page = Page::read(asked.page_size, &asked.page_token, &filter)?;
    let mut all = requests_of(scheduling, officer.as_ref()).await?;
    all.retain(|(_, own, _)| {
        let open = matches!(own.standing, Standing::Asked | Standing::Agreed);
        (open || !asked.waiting) && (asked.what.is_empty() || asked.what == reply::what(&own.asked))
    });
    let (rows, next_page_token) = paged(&page, all, |(number, _, _)| format!("{number:09}"));
    let requests = rows
        .iter()
        .map(|(number, own, seq)| reply::request(*number, own, *seq));
    Ok(Response::new(pb::ListRequestsResponse {
        requests: requests.collect(),
        next_page_token,
    }))
}

/// Requests that an officer made, or is asked to agree to; of all without one.
async fn requests_of(
    scheduling: &Scheduling,
    officer: Option<&OfficerId>,
) -> Result<Vec<(u64, roster::Request, u64)>, Status> {
    let mut all = scheduling.requests().await?;
    all.retain(|(_, own, _)| {
        let colleague = match &own.asked {
            Asked::Swap { colleague, .. } => Some(colleague),
            _ => None,
        };
        officer.is_none() || officer == Some(&own.officer) || officer == colleague
    });
    Ok(all)
}
