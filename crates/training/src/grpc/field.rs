//! Field training: look up, carry out, reply.

use std::collections::BTreeMap;

use eligibility::{Known, Name, Need, ProgrammeId, instructor_on};
use eventlog::{Table, TypedRows};
use evidence::Rules;
use jiff::civil::Date;
use rpc::{Role, Sealed, actor, meta, refuse};
use tonic::{Request, Response, Status};
use vocabulary::OfficerId;
use wire::Violation;
use wire::convert::{all, date, optional, required};
use wire::training::v1 as pb;

use super::Training;
use super::courses::Answer;
use super::matrix::none_there;
use super::reply::text;
use crate::domain::field::{self, Act, Command, Field, Observation, Phase, State};
use crate::domain::session::Employed;
use crate::log;
use crate::projection::{FieldRow, Fields};

/// The vault's field for the words of an observation.
const TEXT: &str = "text";
/// Characters of those words at most.
const TEXT_MAX: usize = 4_000;

impl Training {
    async fn act_in_field(
        &self,
        sealed: Sealed<'_>,
        (officer, training, on): (OfficerId, Name, Date),
        act: Act,
    ) -> Result<u64, Status> {
        let key = officer.to_string();
        let command = Command {
            officer,
            training,
            on,
            today: self.today(),
            act,
        };
        let outcome = sealed.execute::<Field>(&log(), &key, command).await;
        Ok(outcome.map_err(refuse)?.last_seq)
    }

    async fn fields(&self, officer: &OfficerId) -> Result<State, Status> {
        let table = Table::Projection(Fields::NAME);
        let row = self.store.read_row(table, &log(), officer.as_str()).await;
        let row: Option<FieldRow> = row.map_err(refuse)?;
        Ok(row.map(|row| row.field).unwrap_or_default())
    }

    /// The phases that the programme's profile, in force on a day, names of a field training.
    async fn phases(
        &self,
        programme: &ProgrammeId,
        training: &Name,
        on: Date,
    ) -> Result<Option<Vec<Phase>>, Status> {
        let rules = Rules::load(&self.store).await.map_err(refuse)?;
        let profile = rules.profile(programme, on, &Known::Now);
        let profile = profile.map_err(|none| none_there("programme", &none))?;
        let named = profile
            .requirements
            .into_iter()
            .find_map(|it| match it.need {
                Need::FieldTraining {
                    training: of,
                    phases,
                    ..
                } if of == *training => Some(phases),
                _ => None,
            });
        let phase = |phase: eligibility::Phase| Phase {
            name: phase.name,
            deployable: phase.deployable,
        };
        Ok(named.map(|phases| phases.into_iter().map(phase).collect()))
    }

    pub(super) async fn begin_field(
        &self,
        request: &Request<pb::BeginFieldTrainingRequest>,
    ) -> Answer<pb::BeginFieldTrainingResponse> {
        let asked = request.get_ref();
        let (officer, training, programme, on, credential) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<Name>("training", &asked.training),
            required("programme", &asked.programme),
            date("on", &asked.on),
            optional("trainer_credential", &asked.trainer_credential),
        ))?;
        let act = Act::Begin {
            phases: self.phases(&programme, &training, on).await?,
            programme,
            credential,
            employed: self.employed(&officer, on).await? == Employed::Yes,
        };
        let sealed = Sealed::new(&self.store, meta(request)?);
        let seq = self.act_in_field(sealed, (officer, training, on), act);
        let seq = seq.await?;
        Ok(Response::new(pb::BeginFieldTrainingResponse { seq }))
    }

    pub(super) async fn observe(
        &self,
        request: &Request<pb::RecordObservationRequest>,
    ) -> Answer<pb::RecordObservationResponse> {
        let asked = request.get_ref();
        let (officer, training, on, trainer, ratings, words) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<Name>("training", &asked.training),
            date("on", &asked.on),
            required::<OfficerId>("trainer", &asked.trainer),
            ratings(&asked.ratings),
            words(&asked.text),
        ))?;
        let known = self.fields(&officer).await?;
        let takes = known.trainings.get(&training);
        let takes = takes.and_then(|training| training.credential.as_ref());
        let holds = match takes {
            None => None,
            Some(kind) => {
                let evidence = self.evidence_of(&trainer).await?;
                instructor_on(&evidence, &trainer, kind, on, &Known::Now)
            }
        };
        let mut sealed = Sealed::new(&self.store, meta(request)?);
        let token = words.map(|words| sealed.seal(&[(TEXT, words)]));
        let act = Act::Observe {
            employed: self.employed(&trainer, on).await? == Employed::Yes,
            trainer,
            holds,
            ratings,
            text: token.map(|token| token.parse().expect("a UUID's text is a token")),
        };
        let seq = self.act_in_field(sealed, (officer, training, on), act);
        let seq = seq.await?;
        Ok(Response::new(pb::RecordObservationResponse { seq }))
    }

    pub(super) async fn sign_off(
        &self,
        request: &Request<pb::SignOffPhaseRequest>,
    ) -> Answer<pb::SignOffPhaseResponse> {
        let asked = request.get_ref();
        let (officer, training, on) = all((
            required("officer", &asked.officer),
            required("training", &asked.training),
            date("on", &asked.on),
        ))?;
        let act = Act::SignOff {
            phase: asked.phase.clone(),
            by: actor(request)?.id.clone(),
        };
        let sealed = Sealed::new(&self.store, meta(request)?);
        let seq = self.act_in_field(sealed, (officer, training, on), act);
        let seq = seq.await?;
        Ok(Response::new(pb::SignOffPhaseResponse { seq }))
    }

    pub(super) async fn end_field(
        &self,
        request: &Request<pb::EndFieldTrainingRequest>,
    ) -> Answer<pb::EndFieldTrainingResponse> {
        let asked = request.get_ref();
        let (officer, training, on, because) = all((
            required("officer", &asked.officer),
            required("training", &asked.training),
            date("on", &asked.on),
            required("because", &asked.because),
        ))?;
        let sealed = Sealed::new(&self.store, meta(request)?);
        let seq = self.act_in_field(sealed, (officer, training, on), Act::End { because });
        let seq = seq.await?;
        Ok(Response::new(pb::EndFieldTrainingResponse { seq }))
    }

    pub(super) async fn field_training(
        &self,
        request: &Request<pb::GetFieldTrainingRequest>,
    ) -> Answer<pb::GetFieldTrainingResponse> {
        let officer: OfficerId = required("officer", &request.get_ref().officer)?;
        let caller = actor(request)?;
        let reads = caller.has(Role::Trainer) || caller.has(Role::Officer);
        let mut trainings = Vec::new();
        for (name, training) in self.fields(&officer).await?.trainings {
            let mut observations = Vec::new();
            for observation in &training.observations {
                let words = match observation.text.as_ref().filter(|_| reads) {
                    Some(token) => self.store.vault().open(token.as_str(), TEXT).await,
                    None => Ok(None),
                };
                let words = words.map_err(refuse)?.unwrap_or_default();
                observations.push(observed(observation, words));
            }
            trainings.push(reply(&officer, &name, &training, observations));
        }
        Ok(Response::new(pb::GetFieldTrainingResponse { trainings }))
    }
}

fn observed(observation: &Observation, text: String) -> pb::Observation {
    let ratings = observation.ratings.iter().map(|(what, points)| pb::Rating {
        what: what.to_string(),
        points: (*points).into(),
    });
    pb::Observation {
        on: observation.on.to_string(),
        phase: observation.phase.clone(),
        trainer: observation.trainer.to_string(),
        ratings: ratings.collect(),
        text,
    }
}

fn reply(
    officer: &OfficerId,
    name: &Name,
    training: &field::Training,
    observations: Vec<pb::Observation>,
) -> pb::FieldTraining {
    let current = training.phase().map(|phase| phase.name.clone());
    let phases = training.phases.iter().enumerate().map(|(n, phase)| {
        let signed = training.signed.get(n);
        let started = match signed {
            Some(signed) => Some(signed.started),
            None => (training.signed.len() == n).then(|| training.phase_started()),
        };
        pb::FieldPhase {
            phase: phase.name.clone(),
            deployable: phase.deployable,
            started: text(started),
            signed_off_on: text(signed.map(|signed| signed.on)),
            signed_off_by: text(signed.map(|signed| &signed.by)),
        }
    });
    pb::FieldTraining {
        officer: officer.to_string(),
        training: name.to_string(),
        programme: training.programme.to_string(),
        started: training.started.to_string(),
        phase: current
            .filter(|_| training.ended.is_none())
            .unwrap_or_default(),
        ended_on: text(training.ended),
        phases: phases.collect(),
        observations,
    }
}

fn ratings(given: &[pb::Rating]) -> Result<BTreeMap<Name, u8>, Violation> {
    let mut ratings = BTreeMap::new();
    for (n, it) in given.iter().enumerate() {
        let field = |name: &str| format!("ratings[{n}].{name}");
        let what: Name = required(&field("what"), &it.what)?;
        let points = u8::try_from(it.points);
        let points = points.map_err(|_| {
            let problem = format!("{}: give 1 to 7", it.points);
            Violation::new(field("points"), problem)
        })?;
        if ratings.insert(what, points).is_some() {
            let problem = format!("\"{}\" stands here twice: rate each once", it.what);
            return Err(Violation::new(field("what"), problem));
        }
    }
    Ok(ratings)
}

fn words(given: &str) -> Result<Option<&str>, Violation> {
    let length = given.chars().count();
    if length > TEXT_MAX {
        let problem = format!("has {length} characters: say it in {TEXT_MAX} at most");
        return Err(Violation::new("text", problem));
    }
    Ok(Some(given.trim()).filter(|words| !words.is_empty()))
}
