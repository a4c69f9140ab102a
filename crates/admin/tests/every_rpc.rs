//! Every RPC of the protos is called by a command: the examples of all commands are carried out
//! against a server that answers anything, and what nobody asked for is missed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use admin::context::{Context, File};
use admin::view::protos;
use axum::body::Body;
use axum::extract::Request;
use http_body_util::{BodyExt, Full};
use tokio::sync::mpsc;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// RPCs without a command, each with its reason.
const WITHOUT: &[(&str, &str)] = &[(
    "LogService/Read",
    "listeners catch up with it; people see events and facts (`log tail`, `log fact`)",
)];

/// Answers every call with an empty message, and tells which it was.
async fn server() -> (String, mpsc::UnboundedReceiver<String>) {
    let (told, calls) = mpsc::unbounded_channel();
    let told = Arc::new(told);
    let answer = move |request: Request| {
        let told = Arc::clone(&told);
        async move {
            told.send(request.uri().path().to_owned())
                .expect("the test listens");
            let mut trailers = http::HeaderMap::new();
            trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
            let empty = Full::new(bytes::Bytes::from_static(&[0; 5]));
            let body = empty.with_trailers(std::future::ready(Some(Ok(trailers))));
            let response = http::Response::builder().header("content-type", "application/grpc");
            response.body(Body::new(body)).expect("well formed")
        }
    };
    let routes = Routes::from(axum::Router::new().fallback(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    let serving = Server::builder().add_routes(routes);
    tokio::spawn(serving.serve_with_incoming(TcpIncoming::from(listener)));
    (format!("http://{address}"), calls)
}

/// Every example of the help, that ends by itself.
fn examples(command: &clap::Command, found: &mut Vec<Vec<String>>) {
    let text = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    if let Some((_, examples)) = text.split_once("Examples:\n") {
        let words = examples.lines().map(words);
        let endless = |word: &String| word.starts_with("--watch") || word == "--follow";
        found.extend(words.filter(|words| !words.iter().any(endless)));
    }
    for command in command.get_subcommands() {
        examples_of(command, found);
    }
}

fn examples_of(command: &clap::Command, found: &mut Vec<Vec<String>>) {
    if command.get_name() != "help" {
        examples(command, found);
    }
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in line.trim().split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
        .into_iter()
        .skip(1)
        .take_while(|word| word != ">")
        .collect()
}

/// The files that examples name.
fn prepare(folder: &Path) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = [
        (
            "allocation/examples/terms/three-rivers.toml",
            "three-rivers.toml",
        ),
        ("allocation/examples/terms/three-rivers.toml", "new.toml"),
        (
            "allocation/examples/terms/three-rivers.toml",
            "proposal.toml",
        ),
        (
            "allocation/examples/facts/three-rivers.json",
            "october.json",
        ),
        ("admin/examples/core.toml", "core.toml"),
        ("admin/examples/session.toml", "session.toml"),
        ("eligibility/golden/narrowing.toml", "narrowing.toml"),
        ("eligibility/golden/profile.toml", "profile.toml"),
        ("server/examples/three-rivers/cad.csv", "october.csv"),
        ("server/examples/three-rivers/cad.toml", "barlow.toml"),
    ];
    for (from, to) in files {
        std::fs::copy(crates.join(from), folder.join(to)).expect(from);
    }
}

/// The contexts that examples name, as they were before any example.
fn contexts(folder: &Path) {
    let contexts = ["riverbend", "trial"].map(|name| (name.to_owned(), Context::default()));
    let file = File {
        current: Some("trial".to_owned()),
        contexts: contexts.into(),
    };
    let place = folder.join(".config/commonwatch/context.toml");
    file.save(&place).expect("a writable folder");
}

#[tokio::test]
async fn every_rpc_is_called_by_a_command() {
    let (address, mut calls) = server().await;
    let folder = tempfile::tempdir().expect("a writable folder");
    prepare(folder.path());
    let mut all = Vec::new();
    examples(&admin::cli::command(), &mut all);
    assert!(all.len() > 60, "{} examples", all.len());
    for example in all {
        contexts(folder.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_cwctl"));
        command
            .args(&example)
            .env_clear()
            .env("HOME", folder.path());
        command
            .env("COMMONWATCH_ADDRESS", &address)
            .env("COMMONWATCH_TOKEN", "t");
        command
            .args(["--no-input", "--yes"])
            .current_dir(folder.path());
        command.stdin(std::process::Stdio::null());
        if !example.iter().any(|word| word == "--reason") {
            command.args(["--reason", "an example"]);
        }
        let done = tokio::task::spawn_blocking(move || command.output()).await;
        let done = done.expect("no panic").expect("the program starts");
        let said = String::from_utf8_lossy(&done.stderr);
        assert_ne!(done.status.code(), Some(2), "{example:?}: {said}");
        assert!(!said.contains("panicked"), "{example:?}: {said}");
    }
    calls.close();
    let mut called = BTreeSet::new();
    while let Some(path) = calls.recv().await {
        called.insert(path);
    }
    let ours = protos()
        .services()
        .filter(|s| s.full_name().starts_with("commonwatch."));
    let rpcs = ours.flat_map(|service| {
        let name = service.full_name().to_owned();
        let path = |m: prost_reflect::MethodDescriptor| format!("/{name}/{}", m.name());
        service.methods().map(path).collect::<Vec<_>>()
    });
    let rpcs: Vec<String> = rpcs.collect();
    let without = |rpc: &String| WITHOUT.iter().any(|(known, _)| rpc.ends_with(known));
    let missed: Vec<_> = rpcs
        .iter()
        .filter(|r| !called.contains(*r) && !without(r))
        .collect();
    eprintln!("{} RPCs, {} called by a command", rpcs.len(), called.len());
    assert!(missed.is_empty(), "no command calls {missed:#?}");
}
