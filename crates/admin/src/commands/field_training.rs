//! `cwctl field-training`.

use clap::{Args, Subcommand};
use wire::training::v1::{
    BeginFieldTrainingRequest, EndFieldTrainingRequest, GetFieldTrainingRequest, Rating,
    RecordObservationRequest, SignOffPhaseRequest,
};

use super::Session;
use super::session::Count;
use crate::failure::Failure;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Begin an officer's field training, by the phases of a programme's profile.
    #[command(
        after_help = "Examples:\n  cwctl field-training begin cso-114 field-training \
        --programme us-ca-fremont-cso --on 2026-11-02 --trainer-credential field-trainer"
    )]
    Begin(Begin),
    /// Record what a trainer observed on a day. Words are kept in the vault.
    #[command(
        after_help = "Examples:\n  cwctl field-training observe cso-114 field-training \
        --on 2026-11-03 --trainer cso-101 --rating radio:5 --rating report-writing:4 \
        --text \"calm on the radio\""
    )]
    Observe(Observe),
    /// Sign the phase off that the officer is in.
    #[command(
        after_help = "Examples:\n  cwctl field-training sign-off cso-114 field-training I \
        --on 2026-11-20"
    )]
    SignOff {
        /// The badge code.
        officer: String,
        /// Which field training.
        training: String,
        /// The phase, as the profile names it.
        phase: String,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
    },
    /// End field training before its end: what was signed off counts no more.
    #[command(
        after_help = "Examples:\n  cwctl field-training end cso-114 field-training \
        --on 2026-11-20 --because resigned"
    )]
    End {
        /// The badge code.
        officer: String,
        /// Which field training.
        training: String,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
        /// Why, a code.
        #[arg(long, value_name = "CODE")]
        because: String,
    },
    /// Show an officer's field trainings, phase by phase.
    #[command(after_help = "Examples:\n  cwctl field-training show cso-114")]
    Show {
        /// The badge code.
        officer: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Begin {
    /// The badge code.
    officer: String,
    /// Which field training, as the profile names it.
    training: String,
    /// The programme whose profile names the phases.
    #[arg(long)]
    programme: String,
    /// First day.
    #[arg(long, value_name = "DATE")]
    on: String,
    /// The kind of credential that trainers need; anybody may train without it.
    #[arg(
        long,
        value_name = "KIND",
        default_value = "",
        hide_default_value = true
    )]
    trainer_credential: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Observe {
    /// The badge code.
    officer: String,
    /// Which field training.
    training: String,
    /// The day.
    #[arg(long, value_name = "DATE")]
    on: String,
    /// The trainer's badge code.
    #[arg(long, value_name = "OFFICER")]
    trainer: String,
    /// What is rated, and 1 to 7 points; may be given again.
    #[arg(long = "rating", value_name = "WHAT:POINTS")]
    ratings: Vec<Count>,
    /// In words.
    #[arg(long, default_value = "", hide_default_value = true)]
    text: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Begin(it) => {
            let request = BeginFieldTrainingRequest {
                officer: it.officer,
                training: it.training,
                programme: it.programme,
                on: it.on,
                trainer_credential: it.trainer_credential,
            };
            session.record(request).await
        }
        Command::Observe(it) => {
            let rating = |count: Count| Rating {
                what: count.of,
                points: count.count,
            };
            let request = RecordObservationRequest {
                officer: it.officer,
                training: it.training,
                on: it.on,
                trainer: it.trainer,
                ratings: it.ratings.into_iter().map(rating).collect(),
                text: it.text,
            };
            session.record(request).await
        }
        Command::SignOff {
            officer,
            training,
            phase,
            on,
        } => {
            let request = SignOffPhaseRequest {
                officer,
                training,
                phase,
                on,
            };
            session.record(request).await
        }
        Command::End {
            officer,
            training,
            on,
            because,
        } => {
            let request = EndFieldTrainingRequest {
                officer,
                training,
                on,
                because,
            };
            session.record(request).await
        }
        Command::Show { officer } => session.record(GetFieldTrainingRequest { officer }).await,
    }
}
