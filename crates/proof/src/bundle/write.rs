//! Contents to files. The same contents give the same bytes.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{
    Bundle, CHECKPOINT, CONSISTENCY, FORMAT, Files, LOG, MANIFEST, Manifest, PREVIOUS_CHECKPOINT,
    Previous, STATEMENT_CSV, STATEMENT_JSON,
};
use crate::Hash;

/// `manifest.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestFile {
    pub(super) format: String,
    pub(super) origin: String,
    pub(super) log: String,
    pub(super) agreement: String,
    pub(super) month: String,
    pub(super) town: String,
    pub(super) public_key: String,
}

/// `consistency.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsistencyFile {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) hashes: Vec<Hash>,
}

impl Bundle {
    /// The folder's files.
    pub fn write(&self) -> Files {
        let contents = &self.contents;
        let mut files = Files::new();
        let mut put = |name: &str, bytes: Vec<u8>| {
            files.insert(name.to_owned(), bytes);
        };
        put(MANIFEST, pretty(&manifest_file(&contents.manifest)));
        let mut log = Vec::new();
        for entry in &contents.entries {
            serde_json::to_writer(&mut log, &Line::from(entry)).expect("strings and numbers only");
            log.push(b'\n');
        }
        put(LOG, log);
        put(CHECKPOINT, contents.checkpoint.clone().into_bytes());
        if let Some(Previous {
            checkpoint,
            from,
            to,
            hashes,
        }) = &contents.previous
        {
            put(PREVIOUS_CHECKPOINT, checkpoint.clone().into_bytes());
            let file = ConsistencyFile {
                from: *from,
                to: *to,
                hashes: hashes.clone(),
            };
            put(CONSISTENCY, pretty(&file));
        }
        put(STATEMENT_JSON, contents.statement_json.clone());
        put(STATEMENT_CSV, contents.statement_csv.clone());
        files
    }
}

fn manifest_file(manifest: &Manifest) -> ManifestFile {
    ManifestFile {
        format: FORMAT.to_owned(),
        origin: manifest.origin.clone(),
        log: manifest.log.clone(),
        agreement: manifest.agreement.clone(),
        month: manifest.month.clone(),
        town: manifest.town.clone(),
        public_key: manifest.public_key.clone(),
    }
}

fn pretty(file: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(file).expect("strings and numbers only");
    bytes.push(b'\n');
    bytes
}
