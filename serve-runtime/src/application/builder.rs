//! What a graph function binds, on its way to an application.

use std::sync::Arc;

use serve_topology::{BoundDeployment, Options, Topology};

use crate::application::resolved_topology::ResolvedTopology;
use crate::application::{Application, Deployable, Services};
use crate::deployment::{Bound, Callable};
use crate::engine::Engine;
use crate::graph::Graph;
use crate::request::in_flight_limit::InFlightLimit;
use crate::service::AnyService;

/// Collects what a graph function binds.
pub struct Builder {
    topology: &'static Topology<'static>,
    services: Services,
}

impl Builder {
    /// Nothing is bound.
    pub fn new<G: Graph>() -> Self {
        Builder {
            topology: G::TOPOLOGY,
            services: Services {
                deployments: Vec::new(),
                requests: Arc::default(),
                topology: ResolvedTopology::new(G::TOPOLOGY),
                refused: None,
            },
        }
    }

    /// Adds the topology's deployment of that index; what callers of it hold comes back.
    pub fn bind<B: Bindable>(&mut self, index: usize, bound: B) -> B::Handle {
        bound.bind(Place {
            index,
            planned: self.topology.deployments.get(index),
            services: &mut self.services,
        })
    }

    /// What counts the requests of the graph.
    pub fn requests(&self) -> Arc<InFlightLimit> {
        Arc::clone(&self.services.requests)
    }

    /// All is bound.
    pub fn finish<G: Graph>(self, graph: G) -> Application<G> {
        Application {
            graph,
            services: self.services,
        }
    }
}

/// Where something that a graph binds goes.
pub struct Place<'b> {
    index: usize,
    /// What the topology says of it.
    planned: Option<&'static BoundDeployment<'static>>,
    services: &'b mut Services,
}

/// What a graph can bind: what a deployment's `bind` returns, or another graph's [`Application`].
pub trait Bindable {
    /// What callers will hold.
    type Handle;

    /// Puts it in its place.
    fn bind(self, place: Place<'_>) -> Self::Handle;
}

impl<D: Callable> Bindable for Bound<D> {
    type Handle = D::Handle;

    fn bind(self, place: Place<'_>) -> D::Handle {
        let handle = self.handle();
        let mut bound = self;
        if let Some(planned) = place.planned {
            bound.options_mut().planned(D::NAME, planned);
        }
        let options = bound.options().options;
        place.take(D::NAME, options, D::Engine::service(bound));
        handle
    }
}

impl Place<'_> {
    /// A deployment of that type goes there.
    fn take(self, ty: &str, options: Options<'static>, service: Box<dyn AnyService>) {
        let variable = self.planned.map_or(ty, |planned| planned.variable);
        self.services.topology.bound(self.index, options);
        self.services.place(variable, vec![self.index], service);
    }
}

/// A graph in a graph: its deployments become deployments of the outer one, under its variable.
impl<G: Graph> Bindable for Application<G> {
    type Handle = G::Handle;

    fn bind(self, place: Place<'_>) -> G::Handle {
        let (handle, mut inner) = self.take_apart();
        let variable = place
            .planned
            .map_or(G::TOPOLOGY.name, |planned| planned.variable);
        inner.requests.bind_to(variable);
        let mut deployments = std::mem::take(&mut inner.deployments);
        for deployment in &mut deployments {
            deployment.variable.insert_str(0, &format!("{variable}/"));
            deployment.path.insert(0, place.index);
            deployment
                .service
                .rename(&|name| format!("{variable}/{name}"));
        }
        let topology = std::mem::take(&mut inner.topology);
        place.services.topology.bound_graph(place.index, topology);
        place.services.deployments.extend(deployments);
        let refused = inner.refused.take();
        place.services.refused = place.services.refused.take().or(refused);
        handle
    }
}
