use std::path::Path;

use super::*;
use crate::failure::Exit;

const FLAT: &str = "token = \"t\"\n[endpoints]\nregistry = \"http://127.0.0.1:7401\"\n";
const NAMED: &str = "current = \"live\"\n\
    [contexts.live]\naddress = \"https://cw.example:7400\"\nproduction = true\n\
    [contexts.trial]\naddress = \"http://127.0.0.1:7400\"\n\
    endpoints = { payroll = \"http://127.0.0.1:7402\" }\n";

#[test]
fn contexts_go_to_a_file_and_back() {
    for text in [FLAT, NAMED] {
        let file = File::parse(text).unwrap();
        assert_eq!(File::parse(&file.to_toml()), Ok(file));
    }
}

#[test]
fn a_service_answers_at_its_own_address_else_at_the_gateways() {
    let file = File::parse(NAMED).unwrap();
    let (_, trial) = file.chosen(Some("trial")).unwrap();
    assert_eq!(
        trial.address_of(Service::Payroll),
        Some("http://127.0.0.1:7402")
    );
    assert_eq!(
        trial.address_of(Service::Registry),
        Some("http://127.0.0.1:7400")
    );
    let (name, flat) = File::parse(FLAT).unwrap().chosen(None).unwrap();
    assert_eq!(name, "default");
    assert_eq!(
        flat.address_of(Service::Registry),
        Some("http://127.0.0.1:7401")
    );
    assert_eq!(flat.address_of(Service::Payroll), None);
}

#[test]
fn a_name_wins_over_the_current_context_and_an_unknown_one_names_the_others() {
    let mut file = File::parse(NAMED).unwrap();
    assert!(file.chosen(None).unwrap().1.production);
    assert!(!file.chosen(Some("trial")).unwrap().1.production);
    let failure = file.chosen(Some("tral")).unwrap_err();
    assert_eq!(
        (failure.exit, failure.reason.as_str()),
        (Exit::Usage, "CONTEXT_UNKNOWN")
    );
    assert!(failure.hint.unwrap().contains("live, trial"));
    file.current = None;
    assert_eq!(file.chosen(None).unwrap_err().reason, "CONTEXT_NOT_NAMED");
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = File::parse(&format!("tokn = \"t\"\n{FLAT}")).unwrap_err();
    assert!(
        error.contains("line 1") && error.contains("tokn"),
        "{error}"
    );
    let error = File::parse(&format!("{FLAT}weather = \"x\"\n")).unwrap_err();
    assert!(error.contains("weather"), "{error}");
}

#[test]
fn the_configuration_folder_comes_before_the_home_folder() {
    let env = |set: &'static [(&str, &str)]| {
        move |name: &str| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    };
    let both = default_path(env(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")])).unwrap();
    assert_eq!(both, Path::new("/x/commonwatch/context.toml"));
    let home = default_path(env(&[("XDG_CONFIG_HOME", ""), ("HOME", "/h")])).unwrap();
    assert_eq!(home, Path::new("/h/.config/commonwatch/context.toml"));
    assert_eq!(default_path(env(&[])), None);
}

#[test]
fn a_missing_file_says_what_to_run() {
    let failure = File::load(Path::new("/nowhere/context.toml")).unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    let text = failure.text();
    assert!(text.contains("`commonwatch up`"), "{text}");
}

#[test]
fn a_saved_file_is_its_owners_alone_and_a_file_that_is_not_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/context.toml");
    let file = File::parse(NAMED).unwrap();
    file.save(&path).unwrap();
    assert_eq!(too_open(&path), None);
    assert_eq!(File::load(&path), Ok(file));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(too_open(&path).unwrap().contains("chmod 600"));
}
