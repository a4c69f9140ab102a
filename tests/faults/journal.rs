//! What the clients were told, command by command: the one side of the checker's comparison.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use uuid::Uuid;

/// How a command ended for its caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// Done, at these positions.
    Acknowledged { first: u64, last: u64 },
    /// Refused by a rule.
    Refused,
    /// The caller was told that nobody can tell, and left it at that.
    Unknown,
}

/// One command and its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) id: Uuid,
    pub(crate) log: String,
    pub(crate) stream: String,
    pub(crate) values: Vec<u64>,
    pub(crate) answer: Answer,
    /// Calls it took, all under the same id.
    pub(crate) calls: u32,
}

/// What marks a line of a child process that tells of a command.
const MARK: &str = "TOLD ";

/// All that was told; cheap to clone. A child process tells its parent line by line.
#[derive(Clone, Default)]
pub(crate) struct Journal {
    told: Arc<Mutex<Vec<Told>>>,
    aloud: bool,
}

impl Journal {
    /// Of a child process: every entry goes to standard output as well.
    pub(crate) fn aloud() -> Journal {
        Journal {
            aloud: true,
            ..Journal::default()
        }
    }

    pub(crate) async fn note(&self, told: Told) {
        if self.aloud {
            println!("{MARK}{}", serde_json::to_string(&told).unwrap());
        }
        self.told.lock().await.push(told);
    }

    /// Takes over a line of a child process, if it tells of a command.
    pub(crate) async fn overhear(&self, line: &str) -> bool {
        // The test harness may have begun the line.
        let Some((_, text)) = line.split_once(MARK) else {
            return false;
        };
        self.note(serde_json::from_str(text).unwrap()).await;
        true
    }

    pub(crate) async fn all(&self) -> Vec<Told> {
        self.told.lock().await.clone()
    }

    pub(crate) async fn acknowledged(&self) -> usize {
        let told = self.told.lock().await;
        let acknowledged = |told: &&Told| matches!(told.answer, Answer::Acknowledged { .. });
        told.iter().filter(acknowledged).count()
    }
}
