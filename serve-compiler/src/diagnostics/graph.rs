//! What can be wrong with a graph.

use std::fmt::Display;

use super::{did_you_mean, list};

pub(crate) fn not_a_graph_item() -> &'static str {
    "`#[graph]` goes on a function"
}

pub(crate) fn async_graph() -> &'static str {
    "a graph function builds the graph once, so it is not `async`\nhelp: remove `async`"
}

pub(crate) fn generic_graph() -> &'static str {
    "a graph function cannot be generic: its topology is one constant\nhelp: name the types"
}

pub(crate) fn graph_without_output() -> &'static str {
    "a graph function must say what a request is answered with\nhelp: add `-> Type`"
}

pub(crate) fn type_name_taken(name: impl Display) -> String {
    format!(
        "this graph's type is called `{name}`, and so is a deployment that it binds\n\
         help: rename the function"
    )
}

pub(crate) fn type_name_used(name: impl Display) -> String {
    format!(
        "this graph's type is called `{name}`, and so is a type that it uses\n\
         help: rename the function"
    )
}

pub(crate) fn graph_binds_itself(name: impl Display) -> String {
    format!(
        "`{name}` binds itself, so that building it would never end: `{name}` -> `{name}`\n\
         help: bind another graph, or the deployments of this one"
    )
}

pub(crate) fn no_input_block() -> &'static str {
    "a graph ends with its input block\n\
     help: end it with `input(|name: Type| { .. })`, without a `;`"
}

pub(crate) fn second_input_block() -> &'static str {
    "a graph has one input block, at its end\nhelp: move these calls into the block at the end"
}

pub(crate) fn malformed_entry(is_route: bool) -> &'static str {
    if is_route {
        "a route is a path and a closure over the parts of the request\n\
         help: write `route(\"/path\", |name: Type, other: Type| { .. })`"
    } else {
        "an input block is a closure over the parts of the request\n\
         help: write `input(|name: Type, other: Type| { .. })`"
    }
}

pub(crate) fn route_not_a_literal() -> &'static str {
    "the path of a route must be known at compile time\nhelp: write it as a string, `\"/path\"`"
}

pub(crate) fn duplicate_route(route: impl Display) -> String {
    format!("the route `{route}` is there already\nhelp: serve this one at another path")
}

pub(crate) fn routes_of_one_name(other: impl Display, name: impl Display) -> String {
    format!(
        "the graph's handle would have two methods `{name}`: for this route and for `{other}`\n\
         help: serve this one at a path with other words in it"
    )
}

pub(crate) fn input_beside_routes() -> &'static str {
    "a graph has either one input block or routes\n\
     help: write `route(\"/\", ..)` in place of `input(..)`"
}

pub(crate) fn too_many_routes(most: usize) -> String {
    format!("a graph has at most {most} routes\nhelp: make two graphs of it")
}

pub(crate) fn between_routes() -> &'static str {
    "routes come last, with nothing between them\nhelp: move this line above the first route"
}

pub(crate) fn let_else() -> &'static str {
    "`let .. else` cannot stand in an input block: there is nowhere to leave it to\n\
     help: say what the request is answered with in either case: `if let .. { .. } else { .. }`"
}

pub(crate) fn node_in_chain() -> &'static str {
    "a node cannot be called with what the same condition binds\n\
     help: call it in an `if` of its own, inside of this one"
}

pub(crate) fn if_without_else() -> &'static str {
    "this `if` has no `else`, so there is no value if its condition does not hold\n\
     help: add `else { .. }`"
}

pub(crate) fn iterator_in_fan_out(method: impl Display) -> String {
    format!(
        "a graph calls its nodes for each item of a value, not of an iterator: remove `.{method}()`\n\
         help: write `items.map(|item| node.method(item))`, which keeps the order and needs no `.collect()`"
    )
}

pub(crate) fn fan_out_is_collected(method: impl Display) -> String {
    format!(
        "what `map` gives in an input block is collected already: a `Vec` for a `Vec`, an `Option` for an `Option`\n\
         help: remove `.{method}()`"
    )
}

pub(crate) fn async_fan_out() -> &'static str {
    "a call in an input block is already an edge, which waits for its value\nhelp: remove `async`"
}

pub(crate) fn one_item() -> &'static str {
    "`map` calls its closure with one item\nhelp: write `|item|`, or a pattern, `|(left, right)|`"
}

pub(crate) fn unused_part(name: impl Display) -> String {
    format!(
        "`{name}` is taken out of a value and not used\n\
         help: hand it to a node, or write `_` or `..` in its place"
    )
}

pub(crate) fn input_without_type(name: impl Display) -> String {
    format!("the input `{name}` needs a type\nhelp: write `|{name}: Type|`")
}

pub(crate) fn input_pattern() -> &'static str {
    "an input needs a name, which is its field's name in a request\nhelp: write `|name: Type|`"
}

pub(crate) fn duplicate_input(name: impl Display) -> String {
    format!("two inputs are called `{name}`\nhelp: rename one of them")
}

pub(crate) fn too_many_inputs(most: usize) -> String {
    format!("an input block takes at most {most} inputs\nhelp: gather some of them in a struct")
}

pub(crate) fn unknown_variable<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = did_you_mean(name, known);
    format!("cannot find `{name}` in this graph{near}")
}

pub(crate) fn out_of_scope(name: impl Display) -> String {
    format!(
        "`{name}` ends with the arm, block or closure that it is defined in\n\
         help: make it that one's value, and name the whole with a `let`"
    )
}

pub(crate) fn used_before_definition(name: impl Display) -> String {
    format!("`{name}` is used before it is defined\nhelp: move its `let` up, above this line")
}

pub(crate) fn configuration_in_input_block(name: impl Display) -> String {
    format!(
        "`{name}` is configuration: it is known when the graph is built, not while a request runs\n\
         help: hand it to a deployment's `bind(..)`, or make it a `const`"
    )
}

pub(crate) fn deployment_as_value(name: impl Display) -> String {
    format!(
        "`{name}` is a deployment, not a value\n\
         help: call a method of it, `{name}.method(..)`; to call it from another deployment, hand it to that one's `bind(..)`"
    )
}

pub(crate) fn hidden_deployment(name: impl Display) -> String {
    format!(
        "nothing calls `{name}`: a value of the same name hides it in the input block\n\
         help: rename one of the two"
    )
}

pub(crate) fn unused_deployment(name: impl Display, held: &[String]) -> String {
    let held = match held {
        [] => String::new(),
        [one] => format!("\nnote: nor is `{one}` reached, whose handle it holds"),
        several => {
            let several: Vec<&str> = several.iter().map(String::as_str).collect();
            format!(
                "\nnote: nor are {} reached, whose handles it holds",
                list(&several)
            )
        }
    };
    format!(
        "nothing calls `{name}`{held}\n\
         help: call a method of it in the input block, hand it to another deployment's `bind(..)`, or remove it"
    )
}

pub(crate) fn unused_value(name: impl Display) -> String {
    format!(
        "the value `{name}` is not used, so computing it would be for nothing\n\
         help: hand it to a node, or remove its `let`"
    )
}

pub(crate) fn unused_result(name: impl Display) -> String {
    format!(
        "the result of `{name}` is not used\n\
         help: bind it with `let` and hand it to a node, or remove the call"
    )
}

pub(crate) fn unused_input(name: impl Display) -> String {
    format!("the input `{name}` is not used\nhelp: hand it to a node, or remove it")
}

pub(crate) fn cycle_of_handles(chain: &[String]) -> String {
    let chain: Vec<String> = chain.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "these deployments hold handles to each other in a cycle: {}\n\
         note: none of them can be built before the others\n\
         help: take one of the handles away",
        chain.join(" -> ")
    )
}

pub(crate) fn forbidden(what: &str, why: &str, help: &str) -> String {
    format!("{what} cannot stand in an input block: {why}\nhelp: {help}")
}

pub(crate) fn attribute_in_graph() -> &'static str {
    "an attribute cannot change a part of a graph: its topology is one constant\n\
     help: put `#[cfg(..)]` on the graph function, and write another one for the other case"
}

pub(crate) fn no_answer() -> &'static str {
    "an input block ends with what the request is answered with\n\
     help: remove the last `;`, or name the value at the end"
}

pub(crate) fn unsupported_statement() -> &'static str {
    "an input block consists of `let name = ..;` and, at its end, the answer\n\
     help: keep other statements in a deployment"
}

pub(crate) fn not_bound(name: impl Display) -> String {
    format!(
        "`{name}` is configuration, not a deployment that this graph binds\n\
         help: to call a deployment, bind it in a `let` of its own, `let {name} = Type::bind(..);`; \
         to use configuration, hand it to a `bind(..)`"
    )
}

pub(crate) fn borrowed_edge() -> &'static str {
    "a value is not borrowed here: its node says whether it takes it by value or by reference\n\
     help: remove the `&`"
}

pub(crate) fn fallible_graph() -> &'static str {
    "a graph names what a request is answered with; an error of a node ends the request by itself\n\
     help: write the type without the `Result`"
}

pub(crate) fn graph_qualifier(qualifier: impl Display) -> String {
    format!(
        "a graph function is a plain `fn`: it builds the graph once\nhelp: remove `{qualifier}`"
    )
}

pub(crate) fn graph_on_a_method() -> &'static str {
    "`#[graph]` does not go on a method: it declares types beside the function\n\
     help: move the function out of the `impl` block, and hand it what it needs as a parameter"
}

pub(crate) fn borrowed_answer() -> &'static str {
    "a request is answered with a value that outlives it, so it cannot be borrowed\n\
     help: name an owned type: `String` for `&str`, `Vec<T>` for `&[T]`"
}

pub(crate) fn opaque_answer() -> &'static str {
    "a graph names the type that a request is answered with\n\
     help: write the type in place of `impl Trait`; what comes piece by piece is a `Streaming<T>`"
}

pub(crate) fn name_of_a_primitive(name: impl Display) -> String {
    format!(
        "a type `{name}` is generated beside the function, which would hide Rust's own `{name}`\n\
         help: rename the function"
    )
}

pub(crate) fn async_input() -> &'static str {
    "an input block says which node is given what, and waits for nothing itself\nhelp: remove `async`"
}

pub(crate) fn bound_in_input_block(ty: impl Display) -> String {
    format!(
        "a deployment is bound once, while the graph is built, and not for each request\n\
         help: move `{ty}::bind(..)` into a `let` above the input block; what varies with the request is an argument of a method"
    )
}

pub(crate) fn function_as_value(name: impl Display) -> String {
    format!(
        "a node is called, not handed on\nhelp: write `|item| {name}(item)`; a plain function is named by a path, `self::{name}`"
    )
}

pub(crate) fn let_without_value(name: impl Display) -> String {
    format!(
        "an edge is given its value where it is named\nhelp: write `let {name} = ..;` where the value comes from, such as a `match`"
    )
}

pub(crate) fn borrowed_input() -> &'static str {
    "an input comes out of a request, so it cannot be borrowed\n\
     help: take an owned type: `String` for `&str`, `Vec<T>` for `&[T]`"
}

pub(crate) fn opaque_input() -> &'static str {
    "an input comes out of a request, so its type must be known\nhelp: write the type in place of `impl Trait`"
}

pub(crate) fn bound_in_passing(ty: impl Display) -> String {
    format!(
        "a deployment is bound by a `let` of its own, by whose name the graph knows it\n\
         help: write `let name = {ty}::bind(..);` above, and `name` here"
    )
}

pub(crate) fn borrowed_in_pattern() -> &'static str {
    "a value of an input block is handed on, so a pattern cannot keep a borrow of it\n\
     help: bind plain names, without `ref` and `@`"
}

pub(crate) fn pattern_without_names() -> &'static str {
    "this pattern names no value, so computing it would be for nothing\n\
     help: name what is needed, or remove the `let`"
}

pub(crate) fn generic_call() -> &'static str {
    "a call of a node takes no type arguments\nhelp: the deployment's own signature gives them"
}

pub(crate) fn node_inside(what: &str) -> String {
    let help = match what {
        "a closure" => {
            "call it before, in a `let` of its own; to call it for each item of a value, write `items.map(|item| ..)`"
        }
        "a guard" => {
            "call it before the `match`, in a `let` of its own, and look at its value here"
        }
        _ => "call it in a `let` of its own",
    };
    format!(
        "a node cannot be called inside {what}\n\
         help: {help}"
    )
}
