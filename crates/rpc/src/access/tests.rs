use std::collections::BTreeSet;

use prost::Message;
use wire::access::v1::Scope as Asked;
use wire::payroll::v1::ClockInRequest;

use super::rules::{Declared, Rules};
use crate::actor::{Actor, Role, Scope};

fn rules() -> Rules {
    Rules::of_protos().unwrap()
}

fn actor(roles: &[Role], scope: Scope) -> Actor {
    Actor {
        id: "a-1".parse().unwrap(),
        roles: roles.iter().copied().collect(),
        scope,
    }
}

fn officer(id: &str) -> Scope {
    Scope::Officer(id.parse().unwrap())
}

fn towns(ids: &[&str]) -> Scope {
    Scope::Towns(ids.iter().map(|id| id.parse().unwrap()).collect())
}

/// The reason of the denial, or `ok`.
fn judge(declared: &Declared, actor: &Actor, message: &impl Message) -> &'static str {
    match declared.open_to(actor) {
        Err(denied) => denied.reason,
        Ok(open) => {
            let bytes = message.encode_to_vec();
            declared
                .covered(actor, &open, &bytes)
                .unwrap()
                .err()
                .map_or("ok", |d| d.reason)
        }
    }
}

fn clock_in(officer: &str) -> ClockInRequest {
    ClockInRequest {
        officer: officer.to_owned(),
        ..ClockInRequest::default()
    }
}

#[test]
fn every_rpc_of_the_protos_declares_access_that_can_be_kept() {
    // Reading fails for a scope field that is missing or is no text; silence is listed here.
    let rules = rules();
    let silent: Vec<_> = rules.undeclared().collect();
    assert!(
        silent.is_empty(),
        "these RPCs declare no access: {silent:?}"
    );
    assert!(rules.iter().count() >= 4, "the log service alone has four");
}

#[test]
fn a_scoped_role_is_never_let_in_without_a_look_at_its_scope() {
    // SCOPE_NONE is right for a key or a list of call types; it is listed to be seen in review.
    let rules = rules();
    let scoped = |role: &Role| matches!(role, Role::Town | Role::Officer);
    let open = rules.iter().filter(|(_, declared)| {
        declared
            .rules
            .iter()
            .any(|r| r.scope == Asked::None && r.roles.iter().any(scoped))
    });
    let open: BTreeSet<_> = open.map(|(path, _)| path).collect();
    let reviewed = BTreeSet::from(REVIEWED);
    assert_eq!(open, reviewed);
}

/// RPCs that towns or officers may call whatever their scope: officers work in every town and see
/// what is open to all of them; what a programme says is public, and so is the key that verifies
/// statements.
const REVIEWED: [&str; 10] = [
    "/commonwatch.incidents.v1.IncidentsService/OpenIncident",
    "/commonwatch.incidents.v1.IncidentsService/RecordUnit",
    "/commonwatch.incidents.v1.IncidentsService/CloseIncident",
    "/commonwatch.incidents.v1.IncidentsService/GetIncident",
    "/commonwatch.incidents.v1.IncidentsService/ListIncidents",
    "/commonwatch.registry.v1.RegistryService/GetProgramme",
    "/commonwatch.registry.v1.RegistryService/ListProgrammes",
    "/commonwatch.scheduling.v1.SchedulingService/ListOpenShifts",
    "/commonwatch.statements.v1.StatementsService/GetVerifierKey",
    "/commonwatch.training.v1.CourseService/ListSessions",
];

#[test]
fn what_changes_nothing_says_so() {
    // Whether a call may be made on grants that are out of date depends on it.
    let reading = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        READING.iter().any(|word| name.starts_with(word))
    };
    let rules = rules();
    let wrong: Vec<_> = rules
        .iter()
        .filter(|(path, declared)| declared.reads != reading(path))
        .map(|(path, _)| path)
        .collect();
    assert!(
        wrong.is_empty(),
        "these RPCs are named for reading and lack `option idempotency_level = NO_SIDE_EFFECTS;`, \
         or have it and are not named for it: {wrong:?}"
    );
}

/// How the names of RPCs begin that change nothing.
const READING: [&str; 10] = [
    "Check",
    "Get",
    "List",
    "Read",
    "Heads",
    "Preview",
    "Suggest",
    "Summarise",
    "Explain",
    "Verify",
];

#[test]
fn no_rule_names_a_role_that_it_can_never_let_in() {
    // A grant of the role officer names an officer, one of the role town names towns: a rule
    // that asks for another scope only looks as if it let them in.
    let barred = |scope: Asked, role: Role| match role {
        Role::Officer => matches!(scope, Asked::Town | Asked::Provider),
        Role::Town => matches!(scope, Asked::Officer | Asked::Provider),
        _ => false,
    };
    let rules = rules();
    let idle = rules.iter().filter(|(_, declared)| {
        declared
            .rules
            .iter()
            .any(|rule| rule.roles.iter().any(|role| barred(rule.scope, *role)))
    });
    let idle: BTreeSet<_> = idle.map(|(path, _)| path).collect();
    assert_eq!(idle, BTreeSet::new());
}

#[test]
fn a_role_is_needed() {
    let rules = rules();
    let declared = rules
        .iter()
        .find(|(path, _)| path.ends_with("/ClockIn"))
        .unwrap()
        .1;
    let trainer = actor(&[Role::Trainer], Scope::Provider);
    assert_eq!(
        judge(declared, &trainer, &clock_in("cso-114")),
        "ROLE_MISSING"
    );
    // No role implies another.
    let admin = actor(&[Role::Admin], Scope::Provider);
    assert_eq!(
        judge(declared, &admin, &clock_in("cso-114")),
        "ROLE_MISSING"
    );
    let hr = actor(&[Role::Trainer, Role::Hr], Scope::Provider);
    assert_eq!(judge(declared, &hr, &clock_in("cso-114")), "ok");
}

#[test]
fn an_officer_acts_for_itself_alone() {
    let rules = rules();
    let declared = rules
        .iter()
        .find(|(path, _)| path.ends_with("/ClockIn"))
        .unwrap()
        .1;
    let own = actor(&[Role::Officer], officer("cso-114"));
    assert_eq!(judge(declared, &own, &clock_in("cso-114")), "ok");
    assert_eq!(judge(declared, &own, &clock_in("cso-115")), "SCOPE_FOREIGN");
    assert_eq!(judge(declared, &own, &clock_in("")), "SCOPE_EMPTY");
    // A scope of the other kind covers nothing here.
    let clerk = actor(&[Role::Officer], towns(&["barlow"]));
    assert_eq!(judge(declared, &clerk, &clock_in("cso-114")), "SCOPE_KIND");
}

#[test]
fn a_town_acts_for_its_own_towns_only() {
    let rules = rules();
    let path = "/commonwatch.statements.v1.StatementsService/GetStatement";
    let declared = rules.iter().find(|(p, _)| *p == path).unwrap().1;
    let ask = |party: &str| wire::statements::v1::GetStatementRequest {
        party: party.to_owned(),
        ..Default::default()
    };
    let clerk = actor(&[Role::Town], towns(&["barlow", "milford"]));
    assert_eq!(judge(declared, &clerk, &ask("milford")), "ok");
    assert_eq!(judge(declared, &clerk, &ask("oakdale")), "SCOPE_FOREIGN");
    assert_eq!(judge(declared, &clerk, &ask("")), "SCOPE_EMPTY");
    let finance = actor(&[Role::Finance], Scope::Provider);
    assert_eq!(judge(declared, &finance, &ask("")), "ok");
}

#[test]
fn whole_logs_are_for_unscoped_actors() {
    let rules = rules();
    let declared = rules
        .iter()
        .find(|(path, _)| path.ends_with("LogService/Read"))
        .unwrap()
        .1;
    let ask = wire::log::v1::ReadRequest::default();
    assert_eq!(
        judge(declared, &actor(&[Role::Auditor], Scope::Provider), &ask),
        "ok"
    );
    let scoped = actor(&[Role::Auditor], towns(&["barlow"]));
    assert_eq!(judge(declared, &scoped, &ask), "SCOPE_KIND");
}

mod invented {
    //! Rules that our protos do not happen to use, from a proto made here.

    use prost_reflect::prost_types::FileDescriptorSet;
    use prost_reflect::{DescriptorPool, DynamicMessage, Value};

    use super::*;

    fn compiled(service: &str) -> Vec<u8> {
        let source = format!(
            "syntax = \"proto3\"; package invented.v1;
             import \"commonwatch/access/v1/access.proto\";
             message Row {{ string town = 1; int32 n = 2; }}
             message Ask {{ string town = 1; repeated string towns = 2; repeated Row rows = 3;
                            Row row = 4; int32 n = 5; string officer = 6; }}
             service S {{ {service} }}"
        );
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.proto"), source).unwrap();
        let protos = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");
        let mut compiler =
            protox::Compiler::new([folder.path(), std::path::Path::new(protos)]).unwrap();
        compiler.include_imports(true).open_file("s.proto").unwrap();
        compiler.encode_file_descriptor_set()
    }

    fn rpc(rule: &str) -> String {
        format!("rpc Call(Ask) returns (Ask) {{ {rule} }}")
    }

    fn option(rule: &str) -> String {
        format!("option (commonwatch.access.v1.access) = {{ {rule} }};")
    }

    fn wrong(rule: &str) -> String {
        Rules::read(&compiled(&rpc(&option(rule))))
            .unwrap_err()
            .to_string()
    }

    fn ask(descriptors: &[u8], json: impl FnOnce(&mut DynamicMessage)) -> DynamicMessage {
        let pool = DescriptorPool::decode(descriptors).unwrap();
        let mut ask = DynamicMessage::new(pool.get_message_by_name("invented.v1.Ask").unwrap());
        json(&mut ask);
        ask
    }

    #[test]
    fn an_rpc_that_declares_nothing_is_denied_to_everybody() {
        let rules = Rules::read(&compiled(&rpc(""))).unwrap();
        assert_eq!(
            rules.undeclared().collect::<Vec<_>>(),
            ["/invented.v1.S/Call"]
        );
        let all: Vec<_> = Role::ALL.to_vec();
        let declared = rules.iter().next().unwrap().1;
        let denied = declared.open_to(&actor(&all, Scope::Provider)).unwrap_err();
        assert_eq!(
            denied.message,
            "This RPC declares no access, so nobody may call it."
        );
    }

    #[test]
    fn rules_that_cannot_be_kept_are_refused() {
        assert!(wrong("scope: SCOPE_NONE").contains("at least one role"));
        assert!(wrong("roles: ROLE_UNSPECIFIED").contains("no role"));
        let town = |field| {
            wrong(&format!(
                "roles: ROLE_TOWN scope: SCOPE_TOWN field: \"{field}\""
            ))
        };
        assert!(town("").contains("needs the field"));
        assert!(town("village").contains("has no field village"));
        assert!(town("n").contains("is not a string"));
        assert!(town("row").contains("is a message"));
        assert!(town("row.n").contains("Row.n is not a string"));
        let idle = wrong("roles: ROLE_TOWN scope: SCOPE_NONE field: \"town\"");
        assert!(idle.contains("makes sense with"), "{idle}");
        let stream = rpc(&option(
            "roles: ROLE_TOWN scope: SCOPE_TOWN field: \"town\"",
        ))
        .replace("(Ask) returns", "(stream Ask) returns");
        let stream = Rules::read(&compiled(&stream)).unwrap_err().to_string();
        assert!(stream.contains("SCOPE_PROVIDER"), "{stream}");
    }

    #[test]
    fn every_element_of_a_repeated_field_must_be_covered() {
        let text = compiled(&rpc(&option(
            "roles: ROLE_TOWN scope: SCOPE_TOWN field: \"towns\"",
        )));
        let rules = Rules::read(&text).unwrap();
        let declared = rules.iter().next().unwrap().1;
        let clerk = actor(&[Role::Town], towns(&["barlow", "milford"]));
        let asking = |names: &[&str]| {
            let names = names
                .iter()
                .map(|n| Value::String((*n).to_owned()))
                .collect();
            ask(&text, |ask| {
                ask.set_field_by_name("towns", Value::List(names))
            })
        };
        assert_eq!(
            judge(declared, &clerk, &asking(&["barlow", "milford"])),
            "ok"
        );
        assert_eq!(
            judge(declared, &clerk, &asking(&["barlow", "oakdale"])),
            "SCOPE_FOREIGN"
        );
        assert_eq!(
            judge(declared, &clerk, &asking(&["barlow", ""])),
            "SCOPE_EMPTY"
        );
        assert_eq!(judge(declared, &clerk, &asking(&[])), "SCOPE_EMPTY");
    }

    #[test]
    fn a_path_reaches_into_every_row() {
        let text = compiled(&rpc(&option(
            "roles: ROLE_TOWN scope: SCOPE_TOWN field: \"rows.town\"",
        )));
        let rules = Rules::read(&text).unwrap();
        let declared = rules.iter().next().unwrap().1;
        let clerk = actor(&[Role::Town], towns(&["barlow"]));
        let asking = |names: &[&str]| {
            let pool = DescriptorPool::decode(text.as_slice()).unwrap();
            let row = pool.get_message_by_name("invented.v1.Row").unwrap();
            let rows = names.iter().map(|name| {
                let mut one = DynamicMessage::new(row.clone());
                one.set_field_by_name("town", Value::String((*name).to_owned()));
                Value::Message(one)
            });
            let rows = Value::List(rows.collect());
            ask(&text, |ask| ask.set_field_by_name("rows", rows))
        };
        assert_eq!(
            judge(declared, &clerk, &asking(&["barlow", "barlow"])),
            "ok"
        );
        assert_eq!(
            judge(declared, &clerk, &asking(&["barlow", "milford"])),
            "SCOPE_FOREIGN"
        );
        assert_eq!(
            judge(declared, &clerk, &asking(&["barlow", ""])),
            "SCOPE_EMPTY"
        );
        assert_eq!(judge(declared, &clerk, &asking(&[])), "SCOPE_EMPTY");
    }

    #[test]
    fn any_one_of_several_rules_is_enough() {
        let both = option("roles: ROLE_TOWN scope: SCOPE_TOWN field: \"town\"")
            + &option("roles: ROLE_OFFICER scope: SCOPE_OFFICER field: \"officer\"");
        let text = compiled(&rpc(&both));
        let rules = Rules::read(&text).unwrap();
        let declared = rules.iter().next().unwrap().1;
        let asking = |name: &str, value: &str| {
            ask(&text, |ask| {
                ask.set_field_by_name(name, Value::String(value.to_owned()))
            })
        };
        let clerk = actor(&[Role::Town], towns(&["barlow"]));
        let own = actor(&[Role::Officer], officer("cso-114"));
        assert_eq!(judge(declared, &clerk, &asking("town", "barlow")), "ok");
        assert_eq!(judge(declared, &own, &asking("officer", "cso-114")), "ok");
        assert_eq!(
            judge(declared, &own, &asking("town", "barlow")),
            "SCOPE_EMPTY"
        );
    }

    #[test]
    fn the_compiled_set_is_one_that_any_tool_reads() {
        assert!(
            !FileDescriptorSet::decode(compiled(&rpc("")).as_slice())
                .unwrap()
                .file
                .is_empty()
        );
    }
}
