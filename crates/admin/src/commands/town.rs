//! `cwctl town`.

use std::str::FromStr;

use clap::{Args, Subcommand};
use wire::registry::v1::{
    ChangeTownRequest, Contact, EraseContactRequest, GetTownRequest, ListTownsRequest,
    RecordBasisFigureRequest, RegisterTownRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Make a town known.
    #[command(
        after_help = "Examples:\n  cwctl town register barlow --name Barlow --state MO \
        --zone America/Chicago\n  cwctl town register shelby --name \"Shelby Springs\" --state MO \
        --zone America/Chicago --contact \"clerk:J. Doe:clerk@shelby.example\""
    )]
    Register(Register),
    /// Change a town's particulars; what is left out stays.
    #[command(
        after_help = "Examples:\n  cwctl town change barlow --name \"City of Barlow\"\n  \
        cwctl town change barlow --contact \"treasurer:A. Roe:money@barlow.example:573-555-0100\""
    )]
    Change(Change),
    /// Record a dated, sourced figure by which costs are split.
    #[command(
        after_help = "Examples:\n  cwctl town figure barlow --basis population \
        --date 2025-07-01 --value 1834 --source \"Census Bureau, Vintage 2025\""
    )]
    Figure(Figure),
    /// Destroy what is personal of those who hold or held an office. It cannot be taken back.
    #[command(
        after_help = "Examples:\n  cwctl town erase-contact barlow --role clerk --former-only \
        --grounds request --reason \"asked by letter\""
    )]
    EraseContact {
        /// The town's id.
        town: String,
        /// The office: clerk.
        #[arg(long)]
        role: String,
        /// Why, by code: request, retention-over. Never a name.
        #[arg(long, value_name = "CODE")]
        grounds: String,
        /// Leave whoever holds it now.
        #[arg(long)]
        former_only: bool,
    },
    /// Show a town with its contacts and figures.
    #[command(after_help = "Examples:\n  cwctl town show barlow\n  cwctl town show barlow -o json")]
    Show {
        /// The town's id.
        town: String,
    },
    /// List towns.
    #[command(after_help = "Examples:\n  cwctl town list\n  cwctl town list -o csv --limit 10")]
    List,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Register {
    /// Its id: 2 to 39 of a-z, 0-9 and -, beginning with a letter.
    town: String,
    /// Its name.
    #[arg(long)]
    name: String,
    /// US state, two capital letters.
    #[arg(long)]
    state: String,
    /// IANA time zone.
    #[arg(long)]
    zone: String,
    /// Whom to reach, by office: ROLE:NAME[:EMAIL[:PHONE]]; may be repeated.
    #[arg(long = "contact", value_name = "CONTACT")]
    contacts: Vec<Person>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Change {
    /// The town's id.
    town: String,
    /// Its new name.
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Its new state.
    #[arg(long, default_value = "", hide_default_value = true)]
    state: String,
    /// Its new time zone.
    #[arg(long, default_value = "", hide_default_value = true)]
    zone: String,
    /// Takes the place of the contact of the same office: ROLE:NAME[:EMAIL[:PHONE]].
    #[arg(long = "contact", value_name = "CONTACT")]
    contacts: Vec<Person>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Figure {
    /// The town's id.
    town: String,
    /// What is counted: `population`, `property_value`, or another basis of the terms.
    #[arg(long)]
    basis: String,
    /// The day as of which it holds: 2025-07-01.
    #[arg(long)]
    date: String,
    /// The figure, a decimal without a sign.
    #[arg(long)]
    value: String,
    /// Where it was published.
    #[arg(long)]
    source: String,
}

/// `ROLE:NAME[:EMAIL[:PHONE]]`.
#[derive(Debug, Clone)]
pub(crate) struct Person(Contact);

impl FromStr for Person {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(4, ':').map(|part| part.trim().to_owned());
        let mut next = || parts.next().unwrap_or_default();
        let (role, name, email, phone) = (next(), next(), next(), next());
        if role.is_empty() || name.is_empty() {
            return Err("write it as ROLE:NAME[:EMAIL[:PHONE]]".to_owned());
        }
        Ok(Self(Contact {
            role,
            name,
            email,
            phone,
        }))
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let contacts =
        |people: Vec<Person>| people.into_iter().map(|Person(contact)| contact).collect();
    match command {
        Command::Register(it) => {
            let request = RegisterTownRequest {
                town: it.town,
                name: it.name,
                state: it.state,
                zone: it.zone,
                contacts: contacts(it.contacts),
            };
            session.record(request).await
        }
        Command::Change(it) => {
            let request = ChangeTownRequest {
                town: it.town,
                name: it.name,
                state: it.state,
                zone: it.zone,
                contacts: contacts(it.contacts),
            };
            session.record(request).await
        }
        Command::Figure(it) => {
            let request = RecordBasisFigureRequest {
                town: it.town,
                basis: it.basis,
                as_of: it.date,
                value: it.value,
                source: it.source,
            };
            session.record(request).await
        }
        Command::EraseContact {
            town,
            role,
            grounds,
            former_only,
        } => {
            let request = EraseContactRequest {
                town,
                role,
                grounds,
                former_only,
            };
            session.record(request).await
        }
        Command::Show { town } => session.record(GetTownRequest { town }).await,
        Command::List => {
            let columns = &["town", "name", "state", "zone"];
            let layout = Layout::Rows("towns", columns);
            session.call(ListTownsRequest::default(), layout).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_role_name_email_and_phone() {
        let Person(contact) = "clerk:J. Doe:j@x.example:573:1".parse().unwrap();
        assert_eq!(
            (contact.role.as_str(), contact.name.as_str()),
            ("clerk", "J. Doe")
        );
        assert_eq!(
            (contact.email.as_str(), contact.phone.as_str()),
            ("j@x.example", "573:1")
        );
        assert!("clerk".parse::<Person>().is_err());
        assert!(":J. Doe".parse::<Person>().is_err());
    }
}
