//! The plain data of a topology. Indices point into the slices of the same [`Topology`].

use crate::GraphLimits;
use crate::deployment::{BoundDeployment, Method};
use crate::setters::setters;

/// The whole shape of one graph.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Topology<'a> {
    /// The graph function's name, such as `content_understanding`.
    pub name: &'a str,
    /// The graph function's doc comment, or an empty string.
    pub doc: &'a str,
    /// The path below which all entries are served; `/` by default.
    pub route_prefix: &'a str,
    /// The entries for requests.
    pub entries: &'a [Entry<'a>],
    /// The deployments and graphs that the graph binds, in source order.
    pub deployments: &'a [BoundDeployment<'a>],
    /// The calls that a request makes, in topological order.
    pub nodes: &'a [Node<'a>],
    /// The `match`es and `if`s, at which a request takes one of several arms.
    pub choices: &'a [Choice<'a>],
    /// The fan-outs, at which a request makes the same calls for each item of a value.
    pub fan_outs: &'a [FanOut<'a>],
    /// The values between nodes.
    pub edges: &'a [Edge<'a>],
    /// Deployments that hold handles to other deployments.
    pub handles: &'a [HandleEdge],
    /// The limits of the graph.
    pub limits: GraphLimits,
}

impl<'a> Topology<'a> {
    /// A graph that has only a name.
    pub const fn new(name: &'a str) -> Self {
        Topology {
            name,
            doc: "",
            route_prefix: "/",
            entries: &[],
            deployments: &[],
            nodes: &[],
            choices: &[],
            fan_outs: &[],
            edges: &[],
            handles: &[],
            limits: GraphLimits::NONE,
        }
    }

    setters! {
        doc: &'a str,
        route_prefix: &'a str,
        entries: &'a [Entry<'a>],
        deployments: &'a [BoundDeployment<'a>],
        nodes: &'a [Node<'a>],
        choices: &'a [Choice<'a>],
        fan_outs: &'a [FanOut<'a>],
        edges: &'a [Edge<'a>],
        handles: &'a [HandleEdge],
        limits: GraphLimits,
    }

    /// The same with other deployments, which may live for a shorter time.
    pub const fn with_deployments<'b>(&self, deployments: &'b [BoundDeployment<'b>]) -> Topology<'b>
    where
        'a: 'b,
    {
        Topology {
            deployments,
            ..*self
        }
    }
}

/// One entry of a graph: its route, its parameters and the type of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Entry<'a> {
    /// The path that the entry is served at; `/` by default.
    pub route: &'a str,
    /// The method of the graph's handle that calls it: `call`, or a name made of its route without the graph's prefix.
    pub method: &'a str,
    /// The request's parts.
    pub params: &'a [Param<'a>],
    /// The type of the answer, as written.
    pub output: &'a str,
}

impl<'a> Entry<'a> {
    /// An entry without parameters, called by `call`.
    pub const fn new(route: &'a str, output: &'a str) -> Self {
        Entry {
            route,
            method: "call",
            params: &[],
            output,
        }
    }

    setters! { method: &'a str, params: &'a [Param<'a>] }
}

/// A named and typed parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Param<'a> {
    /// The parameter's name.
    pub name: &'a str,
    /// The parameter's type, as written.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub ty: &'a str,
}

impl<'a> Param<'a> {
    /// A parameter of that type.
    pub const fn new(name: &'a str, ty: &'a str) -> Self {
        Param { name, ty }
    }
}

/// One call that a request makes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Node<'a> {
    /// Its name, unique in the graph, such as `segmentation.forward` or `aggregate`.
    pub name: &'a str,
    /// The entry that it belongs to: an index into [`Topology::entries`].
    pub entry: usize,
    /// The deployment that is called: an index into [`Topology::deployments`].
    pub deployment: usize,
    /// The method that is called.
    pub method: Method<'a>,
    /// The arguments in which no value of the request is.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "<[_]>::is_empty"))]
    pub constants: &'a [Constant<'a>],
    /// The arm of a choice that it is in, if not every request calls it.
    pub when: Option<Arm>,
    /// The innermost fan-out that calls it for each item: an index into [`Topology::fan_outs`].
    pub each: Option<usize>,
}

impl<'a> Node<'a> {
    /// A call of a deployment's method that every request of an entry makes.
    pub const fn new(name: &'a str, entry: usize, deployment: usize, method: Method<'a>) -> Self {
        Node {
            name,
            entry,
            deployment,
            method,
            constants: &[],
            when: None,
            each: None,
        }
    }

    setters! {
        entry: usize,
        method: Method<'a>,
        constants: &'a [Constant<'a>],
        when: Arm as Some,
        each: usize as Some,
    }
}

/// An argument of a call that is the same in every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Constant<'a> {
    /// The parameter that takes it: an index into [`Method::params`].
    pub param: usize,
    /// The expression, as written.
    pub value: &'a str,
}

impl<'a> Constant<'a> {
    /// That expression, for that parameter.
    pub const fn new(param: usize, value: &'a str) -> Self {
        Constant { param, value }
    }
}

/// A `match` or an `if` with calls in its arms: a request takes one of several arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Choice<'a> {
    /// The matched value or the condition, as written: `match category`, `if score > 0.5`.
    pub name: &'a str,
    /// The entry that it belongs to: an index into [`Topology::entries`].
    pub entry: usize,
    /// The patterns, as written and with their guards; of an `if`, the condition's pattern or `true`,
    /// and `else`.
    pub arms: &'a [&'a str],
    /// The arm of another choice that this one is in.
    pub when: Option<Arm>,
    /// The innermost fan-out that runs it for each item.
    pub each: Option<usize>,
}

impl<'a> Choice<'a> {
    /// A choice that every request of an entry makes.
    pub const fn new(name: &'a str, entry: usize, arms: &'a [&'a str]) -> Self {
        Choice {
            name,
            entry,
            arms,
            when: None,
            each: None,
        }
    }

    setters! {
        when: Arm as Some,
        each: usize as Some,
    }
}

/// One arm of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Arm {
    /// An index into [`Topology::choices`].
    pub choice: usize,
    /// An index into that choice's [`Choice::arms`].
    pub arm: usize,
}

impl Arm {
    /// An arm of a choice, by its index.
    pub const fn new(choice: usize, arm: usize) -> Self {
        Arm { choice, arm }
    }
}

/// `items.map(|item| ..)` with calls in it: they are made for each item, as many at a time as the replicas
/// accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FanOut<'a> {
    /// The items, as written: `crops`.
    pub items: &'a str,
    /// One of them, as written: `crop`, or a pattern.
    pub item: &'a str,
    /// The entry that it belongs to: an index into [`Topology::entries`].
    pub entry: usize,
    /// The arm of a choice that it is in.
    pub when: Option<Arm>,
    /// The fan-out that it is itself in.
    pub each: Option<usize>,
}

impl<'a> FanOut<'a> {
    /// A fan-out that every request of an entry makes.
    pub const fn new(items: &'a str, item: &'a str, entry: usize) -> Self {
        FanOut {
            items,
            item,
            entry,
            when: None,
            each: None,
        }
    }

    setters! {
        when: Arm as Some,
        each: usize as Some,
    }
}

/// One end of an [`Edge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Endpoint {
    /// A part of the request: an index into [`Entry::params`] of the entry.
    Input {
        /// An index into [`Topology::entries`].
        entry: usize,
        /// An index into that entry's [`Entry::params`].
        param: usize,
    },
    /// A node: an index into [`Topology::nodes`].
    Node(usize),
    /// A choice: an index into [`Topology::choices`].
    Choice(usize),
    /// The answer of an entry: an index into [`Topology::entries`].
    Output(usize),
}

impl Endpoint {
    /// A part of the request.
    pub const fn input(entry: usize, param: usize) -> Self {
        Endpoint::Input { entry, param }
    }
}

/// A value between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Edge<'a> {
    /// The source of the value.
    pub from: Endpoint,
    /// The target of the value.
    pub to: Endpoint,
    /// The type of the value at `from`, as the user wrote it; empty if it is a part of a value that a pattern
    /// names, or if the edge has no value and a choice starts a call.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub ty: &'a str,
    /// The expression that is applied to it, such as `request.url`; the pattern if it comes from a choice;
    /// `each crop` if the items are passed one by one; empty if the value is passed on unchanged.
    pub label: &'a str,
    /// The parameter of the node that takes it: an index into [`Method::params`]. None where nothing is called with
    /// it: it is matched, it is the answer, or it only starts a call.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub param: Option<usize>,
}

impl<'a> Edge<'a> {
    /// A value of that type, passed on unchanged.
    pub const fn new(from: Endpoint, to: Endpoint, ty: &'a str) -> Self {
        Edge {
            from,
            to,
            ty,
            label: "",
            param: None,
        }
    }

    setters! {
        label: &'a str,
        param: usize as Some,
    }
}

/// A deployment whose constructor is given a handle to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HandleEdge {
    /// The deployment that holds the handle.
    pub from: usize,
    /// The deployment that the handle calls.
    pub to: usize,
}

impl HandleEdge {
    /// The first of two deployments holds a handle to the second.
    pub const fn new(from: usize, to: usize) -> Self {
        HandleEdge { from, to }
    }
}
