//! Messages about graphs.

use std::fmt::Display;

use syn::{PatIdent, PathArguments, PathSegment};

use quote::ToTokens;

use super::did_you_mean;
use crate::text::{tidy, type_text};

pub(crate) fn not_a_graph_item() -> &'static str {
    "`#[graph]` goes on a function"
}

pub(crate) fn generic_graph() -> &'static str {
    "a graph function cannot be generic: the graph is checked once, with its real types\nhelp: name the types"
}

pub(crate) fn graph_without_output() -> &'static str {
    "a graph function must name the type of its answer\nhelp: add `-> Type`"
}

pub(crate) fn type_name_taken(name: impl Display) -> String {
    format!(
        "this graph's type would be `{name}`, the name of a deployment that it binds\n\
         help: rename the function"
    )
}

pub(crate) fn type_name_used(name: impl Display) -> String {
    format!(
        "this graph's type would be `{name}`, the name of a type that it uses\n\
         help: rename the function"
    )
}

pub(crate) fn graph_binds_itself(name: impl Display) -> String {
    format!(
        "`{name}` binds itself, so building it would never end: `{name}` -> `{name}`\n\
         help: bind another graph, or the deployments of this one"
    )
}

pub(crate) fn no_input_block() -> &'static str {
    "a graph ends with its input block\n\
     help: put the calls of nodes, from the first one that needs a request to the answer, into `input(|name: Type| { .. })` at its end, without a `;`"
}

pub(crate) fn second_input_block() -> &'static str {
    "a graph has one input block\n\
     help: to serve several, give each a path: write `route(\"/path\", |name: Type| { .. })` in place of every `input(..)`; otherwise move these calls into the first block"
}

pub(crate) fn after_the_entries() -> &'static str {
    "nothing runs after the input block or the routes of a graph\n\
     help: move this line above them, and let the graph end without a `;`"
}

pub(crate) fn misspelt_entry(name: impl Display, meant: impl Display) -> String {
    format!(
        "cannot find `{name}`: a graph ends with its input block\nhelp: did you mean `{meant}`?"
    )
}

pub(crate) fn malformed_entry(is_route: bool) -> &'static str {
    if is_route {
        "a route takes a path and a closure over the inputs of a request\n\
         help: write `route(\"/path\", |name: Type, other: Type| { .. })`"
    } else {
        "an input block takes a closure over the inputs of a request\n\
         help: write `input(|name: Type, other: Type| { .. })`"
    }
}

pub(crate) fn route_not_a_literal() -> &'static str {
    "the path of a route must be known at compile time\nhelp: write it as a string, `\"/path\"`"
}

pub(crate) fn duplicate_route(route: impl Display) -> String {
    format!("the route `{route}` is defined twice\nhelp: use another path for this one")
}

pub(crate) fn routes_of_one_name(other: impl Display, name: impl Display) -> String {
    format!(
        "this route and `{other}` would both be the method `{name}` of the graph's handle\n\
         help: use a path with other words for this one"
    )
}

pub(crate) fn input_beside_routes() -> &'static str {
    "this graph has routes, so it cannot have an input block as well\n\
     help: write `route(\"/\", ..)` in place of `input(..)`"
}

pub(crate) fn too_many_routes(max: usize) -> String {
    format!("a graph has at most {max} routes\nhelp: split it into two graphs")
}

pub(crate) fn between_routes() -> &'static str {
    "routes come last, with nothing between them\nhelp: move this line above the first route"
}

pub(crate) fn let_else() -> &'static str {
    "`let .. else` is not allowed in an input block: an input block has no early exit\n\
     help: give an answer in both cases: `if let .. { .. } else { .. }`"
}

pub(crate) fn node_in_chain() -> &'static str {
    "a node cannot be called with a name that the same condition binds\n\
     help: call it in another `if` inside this one"
}

pub(crate) fn if_without_else() -> &'static str {
    "this `if` has no `else`, so it has no value when its condition is false\n\
     help: add `else { .. }`"
}

pub(crate) fn iterator_in_fan_out(collection: impl Display) -> String {
    format!(
        "`map` in an input block takes the collection itself, not an iterator over it\n\
         help: write `{collection}.map(|item| node.method(item))`, which keeps the order and needs no `.collect()`"
    )
}

pub(crate) fn adapters_in_fan_out(collected: impl Display) -> String {
    format!(
        "`map` in an input block takes a collection, not an iterator\n\
         help: bind the items first: `let items: Vec<_> = {collected};`, and write `items.map(|item| node.method(item))`, which needs no `.collect()`"
    )
}

pub(crate) fn fan_out_is_collected() -> &'static str {
    "the result of `map` in an input block is already collected: a `Vec` for a `Vec`, an `Option` for an `Option`\n\
     help: remove `.collect()`"
}

pub(crate) fn async_fan_out() -> &'static str {
    "a call in an input block is a node, and the graph waits for its value\nhelp: remove `async`"
}

pub(crate) fn one_item() -> &'static str {
    "`map` calls its closure with one item\nhelp: write `|item|`, or a pattern, `|(left, right)|`"
}

pub(crate) fn unused_part(name: impl Display) -> String {
    format!(
        "`{name}` is never used\n\
         help: pass it to a node, or write `_` in its place; in the pattern of a struct, leave the field out with `..`"
    )
}

pub(crate) fn input_without_type(name: impl Display) -> String {
    format!("the input `{name}` needs a type\nhelp: write `|{name}: Type|`")
}

/// `plain` is the input as it should be.
pub(crate) fn input_pattern(plain: Option<String>) -> String {
    let help = match plain {
        Some(plain) => format!("write `{plain}`: an input is decoded when the block gets it"),
        None => "write `|name: Type|`".to_owned(),
    };
    format!("an input needs a name: it is the name of its field in a request\nhelp: {help}")
}

pub(crate) fn duplicate_input(name: impl Display) -> String {
    format!("two inputs are called `{name}`\nhelp: rename one of them")
}

pub(crate) fn too_many_inputs(max: usize) -> String {
    format!("an input block takes at most {max} inputs\nhelp: group some of them in a struct")
}

pub(crate) fn unknown_variable<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = did_you_mean(name, known);
    format!("cannot find `{name}` in this graph{near}")
}

pub(crate) fn out_of_scope(name: impl Display) -> String {
    format!(
        "`{name}` is not visible outside the arm, block or closure that defines it\n\
         help: return it from the arm, block or closure, and bind the result with `let`"
    )
}

pub(crate) fn used_before_definition(name: impl Display) -> String {
    format!("`{name}` is used before it is defined\nhelp: move its `let` above this line")
}

pub(crate) fn deployment_as_value(name: impl Display) -> String {
    format!(
        "`{name}` is a deployment, not a value\n\
         help: call one of its methods, `{name}.method(..)`; to call it from another deployment, pass it to the `bind(..)` of that deployment"
    )
}

pub(crate) fn deployment_called(name: impl Display, args: &impl ToTokens) -> String {
    let args = type_text(args);
    format!(
        "`{name}` is a deployment, not a function\n\
         help: call one of its methods, `{name}.method({args})`; that of a graph is `{name}.call({args})`"
    )
}

pub(crate) fn changing_value() -> &'static str {
    "a name in an input block keeps its value\nhelp: remove `mut`"
}

pub(crate) fn unused_value(name: impl Display) -> String {
    format!(
        "the value `{name}` is never used\n\
         help: pass it to a node, or remove its `let`"
    )
}

pub(crate) fn unused_result(name: impl Display) -> String {
    format!(
        "the result of `{name}` is never used\n\
         help: bind it with `let` and pass it to a node, or remove the call"
    )
}

pub(crate) fn unused_input(name: impl Display) -> String {
    format!("the input `{name}` is never used\nhelp: pass it to a node, or remove it")
}

pub(crate) fn cycle_of_values(chain: &[String]) -> String {
    let chain: Vec<String> = chain.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "these values wait for each other in a cycle: {}\n\
         help: remove one of them from the arguments; to repeat calls until a result is good enough, loop in the `async fn` of a deployment that holds handles to the others",
        chain.join(" -> ")
    )
}

pub(crate) fn block_in_a_block() -> String {
    "an input block cannot be inside an input block: its values are there already\n\
     help: write its content in its place; for each item of a list, `items.map(|item| node.method(item))`"
        .to_owned()
}

pub(crate) fn loop_over_items(item: &str, items: &str) -> String {
    format!(
        "a loop is not allowed in an input block: the block declares which node gets which value, and has no steps that run in order\n\
         help: to call nodes for each item, write `{items}.map(|{item}| node.method({item}))`, which gives the results in order; other loops go into a deployment's method"
    )
}

pub(crate) fn forbidden(what: &str, why: &str, help: &str) -> String {
    format!("{what} is not allowed in an input block: {why}\nhelp: {help}")
}

pub(crate) fn attribute_in_graph() -> &'static str {
    "an attribute cannot change a part of a graph: the graph is checked once, as a whole\n\
     help: put `#[cfg(..)]` on the graph function, and write another graph function for the other case"
}

pub(crate) fn no_answer() -> &'static str {
    "an input block must end with the answer to the request\n\
     help: remove the last `;`, or write the value at the end"
}

pub(crate) fn unsupported_statement() -> &'static str {
    "an input block consists of `let name = ..;` and, at its end, the answer\n\
     help: move other statements into a deployment"
}

pub(crate) fn borrowed_edge() -> &'static str {
    "a value in an input block is passed without `&`: the signature of the node that takes it says whether it is borrowed\n\
     help: remove the `&`"
}

/// `application` is `Application<Answer>`.
pub(crate) fn application_as_answer(application: &PathSegment) -> String {
    let answer = match &application.arguments {
        PathArguments::AngleBracketed(inside) => type_text(&inside.args),
        _ => "Answer".to_owned(),
    };
    format!(
        "a graph function is written with the type of its answer, and the attribute makes an `Application` of it\n\
         help: write `-> {answer}`, if that is the type of the answer"
    )
}

pub(crate) fn input_as_macro(name: impl Display) -> String {
    format!("`{name}` is written like a function\nhelp: remove the `!`")
}

pub(crate) fn graph_on_main() -> &'static str {
    "`#[graph]` goes on the function with the input block, and not on `main`\n\
     help: remove `#[graph]` here; `main` serves a graph, `serve_runtime::run(graph(..)).await`"
}

pub(crate) fn fallible_graph() -> &'static str {
    "the answer of a graph is not a `Result`: an error of a node ends the request\n\
     help: write the type without the `Result`"
}

pub(crate) fn graph_qualifier(qualifier: impl Display) -> String {
    format!("a graph function is a plain `fn`\nhelp: remove `{qualifier}`")
}

/// `block` is what the function has to leave, if anything.
pub(crate) fn graph_on_a_method(receiver: impl Display, block: Option<&str>) -> String {
    let receiver = tidy(&receiver.to_string());
    let help = match block {
        None => format!("remove `{receiver}`, and pass what it needs as parameters"),
        Some(block) => format!(
            "remove `{receiver}`, pass what it needs as parameters, and move the function out of {block}"
        ),
    };
    format!(
        "`#[graph]` goes on a function without `self`: it generates types beside it\nhelp: {help}"
    )
}

pub(crate) fn graph_in_a_block(name: impl Display, block: impl Display) -> String {
    format!(
        "`#[graph]` goes on a function of a module: it generates types beside it\n\
         help: move `{name}` out of `{block}`, and call it as `{name}(..)`"
    )
}

pub(crate) fn borrowed_answer() -> &'static str {
    "the answer outlives its request, so it cannot be borrowed\n\
     help: use an owned type: `String` for `&str`, `Vec<T>` for `&[T]`"
}

pub(crate) fn opaque_answer() -> &'static str {
    "a graph must name the type of its answer\n\
     help: write the type in place of `impl Trait`; for a stream, write `Streaming<T>`"
}

pub(crate) fn name_of_a_primitive(name: impl Display) -> String {
    format!(
        "a type named `{name}` is generated beside the function and would hide Rust's own `{name}`\n\
         help: rename the function"
    )
}

pub(crate) fn async_input() -> &'static str {
    "an input block waits for nothing itself: the graph waits for the values of its nodes\nhelp: remove `async`"
}

pub(crate) fn bound_in_input_block(ty: impl Display) -> String {
    format!(
        "a deployment is bound once, while the graph is built, and not for each request\n\
         help: move `{ty}::bind(..)` into a `let` above the input block; values that vary with the request are arguments of a method"
    )
}

pub(crate) fn function_as_value(name: impl Display) -> String {
    format!(
        "a node must be called and cannot be passed as a value\nhelp: write `|item| {name}(item)`; for a plain function, write its path, `self::{name}`"
    )
}

pub(crate) fn method_as_value(deployment: impl Display, method: impl Display) -> String {
    format!(
        "a node must be called and cannot be passed as a value\n\
         help: write `{deployment}.{method}(..)`; in a `map`, `|item| {deployment}.{method}(item)`"
    )
}

pub(crate) fn let_without_value(name: impl Display) -> String {
    format!(
        "a `let` in an input block needs its value at once\nhelp: write `let {name} = ..;` with the expression that gives the value, such as a `match`"
    )
}

pub(crate) fn borrowed_input() -> &'static str {
    "an input is read from a request, so it cannot be borrowed\n\
     help: take an owned type: `String` for `&str`, `Vec<T>` for `&[T]`"
}

pub(crate) fn opaque_input() -> &'static str {
    "an input is read from a request, so its type must be known\nhelp: write the type in place of `impl Trait`"
}

pub(crate) fn borrowed_in_pattern(name: &PatIdent) -> String {
    if name.by_ref.is_some() {
        return "a value of an input block moves to other nodes, so a pattern cannot borrow from it\n\
                help: remove `ref`"
            .to_owned();
    }
    let name = &name.ident;
    format!(
        "a value of an input block moves to other nodes, so a pattern binds the whole value or its parts, not both\n\
         help: write `{name}` alone, and take it apart in its own `let`"
    )
}

pub(crate) fn pattern_without_names() -> &'static str {
    "this pattern binds no name, so the value is never used\n\
     help: bind the parts that are needed, or remove the `let`"
}

pub(crate) fn generic_call() -> &'static str {
    "a call of a node takes no type arguments\nhelp: remove them: the deployment's signature gives the types"
}

pub(crate) fn node_inside(what: &str) -> String {
    let help = match what {
        "a closure" => {
            "call it in a `let` before the closure; to call it for each item of a value, write `items.map(|item| ..)`"
        }
        "the right side of `&&`" => {
            "it would be called in any case; write `if left { node(value) } else { false }`, or call it in its own `let`"
        }
        "the right side of `||`" => {
            "it would be called in any case; write `if left { true } else { node(value) }`, or call it in its own `let`"
        }
        "a guard" => "call it in a `let` before the `match`, and use its value here",
        _ => "call it in its own `let`",
    };
    format!(
        "a node cannot be called inside {what}\n\
         help: {help}"
    )
}
