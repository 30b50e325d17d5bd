//! The limits of a graph, once the options are known that are set at build.

use serve_topology::{BoundDeployment, Options, Topology, budget};

use crate::{Error, Result};

/// A graph's limits, and what its deployments were bound with; nothing for a single deployment.
#[derive(Default)]
pub(crate) struct Limited(Option<Graph>);

struct Graph {
    topology: &'static Topology<'static>,
    deployments: Vec<BoundDeployment<'static>>,
}

impl Limited {
    pub(crate) fn new(topology: &'static Topology<'static>) -> Self {
        let deployments = topology.deployments.to_vec();
        Limited(Some(Graph {
            topology,
            deployments,
        }))
    }

    /// The topology's deployment of that index has these options.
    pub(crate) fn bound(&mut self, index: usize, options: Options<'static>) {
        let deployments = self.0.as_mut().map(|graph| &mut graph.deployments);
        if let Some(deployment) = deployments.and_then(|all| all.get_mut(index)) {
            deployment.options = options;
            deployment.set_at_build = &[];
        }
    }

    /// The same sums as at compile time, now that all is known.
    pub(crate) fn check(&self) -> Result<()> {
        let Some(graph) = &self.0 else {
            return Ok(());
        };
        let topology = Topology {
            deployments: &graph.deployments,
            ..*graph.topology
        };
        let mut work = vec![budget::Step::NEW; budget::steps(&topology)];
        let wrong = budget::over_slo(&topology, &mut work)
            .or_else(|| budget::over_cpus(&topology))
            .or_else(|| budget::over_gpus(&topology));
        match wrong {
            None => Ok(()),
            Some(text) => {
                let message = format!("graph `{}`: {}", topology.name, text.as_str());
                Err(Error::invalid_input(message))
            }
        }
    }
}
