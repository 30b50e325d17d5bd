//! Messages about what a graph binds, before its input block.

use std::fmt::Display;

use super::list;

pub(crate) fn input_in_configuration(name: impl Display) -> String {
    format!(
        "`{name}` is an input: it comes with each request, but a deployment is bound once, before the first request\n\
         help: pass it to a method in the input block, `node.method({name})`, or make it a parameter of the graph function"
    )
}

pub(crate) fn node_in_bind(node: impl Display, variable: impl Display) -> String {
    format!(
        "`{node}` is called for each request, but a deployment is bound once, before the first request\n\
         help: call it in the input block, and pass its value to a method, `{variable}.method({node}(..))`"
    )
}

/// `right` is the variable of a deployment of the wanted type.
pub(crate) fn wrong_handle<T: Display>(
    name: impl Display,
    found: &str,
    wanted: &str,
    right: Option<T>,
) -> String {
    let help = match right {
        Some(right) => format!("pass `{right}`"),
        None => format!("bind one above, `let name = {wanted}::bind(..);`, and pass `name`"),
    };
    format!("expected a `Handle<{wanted}>`, and `{name}` is a `Handle<{found}>`\nhelp: {help}")
}

pub(crate) fn handle_as_parameter(name: impl Display, ty: impl Display) -> String {
    format!(
        "a graph calls the deployments that it binds itself, and `{name}` is a parameter\n\
         help: remove the parameter, and write `let {name} = {ty}::bind(..);` in the function"
    )
}

pub(crate) fn bound_after_options(ty: impl Display) -> String {
    format!(
        "options come after `bind`\n\
         help: write `{ty}::bind(..)` first, as in `{ty}::bind(..).num_replicas(2)`"
    )
}

pub(crate) fn awaited_bind(what: impl Display) -> String {
    format!(
        "`bind` waits for nothing and cannot fail: replicas are built by `run` and `deploy`\nhelp: remove `{what}`"
    )
}

pub(crate) fn question_mark_in_graph() -> &'static str {
    "a graph function returns the graph and cannot fail, so it has no `?`\n\
     help: do this before the graph is made, and pass the value as a parameter of the graph function; what may fail in each replica belongs into `fn new(..) -> Result<Self>`"
}

pub(crate) fn deployment_inside_a_graph() -> &'static str {
    "a deployment cannot be defined inside a graph function: the graph's type, which is outside, names it\n\
     help: move it above the graph function"
}

pub(crate) fn bound_repeatedly(ty: impl Display) -> String {
    format!(
        "a graph has a fixed number of deployments, so `{ty}` cannot be bound in a loop or a closure\n\
         help: bind each in its own `let`, `let first = {ty}::bind(..);`; for several copies of one, bind it once with `.num_replicas(..)`"
    )
}

pub(crate) fn bound_on_a_condition(ty: impl Display) -> String {
    format!(
        "which deployments a graph has is known at compile time, so `{ty}` cannot be bound on a condition\n\
         help: make the arguments depend on it, `let name = {ty}::bind(if condition {{ .. }} else {{ .. }});`; for deployments of different types, write a graph function for each case"
    )
}

pub(crate) fn made_and_not_bound(ty: impl Display) -> String {
    format!(
        "`{ty}::new(..)` makes one value, and not a deployment with replicas\n\
         help: write `{ty}::bind(..)`, with the same arguments"
    )
}

pub(crate) fn called_and_not_bound(function: impl Display) -> String {
    format!(
        "`{function}(..)` is called, but not bound: its result is configuration, and no deployment\n\
         help: to call a graph or a deployment, write `{function}::bind(..)`; to use configuration, pass it to a deployment's `bind(..)`"
    )
}

pub(crate) fn bound_in_passing(ty: impl Display) -> String {
    format!(
        "bind each deployment in its own `let`: the variable is its name in the graph\n\
         help: write `let name = {ty}::bind(..);` above, and `name` here"
    )
}

pub(crate) fn changing_deployment() -> &'static str {
    "the variable of a deployment does not change\nhelp: remove `mut`"
}

pub(crate) fn cycle_of_handles(chain: &[String]) -> String {
    let chain: Vec<String> = chain.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "these deployments hold handles to each other in a cycle: {}\n\
         note: none of them can be built before the others\n\
         help: remove one of the handles",
        chain.join(" -> ")
    )
}

pub(crate) fn not_bound(name: impl Display) -> String {
    format!(
        "`{name}` is not a deployment that this graph binds: it is configuration, known when the graph is built\n\
         help: to call a deployment or a graph, bind it in its own `let`: `let {name} = Type::bind(..);` or `let {name} = graph::bind(..);`; \
         to use configuration, pass it to a deployment's `bind(..)`"
    )
}

pub(crate) fn configuration_in_input_block(name: impl Display) -> String {
    format!(
        "`{name}` is configuration: it is known when the graph is built, not while a request runs\n\
         help: pass it to a deployment's `bind(..)`, or make it a `const`"
    )
}

pub(crate) fn unused_deployment(name: impl Display, held: &[String]) -> String {
    let held = match held {
        [] => String::new(),
        [one] => format!("\nnote: `{one}` is not called either: `{name}` holds its handle"),
        several => {
            let several: Vec<&str> = several.iter().map(String::as_str).collect();
            format!(
                "\nnote: {} are not called either: `{name}` holds their handles",
                list(&several)
            )
        }
    };
    format!(
        "nothing calls `{name}`{held}\n\
         help: call one of its methods in the input block or in a route, pass it to another deployment's `bind(..)`, or remove it"
    )
}

pub(crate) fn hidden_deployment(name: impl Display) -> String {
    format!(
        "nothing calls `{name}`: a value of the same name hides it in the input block\n\
         help: rename one of the two"
    )
}
