//! The calls about grants: parse, look up, execute, reply.

mod look_up;
mod parse;
mod reply;

use eventlog::Store;
use tonic::{Request, Response};
use wire::registry::v1 as proto;
use wire::registry::v1::access_service_server::AccessService;

use super::{Answer, execute, refused};
use crate::domain::grant::{self, Command, Grant};
use crate::projection::grants;

/// Answers for one store.
pub(crate) struct Access {
    store: Store,
}

impl Access {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }
}

#[tonic::async_trait]
impl AccessService for Access {
    async fn grant_access(
        &self,
        request: Request<proto::GrantAccessRequest>,
    ) -> Answer<proto::GrantAccessResponse> {
        let meta = rpc::meta(&request)?;
        let mut give = parse::give(request.get_ref(), look_up::today(&self.store))?;
        give.token_known = look_up::is_given_out(&self.store, &give.token).await?;
        give.unknown = look_up::unknown(&self.store, give.access.scope()).await?;
        let (key, command) = (give.actor.clone(), Command::Give(give));
        let outcome = execute::<Grant>(&self.store, key.as_str(), command, meta).await?;
        Ok(Response::new(proto::GrantAccessResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn change_grant(
        &self,
        request: Request<proto::ChangeGrantRequest>,
    ) -> Answer<proto::ChangeGrantResponse> {
        let meta = rpc::meta(&request)?;
        let mut change = parse::change(request.get_ref(), look_up::today(&self.store))?;
        change.unknown = look_up::unknown(&self.store, change.access.scope()).await?;
        let caller = rpc::actor(&request)?;
        change.own_last_admin =
            look_up::is_own_last_admin(&self.store, caller, &change.actor).await?;
        let (key, command) = (change.actor.clone(), Command::Change(change));
        let outcome = execute::<Grant>(&self.store, key.as_str(), command, meta).await?;
        Ok(Response::new(proto::ChangeGrantResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn rotate_token(
        &self,
        request: Request<proto::RotateTokenRequest>,
    ) -> Answer<proto::RotateTokenResponse> {
        let meta = rpc::meta(&request)?;
        let mut rotate = parse::rotate(request.get_ref(), self.store.surroundings().now())?;
        rotate.token_known = look_up::is_given_out(&self.store, &rotate.token).await?;
        let (key, command) = (rotate.actor.clone(), Command::Rotate(rotate));
        let outcome = execute::<Grant>(&self.store, key.as_str(), command, meta).await?;
        let rotated = reply::rotated(&outcome)?;
        Ok(Response::new(rotated))
    }

    async fn revoke_access(
        &self,
        request: Request<proto::RevokeAccessRequest>,
    ) -> Answer<proto::RevokeAccessResponse> {
        let meta = rpc::meta(&request)?;
        let mut revoke = parse::revoke(request.get_ref(), look_up::today(&self.store))?;
        let caller = rpc::actor(&request)?;
        revoke.own_last_admin =
            look_up::is_own_last_admin(&self.store, caller, &revoke.actor).await?;
        let (key, command) = (revoke.actor.clone(), Command::Revoke(revoke));
        let outcome = execute::<Grant>(&self.store, key.as_str(), command, meta).await?;
        Ok(Response::new(proto::RevokeAccessResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn get_grant(&self, request: Request<proto::GetGrantRequest>) -> Answer<proto::Grant> {
        let actor = parse::actor(&request.get_ref().actor)?;
        let found = grants::find(&self.store, &actor).await;
        let row = found.map_err(rpc::refuse)?;
        let row = row.ok_or_else(|| refused(&grant::Refusal::NotGranted { actor }))?;
        Ok(Response::new(reply::grant(row)))
    }

    async fn list_grants(
        &self,
        request: Request<proto::ListGrantsRequest>,
    ) -> Answer<proto::ListGrantsResponse> {
        let asked = request.get_ref();
        let page = rpc::Page::read(asked.page_size, &asked.page_token, &[])?;
        let rows = grants::list(&self.store, &page.rows()).await;
        let (rows, next_page_token) = page.cut(rows.map_err(rpc::refuse)?, |row| &row.key);
        let grants = rows.into_iter().map(|row| reply::grant(row.row)).collect();
        Ok(Response::new(proto::ListGrantsResponse {
            grants,
            next_page_token,
        }))
    }
}
