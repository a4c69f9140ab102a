//! Personal texts on their way into the vault and out of it; events get the token.

use std::collections::BTreeMap;

use eventlog::Store;
use rpc::Sealed;
use tonic::Status;
use wire::Violation;
use wire::registry::v1 as proto;

use crate::domain::Person;
use crate::domain::town::ContactRole;

/// What is personal about somebody. An empty text is not sealed.
#[derive(Clone, Default)]
pub(super) struct Texts {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
}

impl Texts {
    /// A name: one printable line. Violations never repeat a personal text.
    pub(super) fn name(field: &str, text: &str) -> Result<String, Violation> {
        line(field, text, "a name", |_| true).and_then(|name| {
            let missing = || Violation::new(field, "is missing: give a name");
            if name.is_empty() {
                Err(missing())
            } else {
                Ok(name)
            }
        })
    }

    /// An e-mail address, or nothing.
    pub(super) fn email(field: &str, text: &str) -> Result<String, Violation> {
        let shaped = |text: &str| {
            let parts = text.split_once('@');
            parts.is_some_and(|(who, host)| !who.is_empty() && host.contains('.'))
        };
        line(
            field,
            text,
            "an e-mail address such as clerk@barlow.example",
            shaped,
        )
    }

    /// A telephone number, or nothing.
    pub(super) fn phone(field: &str, text: &str) -> Result<String, Violation> {
        let dialled = |text: &str| {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let known = |c: char| c.is_ascii_alphanumeric() || " +-().,#*".contains(c);
            digits >= 3 && text.chars().all(known)
        };
        line(
            field,
            text,
            "a telephone number such as +1 555 010 0199",
            dialled,
        )
    }

    fn fields(&self) -> [(&'static str, &str); 3] {
        [
            ("name", &self.name),
            ("email", &self.email),
            ("phone", &self.phone),
        ]
    }
}

fn line(
    field: &str,
    text: &str,
    what: &str,
    shaped: impl Fn(&str) -> bool,
) -> Result<String, Violation> {
    let printable = text.chars().count() <= 200 && !text.chars().any(char::is_control);
    let trimmed = text.trim();
    if printable && (trimmed.is_empty() || shaped(trimmed)) {
        Ok(trimmed.to_owned())
    } else {
        Err(Violation::new(
            field,
            format!("is not {what}, on one line of at most 200 characters"),
        ))
    }
}

/// Seals the texts of the one person that a stream is about.
pub(super) fn seal(sealed: &mut Sealed<'_>, texts: &Texts) -> Person {
    person(sealed.seal(&texts.fields()))
}

/// Seals every contact, each apart: they come and go, and their town stays.
pub(super) fn seal_all(
    sealed: &mut Sealed<'_>,
    contacts: BTreeMap<ContactRole, Texts>,
) -> BTreeMap<ContactRole, Person> {
    let contacts = contacts.into_iter();
    contacts
        .map(|(role, texts)| (role, person(sealed.seal_apart(&texts.fields()))))
        .collect()
}

fn person(token: String) -> Person {
    token.parse().expect("a UUID is printed in lower case")
}

/// What the vault holds of somebody; empty once erased.
pub(super) async fn open(store: &Store, person: &Person) -> Result<Texts, Status> {
    let vault = store.vault();
    let mut texts = Texts::default();
    for (field, text) in [
        ("name", &mut texts.name),
        ("email", &mut texts.email),
        ("phone", &mut texts.phone),
    ] {
        let opened = vault
            .open(person.as_str(), field)
            .await
            .map_err(rpc::refuse)?;
        *text = opened.unwrap_or_default();
    }
    Ok(texts)
}

/// Every contact with its texts.
pub(super) async fn open_all(
    store: &Store,
    contacts: &BTreeMap<ContactRole, Person>,
) -> Result<Vec<proto::Contact>, Status> {
    let mut opened = Vec::new();
    for (role, person) in contacts {
        let Texts { name, email, phone } = open(store, person).await?;
        opened.push(proto::Contact {
            role: role.to_string(),
            name,
            email,
            phone,
        });
    }
    Ok(opened)
}
