//! `${VAR}` and `${VAR:-default}` in the values of a file. Their source is kept: a value may be a secret, which nothing
//! writes, quotes or logs.

use serde_json::{Number, Value};

use super::deserializer::Wrong;
use crate::config::node::{Node, Source, Tree};

/// The value of a variable of the environment, if there is one.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process. A value that is not valid UTF-8 counts as none.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Node {
    /// Replaces the variables in a text of a file by their values. If it is not in quotes, the result may be a number,
    /// `true`, `false` or `null`, as if it was written there.
    pub(super) fn expand(&mut self, is_quoted: bool, lookup: Lookup<'_>) -> Result<(), Wrong> {
        let Tree::Scalar(Value::String(text)) = &mut self.tree else {
            return Ok(());
        };
        if !text.contains("${") {
            return Ok(());
        }
        let expanded = expanded(text, lookup).map_err(|wrong| Wrong::at(self.place, wrong))?;
        if !expanded.has_variables {
            *text = expanded.text;
            return Ok(());
        }
        self.source = Some(Source {
            text: std::mem::take(text),
            is_quoted,
        });
        self.tree = Tree::Scalar(match is_quoted {
            true => Value::String(expanded.text),
            false => plain(expanded.text),
        });
        Ok(())
    }
}

struct Expanded {
    text: String,
    has_variables: bool,
}

fn expanded(text: &str, lookup: Lookup<'_>) -> Result<Expanded, String> {
    let mut done = Expanded {
        text: String::new(),
        has_variables: false,
    };
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, variable) = rest.split_at(start);
        if let Some(before) = before.strip_suffix('$') {
            done.text.push_str(before);
            done.text.push_str("${");
            rest = &variable[2..];
            continue;
        }
        done.text.push_str(before);
        let (inside, after) = variable[2..].split_once('}').ok_or_else(malformed)?;
        done.text.push_str(&value(inside, lookup)?);
        done.has_variables = true;
        rest = after;
    }
    done.text.push_str(rest);
    Ok(done)
}

fn value(inside: &str, lookup: Lookup<'_>) -> Result<String, String> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if !is_name(name) {
        return Err(malformed());
    }
    match (lookup(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(format!(
            "the environment has no variable `{name}`\nhelp: set it, or write `${{{name}:-default}}`"
        )),
    }
}

fn malformed() -> String {
    "a variable is `${NAME}` or `${NAME:-default}`\nhelp: write `$${` for a plain `${`".to_owned()
}

/// The value that a text without quotes has in YAML, if it is not a list or a mapping.
fn plain(text: String) -> Value {
    let is_numeric = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    let whole = || text.parse::<u64>().map(Number::from).ok();
    let negative = || text.parse::<i64>().map(Number::from).ok();
    let fraction = || text.parse().ok().and_then(Number::from_f64);
    let number = || whole().or_else(negative).or_else(fraction);
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_numeric => number().map_or(Value::String(text.clone()), Value::Number),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        match name {
            "TWO" => Some("2".to_owned()),
            "EMPTY" => Some(String::new()),
            "HARM" => Some("a: [b] # ${TWO}".to_owned()),
            "NO" => Some("false".to_owned()),
            _ => None,
        }
    }

    fn read(text: &str, is_quoted: bool) -> Result<Value, String> {
        let mut node = Node::from(Value::from(text));
        node.expand(is_quoted, &lookup)
            .map_err(|wrong| wrong.to_string())?;
        Ok(node.value())
    }

    #[test]
    fn a_variable_is_its_value_as_if_it_was_written_there() {
        for (text, plain, quoted) in [
            ("${TWO}", Value::from(2), "2"),
            ("-${TWO}.5", Value::from(-2.5), "-2.5"),
            ("${TWO} of ${TWO}", Value::from("2 of 2"), "2 of 2"),
            ("${EMPTY}", Value::Null, ""),
            ("${EMPTY:-x}", Value::from("x"), "x"),
            ("${NONE:-}", Value::Null, ""),
            ("${NONE:-3}", Value::from(3), "3"),
            ("${NONE:-a:-b}", Value::from("a:-b"), "a:-b"),
            ("${TWO:-3}", Value::from(2), "2"),
            ("${NO}", Value::from(false), "false"),
            ("$${TWO}", Value::from("${TWO}"), "${TWO}"),
            ("$$${TWO}", Value::from("$${TWO}"), "$${TWO}"),
            ("$TWO $", Value::from("$TWO $"), "$TWO $"),
            // It is read once, and is one value.
            ("${HARM}", Value::from("a: [b] # ${TWO}"), "a: [b] # ${TWO}"),
        ] {
            assert_eq!(read(text, false), Ok(plain), "{text}");
            assert_eq!(read(text, true), Ok(Value::from(quoted)), "{text}");
        }
    }

    #[test]
    fn a_variable_that_is_not_there_is_an_error_with_its_name() {
        let missing = read("${NONE}", false).unwrap_err();
        let expected =
            "the environment has no variable `NONE`\nhelp: set it, or write `${NONE:-default}`";
        assert_eq!(missing, expected);
        for wrong in ["${", "${TWO", "${}", "${2}", "${a b}", "${TWO-3}", "${:-x}"] {
            let wrong = read(wrong, false).unwrap_err();
            assert!(wrong.starts_with("a variable is `${NAME}`"), "{wrong}");
        }
    }
}
