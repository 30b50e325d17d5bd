//! Messages about what is written around futures, and is not needed around nodes.

use std::fmt::Display;

pub(crate) fn joined_nodes(name: impl Display) -> String {
    format!(
        "`{name}` is not needed in an input block: nodes that do not need each other's values run at the same time\n\
         help: write one `let` for each node, `let value = node.method(..);`"
    )
}

pub(crate) fn selected_node(name: impl Display) -> String {
    format!(
        "`{name}` is not allowed in an input block: an answer does not depend on which node is faster\n\
         help: give each node its own `let` and use the values; to take the first result of several, call them by handle in a deployment's `async fn`"
    )
}

pub(crate) fn spawned_node(name: impl Display) -> String {
    format!(
        "`{name}` is not needed in an input block: a node starts as soon as its inputs are there, and nodes that do not need each other's values run at the same time\n\
         help: call the node without it, `let value = node.method(..);`"
    )
}

pub(crate) fn node_with_timeout(name: impl Display) -> String {
    format!(
        "`{name}` is not allowed in an input block: a call here is a node, and not a future\n\
         help: call the node without it; limit the whole request with `#[graph(request_timeout_s = ..)]`, or one call with `handle.options(CallOptions::new().timeout(..))` in a deployment that holds the handle"
    )
}

pub(crate) fn joined_items(name: impl Display) -> String {
    format!(
        "`{name}` is not needed in an input block: `map` calls a node for all items at the same time\n\
         help: write `items.map(|item| node.method(item))`, which gives the results in order"
    )
}

pub(crate) fn function_of_futures(name: impl Display) -> String {
    format!(
        "`{name}` is not allowed in an input block: a call here is a node, and not a future\n\
         help: call nodes without it; move other waiting into a deployment's `async fn`"
    )
}
