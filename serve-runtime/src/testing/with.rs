//! Putting a fake in the place of a deployment of a graph.

use serve_topology::nearest;

use super::fake::{Fake, Faked};
use crate::application::{Application, Placed, Services};
use crate::graph::Graph;
use crate::{Error, Result};

impl<G: Graph> Application<G> {
    /// Puts a fake in the place of a deployment, whose constructor never runs then. Also whoever holds a
    /// handle of it calls the fake. With the feature `testing`.
    ///
    /// The deployment is named by the variable that it is bound to in the graph function, a function by
    /// its own name, and what a bound graph binds with that graph's variable before it:
    /// `"ocr/detector"`.
    ///
    /// A name that there is not, or a fake of something else, is an error of
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
        let matching = |placed: &&mut Placed| placed.variable == name;
        let mut found: Vec<&mut Placed> = self.deployments.iter_mut().filter(matching).collect();
        // A variable may shadow another one.
        if found.len() > 1 {
            found.retain(|placed| placed.service.is(faked.type_id));
        }
        match &mut found[..] {
            [placed] => placed.service.fake(faked),
            [] => Err(self.unknown(graph, name)),
            _ => Err(Error::invalid_input(format!(
                "graph `{graph}` binds several deployments to `{name}`, so that none can be told to fake\n\
                 help: give them different names"
            ))),
        }
    }

    fn unknown(&self, graph: &str, name: &str) -> Error {
        let known = || self.deployments.iter().map(|placed| &placed.variable[..]);
        let inside = format!("{name}/");
        let help = match known().find(|known| known.starts_with(&inside)) {
            Some(inner) => {
                format!("`{name}` is a graph of its own: fake what it binds, as in `{inner}`")
            }
            None => match nearest(name, known()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => {
                    let known: Vec<String> = known().map(|known| format!("`{known}`")).collect();
                    format!("there are {}", known.join(", "))
                }
            },
        };
        Error::invalid_input(format!(
            "graph `{graph}` binds no `{name}` to fake\nhelp: {help}"
        ))
    }
}
