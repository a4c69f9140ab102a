//! One row of the file, read by the mapping.

use jiff::Timestamp;
use jiff::civil::DateTime;
use vocabulary::IncidentId;
use vocabulary::local_time::{Fold, Unclear, resolve};
use wire::convert::timestamp_value;
use wire::incidents::v1::{ImportRow, UnitTimes};

use super::mapping::{Mapping, RepeatedHour};

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// Stable word: [`Reason`], or the service's own.
    pub reason: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The row as it stood in the file.
    pub fields: Vec<String>,
}

/// Why a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error(
        "the row has {found} fields, the header {expected}: look for a stray delimiter or quote"
    )]
    FieldCount { found: usize, expected: usize },
    #[error("the row holds {bytes} bytes, at most {max} are read: look for a missing quote")]
    TooLong { bytes: usize, max: usize },
    #[error("column \"{column}\" is not UTF-8: convert the file, for instance with iconv")]
    NotUtf8 { column: String },
    #[error("column \"{column}\" is empty")]
    Empty { column: String },
    #[error(
        "\"{value}\" in column \"{column}\" is no incident number: 1 to 64 printable \
         characters without spaces"
    )]
    IncidentNumber { column: String, value: String },
    #[error("\"{value}\" in column \"{column}\" is no town of the mapping: add it under [towns]")]
    UnknownTown { column: String, value: String },
    #[error(
        "\"{value}\" in column \"{column}\" is a time in none of the formats {formats}: add \
         its pattern to `time_formats`"
    )]
    TimeFormat {
        column: String,
        value: String,
        formats: String,
    },
    #[error("column \"{column}\": {unclear}")]
    UnclearTime { column: String, unclear: Unclear },
}

impl Reason {
    /// Stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FieldCount { .. } => "FIELD_COUNT",
            Self::TooLong { .. } => "ROW_TOO_LONG",
            Self::NotUtf8 { .. } => "NOT_UTF8",
            Self::Empty { .. } => "FIELD_EMPTY",
            Self::IncidentNumber { .. } => "INCIDENT_NUMBER",
            Self::UnknownTown { .. } => "TOWN_UNKNOWN",
            Self::TimeFormat { .. } => "TIME_FORMAT",
            Self::UnclearTime {
                unclear: Unclear::InGap { .. },
                ..
            } => "TIME_IN_GAP",
            Self::UnclearTime {
                unclear: Unclear::InFold { .. },
                ..
            } => "TIME_AMBIGUOUS",
            Self::UnclearTime { .. } => "TIME_OUT_OF_RANGE",
        }
    }
}

/// Reads fields by column name.
pub(super) struct Fields<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) text: &'a dyn Fn(&str) -> &'a str,
}

impl Fields<'_> {
    /// The row as an incident, or the first thing that is wrong with it; none if `only` passes
    /// over it.
    pub(super) fn incident(&self, line: u64) -> Result<Option<ImportRow>, Reason> {
        let mapping = self.mapping;
        let wanted = |(column, values): (&String, &Vec<String>)| {
            values.iter().any(|value| value == (self.text)(column))
        };
        if !mapping.only.iter().all(wanted) {
            return Ok(None);
        }
        let columns = &mapping.columns;
        let number = self.present(&columns.incident)?;
        let incident = IncidentId::new(format!("{}/{number}", mapping.source)).map_err(|_| {
            Reason::IncidentNumber {
                column: columns.incident.clone(),
                value: number.to_owned(),
            }
        })?;
        let town = self.present(&columns.town)?;
        let town = mapping.towns.get(town).ok_or_else(|| Reason::UnknownTown {
            column: columns.town.clone(),
            value: town.to_owned(),
        })?;
        let call_type = code(self.present(&columns.call_type)?, &mapping.call_types);
        self.present(&columns.received_at)?;
        let disposition = columns
            .disposition
            .as_deref()
            .map_or("", |column| (self.text)(column));
        Ok(Some(ImportRow {
            line,
            incident: incident.to_string(),
            town: town.to_string(),
            call_type,
            received_at: self.time(Some(&columns.received_at))?.map(timestamp_value),
            units: self.units()?,
            disposition: code(disposition, &mapping.dispositions),
        }))
    }

    fn present(&self, column: &str) -> Result<&str, Reason> {
        match (self.text)(column) {
            "" => Err(Reason::Empty {
                column: column.to_owned(),
            }),
            text => Ok(text),
        }
    }

    fn units(&self) -> Result<Vec<UnitTimes>, Reason> {
        let mut units = Vec::new();
        for columns in &self.mapping.units {
            let officer = columns
                .officer
                .as_deref()
                .map_or("", |column| (self.text)(column));
            let dispatched = self.time(columns.dispatched_at.as_deref())?;
            let arrived = self.time(columns.arrived_at.as_deref())?;
            let cleared = self.time(columns.cleared_at.as_deref())?;
            if officer.is_empty() && [dispatched, arrived, cleared] == [None; 3] {
                continue;
            }
            let officer = self.mapping.officers.get(officer);
            units.push(UnitTimes {
                unit: columns.unit.clone(),
                officer: officer.map(ToString::to_string).unwrap_or_default(),
                dispatched_at: dispatched.map(timestamp_value),
                arrived_at: arrived.map(timestamp_value),
                cleared_at: cleared.map(timestamp_value),
            });
        }
        Ok(units)
    }

    /// An empty field is no time.
    fn time(&self, column: Option<&str>) -> Result<Option<Timestamp>, Reason> {
        let Some(column) = column else {
            return Ok(None);
        };
        let text = (self.text)(column);
        if text.is_empty() {
            return Ok(None);
        }
        let mapping = self.mapping;
        let local = mapping
            .time_formats
            .iter()
            .find_map(|format| DateTime::strptime(format, text).ok())
            .ok_or_else(|| Reason::TimeFormat {
                column: column.to_owned(),
                value: text.to_owned(),
                formats: mapping.time_formats.join(" | "),
            })?;
        let fold = match mapping.repeated_hour {
            RepeatedHour::First => Some(Fold::First),
            RepeatedHour::Second => Some(Fold::Second),
            RepeatedHour::Reject => None,
        };
        resolve(local, &mapping.zone, fold)
            .map(Some)
            .map_err(|unclear| Reason::UnclearTime {
                column: column.to_owned(),
                unclear,
            })
    }
}

/// A text as a code: by the table, else its own letters and digits with hyphens between.
fn code(text: &str, table: &std::collections::BTreeMap<String, String>) -> String {
    if let Some(code) = table.get(text) {
        return code.clone();
    }
    let mut code = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            code.push(c);
        } else if !code.ends_with('-') && !code.is_empty() {
            code.push('-');
        }
    }
    code.truncate(60);
    code.trim_end_matches('-').to_owned()
}
