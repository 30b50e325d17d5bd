//! Builds an application from the deployments that a graph function binds.

use std::sync::Arc;

use serve_topology::{BoundDeployment, Topology};

use crate::application::resolved_topology::ResolvedTopology;
use crate::application::{Application, Deployable, Services};
use crate::deployment::{Bound, Callable};
use crate::engine::Ticker;
use crate::graph::Graph;
use crate::handle::HandleTo;
use crate::request::caller::Caller;
use crate::request::in_flight_limit::InFlightLimit;
use crate::resources::Resources;

/// Collects the deployments that a graph function binds.
pub struct Builder {
    topology: &'static Topology<'static>,
    services: Services,
}

impl Builder {
    /// A builder for the graph `G`, with nothing bound.
    pub fn new<G: Graph>() -> Self {
        Builder {
            topology: G::TOPOLOGY,
            services: Services {
                deployments: Vec::new(),
                requests: Arc::new(InFlightLimit::new(G::TOPOLOGY)),
                inner: Vec::new(),
                topology: ResolvedTopology::new(G::TOPOLOGY),
                resources: Resources::default(),
                ticker: Ticker::default(),
                #[cfg(feature = "config")]
                fixed: None,
                #[cfg(feature = "config")]
                external_scaler_enabled: Default::default(),
                refused: None,
            },
        }
    }

    /// Adds the topology's deployment of that index, and returns its handles.
    pub fn bind<B: Bindable>(&mut self, index: usize, bound: B) -> Handles<B::Handle> {
        bound.bind(Place {
            index,
            planned: self.topology.deployments.get(index),
            services: &mut self.services,
        })
    }

    /// The counter of the graph's requests.
    pub fn requests(&self) -> Arc<InFlightLimit> {
        Arc::clone(&self.services.requests)
    }

    /// Completes the application, once everything is bound.
    pub fn finish<G: Graph>(mut self, graph: G) -> Application<G> {
        self.services.number_names();
        Application {
            graph,
            services: self.services,
            name: None,
            served_at: Default::default(),
            #[cfg(feature = "config")]
            bound_at: None,
            #[cfg(feature = "config")]
            origin: Default::default(),
        }
    }
}

/// The place of a deployment in an application.
pub struct Place<'b> {
    index: usize,
    /// The deployment in the topology.
    planned: Option<&'static BoundDeployment<'static>>,
    services: &'b mut Services,
}

/// The handles of one deployment, for each who calls it.
pub struct Handles<H> {
    /// For the nodes of entries whose every request calls it.
    pub counted: H,
    /// For the nodes of other entries.
    pub uncounted: H,
    /// For deployments that hold it.
    pub holder: H,
}

impl<H> Handles<H> {
    fn new(handle: impl Fn(Caller) -> H) -> Self {
        Handles {
            counted: handle(Caller::Counted),
            uncounted: handle(Caller::Uncounted),
            holder: handle(Caller::Holder),
        }
    }
}

/// A part that a graph can bind: the result of a deployment's `bind`, or another graph's [`Application`].
pub trait Bindable {
    /// The handle that callers will hold.
    type Handle;

    /// Adds it at its place.
    fn bind(self, place: Place<'_>) -> Handles<Self::Handle>;
}

impl<D: Callable> Bindable for Bound<D> {
    type Handle = D::Handle;

    fn bind(self, place: Place<'_>) -> Handles<D::Handle> {
        let handles = Handles::new(|caller| self.handle(caller));
        let mut bound = self;
        if let Some(planned) = place.planned {
            bound.options_mut().planned(planned);
        }
        let options = bound.options().options;
        place.services.topology.bound(place.index, options);
        place.services.place(place.index, D::NAME, bound);
        handles
    }
}

/// A graph in a graph: its deployments become deployments of the outer one, under its variable.
impl<G: Graph> Bindable for Application<G> {
    type Handle = G::Handle;

    fn bind(self, place: Place<'_>) -> Handles<G::Handle> {
        let (handle, mut inner) = self.take_apart();
        let variable = place
            .planned
            .map_or(G::TOPOLOGY.name, |planned| planned.variable);
        inner.requests.bind_to(variable);
        let mut deployments = std::mem::take(&mut inner.deployments);
        for deployment in &mut deployments {
            deployment.rename(format!("{variable}/{}", deployment.name));
            deployment.path.insert(0, place.index);
        }
        let graphs = std::mem::take(&mut inner.inner).into_iter();
        let graphs = graphs.chain([(Vec::new(), Arc::clone(&inner.requests))]);
        place
            .services
            .inner
            .extend(graphs.map(|(mut path, requests)| {
                path.insert(0, place.index);
                (path, requests)
            }));
        let topology = std::mem::take(&mut inner.topology);
        place.services.topology.bound_graph(place.index, topology);
        place.services.deployments.extend(deployments);
        let refused = inner.refused.take();
        place.services.refused = place.services.refused.take().or(refused);
        Handles::new(|caller| G::Handle::new(handle.calls().called_by(caller)))
    }
}
