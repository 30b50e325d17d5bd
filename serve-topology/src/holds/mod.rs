//! Streams that keep a place while their request waits for another one.
//!
//! A stream keeps its place until it has been read, and its reader starts only when all its inputs are there: until then
//! the request holds one place and waits for the next. If a deployment has fewer places than one request needs at one
//! time, that request would wait for itself for ever.
//!
//! All of it is `const`: `#[graph]` generates an assertion for the options that are constants in the code, and the
//! runtime calls the same functions once it knows the others.

mod mark;
mod refused;

pub use mark::{Mark, are_exclusive, last_reader};
pub use refused::{Calls, Refused, waits_for_itself};

use crate::text::{Text, starts_with};
use crate::{Execution, Node, Topology};

/// The places that a request has or waits for at one time, at one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold<'a> {
    /// Their number; `usize::MAX` for one for each item of a fan-out.
    pub places: usize,
    /// The stream that keeps a place: the name of its node.
    pub stream: &'a str,
    /// The name of the node that it waits for.
    pub other: &'a str,
    /// The name of the node that reads it; `None` for the sender of the request.
    pub reader: Option<&'a str>,
}

impl<'a> Hold<'a> {
    /// What a stream keeps and waits for at its own deployment. `marks` are [those](Mark::around) around the stream.
    pub const fn of(topology: &Topology<'a>, stream: usize, marks: &[Mark]) -> Option<Hold<'a>> {
        let own = &topology.nodes[stream];
        let (mut first, mut first_beside) = (None, None);
        let (mut kept, mut waited_for) = (0, 0);
        let mut i = 0;
        while i < topology.nodes.len() {
            let other = &topology.nodes[i];
            if marks[i].is_waited_for() {
                first = or(first, other.name);
                if shares_places(own, other) {
                    first_beside = or(first_beside, other.name);
                    if is_stream(other) {
                        kept += 1;
                    } else {
                        waited_for = 1;
                    }
                }
            }
            i += 1;
        }
        let Some(other) = (match first_beside {
            Some(_) => first_beside,
            None => first,
        }) else {
            return None;
        };
        let places = match (own.each, first_beside) {
            (Some(_), Some(_)) => usize::MAX,
            _ => 1 + kept + waited_for,
        };
        Some(Hold {
            places,
            stream: own.name,
            other,
            reader: match mark::last_reader(topology, stream) {
                Some(reader) => Some(topology.nodes[reader].name),
                None => None,
            },
        })
    }

    /// What keeps a place of which deployment, until when: a part of a sentence.
    pub const fn told(&self, deployment: &str) -> Text {
        let mut text = Text::new();
        self.push_told(deployment, &mut text);
        text
    }

    const fn push_told(&self, deployment: &str, text: &mut Text) {
        text.push("`");
        text.push(self.stream);
        text.push("` keeps its place at `");
        text.push(deployment);
        text.push("` until ");
        match self.reader {
            Some(reader) => {
                text.push("`");
                text.push(reader);
                text.push("` reads it");
            }
            None => text.push("its sender reads it"),
        }
        text.push(", which waits for `");
        text.push(self.other);
        text.push("`");
    }
}

const fn or<'a>(first: Option<&'a str>, next: &'a str) -> Option<&'a str> {
    match first {
        Some(first) => Some(first),
        None => Some(next),
    }
}

/// Whether two calls take their places from the same ones.
const fn shares_places(one: &Node<'_>, other: &Node<'_>) -> bool {
    let places = matches!(
        (one.method.execution, other.method.execution),
        (Execution::InPlace, Execution::InPlace) | (Execution::Compute, Execution::Compute)
    );
    places && one.deployment == other.deployment
}

/// Whether a node returns its result item by item.
pub const fn is_stream(node: &Node<'_>) -> bool {
    starts_with(node.method.output, "Streaming<")
}

#[cfg(test)]
mod tests;
