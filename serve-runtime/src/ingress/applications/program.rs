//! Graphs that a configuration can deploy.

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::served::{AnyApplication, Served};
use crate::Result;
use crate::config::arguments::Arguments;
use crate::ingress::router::Serve;

/// A graph of which a configuration can make applications.
pub(crate) trait AnyProgram: Send + Sync {
    /// The graph's name.
    fn graph(&self) -> &'static str;

    /// Makes one with those arguments.
    fn make(
        &self,
        name: Option<&str>,
        route_prefix: Option<&str>,
        args: Map<String, Value>,
    ) -> Result<Arc<dyn AnyApplication>>;
}

/// The graph `G`.
pub(crate) struct Program<G>(PhantomData<fn() -> G>);

impl<G: Serve> Program<G> {
    pub(crate) fn new() -> Self {
        Program(PhantomData)
    }
}

impl<G: Serve> AnyProgram for Program<G> {
    fn graph(&self) -> &'static str {
        G::TOPOLOGY.name
    }

    fn make(
        &self,
        name: Option<&str>,
        route_prefix: Option<&str>,
        args: Map<String, Value>,
    ) -> Result<Arc<dyn AnyApplication>> {
        let mut application = G::from_arguments(&mut Arguments::new(args))?;
        if let Some(name) = name {
            application = application.name(name);
        }
        if let Some(route_prefix) = route_prefix {
            application = application.route_prefix(route_prefix);
        }
        Ok(Arc::new(Served::new(application)))
    }
}
