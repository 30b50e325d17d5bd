//! Puts fakes in place of deployments of a graph.

use serve_topology::nearest;

use super::fake::{Fake, Faked};
use crate::application::{Application, Services};
use crate::graph::Graph;
use crate::{Error, Result};

impl<G: Graph> Application<G> {
    /// Puts a fake in place of a deployment, whose constructor then never runs. Its handles that other deployments
    /// hold call the fake as well. Needs the feature `testing`.
    ///
    /// A deployment is named by the variable that it is bound to in the graph function, and a function by
    /// its own name. A deployment of a bound graph has that graph's variable before its own:
    /// `"ocr/detector"`.
    ///
    /// An unknown name, or a fake of another deployment, is an error of
    /// [`deploy`](crate::deploy). [`testing`](crate::testing) has an example.
    pub fn with<F: Fake>(mut self, name: &str, fake: F) -> Self {
        let faked = fake.into_fakes().named(name);
        if let Err(error) = self.services.fake(G::TOPOLOGY.name, name, faked) {
            self.services.refused.get_or_insert(error);
        }
        self
    }
}

impl Services {
    fn fake(&mut self, graph: &str, name: &str, faked: Faked) -> Result<()> {
        match self.position(name) {
            Some(index) => self.deployments[index].service.fake(faked),
            None => Err(self.unknown(graph, name)),
        }
    }

    fn unknown(&self, graph: &str, name: &str) -> Error {
        let known = || self.names();
        let inside = format!("{name}/");
        let help = match known().find(|known| known.starts_with(&inside)) {
            Some(inner) => {
                format!("`{name}` is a graph of its own: fake what it binds, as in `{inner}`")
            }
            None => match nearest(name, known()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => {
                    let known: Vec<String> = known().map(|known| format!("`{known}`")).collect();
                    format!("the deployments are {}", known.join(", "))
                }
            },
        };
        Error::invalid_input(format!(
            "graph `{graph}` has no deployment `{name}` to fake\nhelp: {help}"
        ))
    }
}
