//! What the main help says besides nouns and flags.

pub(super) const AFTER: &str = "\
Exit codes:
  0  done
  1  refused by a service, or failed here
  2  the command line or the context file is not right, or a change was not confirmed
  3  what was named does not exist
  4  not signed in, or not allowed
  5  there are differences, where a command's job is to compare
  6  the platform does not answer: the same command may be given again

Only data goes to stdout. Errors go to stderr: the sentence, each field at fault on a line of its
own, the stable reason, what to do next; with `-o json` as one line of JSON.

A flag wins over the environment, and that over the context file:
  --context FILE   COMMONWATCH_CONTEXT   commonwatch/context.toml in $XDG_CONFIG_HOME or ~/.config
  --use NAME       COMMONWATCH_USE       current
  --address URL    COMMONWATCH_ADDRESS   address, endpoints
  --token TOKEN    COMMONWATCH_TOKEN     token
  --ca-file FILE   COMMONWATCH_CA_FILE   ca_file
  --show-zone Z    COMMONWATCH_ZONE      zone
  -o FORM          COMMONWATCH_OUTPUT    -

Examples:
  cwctl town list
  cwctl duty in cso-114 town:barlow --at 2026-10-31T22:00
  cwctl timesheet list --state submitted --watch
  cwctl month close three-rivers 2026-10 --dry-run
  cwctl month close three-rivers 2026-10 --reason \"all weeks are approved\"
  cwctl statement show three-rivers 2026-10 barlow -o json";
