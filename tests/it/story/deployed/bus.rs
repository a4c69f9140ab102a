//! One user per service: what each may not say, and may not hear.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};
use bus::subject::header;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::super::platform::Platform;
use super::super::role::Role;
use super::super::streams;
use super::Secrets;

/// A service's user, and the errors that the server tells it.
struct User {
    name: &'static str,
    client: Client,
    errors: UnboundedReceiver<String>,
}

/// Tries what no service may. How many attempts were denied.
pub(super) async fn assert_apart(url: &str, secrets: &Secrets) -> usize {
    let nobody = async_nats::connect(url).await;
    assert!(nobody.is_err(), "NATS asks for no password");
    let mut denied = 0;
    for role in Role::ALL {
        let mut user = User::connect(url, role.name(), &secrets.nats[role.name()]).await;
        for subject in forbidden(role) {
            user.is_denied("Publish", &subject).await;
            denied += 1;
        }
        for subject in unheard(role) {
            user.is_denied("Subscription", &subject).await;
            denied += 1;
        }
        user.may_publish(&format!("$JS.API.STREAM.INFO.{}", upper(role)))
            .await;
    }
    denied
}

/// A service makes its own stream anew when it tells of a past that its log does not know, because
/// its database came back from an older backup.
pub(super) async fn assert_made_anew(platform: &mut Platform) {
    let role = Role::Payroll;
    let log = role.name().parse().unwrap();
    platform.process(role).stop().await;
    let facts = platform.store(role).read_facts(&log, 0, 10_000).await;
    let facts = facts.unwrap();
    let mut forged = streams::sealed(role, facts.last().unwrap());
    forged.headers.insert(header::LEAF_HASH, "00".repeat(32));
    forged.headers.insert(header::MESSAGE_ID, "of-another-past");
    let jetstream = streams::jetstream(platform).await;
    let sent = jetstream.publish_with_headers(forged.subject, forged.headers, forged.payload);
    sent.await.unwrap().await.unwrap();
    platform.process(role).start(None);
    platform.serving().await;
    let whole = u64::try_from(facts.len()).unwrap();
    let anew = async |platform: &Platform| {
        let jetstream = streams::jetstream(platform).await;
        match jetstream.get_stream(upper(role)).await {
            Ok(stream) if stream.cached_info().state.messages == whole => vec![],
            Ok(stream) => vec![format!("{:?}", stream.cached_info().state)],
            Err(error) => vec![error.to_string()],
        }
    };
    platform.until("the stream is the log's again", anew).await;
}

fn upper(role: Role) -> String {
    role.name().to_uppercase()
}

/// What a service may not publish: others' facts, any change of another's stream, single messages
/// taken out of its own, others' consumers and answers, the server's own subjects.
fn forbidden(role: Role) -> Vec<String> {
    let own = upper(role);
    let mut subjects: Vec<String> = [
        "ACCOUNT.PURGE.A",
        "STREAM.NAMES",
        "STREAM.LIST",
        "STREAM.CREATE.ANOTHER",
        "SERVER.REMOVE",
        "META.LEADER.STEPDOWN",
    ]
    .map(|call| format!("$JS.API.{call}"))
    .to_vec();
    subjects.push("cw.another.log.Kind".to_owned());
    subjects.push("$SYS.REQ.SERVER.PING".to_owned());
    for call in ["PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE"] {
        subjects.push(format!("$JS.API.STREAM.{call}.{own}"));
    }
    for other in Role::ALL.into_iter().filter(|other| *other != role) {
        let (name, stream) = (other.name(), upper(other));
        subjects.push(format!("cw.{name}.{name}.Forged"));
        subjects.push(format!("_INBOX_{name}.answer"));
        for call in [
            "CREATE",
            "DELETE",
            "PURGE",
            "UPDATE",
            "MSG.DELETE",
            "MSG.GET",
            "SNAPSHOT",
        ] {
            subjects.push(format!("$JS.API.STREAM.{call}.{stream}"));
        }
        // A neighbour's ear on any stream, and one's own that is not to be taken away.
        let (ear, mine) = (format!("{name}-registry"), format!("{role}-{name}"));
        for call in ["CREATE", "MSG.NEXT", "DELETE"] {
            subjects.push(format!("$JS.API.CONSUMER.{call}.REGISTRY.{ear}"));
        }
        subjects.push(format!("$JS.API.CONSUMER.DELETE.{stream}.{mine}"));
        subjects.push(format!("$JS.ACK.REGISTRY.{ear}.1.1.1.1.1"));
        if !role.hears().contains(&other) {
            subjects.push(format!("$JS.API.STREAM.INFO.{stream}"));
            subjects.push(format!("$JS.API.CONSUMER.CREATE.{stream}.{mine}"));
        }
    }
    subjects
}

/// What a service may not hear.
fn unheard(role: Role) -> Vec<String> {
    let others = Role::ALL.into_iter().filter(|other| *other != role);
    let mut subjects: Vec<String> = others.map(|other| format!("_INBOX_{other}.>")).collect();
    for all in [
        ">",
        "cw.>",
        "$JS.API.>",
        "$JS.EVENT.>",
        "$SYS.>",
        "_INBOX.>",
    ] {
        subjects.push(all.to_owned());
    }
    subjects
}

impl User {
    async fn connect(url: &str, name: &'static str, password: &str) -> User {
        let (told, errors) = unbounded_channel();
        let login = (name.to_owned(), password.to_owned());
        let client = ConnectOptions::with_user_and_password(login.0, login.1)
            .custom_inbox_prefix(bus::subject::inbox(name))
            .event_callback(move |event| {
                if let Event::ServerError(error) = event {
                    let _ = told.send(error.to_string());
                }
                std::future::ready(())
            })
            .connect(url)
            .await
            .unwrap();
        User {
            name,
            client,
            errors,
        }
    }

    async fn is_denied(&mut self, what: &str, subject: &str) {
        if what == "Publish" {
            self.client
                .publish(subject.to_owned(), "{}".into())
                .await
                .unwrap();
        } else {
            drop(self.client.subscribe(subject.to_owned()).await.unwrap());
        }
        self.client.flush().await.unwrap();
        let told = tokio::time::timeout(Duration::from_secs(10), self.errors.recv()).await;
        let name = self.name;
        let error = told.unwrap_or_else(|_| panic!("{name} may use {subject}"));
        let error = error.unwrap().to_lowercase();
        let expected = format!("permissions violation for {what} to \"{subject}\"").to_lowercase();
        assert!(error.contains(&expected), "{name}, {subject}: {error}");
    }

    /// So that a denial is not simply everybody's lot.
    async fn may_publish(&mut self, subject: &str) {
        let answer = self
            .client
            .request(subject.to_owned(), "".into())
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&answer.payload).into_owned();
        assert!(
            text.contains("stream_info_response"),
            "{}: {text}",
            self.name
        );
        assert!(
            self.errors.try_recv().is_err(),
            "{} is denied {subject}",
            self.name
        );
    }
}
