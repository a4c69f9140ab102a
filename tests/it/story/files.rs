//! What the roles of a platform are told: tokens, grants, keys and a configuration file for each.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use local::Stack;
use proof::Hash;

use super::role::Role;

/// Every month of the stories is over.
pub(crate) const NOW: &str = "2026-12-02T15:00:00Z";
/// The name in the checkpoints' origin.
pub(crate) const PROVIDER: &str = "river-bend";
/// Signs the stories' checkpoints. Known to everybody, so that a story can play a forger who has
/// the key, and so that bundles kept as golden files verify.
pub(crate) const SEED: [u8; 32] = [7; 32];

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The provider's staff.
    Staff,
    /// Somebody else of the staff, who approves what the first one entered.
    Reviewer,
    /// The officer of the stories.
    Officer,
    /// Barlow's clerk.
    Clerk,
    /// Another service.
    Service,
    /// Nobody we know.
    Stranger,
}

impl Who {
    pub(crate) fn token(self) -> String {
        format!("token-of-{self:?}")
    }

    /// Roles and scope, as the grants file writes them.
    fn granted(self) -> Option<&'static str> {
        Some(match self {
            Who::Staff => {
                "roles = [\"operations\", \"finance\", \"hr\", \"scheduler\", \"trainer\", \"auditor\", \"admin\"]"
            }
            Who::Reviewer => "roles = [\"hr\", \"finance\"]",
            Who::Officer => "roles = [\"officer\"]\nofficer = \"cso-114\"",
            Who::Clerk => "roles = [\"town\"]\ntowns = [\"barlow\"]",
            Who::Service => "roles = [\"service\"]",
            Who::Stranger => return None,
        })
    }
}

/// Grants that nobody can be given by command: services of every scope, and one that has ended.
const BY_FILE: [(&str, &str); 6] = [
    ("service-U", "roles = [\"service\"]"),
    ("service-T", "roles = [\"service\"]\ntowns = [\"barlow\"]"),
    (
        "service-t",
        "roles = [\"service\"]\ntowns = [\"millbrook\"]",
    ),
    ("service-O", "roles = [\"service\"]\nofficer = \"cso-114\""),
    ("service-o", "roles = [\"service\"]\nofficer = \"cso-115\""),
    ("expired", "roles = [\"hr\"]\nexpires_on = \"2026-12-01\""),
];

/// Writes all of it into `home` and gives each role's configuration file.
pub(crate) fn write(home: &Path, address: &str, stack: &Stack) -> Vec<(Role, PathBuf)> {
    let mut grants = String::new();
    for (actor, granted) in BY_FILE {
        let hash = Hash::of(format!("token-of-{actor}").as_bytes());
        writeln!(
            grants,
            "[[grant]]\nactor = \"{actor}\"\n{granted}\ntoken_sha256 = \"{hash}\"\n"
        )
        .unwrap();
    }
    for who in [
        Who::Staff,
        Who::Reviewer,
        Who::Officer,
        Who::Clerk,
        Who::Service,
    ] {
        let hash = Hash::of(who.token().as_bytes());
        let (actor, granted) = (format!("{who:?}").to_lowercase(), who.granted().unwrap());
        writeln!(
            grants,
            "[[grant]]\nactor = \"{actor}\"\n{granted}\ntoken_sha256 = \"{hash}\"\n"
        )
        .unwrap();
    }
    fs::write(home.join("grants.toml"), grants).unwrap();
    fs::write(home.join("service.token"), Who::Service.token()).unwrap();
    let seed = SEED
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    fs::write(home.join("signing.key"), seed).unwrap();
    Role::ALL
        .into_iter()
        .map(|role| {
            let path = home.join(format!("{role}.toml"));
            fs::write(&path, config(home, role, address, stack)).unwrap();
            (role, path)
        })
        .collect()
}

fn config(home: &Path, role: Role, address: &str, stack: &Stack) -> String {
    let peers = Role::ALL.into_iter().filter(|peer| *peer != role);
    let peers: String = peers
        .map(|peer| format!("{peer} = \"http://{address}:{}\"\n", peer.port()))
        .collect();
    let (home, port, name) = (home.display(), role.port(), role.name());
    let http = role.http_port();
    let (database, nats) = (stack.postgres_url(name), stack.nats_url());
    format!(
        "roles = [\"{name}\"]\n\
         listen = \"{address}:{port}\"\n\
         grants = \"{home}/grants.toml\"\n\
         service_token_file = \"{home}/service.token\"\n\
         erasures = \"{home}/erasures\"\n\
         [database]\n{name} = \"{database}\"\n\
         [peers]\n{peers}\
         [http]\nlisten = \"{address}:{http}\"\n\
         [nats]\nurl = \"{nats}\"\n\
         [signing]\nprovider = \"{PROVIDER}\"\nkey_file = \"{home}/signing.key\"\n\
         [clock]\nstarts_at = \"{NOW}\"\n"
    )
}
