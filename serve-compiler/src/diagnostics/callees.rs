//! Messages about what a graph calls and serves, as its file tells.

use std::fmt::Display;

use syn::Type;

use super::{list, nearest};
use crate::text::type_text;

/// `used` is what stands between the name's types and the arguments.
pub(crate) fn types_missing(name: impl Display, params: &[String], used: &str) -> String {
    let (all, what) = (
        params.join(", "),
        if params.len() > 1 { "types" } else { "a type" },
    );
    format!(
        "`{name}` is generic, and its types are not written here\n\
         help: write `{name}::<{all}>{used}(..)`, with {what} of yours for `{all}`"
    )
}

pub(crate) fn plain_function(name: impl Display) -> String {
    format!(
        "`{name}` has no `#[deployment]`, and a graph calls only functions that do\n\
         help: write `#[deployment]` above `fn {name}`"
    )
}

pub(crate) fn unknown_function(name: impl Display, known: &[String]) -> String {
    let name = name.to_string();
    let nearest = nearest(&name, known.iter().map(String::as_str));
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("define `fn {name}` with `#[deployment]`, or import it"),
    };
    format!("cannot find a function `{name}`\nhelp: {help}")
}

pub(crate) fn no_such_method(name: &str, ty: impl Display, known: &[&str]) -> String {
    let help = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("its methods are {}", list(known)),
    };
    format!("`{ty}` has no method `{name}` that a graph can call\nhelp: {help}")
}

/// `params` are written as `name: Type`.
pub(crate) fn number_of_arguments(name: impl Display, params: &[&str], given: usize) -> String {
    let (wanted, s) = (params.len(), if params.len() == 1 { "" } else { "s" });
    let help = match params {
        [] => format!("write `{name}()`"),
        params if given > wanted => {
            format!("remove it; the parameter{s} of `{name}`: {}", list(params))
        }
        params => format!("give one for each parameter: {}", list(params)),
    };
    format!("`{name}` takes {wanted} argument{s}, and is given {given}\nhelp: {help}")
}

pub(crate) fn named_argument(name: impl Display) -> String {
    format!(
        "arguments have no names in Rust: they are in the order of the parameters\n\
         help: remove `{name} =`, and the same before the other arguments"
    )
}

pub(crate) fn loader_called(name: impl Display, ty: impl Display) -> String {
    format!(
        "`{name}` loads a model for the methods of `{ty}`, and a graph does not call it\n\
         help: pass the id of the model to one of these methods, and call `self.{name}(..)` there"
    )
}

pub(crate) fn answer_not_written(name: impl Display, keyword: &str) -> String {
    format!(
        "this graph is served, and its answer `{name}` cannot be written as JSON\n\
         help: write `#[derive(serde::Serialize)]` above `{keyword} {name}`"
    )
}

pub(crate) fn input_not_read(name: impl Display, keyword: &str) -> String {
    format!(
        "this graph is served, and its input `{name}` cannot be read from a request\n\
         help: write `#[derive(serde::Deserialize)]` above `{keyword} {name}`"
    )
}

pub(crate) fn wrapped_for_the_server(
    wrapper: impl Display,
    inside: &Type,
    is_answer: bool,
) -> String {
    let inside = type_text(inside);
    match is_answer {
        true => format!(
            "the server writes the answer as JSON, so it needs no `{wrapper}`\n\
             help: write `{inside}`, and end the block with the value itself"
        ),
        false => format!(
            "the server decodes an input, so it needs no `{wrapper}`\nhelp: write `{inside}`"
        ),
    }
}

pub(crate) fn remote_call(call: impl Display) -> String {
    format!(
        "`remote` is not needed: a call is a node\n\
         help: write `{call}(..)`, with the same arguments"
    )
}
