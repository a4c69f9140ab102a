//! `cwctl` as a program, as far as it needs no service.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn cwctl(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cwctl"));
    for variable in [
        "COMMONWATCH_CONTEXT",
        "COMMONWATCH_TOKEN",
        "COMMONWATCH_ZONE",
        "COMMONWATCH_USE",
        "COMMONWATCH_ADDRESS",
        "COMMONWATCH_CA_FILE",
        "COMMONWATCH_OUTPUT",
    ] {
        command.env_remove(variable);
    }
    command.args(args).output().expect("the program starts")
}

fn example(path: &str) -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../allocation/examples");
    examples.join(path).display().to_string()
}

fn folder(test: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cwctl-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a writable folder");
    folder
}

#[test]
fn a_settlement_is_one_json_document_whose_lines_sum_to_its_totals() {
    let (terms, facts) = (
        example("terms/three-rivers.toml"),
        example("facts/three-rivers.json"),
    );
    let done = cwctl(&["settle", "--terms", &terms, "--facts", &facts, "-o", "json"]);
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.stderr.is_empty());
    let settlement: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let sum = |list: &str| {
        let items = settlement[list].as_array().expect("a list").iter();
        items
            .map(|item| item["cents"].as_i64().expect("cents"))
            .sum::<i64>()
    };
    assert!(sum("totals") > 0);
    assert_eq!(sum("totals"), sum("lines"));
}

#[test]
fn the_same_settlement_is_a_table_and_csv() {
    let (terms, facts) = (
        example("terms/three-rivers.toml"),
        example("facts/three-rivers.json"),
    );
    let args = ["settle", "--terms", &terms, "--facts", &facts];
    let table = String::from_utf8(cwctl(&args).stdout).expect("text");
    assert!(table.contains("\ntotals\nPARTY"), "{table}");
    let csv = String::from_utf8(cwctl(&[&args[..], &["-o", "csv"]].concat()).stdout).expect("text");
    assert!(
        csv.starts_with("key,party,rule,pool_cents,share,exact_cents,cents\n"),
        "{csv}"
    );
}

#[test]
fn a_week_is_reckoned_line_by_line_with_its_reasons() {
    let weeks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../overtime/weeks");
    let week = weeks.join("three-towns.toml").display().to_string();
    let args = ["payroll", "compute", "--week", &week];
    let json = cwctl(&[&args[..], &["-o", "json"]].concat());
    assert_eq!(json.status.code(), Some(0));
    let golden = std::fs::read(weeks.join("three-towns.json")).expect("an example");
    let parsed = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).expect("JSON");
    assert_eq!(parsed(&json.stdout), parsed(&golden));
    let table = String::from_utf8(cwctl(&args).stdout).expect("text");
    assert!(
        table.contains("gross $980.00") && table.contains("46:00 hours"),
        "{table}"
    );
    let csv = String::from_utf8(cwctl(&[&args[..], &["-o", "csv"]].concat()).stdout);
    assert!(
        csv.expect("text")
            .starts_with("day,code,location,account,minutes,amount_cents,")
    );

    let folder = folder("week");
    let file = folder.join("wrong.toml");
    std::fs::write(&file, "format = 1\nofficer = 7\n").expect("writable");
    let failed = cwctl(&["payroll", "compute", "--week", &file.display().to_string()]);
    assert_eq!(failed.status.code(), Some(1));
    let text = String::from_utf8(failed.stderr).expect("text");
    assert!(
        text.contains("line 2") && text.contains("reason: WEEK_INVALID"),
        "{text}"
    );
    std::fs::remove_dir_all(folder).expect("ours");
}

#[test]
fn wrong_terms_are_named_with_line_and_column() {
    let folder = folder("terms");
    let file = folder.join("wrong.toml");
    let right = std::fs::read_to_string(example("terms/equal.toml")).expect("an example");
    std::fs::write(&file, right.replacen("grammar", "gramar", 1)).expect("writable");
    let failed = cwctl(&["terms", "check", &file.display().to_string()]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stdout.is_empty());
    let text = String::from_utf8(failed.stderr).expect("text");
    assert!(
        text.contains("wrong.toml:") && text.contains("gramar"),
        "{text}"
    );
    assert!(text.contains("reason: TERMS_INVALID"), "{text}");
    let failed = cwctl(&["terms", "check", &file.display().to_string(), "-o", "json"]);
    let error: serde_json::Value = serde_json::from_slice(&failed.stderr).expect("one JSON line");
    assert_eq!(error["error"]["reason"], "TERMS_INVALID");
    std::fs::remove_dir_all(folder).expect("ours");
}

#[test]
fn every_way_to_fail_has_its_exit_code() {
    let folder = folder("exits");
    let context = folder.join("context.toml");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let address = format!("http://{}", port.expect("a free port"));
    let text = format!("token = \"t\"\n[endpoints]\nregistry = \"{address}\"\n");
    std::fs::write(&context, text).expect("writable");
    let context = context.display().to_string();
    let cases: [(&[&str], i32); 6] = [
        (&["--help"], 0),
        (&["town", "--help"], 0),
        (&["tow"], 2),
        (&["--context", "/nowhere/context.toml", "town", "list"], 2),
        (&["terms", "check", "/nowhere/terms.toml"], 3),
        (&["--context", &context, "town", "list"], 6),
    ];
    for (args, code) in cases {
        let ended = cwctl(args);
        let text = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{args:?}: {text}");
        assert_eq!(ended.stdout.is_empty(), code != 0, "{args:?}");
    }
    std::fs::remove_dir_all(folder).expect("ours");
}

#[test]
fn contexts_are_added_chosen_and_taken_away_by_name() {
    let folder = folder("contexts");
    let file = folder.join("context.toml").display().to_string();
    let run = |args: &[&str]| cwctl(&[&["--context", &file], args].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let added = run(&[
        "context",
        "add",
        "trial",
        "--address",
        "http://127.0.0.1:7400",
    ]);
    assert_eq!(added.status.code(), Some(0), "{}", text(added.stderr));
    let live = [
        "context",
        "add",
        "live",
        "--production",
        "--token",
        "secret",
    ];
    let live = run(&[&live[..], &["--address", "https://cw.example:7400"]].concat());
    assert_eq!(live.status.code(), Some(0), "{}", text(live.stderr));
    assert_eq!(run(&["context", "use", "live"]).status.code(), Some(0));
    let list = text(run(&["context", "list", "-o", "csv"]).stdout);
    assert!(
        list.contains("live,true,true,https://cw.example:7400,true"),
        "{list}"
    );
    assert!(list.contains("trial,false,false"), "{list}");
    assert!(!list.contains("secret"), "{list}");
    let change = ["officer", "end", "cso-114", "--on", "2027-01-31"];
    let unconfirmed = run(&change);
    assert_eq!(unconfirmed.status.code(), Some(2));
    let said = text(unconfirmed.stderr);
    assert!(
        said.contains("PRODUCTION: live") && said.contains("--yes"),
        "{said}"
    );
    assert_eq!(run(&["context", "remove", "live"]).status.code(), Some(0));
    assert_eq!(
        run(&["--use", "live", "context", "show"]).status.code(),
        Some(2)
    );
    std::fs::remove_dir_all(folder).expect("ours");
}

#[test]
fn a_shell_is_told_how_to_complete_and_gets_commands_and_context_names() {
    for shell in ["bash", "zsh", "fish"] {
        let script = cwctl(&["completion", shell]);
        let script = String::from_utf8(script.stdout).expect("text");
        assert!(
            script.contains("cwctl") && script.contains("COMPLETE"),
            "{shell}: {script}"
        );
    }
    let mut asked = Command::new(env!("CARGO_BIN_EXE_cwctl"));
    asked.env("COMPLETE", "fish").args(["--", "cwctl", "mon"]);
    let offered = asked.output().expect("the program starts").stdout;
    let offered = String::from_utf8(offered).expect("text");
    assert!(offered.contains("month"), "{offered}");
}

#[test]
fn a_profile_is_checked_with_a_towns_clauses_upon_it() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../eligibility/golden");
    let profile = golden.join("profile.toml").display().to_string();
    let narrowing = golden.join("narrowing.toml").display().to_string();
    let good = cwctl(&["programme", "check", &profile, "--narrowing", &narrowing]);
    let said = String::from_utf8_lossy(&good.stdout).into_owned();
    assert_eq!(good.status.code(), Some(0), "{said}");
    assert!(said.contains("three-rivers"), "{said}");

    let folder = folder("programme");
    let wide = folder.join("wide.toml");
    let clauses = std::fs::read_to_string(&narrowing).expect("golden");
    std::fs::write(&wide, clauses.replace("report_taking", "flying")).expect("writable");
    let wide = wide.display().to_string();
    let refused = cwctl(&["programme", "check", &profile, "--narrowing", &wide]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("powers.flying: "), "{said}");

    let swapped = cwctl(&["programme", "check", &narrowing]);
    let said = String::from_utf8_lossy(&swapped.stderr).into_owned();
    assert!(said.contains("narrowing.toml:5:1: agreement: "), "{said}");
    std::fs::remove_dir_all(folder).expect("its own folder");
}

#[test]
fn terms_are_said_in_plain_english_and_compared_in_words_and_money() {
    let folder = folder("diff");
    let (file, facts) = (
        example("terms/three-rivers.toml"),
        example("facts/three-rivers.json"),
    );
    let json = |args: &[&str]| -> serde_json::Value {
        let done = cwctl(args);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(0), "{said}");
        serde_json::from_slice(&done.stdout).expect("JSON")
    };
    let shown = json(&["terms", "show", &file, "-o", "json"]);
    let says = |about: &str| {
        let clauses = shown["clauses"].as_array().expect("a list").iter();
        let mut clauses = clauses.filter(|clause| clause["about"] == about);
        clauses.next().expect("a clause")["says"].to_string()
    };
    assert!(says("labour: travel").contains("by that town"));
    let proposal = folder.join("proposal.toml");
    let text = std::fs::read_to_string(&file).expect("an example");
    let text = text.replace("percent = \"10\"", "percent = \"0\"");
    std::fs::write(&proposal, text).expect("a writable file");
    let proposal = proposal.display().to_string();
    let args = [
        "terms", "diff", &file, &proposal, "--facts", &facts, "-o", "json",
    ];
    let found = json(&args);
    assert_eq!(found["changes"][0]["about"], "fee administration");
    assert_eq!(found["changes"].as_array().map(Vec::len), Some(1));
    let rows = found["scenarios"].as_array().expect("a list");
    assert_eq!(rows.len(), 8, "four parties under two documents");
    assert!(rows[4]["difference_cents"].as_i64().expect("cents") < 0);
    let compared = cwctl(&["terms", "compare", &file, &proposal, "--facts", &facts]);
    assert!(String::from_utf8_lossy(&compared.stdout).contains("proposal.toml"));
    let schema = json(&["terms", "schema"]);
    assert_eq!(schema["title"], "Terms of an agreement");
}
