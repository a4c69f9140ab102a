//! The mapping file: which column is what (docs/import.md).

use std::collections::BTreeMap;

use serde::Deserialize;
use vocabulary::{IncidentId, OfficerId, TownId, Zone};

/// A mapping as written. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The dispatch system's slug: the first half of every incident id.
    pub source: String,
    /// The zone of the file's times.
    pub zone: Zone,
    /// The character between fields.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// Which pass through a repeated hour a time means; `reject` gives the row back.
    #[serde(default)]
    pub repeated_hour: RepeatedHour,
    /// How times are written, tried in order: strftime patterns such as `%m/%d/%Y %H:%M`.
    pub time_formats: Vec<String>,
    pub columns: Columns,
    /// Who went: one block per unit that a row can name.
    #[serde(default)]
    pub units: Vec<UnitColumns>,
    /// Only rows whose column holds one of these values are read; the others are passed over.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// Text of the town column → town id. A text that is not here rejects its row.
    pub towns: BTreeMap<String, TownId>,
    /// Text of the call type column → code. What is not here becomes a code of its own letters.
    #[serde(default)]
    pub call_types: BTreeMap<String, String>,
    /// Text of the disposition column → code; as for call types.
    #[serde(default)]
    pub dispositions: BTreeMap<String, String>,
    /// Text of an officer column → badge code. What is not here is somebody else's unit.
    #[serde(default)]
    pub officers: BTreeMap<String, OfficerId>,
}

/// Columns by name. Of an incident, only the disposition may be missing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub incident: String,
    pub town: String,
    pub call_type: String,
    pub received_at: String,
    pub disposition: Option<String>,
}

/// Columns of one unit. A row where all of them are empty has no such unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitColumns {
    /// Its number on the incident: `1`.
    pub unit: String,
    pub officer: Option<String>,
    pub dispatched_at: Option<String>,
    pub arrived_at: Option<String>,
    pub cleared_at: Option<String>,
}

/// See [`Mapping::repeated_hour`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepeatedHour {
    First,
    Second,
    #[default]
    Reject,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("the mapping is not right: {0}")]
    Toml(String),
    #[error("the mapping's `{key}` is \"{value}\": {fix}")]
    Value {
        key: &'static str,
        value: String,
        fix: &'static str,
    },
    #[error("the file has no column \"{column}\", which the mapping names; its columns are: {}",
        found.join(", "))]
    MissingColumn { column: String, found: Vec<String> },
    #[error("the file is empty: expected a line of column names")]
    NoHeader,
    #[error("the file's first line is not UTF-8: convert the file, for instance with iconv")]
    HeaderNotUtf8,
}

fn comma() -> char {
    ','
}

impl Mapping {
    /// Reads and checks a mapping file.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text)
            .map_err(|e| MappingError::Toml(e.to_string().trim_end().to_owned()))?;
        if IncidentId::new(format!("{}/1", mapping.source)).is_err() {
            return Err(MappingError::Value {
                key: "source",
                value: mapping.source,
                fix: "2 to 39 of a-z, 0-9 and -, beginning with a letter, such as `barlow-cad`",
            });
        }
        if !mapping.delimiter.is_ascii() || mapping.delimiter == '"' {
            return Err(MappingError::Value {
                key: "delimiter",
                value: mapping.delimiter.to_string(),
                fix: "one ASCII character that is not a quotation mark, such as `;`",
            });
        }
        if mapping.time_formats.is_empty() {
            return Err(MappingError::Value {
                key: "time_formats",
                value: "[]".into(),
                fix: "at least one pattern, such as `%Y-%m-%dT%H:%M`",
            });
        }
        Ok(mapping)
    }

    /// Every column that the mapping names.
    pub(super) fn named(&self) -> Vec<&str> {
        let Columns {
            incident,
            town,
            call_type,
            received_at,
            disposition,
        } = &self.columns;
        let mut named: Vec<&str> = vec![incident, town, call_type, received_at];
        named.extend(disposition.as_deref());
        for unit in &self.units {
            let columns = [
                &unit.officer,
                &unit.dispatched_at,
                &unit.arrived_at,
                &unit.cleared_at,
            ];
            named.extend(columns.into_iter().filter_map(Option::as_deref));
        }
        named.extend(self.only.keys().map(String::as_str));
        named
    }
}
