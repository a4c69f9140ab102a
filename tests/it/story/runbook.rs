//! Every command line of the runbook is one that our executables understand.

use std::path::Path;
use std::process::Command;

use super::role::binary;

/// Lines of code and inline code that begin with one of our executables.
fn commands(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            found.push(line.trim().to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    let ours = |line: &String| line.starts_with("commonwatch ") || line.starts_with("cwctl ");
    found.retain(|line| ours(line) && !line.contains('…'));
    found
}

/// Words of a line, with double quotes around those that hold spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in line.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_command_of_the_runbook_and_of_the_deployment_is_understood() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for page in ["deploy/runbook.md", "deploy/README.md"] {
        let text = std::fs::read_to_string(top.join(page)).unwrap();
        for line in commands(&text) {
            // What redirects or follows is the shell's.
            let ours = line.split([';', '>', '#', '|']).next().unwrap_or_default();
            let words = words(ours);
            let asked = Command::new(binary(&words[0]))
                .args(&words[1..])
                .arg("--help")
                .env_clear()
                .output()
                .unwrap();
            if !asked.status.success() {
                let said = String::from_utf8_lossy(&asked.stderr).into_owned();
                wrong.push(format!("{page}: {line}\n{said}"));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 15, "{tried} commands: is the page still read?");
}

#[test]
fn a_command_is_found_in_a_block_and_in_a_line_and_read_as_a_shell_does() {
    let page = "do `cwctl log heads` or\n```sh\ncommonwatch ready --wait 1\nls\n```\n`cwctl …`";
    assert_eq!(
        commands(page),
        ["cwctl log heads", "commonwatch ready --wait 1"]
    );
    assert_eq!(
        words("cwctl x --name \"A B\""),
        ["cwctl", "x", "--name", "A B"]
    );
}
