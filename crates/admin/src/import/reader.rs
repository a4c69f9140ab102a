//! The file, row by row.

use std::collections::HashMap;
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use wire::incidents::v1::ImportRow;

use super::mapping::{Mapping, MappingError};
use super::row::{Fields, Reason, Rejected};

/// Longest row that is read, in bytes. A missing quotation mark makes one row of a whole file.
const ROW_BYTES_MAX: usize = 64 * 1024;

/// What became of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// An incident to import.
    Row(ImportRow),
    /// The mapping's `only` passes over it.
    PassedOver,
    /// It cannot be read.
    Rejected(Rejected),
}

/// Reads an export.
pub struct Reader<R> {
    csv: csv::Reader<R>,
    mapping: Mapping,
    /// Column name → position.
    columns: HashMap<String, usize>,
    header: Vec<String>,
    record: ByteRecord,
}

impl<R: Read> Reader<R> {
    /// Reads the header and checks that every column of the mapping is there. A byte order mark
    /// and line ends of any kind are taken as they come.
    pub fn new(file: R, mapping: Mapping) -> Result<Self, MappingError> {
        let delimiter = u8::try_from(mapping.delimiter).expect("checked to be ASCII");
        let mut csv = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(file);
        let header: Vec<String> = match csv.byte_headers() {
            Ok(header) => header
                .iter()
                .map(|name| String::from_utf8(name.to_owned()))
                .collect::<Result<_, _>>()
                .map_err(|_| MappingError::HeaderNotUtf8)?,
            Err(_) => return Err(MappingError::NoHeader),
        };
        if header.iter().all(String::is_empty) {
            return Err(MappingError::NoHeader);
        }
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let columns: HashMap<String, usize> = header
            .iter()
            .enumerate()
            .map(|(i, name)| (name.clone(), i))
            .collect();
        for column in mapping.named() {
            if !columns.contains_key(column) {
                let column = column.to_owned();
                return Err(MappingError::MissingColumn {
                    column,
                    found: header,
                });
            }
        }
        Ok(Self {
            csv,
            mapping,
            columns,
            header,
            record: ByteRecord::new(),
        })
    }

    /// The file's column names.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How far the file is read, in bytes.
    pub fn position(&self) -> u64 {
        self.csv.position().byte()
    }

    /// The next row; none at the end.
    pub fn next_row(&mut self) -> Result<Option<Taken>, csv::Error> {
        if !self.csv.read_byte_record(&mut self.record)? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Some(match self.read(line) {
            Ok(Some(row)) => Taken::Row(row),
            Ok(None) => Taken::PassedOver,
            Err(reason) => Taken::Rejected(Rejected {
                line,
                reason: reason.code().to_owned(),
                message: reason.to_string(),
                fields: self.fields(),
            }),
        }))
    }

    fn read(&self, line: u64) -> Result<Option<ImportRow>, Reason> {
        let bytes = self.record.as_slice().len();
        if bytes > ROW_BYTES_MAX {
            return Err(Reason::TooLong {
                bytes,
                max: ROW_BYTES_MAX,
            });
        }
        let (found, expected) = (self.record.len(), self.header.len());
        if found != expected {
            return Err(Reason::FieldCount { found, expected });
        }
        for column in self.mapping.named() {
            if self.utf8(column).is_none() {
                return Err(Reason::NotUtf8 {
                    column: column.to_owned(),
                });
            }
        }
        let text = |column: &str| self.utf8(column).unwrap_or_default().trim();
        Fields {
            mapping: &self.mapping,
            text: &text,
        }
        .incident(line)
    }

    fn utf8(&self, column: &str) -> Option<&str> {
        let field = self
            .columns
            .get(column)
            .and_then(|i| self.record.get(*i))
            .unwrap_or_default();
        std::str::from_utf8(field).ok()
    }

    /// The row last read, for the rejects file: what is not text is shown with replacement
    /// characters, what is endless is cut.
    pub fn fields(&self) -> Vec<String> {
        let shown = |field: &[u8]| {
            let cut = field.get(..field.len().min(1024)).unwrap_or_default();
            String::from_utf8_lossy(cut).into_owned()
        };
        self.record
            .iter()
            .take(self.header.len())
            .map(shown)
            .collect()
    }
}
