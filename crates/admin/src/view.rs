//! Any reply as plain data, by the protos' own names.
//!
//! Field names are the protos', and so as stable as those. Instants are RFC 3339, enum values the
//! last words of their names (`WEEK_STATE_OPEN` → `open`), bytes hexadecimal, exact numbers text.
//! Every field is there, also where it is empty.

use std::sync::LazyLock;

use jiff::Timestamp;
use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage, Value,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

static PROTOS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(wire::DESCRIPTOR_SET).expect("the build wrote valid descriptors")
});

/// Plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// What is not set.
    Null,
    Bool(bool),
    Number(i128),
    Text(String),
    Time(Timestamp),
    List(Vec<View>),
    /// Fields in the order of the proto.
    Record(Vec<(String, View)>),
}

/// Every proto of the platform.
pub fn protos() -> &'static DescriptorPool {
    &PROTOS
}

impl View {
    /// A message as plain data.
    pub fn of<M: Message + Name>(message: &M) -> Self {
        let descriptor = protos()
            .get_message_by_name(&M::full_name())
            .expect("every generated message is in the descriptors");
        Self::decode(descriptor, &message.encode_to_vec()).expect("just encoded")
    }

    /// A message's bytes as plain data.
    pub fn decode(descriptor: MessageDescriptor, bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        DynamicMessage::decode(descriptor, bytes).map(|message| record(&message))
    }

    /// JSON as plain data.
    pub fn from_json(value: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match value {
            Json::Null => Self::Null,
            Json::Bool(is) => Self::Bool(is),
            Json::Number(number) => number
                .as_i128()
                .map_or_else(|| Self::Text(number.to_string()), Self::Number),
            Json::String(text) => Self::Text(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from_json).collect()),
            Json::Object(fields) => {
                let field = |(name, value)| (name, Self::from_json(value));
                Self::Record(fields.into_iter().map(field).collect())
            }
        }
    }

    /// The value at a dotted path; `Null` where there is none.
    pub fn at(&self, path: &str) -> &Self {
        path.split('.').fold(self, |view, name| match view {
            Self::Record(fields) => fields
                .iter()
                .find(|(field, _)| field == name)
                .map_or(&Self::Null, |(_, value)| value),
            _ => &Self::Null,
        })
    }

    /// The items of the list at a dotted path.
    pub fn items(&self, path: &str) -> &[Self] {
        match self.at(path) {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The fields of a record.
    pub fn fields(&self) -> &[(String, Self)] {
        match self {
            Self::Record(fields) => fields,
            _ => &[],
        }
    }

    /// Takes a field out of a record.
    pub fn take(&mut self, name: &str) -> Option<Self> {
        let Self::Record(fields) = self else {
            return None;
        };
        let at = fields.iter().position(|(field, _)| field == name)?;
        Some(fields.remove(at).1)
    }

    /// Gives a field of a record another value.
    pub fn replace(&mut self, name: &str, value: Self) {
        if let Self::Record(fields) = self
            && let Some(field) = fields.iter_mut().find(|(field, _)| field == name)
        {
            field.1 = value;
        }
    }

    /// Puts a field at the beginning of a record.
    pub fn prefix(&mut self, name: &str, value: Self) {
        if let Self::Record(fields) = self {
            fields.insert(0, (name.to_owned(), value));
        }
    }

    /// Whether it is a list of records: what a table shows in rows of its own.
    pub fn is_rows(&self) -> bool {
        matches!(self, Self::List(items) if items.iter().any(|i| matches!(i, Self::Record(_))))
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// One row for each item of the list `inner` of each row: the item's fields behind the row's
    /// own. A row whose list is empty stays one row.
    pub fn unfold(rows: &[Self], inner: &str) -> Vec<Self> {
        let mut unfolded = Vec::new();
        for row in rows {
            let mut own = row.clone();
            own.take(inner);
            let items = row.items(inner);
            if items.is_empty() {
                unfolded.push(own);
                continue;
            }
            for item in items {
                let fields = own.fields().iter().chain(item.fields());
                unfolded.push(Self::Record(fields.cloned().collect()));
            }
        }
        unfolded
    }
}

fn record(message: &DynamicMessage) -> View {
    let shown = |field: FieldDescriptor| (field.name().to_owned(), shown(message, &field));
    View::Record(message.descriptor().fields().map(shown).collect())
}

fn shown(message: &DynamicMessage, field: &FieldDescriptor) -> View {
    if field.supports_presence() && !message.has_field(field) {
        return View::Null;
    }
    value(&message.get_field(field), &field.kind())
}

fn value(of: &Value, kind: &Kind) -> View {
    match of {
        Value::Bool(is) => View::Bool(*is),
        Value::I32(number) => View::Number((*number).into()),
        Value::I64(number) => View::Number((*number).into()),
        Value::U32(number) => View::Number((*number).into()),
        Value::U64(number) => View::Number((*number).into()),
        // No proto of the platform has one: exact numbers travel as text.
        Value::F32(_) | Value::F64(_) => View::Null,
        Value::String(text) => View::Text(text.clone()),
        Value::Bytes(bytes) => View::Text(bytes.iter().map(|b| format!("{b:02x}")).collect()),
        Value::EnumNumber(number) => word(*number, kind.as_enum()),
        Value::Message(message) => instant(message).unwrap_or_else(|| record(message)),
        Value::List(items) => View::List(items.iter().map(|item| value(item, kind)).collect()),
        Value::Map(_) => View::Null,
    }
}

fn instant(message: &DynamicMessage) -> Option<View> {
    if message.descriptor().full_name() != "google.protobuf.Timestamp" {
        return None;
    }
    let stamp: prost_reflect::prost_types::Timestamp = message.transcode_to().ok()?;
    let time = wire::convert::timestamp("at", Some(&stamp)).ok();
    Some(time.map_or(View::Null, View::Time))
}

/// `WEEK_STATE_IN_FORCE` of `WeekState` → `in_force`.
fn word(number: i32, kind: Option<&EnumDescriptor>) -> View {
    let Some(value) = kind.and_then(|kind| kind.get_value(number)) else {
        return View::Number(number.into());
    };
    let mut prefix = String::new();
    for c in value.parent_enum().name().chars() {
        if c.is_ascii_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.push(c.to_ascii_uppercase());
    }
    let name = value.name();
    let name = name.strip_prefix(&prefix).unwrap_or(name);
    View::Text(name.trim_start_matches('_').to_lowercase())
}

impl Serialize for View {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_none(),
            Self::Bool(is) => to.serialize_bool(*is),
            Self::Number(number) => to.serialize_i128(*number),
            Self::Text(text) => to.serialize_str(text),
            Self::Time(time) => to.serialize_str(&time.to_string()),
            Self::List(items) => to.collect_seq(items),
            Self::Record(fields) => {
                let mut map = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests;
