//! The topology of a graph with the options that are computed at run time.

use serve_topology::{BoundDeployment, Options, Topology, budget};

use crate::{Error, Result};

/// A graph's topology with the bound options of its deployments; empty for a single deployment.
#[derive(Default)]
pub(crate) struct ResolvedTopology(Option<Graph>);

struct Graph {
    topology: &'static Topology<'static>,
    deployments: Vec<BoundDeployment<'static>>,
    /// The graphs that it binds, by the index of their deployment.
    inner: Vec<(usize, Graph)>,
}

impl ResolvedTopology {
    pub(crate) fn new(topology: &'static Topology<'static>) -> Self {
        ResolvedTopology(Some(Graph {
            topology,
            deployments: topology.deployments.to_vec(),
            inner: Vec::new(),
        }))
    }

    /// The topology as it was compiled.
    pub(crate) fn compiled(&self) -> Option<&'static Topology<'static>> {
        self.0.as_ref().map(|graph| graph.topology)
    }

    /// Sets the bound options of the topology's deployment of that index.
    pub(crate) fn bound(&mut self, index: usize, options: Options<'static>) {
        if let Some(graph) = &mut self.0 {
            graph.bound(index, options);
        }
    }

    /// Replaces the bound options of a deployment; its path is as in
    /// [`Placed`](crate::application::services::Placed).
    #[cfg(feature = "config")]
    pub(crate) fn configured(&mut self, path: &[usize], options: Options<'static>) {
        if let Some(graph) = &mut self.0 {
            graph.configured(path, options);
        }
    }

    /// Sets the graph that the topology's deployment of that index is.
    pub(crate) fn bound_graph(&mut self, index: usize, inner: ResolvedTopology) {
        if let (Some(graph), Some(inner)) = (&mut self.0, inner.0) {
            graph.inner.push((index, inner));
        }
    }

    /// Checks the same sums as at compile time, now that all options are known.
    pub(crate) fn check(&self) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), Graph::check)
    }

    /// Calls `borrow` with the topology and the bound options; a single deployment has none.
    #[cfg(feature = "cli")]
    pub(crate) fn lend(&self, mut borrow: impl FnMut(&Topology<'_>)) {
        if let Some(graph) = &self.0 {
            graph.lend(&mut borrow);
        }
    }
}

impl Graph {
    fn bound(&mut self, index: usize, options: Options<'static>) {
        if let Some(deployment) = self.deployments.get_mut(index) {
            deployment.options = options;
            deployment.set_at_build = &[];
        }
    }

    #[cfg(feature = "config")]
    fn configured(&mut self, path: &[usize], options: Options<'static>) {
        match path {
            [index] => self.bound(*index, options),
            [outer, inside @ ..] => {
                if let Some((_, graph)) = self.inner.iter_mut().find(|(index, _)| index == outer) {
                    graph.configured(inside, options);
                }
            }
            [] => {}
        }
    }

    fn check(&self) -> Result<()> {
        for (_, inner) in &self.inner {
            inner.check()?;
        }
        let mut checked = Ok(());
        self.lend(&mut |topology| checked = check(topology));
        checked
    }

    /// Calls `borrow` with the topology and the bound options of its deployments, and of those of the graphs in it.
    fn lend(&self, borrow: &mut dyn FnMut(&Topology<'_>)) {
        self.lend_with(&self.inner, &self.deployments, borrow);
    }

    /// A topology only borrows the graphs in it, so each of them stays on the stack while the next ones are added.
    fn lend_with(
        &self,
        inner: &[(usize, Graph)],
        deployments: &[BoundDeployment<'_>],
        borrow: &mut dyn FnMut(&Topology<'_>),
    ) {
        let [(index, graph), others @ ..] = inner else {
            return borrow(&self.topology.with_deployments(deployments));
        };
        graph.lend(&mut |topology| {
            let mut deployments = deployments.to_vec();
            deployments[*index].graph = Some(topology);
            self.lend_with(others, &deployments, borrow);
        });
    }
}

fn check(topology: &Topology<'_>) -> Result<()> {
    let mut work = vec![budget::Step::NEW; budget::steps(topology)];
    let wrong = budget::over_slo(topology, &mut work)
        .or_else(|| budget::over_cpus(topology))
        .or_else(|| budget::over_gpus(topology));
    match wrong {
        None => Ok(()),
        Some(text) => {
            let message = format!("graph `{}`: {}", topology.name, text.as_str());
            Err(Error::invalid_input(message))
        }
    }
}
