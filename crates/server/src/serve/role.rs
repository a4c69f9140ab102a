//! What differs from role to role: its store, its calls, its ear. The one place that names all.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Consuming, Shutdown, consume};
use eventlog::{Options, Store};
use rpc::Services;
use rpc::log::Client;
use tokio::task::{AbortHandle, JoinSet};
use vocabulary::Workweek;

use crate::config::Config;
use crate::roles::Role;

/// How long a close waits until everything that its neighbours recorded has been heard.
const CLOSE_PATIENCE: Duration = Duration::from_secs(60);

/// How a role's store is opened.
pub(crate) fn options(role: Role, url: &str) -> Options {
    match role {
        Role::Registry => registry::options(url),
        Role::Training => training::options(url),
        Role::Payroll => payroll::options(url),
        Role::Scheduling => scheduling::options(url),
        Role::Incidents => incidents::options(url),
        Role::Statements => statements::options(url),
    }
}

/// What a role answers.
pub(super) async fn services(
    role: Role,
    store: &Store,
    config: &Config,
    owners: &Client,
) -> Result<Services, String> {
    Ok(match role {
        Role::Registry => {
            let settings = registry_settings(config);
            // A restored backup may have brought an erased officer back into the log.
            let replayed = registry::replay_erasures(store, &settings).await;
            for officer in replayed.map_err(|e| format!("{role}: {e}"))? {
                tracing::warn!(%officer, "an erasure that the log had lost was recorded again");
            }
            registry::services(store, settings)
        }
        Role::Training => training::services(store, training_settings(config)),
        Role::Payroll => {
            let employer = &config.employer;
            let workweek = Workweek {
                starts_on: employer.week_starts_on.into(),
                zone: employer.zone.clone(),
            };
            payroll::services(store, payroll::Settings { workweek })
        }
        Role::Scheduling => {
            let settings = scheduling_settings(config);
            scheduling::services(store, settings)
        }
        Role::Incidents => {
            let (zone, keep_incidents) = (
                config.employer.zone.clone(),
                config.retention.incident.clone(),
            );
            let settings = incidents::Settings {
                zone,
                keep_incidents,
            };
            incidents::services(store, settings)
        }
        Role::Statements => {
            let signing = signing(config)?;
            // A crash between a close and its checkpoint is mended before anybody asks for it.
            statements::heal(store, &signing)
                .await
                .map_err(|e| format!("{role}: {e}"))?;
            let owners = Arc::new(owners.clone());
            statements::services(store, owners, signing, CLOSE_PATIENCE)
        }
    })
}

fn registry_settings(config: &Config) -> registry::Settings {
    registry::Settings {
        zone: config.employer.zone.clone(),
        keep_officers: config.retention.officer.clone(),
    }
}

fn training_settings(config: &Config) -> training::Settings {
    training::Settings {
        zone: config.employer.zone.clone(),
    }
}

fn scheduling_settings(config: &Config) -> scheduling::Settings {
    let (employer, own) = (&config.employer, &config.scheduling);
    let minutes = |hours: u16| vocabulary::Minutes(i64::from(hours) * 60);
    let most = Some(own.weekly_hours_max).filter(|hours| *hours > 0);
    scheduling::Settings {
        limits: roster::Limits {
            rest_minutes: minutes(own.rest_hours),
            stretch_minutes_max: minutes(own.stretch_hours_max),
            days_in_a_row_max: own.days_in_a_row_max,
            weekly_minutes_max: most.map(minutes),
            overtime_after_minutes: minutes(own.overtime_after_hours),
            workweek: Workweek {
                starts_on: employer.week_starts_on.into(),
                zone: employer.zone.clone(),
            },
        },
        notice: minutes(own.notice_hours),
        weekly_minutes: minutes(own.weekly_hours),
        travel: vocabulary::Minutes(i64::from(own.travel_minutes)),
        domain: own.calendar_domain.clone(),
    }
}

/// What a role answers over HTTP beside metrics and readiness.
pub(super) fn pages(role: Role, store: &Store, config: &Config) -> Option<axum::Router> {
    match role {
        Role::Scheduling => {
            let settings = scheduling_settings(config);
            Some(scheduling::routes(store.clone(), settings))
        }
        _ => None,
    }
}

/// What a role does beside answering and listening.
pub(super) fn attend(
    role: Role,
    running: &mut JoinSet<()>,
    store: Store,
    config: &Config,
    stopped: Shutdown,
) -> Option<(&'static str, AbortHandle)> {
    match role {
        Role::Training => {
            let watch = training::watch(store, training_settings(config), stopped);
            Some(("the day's watch of training", running.spawn(watch)))
        }
        Role::Scheduling => {
            let reviews = scheduling::attend(store, scheduling_settings(config), stopped);
            Some(("the reviews of scheduling", running.spawn(reviews)))
        }
        _ => None,
    }
}

/// Starts a role's listener, if it has one.
pub(super) fn listen(
    (role, config): (Role, &Config),
    running: &mut JoinSet<()>,
    bus: Bus,
    store: Store,
    owners: Client,
    consuming: Consuming,
    stopped: Shutdown,
) -> Option<AbortHandle> {
    let owners = Arc::new(owners);
    match role {
        Role::Registry => None,
        Role::Training => {
            let listener = Arc::new(training::Training::new(store.clone()));
            Some(running.spawn(consume(bus, store, listener, owners, consuming, stopped)))
        }
        Role::Payroll => {
            let listener = Arc::new(payroll::Payroll::new(store.clone()));
            Some(running.spawn(consume(bus, store, listener, owners, consuming, stopped)))
        }
        Role::Scheduling => {
            let settings = scheduling_settings(config);
            let listener = Arc::new(scheduling::Scheduling::new(store.clone(), settings));
            Some(running.spawn(consume(bus, store, listener, owners, consuming, stopped)))
        }
        Role::Incidents => {
            let listener = Arc::new(incidents::Incidents::new(store.clone()));
            Some(running.spawn(consume(bus, store, listener, owners, consuming, stopped)))
        }
        Role::Statements => {
            let listener = Arc::new(statements::Statements::new(store.clone()));
            Some(running.spawn(consume(bus, store, listener, owners, consuming, stopped)))
        }
    }
}

/// Whether any of `listeners` needs to know where `owner` answers.
pub(super) fn listened_to(owner: Role, listeners: &[Role]) -> bool {
    listeners.iter().any(|listener| match listener {
        Role::Registry => false,
        Role::Training | Role::Payroll | Role::Incidents => owner == Role::Registry,
        Role::Scheduling => matches!(
            owner,
            Role::Registry | Role::Training | Role::Payroll | Role::Statements
        ),
        Role::Statements => {
            matches!(owner, Role::Registry | Role::Payroll | Role::Incidents)
        }
    })
}

/// The key with which a role's checkpoints are verified, if it signs any.
pub(super) fn signs(role: Role, config: &Config) -> Result<Option<proof::VerifierKey>, String> {
    match role {
        Role::Statements => Ok(Some(signing(config)?.verifier_key())),
        Role::Registry | Role::Training | Role::Payroll | Role::Scheduling | Role::Incidents => {
            Ok(None)
        }
    }
}

/// The key and name under which statements' checkpoints are signed.
fn signing(config: &Config) -> Result<statements::Signing, String> {
    let path = &config.signing.key_file;
    let wrong = |problem: &str| {
        format!(
            "signing.key_file {}: {problem}; 64 hexadecimal digits are needed",
            path.display()
        )
    };
    let text = std::fs::read_to_string(path).map_err(|e| wrong(&e.to_string()))?;
    let seed: proof::Hash = text.trim().parse().map_err(|_| wrong("not a key"))?;
    statements::Signing::try_new(&config.signing.provider, &seed.to_bytes())
        .map_err(|e| format!("signing.provider \"{}\": {e}", config.signing.provider))
}
