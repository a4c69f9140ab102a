//! Reading the towns or officers out of a request that is still bytes.

use prost_reflect::{DynamicMessage, MessageDescriptor, Value};

/// The texts at the end of a dotted path, in order, through repeated fields; an element that is
/// absent or empty counts as an empty text, so that it cannot slip through.
pub(crate) fn texts(
    input: &MessageDescriptor,
    message: &[u8],
    path: &str,
) -> Result<Vec<String>, prost::DecodeError> {
    let message = DynamicMessage::decode(input.clone(), message)?;
    let mut found = Vec::new();
    collect(&message, path, &mut found);
    Ok(found)
}

fn collect(message: &DynamicMessage, path: &str, found: &mut Vec<String>) {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(n, r)| (n, Some(r)));
    let Some(value) = message.get_field_by_name(name) else {
        return;
    };
    let values = match value.as_ref() {
        Value::List(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    for value in values {
        match (value, rest) {
            (Value::Message(inner), Some(rest)) => collect(inner, rest, found),
            (Value::String(text), None) => found.push(text.clone()),
            _ => {}
        }
    }
}
