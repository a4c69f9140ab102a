//! The versions of a programme's profile, each from the day on which it was adopted.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::words::eve;
use crate::{Name, Profile};

/// A programme's profiles over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    versions: BTreeMap<Date, Profile>,
}

impl Programme {
    /// Versions, each from its first day; of two from one day the later given counts.
    pub fn new(versions: impl IntoIterator<Item = (Date, Profile)>) -> Self {
        Self {
            versions: versions.into_iter().collect(),
        }
    }

    /// The profile in force on a day, and its last day where another follows.
    pub fn in_force(&self, day: Date) -> Option<(&Profile, Option<Date>)> {
        let (_, profile) = self.versions.range(..=day).next_back()?;
        let next = self.versions.range(day.tomorrow().ok()?..).next();
        Some((profile, next.map(|(from, _)| eve(*from))))
    }
}

/// The profiles that come with the platform, each by its file's name with its text.
pub fn shipped() -> impl Iterator<Item = (Name, &'static str)> {
    let named = SHIPPED.iter();
    named.map(|(name, text)| (Name::new(*name).expect("written below as a name"), *text))
}

macro_rules! profiles {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../profiles/", $name, ".toml")))),*]
    };
}

const SHIPPED: &[(&str, &str)] = profiles![
    "missouri-cso",
    "san-jose-cso-1",
    "san-jose-cso-2",
    "virginia-beach-cso",
    "eugene-cso",
    "seattle-cso",
    "fremont-cso",
    "arizona-cso",
    "california-cso",
];
