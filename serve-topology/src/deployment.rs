//! The plain data of a deployment that a graph binds.

use crate::setters::setters;
use crate::topology::{Param, Topology};
use crate::{Batch, Options};

/// A deployment as one graph binds it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BoundDeployment<'a> {
    /// Its name in configuration, logs and errors, unique in the graph: the variable, or what `.name("..")` gives;
    /// with `_1`, `_2`, .. for later ones of the same name.
    pub name: &'a str,
    /// The variable that the graph binds it to; a function deployment's own name.
    pub variable: &'a str,
    /// The deployment's type or function, as written.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub ty: &'a str,
    /// Its options, with the graph's overrides applied.
    pub options: Options<'a>,
    /// The names of options whose value is known only when the graph is built.
    pub set_at_build: &'a [&'a str],
    /// Its callable methods; of a graph, one for each entry, in their order.
    pub methods: &'a [Method<'a>],
    /// The methods that load its models.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "<[_]>::is_empty"))]
    pub loaders: &'a [Loader<'a>],
    /// The other graph, if this is not a deployment but a graph that is bound in this one.
    pub graph: Option<&'a Topology<'a>>,
}

impl<'a> BoundDeployment<'a> {
    /// A deployment with default options, bound to that variable.
    pub const fn new(name: &'a str, variable: &'a str, ty: &'a str) -> Self {
        BoundDeployment {
            name,
            variable,
            ty,
            options: Options::DEFAULT,
            set_at_build: &[],
            methods: &[],
            loaders: &[],
            graph: None,
        }
    }

    setters! {
        options: Options<'a>,
        set_at_build: &'a [&'a str],
        methods: &'a [Method<'a>],
        loaders: &'a [Loader<'a>],
        graph: Option<&'a Topology<'a>>,
    }
}

/// A callable method of a deployment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Method<'a> {
    /// The method's name; `call` for a function deployment.
    pub name: &'a str,
    /// Where it runs.
    pub execution: Execution,
    /// Its parameters, without the receiver; of a batched method, those of one call.
    pub params: &'a [Param<'a>],
    /// The type of the value for the next node: the `Ok` type of a fallible method.
    pub output: &'a str,
    /// Its batching, if it is batched.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub batch: Option<Batch>,
}

impl<'a> Method<'a> {
    /// A method without parameters, of no known output.
    pub const fn new(name: &'a str, execution: Execution) -> Self {
        Method {
            name,
            execution,
            params: &[],
            output: "",
            batch: None,
        }
    }

    setters! {
        params: &'a [Param<'a>],
        output: &'a str,
        batch: Batch as Some,
    }
}

/// Where a method runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Execution {
    /// An `async fn`: on the caller's task.
    InPlace,
    /// A `fn`: on its replica's own thread.
    Compute,
}

/// A method that loads the models of a deployment, by the model id of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Loader<'a> {
    /// The method's name.
    pub name: &'a str,
    /// The number of models that a replica keeps, if it is written as a number.
    pub max_num_models_per_replica: Option<u32>,
}

impl<'a> Loader<'a> {
    /// A loader whose number of models is computed.
    pub const fn new(name: &'a str) -> Self {
        Loader {
            name,
            max_num_models_per_replica: None,
        }
    }

    setters! { max_num_models_per_replica: u32 as Some }
}
