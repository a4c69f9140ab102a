//! Which database, register and bus belong to which role.

use std::path::{Path, PathBuf};

use eventlog::Register;

use crate::config::{Config, Layers};
use crate::roles::Role;

/// One role's belongings.
pub(super) struct Place {
    pub(super) role: Role,
    pub(super) url: String,
    pub(super) register: PathBuf,
    pub(super) config: Config,
}

/// Every role once, or what is missing.
pub(super) fn places(files: &[PathBuf]) -> Result<Vec<Place>, String> {
    let mut places: Vec<Place> = Vec::new();
    for file in files {
        let layers = Layers {
            file: Some(file),
            environment: std::env::vars().collect(),
            settings: &[],
        };
        let config = layers.load().map_err(|e| e.to_string())?;
        for role in config.roles() {
            if places.iter().any(|place| place.role == role) {
                return Err(format!(
                    "{}: {role} is in an earlier --config already",
                    file.display()
                ));
            }
            places.push(Place {
                role,
                url: config.database_of(role).map_err(|e| e.to_string())?,
                register: Register::path(&config.erasures, role.name()),
                config: config.clone(),
            });
        }
    }
    let missing = |role: &Role| !places.iter().any(|place| place.role == *role);
    let missing: Vec<&str> = Role::ALL
        .into_iter()
        .filter(missing)
        .map(Role::name)
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "no --config is for {}: a backup holds every role, as of one instant",
            missing.join(", ")
        ));
    }
    places.sort_by_key(|place| place.role);
    Ok(places)
}

/// The configuration that `up` wrote.
pub(super) fn local(data: &Path) -> Result<Vec<PathBuf>, String> {
    let of = |role: Role| data.join("platform").join(format!("{role}.toml"));
    let files: Vec<PathBuf> = Role::ALL.into_iter().map(of).collect();
    match files.iter().find(|file| !file.exists()) {
        None => Ok(files),
        Some(file) => Err(format!(
            "{} is not there: --data is the folder of `commonwatch up`",
            file.display()
        )),
    }
}
