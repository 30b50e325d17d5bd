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
    fn make(&self, name: &str, args: Map<String, Value>) -> Result<Arc<dyn AnyApplication>>;
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

    fn make(&self, name: &str, args: Map<String, Value>) -> Result<Arc<dyn AnyApplication>> {
        let application = G::from_arguments(&mut Arguments::new(args.clone()))?;
        Ok(Arc::new(Served::made(application.name(name), args)))
    }
}
