//! The limits of a graph, once the options are known that are set at build.

use serve_topology::{BoundDeployment, Options, Topology, budget};

use crate::{Error, Result};

/// A graph's limits, and what its deployments were bound with; nothing for a single deployment.
#[derive(Default)]
pub(crate) struct Limited(Option<Graph>);

struct Graph {
    topology: &'static Topology<'static>,
    deployments: Vec<BoundDeployment<'static>>,
    /// The graphs that it binds, by deployment.
    inner: Vec<(usize, Limited)>,
}

impl Limited {
    pub(crate) fn new(topology: &'static Topology<'static>) -> Self {
        let deployments = topology.deployments.to_vec();
        Limited(Some(Graph {
            topology,
            deployments,
            inner: Vec::new(),
        }))
    }

    pub(crate) fn topology(&self) -> Option<&'static Topology<'static>> {
        self.0.as_ref().map(|graph| graph.topology)
    }

    /// The topology's deployment of that index has these options.
    pub(crate) fn bound(&mut self, index: usize, options: Options<'static>) {
        let deployments = self.0.as_mut().map(|graph| &mut graph.deployments);
        if let Some(deployment) = deployments.and_then(|all| all.get_mut(index)) {
            deployment.options = options;
            deployment.set_at_build = &[];
        }
    }

    /// A deployment has other options than those that it was bound with; its path is as in
    /// [`Placed`](crate::application::Placed).
    #[cfg(feature = "config")]
    pub(crate) fn configured(&mut self, path: &[usize], options: Options<'static>) {
        match path {
            [index] => self.bound(*index, options),
            [outer, inside @ ..] => {
                let graphs = self.0.as_mut().map(|graph| &mut graph.inner);
                let mut graphs = graphs.into_iter().flatten();
                if let Some((_, graph)) = graphs.find(|(index, _)| index == outer) {
                    graph.configured(inside, options);
                }
            }
            [] => {}
        }
    }

    /// The topology's deployment of that index is a graph with these limits of its own.
    pub(crate) fn bound_graph(&mut self, index: usize, limits: Limited) {
        if let Some(graph) = &mut self.0 {
            graph.inner.push((index, limits));
        }
    }

    /// The same sums as at compile time, now that all is known.
    pub(crate) fn check(&self) -> Result<()> {
        let Some(graph) = &self.0 else {
            return Ok(());
        };
        for (_, inner) in &graph.inner {
            inner.check()?;
        }
        let mut checked = Ok(());
        graph.resolved(&mut |topology| checked = check(topology));
        checked
    }
}

impl Limited {
    /// Uses the topology with what its deployments were bound with; there is none of a single
    /// deployment.
    #[cfg(feature = "cli")]
    pub(crate) fn with_topology(&self, mut use_it: impl FnMut(&Topology<'_>)) {
        if let Some(graph) = &self.0 {
            graph.resolved(&mut use_it);
        }
    }
}

impl Graph {
    /// The topology with what its deployments, and those of the graphs in it, were bound with.
    fn resolved(&self, use_it: &mut dyn FnMut(&Topology<'_>)) {
        self.resolve(0, &self.deployments, use_it);
    }

    fn resolve(
        &self,
        next: usize,
        deployments: &[BoundDeployment<'_>],
        use_it: &mut dyn FnMut(&Topology<'_>),
    ) {
        match self.inner.get(next) {
            Some((index, Limited(Some(inner)))) => inner.resolved(&mut |topology| {
                let mut deployments = deployments.to_vec();
                deployments[*index].graph = Some(topology);
                self.resolve(next + 1, &deployments, use_it);
            }),
            Some(_) => self.resolve(next + 1, deployments, use_it),
            None => use_it(&self.topology.with_deployments(deployments)),
        }
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
