//! The files of `deploy/` agree with each other and with the tree. That services and permissions
//! work is shown by the story `deployed`; what only a container engine could say is left to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use super::{expect_none, files_below, shown, text, top};

fn deploy(name: &str) -> PathBuf {
    top().join("deploy").join(name)
}

/// The roles that a process can be started as: there is a sample configuration for each.
fn roles() -> BTreeSet<String> {
    let samples = files_below(&deploy("config"), "toml");
    let stem = |path: &PathBuf| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let stems = samples.iter().filter_map(stem);
    stems.filter(|stem| stem != "gateway").collect()
}

fn yaml(name: &str) -> Value {
    serde_yaml_ng::from_str(&text(&deploy(name))).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn entries(yaml: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = yaml.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.as_str(), value))
}

fn names(yaml: &Value) -> BTreeSet<&str> {
    entries(yaml).map(|(name, _)| name).collect()
}

/// What a service is told to mount: by a bare name, or by `source`.
fn sources(list: &Value) -> BTreeSet<&str> {
    let named = list.as_array().into_iter().flatten();
    named
        .filter_map(|one| one.as_str().or_else(|| one["source"].as_str()))
        .collect()
}

#[test]
fn a_sample_configuration_there_is_for_every_role() {
    let code = text(&top().join("crates/server/src/roles.rs"));
    for role in roles() {
        assert!(
            code.contains(&format!("Self::{} => \"{role}\"", capital(&role))),
            "{role}"
        );
    }
    let all = code.matches(" => \"").count();
    assert_eq!(all, roles().len(), "deploy/config lacks a role");
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[test]
fn the_compose_file_names_only_keys_that_the_specification_has() {
    // Of the Compose specification, those that are used; a misspelt one would be ignored or
    // refused only by whoever starts it.
    let known = BTreeMap::from([
        (
            "",
            vec![
                "name", "services", "networks", "volumes", "configs", "secrets", "x-role",
            ],
        ),
        (
            "services",
            vec![
                "image",
                "restart",
                "networks",
                "read_only",
                "cap_drop",
                "security_opt",
                "stop_grace_period",
                "depends_on",
                "command",
                "configs",
                "secrets",
                "ports",
                "healthcheck",
                "environment",
                "volumes",
                "shm_size",
                "<<",
            ],
        ),
        (
            "healthcheck",
            vec!["test", "interval", "timeout", "retries", "start_period"],
        ),
    ]);
    let compose = yaml("compose.yaml");
    let mut findings = Vec::new();
    let mut check = |place: &str, kind: &str, yaml: &Value| {
        for key in names(yaml) {
            if !known[kind].contains(&key) {
                findings.push(format!("compose.yaml: {place}: `{key}`"));
            }
        }
    };
    check("the top", "", &compose);
    for (name, service) in entries(&compose["services"]) {
        check(name, "services", service);
        check(name, "healthcheck", &service["healthcheck"]);
    }
    expect_none(findings);
}

#[test]
fn the_compose_file_runs_every_role_and_mounts_what_there_is() {
    let compose = yaml("compose.yaml");
    let mut findings = Vec::new();
    let services = names(&compose["services"]);
    for role in roles().into_iter().chain(["gateway".to_owned()]) {
        let service = &compose["services"][role.as_str()];
        let command = format!("{:?}", service["command"]);
        let config = format!("/etc/commonwatch/{role}.toml");
        let verb = if role == "gateway" {
            "\"gateway\""
        } else {
            "\"serve\""
        };
        if !command.contains(verb) || !command.contains(&config) {
            findings.push(format!("{role} is not served by its sample: {command}"));
        }
        let health = format!("{:?}", service["healthcheck"]["test"]);
        if !health.contains("\"ready\"") || !health.contains(&config) {
            findings.push(format!("{role} is not asked whether it is ready: {health}"));
        }
        // Every secret that the sample names is mounted, and no other.
        let sample = text(&deploy(&format!("config/{role}.toml")));
        let wanted: BTreeSet<&str> = sample
            .split('"')
            .filter_map(|word| word.strip_prefix("/run/secrets/"))
            .collect();
        let mounted = sources(&service["secrets"]);
        if wanted != mounted {
            findings.push(format!(
                "{role} names the secrets {wanted:?} and gets {mounted:?}"
            ));
        }
    }
    for (name, service) in entries(&compose["services"]) {
        for kind in ["secrets", "configs"] {
            for source in sources(&service[kind]) {
                if compose[kind][source].is_null() {
                    findings.push(format!("{name}: no {kind} are called {source}"));
                }
            }
        }
        for other in names(&service["depends_on"]) {
            if !services.contains(other) {
                findings.push(format!("{name} depends on {other}"));
            }
        }
        let image = service["image"].as_str().unwrap_or_default();
        if !image.is_empty() && (!image.contains(':') || image.ends_with(":latest")) {
            findings.push(format!("{name}: {image} is no fixed version"));
        }
        for mounted in service["volumes"].as_array().into_iter().flatten() {
            let from = mounted.as_str().and_then(|m| m.split(':').next());
            let from = from.unwrap_or_default();
            if from.starts_with("./") && !deploy(from).exists() {
                findings.push(format!("{name} mounts {from}, which there is not"));
            }
        }
    }
    for (name, config) in entries(&compose["configs"]) {
        let file = config["file"].as_str().unwrap_or_default();
        if !file.starts_with("./secrets/") && !deploy(file).exists() {
            findings.push(format!("configs.{name}: {file} is not there"));
        }
    }
    expect_none(findings);
}

#[test]
fn every_alert_says_when_how_grave_and_what() {
    let alerts = yaml("alerts.yml");
    let runbook = text(&deploy("runbook.md"));
    let rules = alerts["groups"][0]["rules"].as_array().expect("rules");
    for rule in rules {
        let name = rule["alert"].as_str().expect("a name");
        assert!(
            rule["expr"].as_str().is_some_and(|e| !e.is_empty()),
            "{name}"
        );
        let grave = rule["labels"]["severity"].as_str();
        assert!(
            matches!(grave, Some("page" | "ticket")),
            "{name}: {grave:?}"
        );
        assert!(rule["annotations"]["summary"].as_str().is_some(), "{name}");
        let told = format!("`{name}`");
        assert!(
            runbook.contains(&told),
            "runbook.md does not say what to do about {name}"
        );
        balanced(name, rule["expr"].as_str().unwrap_or_default());
    }
    assert!(rules.len() >= 10);
}

/// Brackets of an expression close in the order in which they open.
fn balanced(name: &str, expression: &str) {
    let mut open = Vec::new();
    for c in expression.chars() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' => assert_eq!(open.pop(), Some(c), "{name}: {expression}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{name}: {expression}");
}

#[test]
fn the_container_file_is_pinned_unprivileged_and_copies_what_there_is() {
    let file = text(&deploy("Containerfile"));
    let cargo = text(&top().join("Cargo.toml"));
    let toolchain = cargo
        .split("rust-version = \"")
        .nth(1)
        .expect("a toolchain");
    let toolchain = &toolchain[..toolchain.find('"').expect("its end")];
    assert!(
        file.contains(&format!("FROM rust:{toolchain}.0-")),
        "the toolchain is {toolchain}"
    );
    let ignored = text(&top().join(".dockerignore"));
    let mut findings = Vec::new();
    for line in file.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["FROM", image, ..] if !image.contains(':') || image.ends_with(":latest") => {
                findings.push(format!("{image} is no fixed version"));
            }
            ["COPY", first, _, _] if first.starts_with("--from=build") => {}
            ["COPY", ref from @ .., _] => {
                for path in from {
                    let sent = ignored.lines().any(|l| l == format!("!{path}"));
                    if !top().join(path).exists() || !sent {
                        findings.push(format!("{path} cannot be copied"));
                    }
                }
            }
            _ => {}
        }
    }
    let binaries = ["commonwatch", "cwctl", "cwverify"];
    for binary in binaries {
        let (built, copied) = (format!("--bin {binary}"), format!("/release/{binary} "));
        if !file.contains(&built) || !file.contains(&copied) {
            findings.push(format!("{binary} is not built and copied"));
        }
    }
    if !file.contains("--locked") {
        findings.push("the build is not --locked".to_owned());
    }
    // The last word on who runs it, and it is not root.
    let user = file.lines().rfind(|line| line.starts_with("USER "));
    if user != Some("USER 10001:10001") {
        findings.push(format!("it runs as {user:?}"));
    }
    expect_none(findings);
}

/// Directives by section (systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.timer(5)):
/// those that are used.
const DIRECTIVES: &[(&str, &str)] = &[
    ("Install", "WantedBy"),
    (
        "Service",
        "User ReadWritePaths AmbientCapabilities CapabilityBoundingSet DynamicUser Environment \
         ExecReload \
         ExecStart LimitNOFILE LoadCredential LockPersonality MemoryDenyWriteExecute \
         MemoryMax NoNewPrivileges PrivateDevices PrivateTmp ProtectClock \
         ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs \
         ProtectKernelModules ProtectKernelTunables ProtectProc ProtectSystem Restart \
         RestartSec RestrictAddressFamilies RestrictNamespaces RestrictRealtime \
         RestrictSUIDSGID StateDirectory SystemCallArchitectures SystemCallFilter \
         TimeoutStartSec TimeoutStopSec Type UMask",
    ),
    ("Timer", "OnCalendar Persistent RandomizedDelaySec"),
    (
        "Unit",
        "After Description Documentation StartLimitIntervalSec Wants",
    ),
];

#[test]
fn the_units_use_known_directives_and_commands() {
    let known = |section: &str, key: &str| {
        let found = DIRECTIVES.iter().find(|(name, _)| *name == section);
        found.is_some_and(|(_, keys)| keys.split_whitespace().any(|known| known == key))
    };
    let mut findings = Vec::new();
    let folder = deploy("systemd");
    let units = ["service", "timer", "conf"].map(|ending| files_below(&folder, ending));
    for unit in units.iter().flatten() {
        let mut section = String::new();
        // What goes on over lines' ends is one line.
        let unit_text = text(unit).replace("\\\n", " ");
        for line in unit_text
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
        {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']).to_owned();
                continue;
            }
            let key = line.split('=').next().unwrap_or_default();
            if !known(&section, key) {
                findings.push(format!("{}: [{section}] {key}", shown(unit)));
            }
        }
        let wanted: [&[&str]; 3] = [
            &["NoNewPrivileges=yes"],
            &["DynamicUser=yes", "\nUser=backup\n"],
            &["ProtectSystem=strict"],
        ];
        for any in wanted {
            let has = any.iter().any(|one| unit_text.contains(one));
            if unit_text.contains("ExecStart=") && !has {
                findings.push(format!("{} lacks {}", shown(unit), any[0]));
            }
        }
    }
    expect_none(findings);
}
