//! The functions of `random/nodes.rs` and of the files beside it, which programs can call.

use super::code::Ty;

/// How plain Rust passes an argument; in a graph it is written unchanged.
#[derive(Clone, Copy)]
pub(crate) enum By {
    Value,
    Reference,
    Shared,
}

#[derive(Clone, Copy)]
pub(crate) struct Function {
    /// The call in the graph, and in plain Rust: the function, or a form with `$0`, `$1` in place of its arguments.
    pub(crate) name: &'static str,
    pub(crate) plain: &'static str,
    pub(crate) params: &'static [(Ty, By)],
    pub(crate) output: Ty,
    /// The code after the call in plain Rust.
    pub(crate) after: &'static str,
    /// The deployment that it needs.
    pub(crate) binds: Option<&'static str>,
}

const WAIT: &str = ".await";
const WAIT_TRY: &str = ".await?";

const fn function(
    name: &'static str,
    params: &'static [(Ty, By)],
    output: Ty,
    after: &'static str,
) -> Function {
    Function {
        name,
        plain: name,
        params,
        output,
        after,
        binds: None,
    }
}

const fn method(
    (binds, name): (&'static str, &'static str),
    params: &'static [(Ty, By)],
    output: Ty,
    after: &'static str,
) -> Function {
    Function {
        binds: Some(binds),
        ..function(name, params, output, after)
    }
}

/// Several functions in a fixed form, with an item and a number.
const fn form(name: &'static str, plain: &'static str, output: Ty) -> Function {
    Function {
        plain,
        ..function(
            name,
            &[(Ty::Item, By::Value), (Ty::Num, By::Value)],
            output,
            WAIT_TRY,
        )
    }
}

use By::{Reference as R, Shared as S, Value as V};
use Ty::{Item, Items, Kind, Maybe, Num, Pair};

pub(crate) const FUNCTIONS: &[Function] = &[
    function("grow", &[(Item, V), (Num, V)], Item, WAIT),
    function("merge", &[(Item, R), (Item, V)], Item, WAIT_TRY),
    function("crunch", &[(Item, R), (Num, V)], Item, "?"),
    function("gather", &[(Items, R), (Item, S)], Item, WAIT),
    function("or_else", &[(Maybe, V), (Num, V)], Item, WAIT),
    function("weigh", &[(Item, R)], Num, WAIT),
    function("total", &[(Items, V)], Num, ""),
    function("narrow", &[(Num, V), (Num, V)], Num, WAIT),
    function("rank", &[(Kind, R)], Num, WAIT_TRY),
    function("spread", &[(Item, V), (Num, V)], Items, WAIT),
    function("pad", &[(Items, V), (Num, V)], Items, WAIT),
    function("pick", &[(Items, R), (Num, V)], Maybe, WAIT),
    function("find", &[(Item, S), (Num, V)], Maybe, WAIT_TRY),
    function("split", &[(Item, S)], Pair, WAIT),
    function("swap", &[(Pair, V), (Num, V)], Pair, WAIT),
    function("classify", &[(Item, V)], Kind, WAIT),
    function("change", &[(Kind, V), (Num, V)], Kind, "?"),
    method(("worker", "worker.mix"), &[(Item, V), (Num, V)], Item, WAIT),
    method(("worker", "worker.press"), &[(Item, R)], Item, "?"),
    method(("worker", "worker.stamp"), &[(Num, V)], Num, WAIT),
    method(("clerk", "clerk.peek"), &[(Item, R), (Items, R)], Num, WAIT),
    method(
        ("clerk", "clerk.copy"),
        &[(Item, V), (Num, V)],
        Items,
        WAIT_TRY,
    ),
    method(("miner", "miner.dig"), &[(Item, R), (Num, V)], Item, ""),
    form("open(seal($0, $1))", "plain_sealed", Item),
    form(
        "{ let sealed = seal($0, $1); narrow(weigh_sealed(sealed), peek_sealed(sealed)) }",
        "plain_shared_seal",
        Num,
    ),
    form("fold(pour($0, $1))", "plain_poured", Item),
    form("fold(trickle($0, $1))", "plain_trickled", Item),
    Function {
        plain: "plain_rate",
        ..function("rate", &[(Item, V), (Num, V)], Num, WAIT)
    },
    Function {
        plain: "mill.plain_grind",
        ..method(("mill", "mill.grind"), &[(Item, V), (Num, V)], Item, "?")
    },
    method(("mill", "mill.sift"), &[(Items, V), (Num, V)], Items, "?"),
    method(("mill", "mill.halve"), &[(Item, S)], Pair, ""),
    Function {
        plain: "depot.plain_pack",
        ..method(("depot", "depot.pack"), &[(Item, S), (Num, V)], Maybe, "?")
    },
    method(
        ("depot", "depot.enter"),
        &[(Item, V), (Num, V)],
        Item,
        WAIT_TRY,
    ),
    Function {
        plain: "held.mix",
        ..method(
            ("holder", "holder.through"),
            &[(Item, V), (Num, V)],
            Item,
            WAIT,
        )
    },
];

/// The function of that name.
pub(crate) fn named(name: &str) -> Function {
    let mut functions = FUNCTIONS.iter();
    *functions
        .find(|function| function.name == name)
        .expect("a function")
}
