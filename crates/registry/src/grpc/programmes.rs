//! Programmes: issued, agreed to, shown.

use eligibility::Profile;
use tonic::{Request, Response};
use wire::convert::date_text;
use wire::registry::v1 as proto;

use super::{Answer, Registry, look_up, parse, refused};
use crate::domain::programme::{self, Command};
use crate::projection::programmes::{self, Programme, Version};

pub(super) async fn issue(
    registry: &Registry,
    request: &Request<proto::IssueProfileRequest>,
) -> Answer<proto::IssueProfileResponse> {
    let meta = rpc::meta(request)?;
    let mut issue = parse::issue_profile(request.get_ref())?;
    look_up::for_issue(&registry.store, &mut issue).await?;
    let (programme, version) = (issue.profile.programme.clone(), issue.profile.version);
    let (key, command) = (programme.as_str(), Command::IssueProfile(Box::new(issue)));
    let outcome = registry
        .execute::<programme::Programme>(key, command, meta)
        .await?;
    Ok(Response::new(proto::IssueProfileResponse {
        seq: outcome.last_seq,
        programme: programme.to_string(),
        version,
    }))
}

pub(super) async fn agree(
    registry: &Registry,
    request: &Request<proto::AgreeProgrammeRequest>,
) -> Answer<proto::AgreeProgrammeResponse> {
    let meta = rpc::meta(request)?;
    let mut agree = parse::agree_programme(request.get_ref())?;
    look_up::for_agree(&registry.store, &mut agree).await?;
    let (key, command) = (agree.programme.clone(), Command::Agree(agree));
    let outcome = registry
        .execute::<programme::Programme>(key.as_str(), command, meta)
        .await?;
    Ok(Response::new(proto::AgreeProgrammeResponse {
        seq: outcome.last_seq,
    }))
}

pub(super) async fn get(
    registry: &Registry,
    request: &proto::GetProgrammeRequest,
) -> Answer<proto::Programme> {
    let programme = parse::programme(&request.programme)?;
    let found = programmes::find(&registry.store, &programme).await;
    let unknown = programme::Refusal::NotIssued { programme };
    let row = found.map_err(rpc::refuse)?;
    let row = row.ok_or_else(|| refused(&unknown))?;
    Ok(Response::new(reply(row, true)))
}

pub(super) async fn list(
    registry: &Registry,
    request: &proto::ListProgrammesRequest,
) -> Answer<proto::ListProgrammesResponse> {
    let page = rpc::Page::read(request.page_size, &request.page_token, &[])?;
    let rows = programmes::list(&registry.store, &page.rows()).await;
    let (rows, next_page_token) = page.cut(rows.map_err(rpc::refuse)?, |row| &row.key);
    let rows = rows.into_iter();
    Ok(Response::new(proto::ListProgrammesResponse {
        programmes: rows.map(|row| reply(row.row, false)).collect(),
        next_page_token,
    }))
}

pub(super) fn shipped(
    request: &proto::ListShippedProfilesRequest,
) -> Answer<proto::ListShippedProfilesResponse> {
    let page = rpc::Page::read(request.page_size, &request.page_token, &[])?;
    let from = page.rows();
    let mut rows: Vec<_> = eligibility::shipped()
        .filter(|(name, _)| name.as_str() > from.after.as_str())
        .collect();
    rows.sort();
    rows.truncate(usize::try_from(from.limit).unwrap_or(usize::MAX));
    let (rows, next_page_token) = page.cut(rows, |(name, _)| name.as_str());
    let profiles = rows.into_iter().map(|(name, toml)| {
        let profile = Profile::parse(toml).expect("a test reads every shipped profile");
        proto::ShippedProfile {
            name: name.to_string(),
            programme: profile.programme.to_string(),
            version: profile.version,
            title: profile.title,
            jurisdiction: profile.jurisdiction,
            toml: toml.to_owned(),
        }
    });
    Ok(Response::new(proto::ListShippedProfilesResponse {
        profiles: profiles.collect(),
        next_page_token,
    }))
}

/// The title and jurisdiction are those of the newest version.
fn reply(row: Programme, documents: bool) -> proto::Programme {
    let newest = row.versions.last().and_then(read);
    let (title, jurisdiction) = newest.map_or_else(Default::default, |profile| {
        (profile.title, profile.jurisdiction)
    });
    let version = |version: Version| proto::ProfileVersion {
        version: version.version,
        effective_from: date_text(version.effective_from),
        title: read(&version).map_or_else(String::new, |profile| profile.title),
        toml: if documents {
            version.toml
        } else {
            String::new()
        },
        seq: version.seq,
    };
    proto::Programme {
        programme: row.programme.to_string(),
        title,
        jurisdiction,
        versions: row.versions.into_iter().map(version).collect(),
    }
}

fn read(version: &Version) -> Option<Profile> {
    Profile::parse(&version.toml).ok()
}
