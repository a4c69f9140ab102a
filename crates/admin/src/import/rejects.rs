//! The rejects file: what was not taken, why, and the row as it was, ready to be mended and
//! imported again.

use std::io::Write;

use super::row::Rejected;

/// Writes rejected rows as CSV: `line, reason, message`, then the file's own columns.
pub struct Rejects<W: Write> {
    csv: csv::Writer<W>,
    columns: usize,
}

impl<W: Write> Rejects<W> {
    /// Begins with a header.
    pub fn new(file: W, header: &[String]) -> Result<Self, csv::Error> {
        let mut csv = csv::Writer::from_writer(file);
        let names = ["line", "reason", "message"].into_iter();
        csv.write_record(names.chain(header.iter().map(String::as_str)))?;
        Ok(Self {
            csv,
            columns: header.len(),
        })
    }

    /// Adds a row.
    pub fn write(&mut self, rejected: &Rejected) -> Result<(), csv::Error> {
        let mut fields = vec![
            rejected.line.to_string(),
            rejected.reason.clone(),
            rejected.message.clone(),
        ];
        fields.extend(rejected.fields.iter().cloned());
        fields.resize(self.columns + 3, String::new());
        self.csv.write_record(&fields)
    }

    /// Writes out what is still in memory.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.csv.flush()
    }
}
