//! What stands, by name, or that there is no such thing.

use std::collections::BTreeSet;

use roster::ShiftId;
use rpc::refuse;
use tonic::{Code, Status};
use vocabulary::OfficerId;
use wire::{Violation, status};

use super::Scheduling;
use crate::domain::RequestId;
use crate::domain::roster::{Asked, Request};
use crate::projection::availability::Availability;
use crate::projection::rows;
use crate::projection::shifts::{self, ShiftRow};

impl Scheduling {
    /// A shift as it stands.
    pub(super) async fn shift(&self, id: &ShiftId) -> Result<ShiftRow, Status> {
        let found = shifts::find(&self.store, id).await.map_err(refuse)?;
        found.ok_or_else(|| {
            let message = format!("There is no shift {id}: look for it with `cwctl shift list`.");
            let violation = Violation::new("shift", message.clone());
            status(Code::NotFound, "SHIFT_UNKNOWN", message, [violation])
        })
    }

    /// Every request with its number and the event that said so last.
    pub(super) async fn requests(&self) -> Result<Vec<(u64, Request, u64)>, Status> {
        let rows = rows::<Availability>(&self.store, &[])
            .await
            .map_err(refuse)?;
        let each = rows.into_iter().flat_map(|row| {
            let requests = row.row.requests.into_iter();
            requests.map(|(number, (request, seq))| (number, request, seq))
        });
        Ok(each.collect())
    }

    /// Whom a request concerns; nobody if there is no such request: the rules will say so.
    pub(super) async fn concerned(&self, id: &RequestId) -> Result<BTreeSet<OfficerId>, Status> {
        let requests = self.requests().await?;
        let found = requests.into_iter().find(|(n, _, _)| *n == id.number());
        let mut officers = BTreeSet::new();
        if let Some((_, request, _)) = found {
            if let Asked::Swap { colleague, .. } = request.asked {
                officers.insert(colleague);
            }
            officers.insert(request.officer);
        }
        Ok(officers)
    }
}
