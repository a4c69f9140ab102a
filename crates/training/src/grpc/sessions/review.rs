//! The review of a session's instructors, asked for by somebody.

use rpc::{meta, refuse};
use tonic::{Request, Response};
use wire::convert::required;
use wire::training::v1 as pb;

use super::Training;
use crate::domain::session::Unqualified;
use crate::grpc::courses::Answer;
use crate::review;

impl Training {
    pub(in crate::grpc) async fn review(
        &self,
        request: &Request<pb::ReviewInstructorsRequest>,
    ) -> Answer<pb::ReviewInstructorsResponse> {
        let session = required("session", &request.get_ref().session)?;
        let known = self.known_session(&session).await?;
        let found = review::review(&self.store, &known).await.map_err(refuse)?;
        let mut outcomes = Vec::new();
        for resting in found.outcomes {
            if !resting.was_questioned {
                let asked = (&session, &resting);
                let done = review::question(&self.store, asked, self.today(), meta(request)?);
                done.await.map_err(refuse)?;
            }
            outcomes.push(pb::RestingOutcome {
                officer: resting.officer.to_string(),
                record: resting.record,
                credentials: resting.credentials,
                questioned_now: !resting.was_questioned,
            });
        }
        Ok(Response::new(pb::ReviewInstructorsResponse {
            doubts: found.doubts.into_iter().map(doubt).collect(),
            outcomes,
        }))
    }
}

fn doubt(found: Unqualified) -> pb::InstructorDoubt {
    pb::InstructorDoubt {
        part: found.part,
        block: found.block.to_string(),
        on: found.on.to_string(),
        instructor: found.instructor.to_string(),
        lacking: found.to_string(),
    }
}
