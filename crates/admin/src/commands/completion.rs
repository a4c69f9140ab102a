//! `cwctl completion`.

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::failure::{Exit, Failure};
use crate::output::Output;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Ids of towns, officers, agreements and contexts are asked of the platform, with \
    one second for the answer.\n\nTo have it always:\n  \
    bash  echo 'source <(cwctl completion bash)' >> ~/.bashrc\n  \
    zsh   echo 'source <(cwctl completion zsh)' >> ~/.zshrc\n  \
    fish  cwctl completion fish > ~/.config/fish/completions/cwctl.fish\n\nExamples:\n  \
    cwctl completion bash\n  cwctl completion fish > cwctl.fish"
)]
pub(crate) struct Command {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    let name = match command.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
    };
    let shells = Shells::builtins();
    let shell = shells.completer(name).expect("a shell of the list");
    let mut script = Vec::new();
    // The variable that `CompleteEnv` of main.rs looks for.
    let written = shell.write_registration("COMPLETE", "cwctl", "cwctl", "cwctl", &mut script);
    written.map_err(|error| Failure::new(Exit::Failed, "OUTPUT", error.to_string()))?;
    output.data(&String::from_utf8_lossy(&script))
}
