use super::*;

fn walk(command: &clap::Command, path: &str, see: &mut impl FnMut(&clap::Command, &str)) {
    see(command, path);
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        walk(sub, &format!("{path} {}", sub.get_name()), see);
    }
}

fn examples(command: &clap::Command) -> Vec<String> {
    let text = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let Some((_, examples)) = text.split_once("Examples:\n") else {
        return Vec::new();
    };
    examples
        .lines()
        .map(|line| line.trim().to_owned())
        .collect()
}

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_help_and_examples() {
    walk(&Cli::command(), "cwctl", &mut |command, path| {
        assert!(!examples(command).is_empty(), "{path} has no examples");
        assert!(
            command.get_about().is_some(),
            "{path} has no first sentence"
        );
        for argument in command.get_arguments() {
            let id = argument.get_id();
            assert!(
                argument.get_help().is_some(),
                "{path}: {id} is not explained"
            );
        }
    });
}

#[test]
fn every_example_is_a_command_line_that_can_be_typed() {
    walk(&Cli::command(), "cwctl", &mut |command, path| {
        for example in examples(command) {
            let words = split(&example);
            let parsed = Cli::command().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "{path}: {example}: {}", parsed.unwrap_err());
        }
    });
}

/// Words as a shell cuts them, as far as the examples go: double quotes, and where the output goes.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in line.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words.into_iter().take_while(|word| word != ">").collect()
}

#[test]
fn errors_are_json_when_json_is_asked_for() {
    let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
    for line in [
        "cwctl -o json town",
        "cwctl town --output json",
        "cwctl -ojson",
        "cwctl --output=json",
        "cwctl -o jsonl town",
    ] {
        assert!(wants_json(&args(line)), "{line}");
    }
    assert!(!wants_json(&args("cwctl town show json")));
}

#[tokio::test]
async fn a_wrong_command_line_ends_with_two() {
    let code = run(vec![
        "cwctl".into(),
        "-o".into(),
        "json".into(),
        "tow".into(),
    ])
    .await;
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(2)));
}
