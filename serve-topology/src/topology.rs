//! The plain data of a topology. Indices point into the slices of the same [`Topology`].

use crate::Options;

/// The whole shape of one graph.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct Topology<'a> {
    /// The graph function's name, such as `content_understanding`.
    pub name: &'a str,
    /// The graph function's doc comment, or an empty string.
    pub doc: &'a str,
    /// Where requests come in.
    pub entries: &'a [Entry<'a>],
    /// What the graph binds, in source order.
    pub deployments: &'a [BoundDeployment<'a>],
    /// The calls that a request makes, in topological order.
    pub nodes: &'a [Node<'a>],
    /// The ways that values take.
    pub edges: &'a [Edge<'a>],
    /// Deployments that hold handles to other deployments.
    pub handles: &'a [HandleEdge],
}

impl<'a> Topology<'a> {
    /// A graph with a name and nothing in it.
    pub const fn empty(name: &'a str) -> Self {
        Topology {
            name,
            doc: "",
            entries: &[],
            deployments: &[],
            nodes: &[],
            edges: &[],
            handles: &[],
        }
    }
}

/// One entry of a graph: a route, what it takes and what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct Entry<'a> {
    /// The path that the entry is served at; `/` by default.
    pub route: &'a str,
    /// The request's parts.
    pub params: &'a [Param<'a>],
    /// The type of the answer, as written.
    pub output: &'a str,
}

/// A named and typed parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct Param<'a> {
    /// The parameter's name.
    pub name: &'a str,
    /// The parameter's type, as written.
    #[cfg_attr(feature = "render", serde(rename = "type"))]
    pub ty: &'a str,
}

/// A deployment as one graph binds it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct BoundDeployment<'a> {
    /// Its name, unique in the graph: the type's name, with `_1`, `_2`, .. for later ones.
    pub name: &'a str,
    /// The variable that the graph binds it to; a function deployment's own name.
    pub variable: &'a str,
    /// The deployment's type or function, as written.
    #[cfg_attr(feature = "render", serde(rename = "type"))]
    pub ty: &'a str,
    /// Its options, with the graph's overrides applied.
    pub options: Options<'a>,
    /// The names of options whose value is known only when the graph is built.
    pub set_at_build: &'a [&'a str],
}

/// One call that a request makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct Node<'a> {
    /// Its name, unique in the graph, such as `segmentation.forward` or `aggregate`.
    pub name: &'a str,
    /// The entry that it belongs to: an index into [`Topology::entries`].
    pub entry: usize,
    /// The deployment that is called: an index into [`Topology::deployments`].
    pub deployment: usize,
    /// The method that is called.
    pub method: Method<'a>,
}

/// A callable method of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct Method<'a> {
    /// The method's name; `call` for a function deployment.
    pub name: &'a str,
    /// Where it runs.
    pub execution: Execution,
    /// Its parameters, without the receiver.
    pub params: &'a [Param<'a>],
    /// The type of the value that it hands on: the `Ok` type of a fallible method.
    pub output: &'a str,
}

/// Where a method runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
#[cfg_attr(feature = "render", serde(rename_all = "snake_case"))]
pub enum Execution {
    /// An `async fn`: on the caller's task.
    InPlace,
    /// A `fn`: on its replica's own thread.
    Compute,
}

/// One end of an [`Edge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
#[cfg_attr(feature = "render", serde(rename_all = "snake_case"))]
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
    /// The answer of an entry: an index into [`Topology::entries`].
    Output(usize),
}

/// A value on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct Edge<'a> {
    /// Where the value comes from.
    pub from: Endpoint,
    /// Where it goes.
    pub to: Endpoint,
    /// The type of the value as it leaves `from`, as written by the user.
    #[cfg_attr(feature = "render", serde(rename = "type"))]
    pub ty: &'a str,
    /// The expression that it goes through on its way, such as `request.url`; empty if the value
    /// is handed on as it is.
    pub label: &'a str,
}

/// A deployment whose constructor is given a handle to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
pub struct HandleEdge {
    /// The deployment that holds the handle.
    pub from: usize,
    /// The deployment that the handle calls.
    pub to: usize,
}
