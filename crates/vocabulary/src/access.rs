//! Who may do what, for whom: roles, scope, and which of them go together.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Invalid, OfficerId, TownId};

/// What a person or a service does here. No role implies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Role {
    /// Runs the programme for the provider: towns, officers, incidents, closing a month.
    Operations,
    /// The provider's money: rates, expenses, agreements, statements.
    Finance,
    /// Timesheets: review, return, approve, correct.
    Hr,
    /// Shifts and assignments.
    Scheduler,
    /// Courses, sessions, credentials.
    Trainer,
    /// One officer about their own duties.
    Officer,
    /// A town's clerk or treasurer about that town.
    Town,
    /// Reads and verifies, changes nothing.
    Auditor,
    /// Another service of this platform, reading logs.
    Service,
    /// Keeps the platform running: logs, parked facts, rebuilds, grants.
    Admin,
}

impl Role {
    /// Every role, in the order of the protos.
    pub const ALL: [Self; 10] = [
        Self::Operations,
        Self::Finance,
        Self::Hr,
        Self::Scheduler,
        Self::Trainer,
        Self::Officer,
        Self::Town,
        Self::Auditor,
        Self::Service,
        Self::Admin,
    ];

    /// As grants and messages spell it: `scheduler`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Finance => "finance",
            Self::Hr => "hr",
            Self::Scheduler => "scheduler",
            Self::Trainer => "trainer",
            Self::Officer => "officer",
            Self::Town => "town",
            Self::Auditor => "auditor",
            Self::Service => "service",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Role {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        let expected = "operations, finance, hr, scheduler, trainer, officer, town, auditor, \
                        service or admin";
        found.ok_or_else(|| Invalid::new("a role", text, expected))
    }
}

impl TryFrom<String> for Role {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.name().to_owned()
    }
}

/// For whom an actor may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everybody: the provider's own staff and services.
    Provider,
    /// These towns and no other.
    Towns(BTreeSet<TownId>),
    /// This officer and no other.
    Officer(OfficerId),
}

/// `barlow and milford`, `cso-114`, `everybody`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let towns = match self {
            Self::Provider => return f.write_str("everybody"),
            Self::Officer(officer) => return officer.fmt(f),
            Self::Towns(towns) => towns,
        };
        for (n, town) in towns.iter().enumerate() {
            match n {
                0 => {}
                _ if n + 1 == towns.len() => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            town.fmt(f)?;
        }
        Ok(())
    }
}

/// Roles and a scope that go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Access {
    roles: BTreeSet<Role>,
    scope: Scope,
}

/// Roles and a scope that cannot be given to anybody, and the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Nothing would be allowed.
    #[error("roles is empty: name at least one")]
    NoRole,
    /// Such a scope covers nothing.
    #[error("towns is empty: name one, or leave it out")]
    NoTown,
    /// A scope is of one kind.
    #[error("give towns or officer, not both")]
    TownsAndOfficer,
    /// A clerk without towns would act for everybody.
    #[error("the role town needs towns")]
    TownWithoutTowns,
    /// An officer without a badge code would act for everybody.
    #[error("the role officer needs officer")]
    OfficerWithoutOfficer,
}

impl Mismatch {
    /// The field to put right: `roles`, `towns` or `officer`.
    pub fn field(self) -> &'static str {
        match self {
            Self::NoRole => "roles",
            Self::NoTown | Self::TownsAndOfficer | Self::TownWithoutTowns => "towns",
            Self::OfficerWithoutOfficer => "officer",
        }
    }
}

#[derive(Deserialize)]
struct Unchecked {
    roles: BTreeSet<Role>,
    scope: Scope,
}

impl TryFrom<Unchecked> for Access {
    type Error = Mismatch;
    fn try_from(Unchecked { roles, scope }: Unchecked) -> Result<Self, Mismatch> {
        Self::try_new(roles, scope)
    }
}

impl Access {
    /// The rule that every grant keeps, wherever it is written down.
    pub fn try_new(roles: BTreeSet<Role>, scope: Scope) -> Result<Self, Mismatch> {
        let has = |role| roles.contains(&role);
        match &scope {
            _ if roles.is_empty() => Err(Mismatch::NoRole),
            Scope::Towns(towns) if towns.is_empty() => Err(Mismatch::NoTown),
            Scope::Provider | Scope::Officer(_) if has(Role::Town) => {
                Err(Mismatch::TownWithoutTowns)
            }
            Scope::Provider | Scope::Towns(_) if has(Role::Officer) => {
                Err(Mismatch::OfficerWithoutOfficer)
            }
            _ => Ok(Self { roles, scope }),
        }
    }

    /// The scope that towns and officer, as they are written down, make together.
    pub fn scope_of(
        towns: Option<BTreeSet<TownId>>,
        officer: Option<OfficerId>,
    ) -> Result<Scope, Mismatch> {
        match (towns, officer) {
            (None, None) => Ok(Scope::Provider),
            (Some(towns), None) if !towns.is_empty() => Ok(Scope::Towns(towns)),
            (None, Some(officer)) => Ok(Scope::Officer(officer)),
            (Some(_), None) => Err(Mismatch::NoTown),
            (Some(_), Some(_)) => Err(Mismatch::TownsAndOfficer),
        }
    }

    /// What it may do. Never empty.
    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// For whom.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// SHA-256 of a bearer token. Compared in constant time.
///
/// # Why
///
/// A token carries 256 random bits, so a plain SHA-256 is enough: there is nothing to guess, and
/// who reads the hash has no token.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Hashes a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        let differing = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
        std::hint::black_box(differing) == 0
    }
}

impl Eq for TokenHash {}

/// 64 hexadecimal digits.
impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({self})")
    }
}

impl FromStr for TokenHash {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        // What was given is not repeated: by mistake it may be the token itself.
        let wrong = || Invalid::new("a token's SHA-256", "…", "64 hexadecimal digits");
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        for (i, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * i..2 * i + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for TokenHash {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<TokenHash> for String {
    fn from(hash: TokenHash) -> Self {
        hash.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn towns() -> Scope {
        Scope::Towns(BTreeSet::from(["barlow".parse().unwrap()]))
    }

    fn officer() -> Scope {
        Scope::Officer("cso-114".parse().unwrap())
    }

    #[test]
    fn a_clerk_needs_towns_and_an_officer_a_badge_code() {
        let with = |role, scope| Access::try_new(BTreeSet::from([role]), scope).err();
        assert_eq!(with(Role::Town, towns()), None);
        assert_eq!(with(Role::Officer, officer()), None);
        for scope in [Scope::Provider, officer()] {
            assert_eq!(with(Role::Town, scope), Some(Mismatch::TownWithoutTowns));
        }
        for scope in [Scope::Provider, towns()] {
            assert_eq!(
                with(Role::Officer, scope),
                Some(Mismatch::OfficerWithoutOfficer)
            );
        }
        for scope in [Scope::Provider, towns(), officer()] {
            assert_eq!(with(Role::Auditor, scope), None);
        }
    }

    #[test]
    fn nobody_is_given_nothing() {
        let none = Access::try_new(BTreeSet::new(), Scope::Provider);
        assert_eq!(none, Err(Mismatch::NoRole));
        let nowhere = Scope::Towns(BTreeSet::new());
        let nowhere = Access::try_new(BTreeSet::from([Role::Hr]), nowhere);
        assert_eq!(nowhere, Err(Mismatch::NoTown));
        let loaded = serde_json::from_str::<Access>(r#"{"roles":["town"],"scope":"provider"}"#);
        assert!(loaded.unwrap_err().to_string().contains("needs towns"));
    }

    #[test]
    fn every_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        let wrong = "Admin".parse::<Role>().unwrap_err().to_string();
        assert!(wrong.starts_with("\"Admin\" is not a role: expected operations"));
    }

    #[test]
    fn a_scope_is_told_in_words() {
        let towns = ["barlow", "milford", "oakham"].map(|town| town.parse().unwrap());
        let scope = |n: usize| Scope::Towns(towns[..n].iter().cloned().collect()).to_string();
        assert_eq!(scope(1), "barlow");
        assert_eq!(scope(2), "barlow and milford");
        assert_eq!(scope(3), "barlow, milford and oakham");
        assert_eq!(officer().to_string(), "cso-114");
        assert_eq!(Scope::Provider.to_string(), "everybody");
    }

    #[test]
    fn a_wrong_hash_is_refused_without_repeating_it() {
        let hash = TokenHash::of("t");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let wrong = "the-token-itself".parse::<TokenHash>().unwrap_err();
        assert!(!wrong.to_string().contains("itself"), "{wrong}");
    }
}
