//! `GET /-/openapi.json`: the inputs and outputs of the routes, as far as a topology describes them.
//!
//! A topology has types as they are written. Well-known types - numbers, strings, `Vec`, `Option`, maps, tuples -
//! become their schema; any other type becomes a schema with its name, which accepts any value.
//!
//! A float of an input is a number. That of an output may be `null`, unless the server refuses those that JSON does not have.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use serve_topology::{Entry, Param};

use super::applications::served::AnyApplication;
use super::floats::Floats;

mod content_types;

/// An OpenAPI 3.1 document of all applications; each is a tag of its operations.
pub(crate) fn document(applications: &[Arc<dyn AnyApplication>], floats: Floats) -> Value {
    let described: Vec<_> = applications
        .iter()
        .map(|it| (it.name(), it.topology(), it.routes()))
        .collect();
    let mut paths = Map::new();
    for (name, topology, routes) in &described {
        for (entry, route) in topology.entries.iter().zip(*routes) {
            let mut operation = operation(entry, floats);
            operation["operationId"] = operation_id(name, entry).into();
            operation["tags"] = json!([name]);
            paths.insert(route.clone(), json!({ "post": operation }));
        }
    }
    let tags = described.iter();
    let tags = tags.map(|(name, graph, _)| json!({ "name": name, "description": graph.doc }));
    let titles: Vec<&str> = described.iter().map(|(name, ..)| *name).collect();
    let description = match &described[..] {
        [(_, topology, _)] => topology.doc,
        _ => "",
    };
    json!({
        "openapi": "3.1.0",
        "info": { "title": titles.join(", "), "description": description, "version": "0" },
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
        "components": { "schemas": { "Problem": problem() } },
    })
}

/// The name of a client's method: that of the application, and that of the handle's method if the graph has routes.
fn operation_id(application: &str, entry: &Entry<'_>) -> String {
    match entry.method {
        "call" => application.to_owned(),
        method => format!("{application}_{method}"),
    }
}

fn operation(entry: &Entry<'_>, floats: Floats) -> Value {
    let mut operation = json!({
        "responses": {
            "200": { "description": "the graph's output", "content": output(entry.output, floats) },
            "default": {
                "description": "what went wrong",
                "content": content(json!({ "$ref": "#/components/schemas/Problem" })),
            },
        },
    });
    if let Some(body) = body(entry.params) {
        operation["requestBody"] = json!({ "required": true, "content": body });
    }
    operation
}

/// A stream is described by one of its items.
fn output(ty: &str, floats: Floats) -> Value {
    match name_of(ty) {
        ("Streaming", items) if items.len() == 1 => {
            let item = json!({ "schema": schema(items[0], floats) });
            json!({ "application/x-ndjson": item, "text/event-stream": item })
        }
        _ => content(schema(ty, floats)),
    }
}

fn content(schema: Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

/// A single input is the body; several are its fields, or the parts of a form.
fn body(params: &[Param<'_>]) -> Option<Value> {
    let body = match params {
        [] => return None,
        [param] => {
            let mut schema = input(param.ty);
            schema["description"] = param.name.into();
            let mut content = content(schema);
            for (content_type, schema) in content_types::beside_json(param.ty) {
                content[content_type] = json!({ "schema": schema });
            }
            content
        }
        params => content(fields(params, |param| input(param.ty))),
    };
    Some(content_types::with_form(body, params))
}

/// An object with a field for each input.
fn fields(params: &[Param<'_>], schema: impl Fn(&Param<'_>) -> Value) -> Value {
    let properties = params.iter();
    let properties: Map<String, Value> = properties
        .map(|param| (param.name.to_owned(), schema(param)))
        .collect();
    let required = params.iter();
    let required = required.filter(|param| name_of(param.ty).0 != "Option");
    let required: Vec<&str> = required.map(|param| param.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "properties": {
            "error": { "type": "string" },
            "field": { "type": "string", "description": "the field of the request that is wrong" },
            "node": { "type": "string", "description": "the node that failed" },
        },
        "required": ["error"],
    })
}

/// The schema of an input.
fn input(ty: &str) -> Value {
    schema(ty, Floats::Finite)
}

/// The schema of a type as it is written.
fn schema(ty: &str, floats: Floats) -> Value {
    let ty = ty.trim();
    if let Some(parts) = ty.strip_prefix('(').and_then(|ty| ty.strip_suffix(')')) {
        return tuple(&split(parts, ','), floats);
    }
    if let Some(inside) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        return match split(inside, ';')[..] {
            [item, length] => array(item, length.trim().parse().ok(), floats),
            _ => array(inside, None, floats),
        };
    }
    let (name, arguments) = name_of(ty);
    match (name, &arguments[..]) {
        ("bool", []) => json!({ "type": "boolean" }),
        ("u8" | "u16" | "u32" | "u64" | "u128" | "usize", []) => {
            json!({ "type": "integer", "minimum": 0 })
        }
        ("i8" | "i16" | "i32" | "i64" | "i128" | "isize", []) => json!({ "type": "integer" }),
        ("f32" | "f64", []) => match floats {
            Floats::Finite => json!({ "type": "number" }),
            Floats::OrNull => json!({ "type": ["number", "null"] }),
        },
        ("String" | "str" | "char" | "PathBuf", []) => json!({ "type": "string" }),
        ("Url", []) => json!({ "type": "string", "format": "uri" }),
        ("Uuid", []) => json!({ "type": "string", "format": "uuid" }),
        ("Value", []) => json!({}),
        ("Shared" | "Box" | "Arc" | "Rc", [inner]) => schema(inner, floats),
        ("Option", [inner]) => json!({ "anyOf": [schema(inner, floats), { "type": "null" }] }),
        ("Vec" | "VecDeque" | "HashSet" | "BTreeSet", [item]) => array(item, None, floats),
        ("HashMap" | "BTreeMap", [_, value]) => {
            json!({ "type": "object", "additionalProperties": schema(value, floats) })
        }
        ("NdArray", [item, ..]) => nd_array(item, floats),
        _ => json!({ "title": ty }),
    }
}

/// An array with its shape and dtype, or plain nested lists.
fn nd_array(item: &str, floats: Floats) -> Value {
    let dtype = content_types::dtype(item);
    let numbers = match (item.trim(), floats) {
        ("f32" | "f64", Floats::OrNull) => "numbers, `null` for one that is not finite",
        _ => "numbers",
    };
    json!({
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "array": { "type": "array", "description": format!("{numbers}, or nested lists of such") },
                    "shape": { "type": "array", "items": schema("usize", floats) },
                    "dtype": { "const": dtype },
                },
                "required": ["array"],
                "additionalProperties": false,
            },
            { "type": "array", "description": format!("nested lists of {dtype}") },
        ],
    })
}

fn array(item: &str, length: Option<usize>, floats: Floats) -> Value {
    let mut array = json!({ "type": "array", "items": schema(item, floats) });
    if let Some(length) = length {
        array["minItems"] = length.into();
        array["maxItems"] = length.into();
    }
    array
}

fn tuple(parts: &[&str], floats: Floats) -> Value {
    match parts {
        [] => json!({ "type": "null" }),
        [one] => schema(one, floats),
        parts => {
            let items: Vec<Value> = parts.iter().map(|part| schema(part, floats)).collect();
            let length = items.len();
            json!({ "type": "array", "prefixItems": items, "minItems": length, "maxItems": length })
        }
    }
}

/// The last name of a type's path, and its generic arguments.
fn name_of(ty: &str) -> (&str, Vec<&str>) {
    let ty = ty.trim().trim_start_matches("&'static ");
    let (path, arguments) = match ty.split_once('<') {
        Some((path, rest)) => {
            let arguments = rest.strip_suffix('>').unwrap_or(rest);
            (path.trim_end_matches("::"), split(arguments, ','))
        }
        None => (ty, Vec::new()),
    };
    (path.rsplit("::").next().unwrap_or(path).trim(), arguments)
}

/// Splits at separators outside of brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (index, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(&text[start..index]);
                start = index + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests;
