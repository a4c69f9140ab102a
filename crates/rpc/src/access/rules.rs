//! The access rules of every RPC, read from the descriptors' options.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::prost_types::method_options::IdempotencyLevel;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor, Value};
use vocabulary::Role;
use wire::access::v1::Scope;

/// Services that are open to everybody: they tell the shape of the API and whether it is up,
/// nothing else.
const OPEN: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// Every RPC's rules, by path.
#[derive(Debug)]
pub struct Rules {
    declared: BTreeMap<String, Declared>,
}

/// What one RPC declares.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Any one of them suffices; none at all means that nobody may call.
    pub rules: Vec<Rule>,
    /// The request message.
    pub(crate) input: MessageDescriptor,
    /// The client sends more than one message: nothing of it is read before the handler.
    pub(crate) client_streaming: bool,
    /// Whether the call changes nothing: `idempotency_level = NO_SIDE_EFFECTS`.
    pub reads: bool,
}

/// One rule: any of the roles, and a scope that covers what the field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Any one of them. Never empty.
    pub roles: BTreeSet<Role>,
    /// What the actor's scope is compared with.
    pub scope: Scope,
    /// Path of the request field with the town or officer; empty where the scope needs none.
    pub field: String,
}

/// A rule that cannot be kept as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rpc}: {problem}")]
pub struct RuleError {
    /// Full name of the RPC: `commonwatch.payroll.v1.PayrollService.ClockIn`.
    pub rpc: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

/// Where a path leads.
pub(crate) enum Way<'r> {
    /// To health or reflection.
    Open,
    /// To an RPC of the protos.
    Declared(&'r Declared),
    /// Nowhere that the protos know.
    Unknown,
}

impl Rules {
    /// The rules of this platform's protos.
    pub fn of_protos() -> Result<Self, RuleError> {
        Self::read(wire::DESCRIPTOR_SET)
    }

    /// Reads the rules of an encoded `FileDescriptorSet`, refusing those that make no sense.
    pub fn read(descriptors: &[u8]) -> Result<Self, RuleError> {
        let broken = |e: &dyn std::fmt::Display| RuleError {
            rpc: "descriptors".to_owned(),
            problem: e.to_string(),
        };
        let pool = DescriptorPool::decode(descriptors).map_err(|e| broken(&e))?;
        let mut declared = BTreeMap::new();
        for rpc in pool
            .services()
            .flat_map(|s| s.methods().collect::<Vec<_>>())
        {
            let rules = declared_rules(&pool, &rpc)
                .and_then(|rules| rules.iter().try_for_each(|r| r.check(&rpc)).map(|()| rules))
                .map_err(|problem| RuleError {
                    rpc: rpc.full_name().to_owned(),
                    problem,
                })?;
            let path = format!("/{}/{}", rpc.parent_service().full_name(), rpc.name());
            let client_streaming = rpc.is_client_streaming();
            let options = rpc.method_descriptor_proto().options.as_ref();
            let reads = options.is_some_and(|options| {
                options.idempotency_level() == IdempotencyLevel::NoSideEffects
            });
            declared.insert(
                path,
                Declared {
                    rules,
                    input: rpc.input(),
                    client_streaming,
                    reads,
                },
            );
        }
        Ok(Self { declared })
    }

    /// Paths of RPCs that nobody may call, because they declare no access.
    pub fn undeclared(&self) -> impl Iterator<Item = &str> {
        let silent = self.declared.iter().filter(|(_, d)| d.rules.is_empty());
        silent.map(|(path, _)| path.as_str())
    }

    /// Every RPC by path: `/commonwatch.payroll.v1.PayrollService/ClockIn`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Declared)> {
        self.declared
            .iter()
            .map(|(path, declared)| (path.as_str(), declared))
    }

    pub(crate) fn way(&self, path: &str) -> Way<'_> {
        if let Some(declared) = self.declared.get(path) {
            return Way::Declared(declared);
        }
        let service = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        if OPEN.contains(&service) {
            Way::Open
        } else {
            Way::Unknown
        }
    }
}

fn declared_rules(pool: &DescriptorPool, rpc: &MethodDescriptor) -> Result<Vec<Rule>, String> {
    let Some(access) = pool.get_extension_by_name("commonwatch.access.v1.access") else {
        return Ok(Vec::new()); // descriptors without access.proto: nothing declares access
    };
    let options = rpc.options();
    let value = options.get_extension(&access);
    let rules = value.as_list().ok_or("the access option is not repeated")?;
    rules.iter().map(rule).collect()
}

fn rule(value: &Value) -> Result<Rule, String> {
    let access: wire::access::v1::Access = value
        .as_message()
        .ok_or("the access option is not a message")?
        .transcode_to()
        .map_err(|e| e.to_string())?;
    let roles = access.roles().map(role).collect::<Result<_, _>>()?;
    let scope = Scope::try_from(access.scope).map_err(|e| e.to_string())?;
    Ok(Rule {
        roles,
        scope,
        field: access.field,
    })
}

/// The role that a proto spells `ROLE_HR`.
fn role(role: wire::access::v1::Role) -> Result<Role, String> {
    let spelt = role.as_str_name();
    let name = spelt.trim_start_matches("ROLE_").to_ascii_lowercase();
    name.parse().map_err(|_| format!("{spelt} is no role"))
}

impl Rule {
    fn check(&self, rpc: &MethodDescriptor) -> Result<(), String> {
        if self.roles.is_empty() {
            return Err("a rule names at least one role".to_owned());
        }
        let asks = matches!(self.scope, Scope::Town | Scope::Officer);
        match (asks, self.field.is_empty()) {
            (false, true) => Ok(()),
            (false, false) => Err("a field makes sense with SCOPE_TOWN or SCOPE_OFFICER".into()),
            (true, true) => Err("the scope needs the field that it is compared with".to_owned()),
            (true, false) if rpc.is_client_streaming() => {
                Err("a client's stream has no one field: use SCOPE_PROVIDER".to_owned())
            }
            (true, false) => names_text(&rpc.input(), &self.field),
        }
    }
}

/// Whether a dotted path leads through messages to a string, repeated or not.
fn names_text(message: &MessageDescriptor, path: &str) -> Result<(), String> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(n, r)| (n, Some(r)));
    let whole = message.full_name();
    let field = message
        .get_field_by_name(name)
        .ok_or_else(|| format!("{whole} has no field {name}"))?;
    match (field.kind(), rest) {
        _ if field.is_map() => Err(format!("{whole}.{name} is a map")),
        (Kind::Message(inner), Some(rest)) => names_text(&inner, rest),
        (Kind::String, None) => Ok(()),
        (Kind::Message(_), None) => Err(format!("{whole}.{name} is a message: name its field")),
        _ => Err(format!("{whole}.{name} is not a string")),
    }
}
