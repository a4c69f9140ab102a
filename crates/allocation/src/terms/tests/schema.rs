//! The JSON Schema against the reader: it knows the same keys, and takes every example.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::Terms;

fn schema() -> Value {
    serde_json::from_str(Terms::schema()).unwrap()
}

fn below<'s>(schema: &'s Value, rule: &'s Value) -> &'s Value {
    let Some(target) = rule.get("$ref").and_then(Value::as_str) else {
        return rule;
    };
    schema.pointer(target.trim_start_matches('#')).unwrap()
}

/// What is wrong with a value, as far as this schema's words go.
fn wrong(schema: &Value, rule: &Value, value: &Value, at: &str) -> Option<String> {
    let rule = below(schema, rule);
    if let Some(ways) = rule.get("anyOf").and_then(Value::as_array) {
        let mut ways = ways.iter().map(|way| wrong(schema, way, value, at));
        return ways
            .all(|w| w.is_some())
            .then(|| format!("{at}: none of the ways"));
    }
    if let Some(listed) = rule.get("enum").and_then(Value::as_array) {
        return (!listed.contains(value)).then(|| format!("{at}: {value}"));
    }
    if let Some(only) = rule.get("const") {
        return (only != value).then(|| format!("{at}: {value}"));
    }
    match rule["type"].as_str()? {
        "string" if !value.is_string() => Some(format!("{at}: no text: {value}")),
        "integer" if !value.is_i64() => Some(format!("{at}: no whole number: {value}")),
        "array" => match value.as_array() {
            None => Some(format!("{at}: no list")),
            Some(items) => items
                .iter()
                .find_map(|item| wrong(schema, &rule["items"], item, at)),
        },
        "object" => wrong_table(schema, rule, value, at),
        _ => None,
    }
}

fn wrong_table(schema: &Value, rule: &Value, value: &Value, at: &str) -> Option<String> {
    let Some(table) = value.as_object() else {
        return Some(format!("{at}: no table"));
    };
    let required = rule["required"].as_array().into_iter().flatten();
    for key in required.filter_map(Value::as_str) {
        if !table.contains_key(key) {
            return Some(format!("{at}: {key} is missing"));
        }
    }
    table.iter().find_map(|(key, value)| {
        let at = format!("{at}.{key}");
        match (&rule["properties"][key], &rule["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => Some(format!("{at}: not known")),
            (Value::Null, others) => wrong(schema, others, value, &at),
            (known, _) => wrong(schema, known, value, &at),
        }
    })
}

/// A TOML document as JSON; a day becomes a text.
fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => {
            let entries = table.iter();
            Value::Object(
                entries
                    .map(|(key, value)| (key.clone(), json(value)))
                    .collect(),
            )
        }
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        other => panic!("terms have no {other}"),
    }
}

fn examples() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/terms");
    let folders = [top.clone(), top.join("cases")];
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    let read = paths.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    read.map(|path| {
        (
            path.display().to_string(),
            std::fs::read_to_string(&path).unwrap(),
        )
    })
    .collect()
}

#[test]
fn every_example_reads_and_keeps_to_the_schema() {
    let (schema, examples) = (schema(), examples());
    assert!(examples.len() > 25);
    for (path, text) in examples {
        Terms::parse(&text).unwrap_or_else(|problems| panic!("{path}: {problems:#?}"));
        let value = json(&toml::Value::Table(text.parse().unwrap()));
        assert_eq!(wrong(&schema, &schema, &value, ""), None, "{path}");
    }
}

#[test]
fn what_the_reader_refuses_by_its_form_the_schema_refuses_too() {
    let text = crate::samples::THREE_RIVERS;
    for (from, to) in [
        ("grammar = 1", "grammar = 2"),
        ("name = \"vehicle\"", "nmae = \"vehicle\""),
        ("percent = \"10\"", "percent = 10"),
        ("cost = \"actual\"", "cost = \"free\""),
        ("basis = \"hours\"\n", ""),
    ] {
        let text = text.replacen(from, to, 1);
        assert!(Terms::parse(&text).is_err(), "{to}");
        let value = json(&toml::Value::Table(text.parse().unwrap()));
        let schema = schema();
        assert!(wrong(&schema, &schema, &value, "").is_some(), "{to}");
    }
}

/// The keys that the reader asks for, read from its own source.
fn keys_of_the_reader() -> BTreeSet<String> {
    let sources = [
        include_str!("../parse.rs"),
        include_str!("../labour.rs"),
        include_str!("../pools.rs"),
        include_str!("../pools/mixed.rs"),
        include_str!("../charges.rs"),
        include_str!("../price.rs"),
        include_str!("../promises.rs"),
        include_str!("../limits.rs"),
        include_str!("../members.rs"),
        include_str!("../fees.rs"),
        include_str!("../span.rs"),
        include_str!("../window.rs"),
    ];
    let calls = [
        "optional(",
        "required(",
        "treated(",
        "factor(",
        "list(",
        "party_of(",
        "dollars(table,",
        "time(table,",
    ];
    let mut keys = BTreeSet::new();
    for source in sources {
        for call in calls {
            for rest in source.split(call).skip(1) {
                let key = rest.trim_start().strip_prefix('"');
                let key = key.and_then(|rest| rest.split_once('"'));
                // A sentence for people is no key.
                if let Some((key, _)) = key.filter(|(key, _)| !key.contains(' ')) {
                    keys.insert(key.to_owned());
                }
            }
        }
    }
    keys
}

fn keys_of(value: &Value, keys: &mut BTreeSet<String>) {
    if let Some(properties) = value.get("properties").and_then(Value::as_object) {
        keys.extend(properties.keys().cloned());
    }
    match value {
        Value::Object(table) => table.values().for_each(|value| keys_of(value, keys)),
        Value::Array(items) => items.iter().for_each(|value| keys_of(value, keys)),
        _ => {}
    }
}

#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let mut keys = BTreeSet::new();
    keys_of(&schema(), &mut keys);
    assert_eq!(keys, keys_of_the_reader());
}
