//! Counts the places that the requests of an application need, before anything is started.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serve_topology::holds::{Calls, Hold, Refused};
use serve_topology::{Execution, Topology};

use crate::application::bound_options::BoundOptions;
use crate::application::services::{Placed, Services};
use crate::request::admission::certain_calls::certain_calls;
use crate::request::admission::holds::{Holds, Room, Where, holds, in_circles};
use crate::request::admission::{HeldPlaces, Need, Places};
use crate::request::in_flight_limit::InFlightLimit;
use crate::service::{Capacity, Role};
use crate::{Error, Result};

/// The places of one deployment that requests keep while they wait for others.
struct Held {
    /// At one replica.
    each: usize,
    places: Arc<HeldPlaces>,
}

impl Services {
    /// Sets what the requests of each entry need. Returns the role of each deployment.
    ///
    /// # Errors
    ///
    /// If one request alone could wait for itself for ever.
    pub(super) fn count_places(&self) -> Result<Vec<Role>> {
        let places = |placed: &Placed| Arc::new(Places::new(placed.name.clone()));
        let places: Vec<_> = self.deployments.iter().map(places).collect();
        let mut held = HashMap::new();
        if let Some(topology) = self.topology.compiled() {
            self.count_certain_calls(topology, &places);
            self.count_holds(topology, &[], &self.requests, &mut held)?;
            for (path, requests) in &self.inner {
                let graph = path.iter().try_fold(topology, |graph, index| {
                    graph.deployments.get(*index)?.graph
                });
                if let Some(graph) = graph {
                    self.count_holds(graph, path, requests, &mut held)?;
                }
            }
        }
        self.requests.places_changed();
        let each = self.deployments.iter().zip(places).map(|(placed, places)| {
            let held = held.remove(&placed.path).unwrap_or_default();
            let requests = Arc::clone(&self.requests);
            let callers = self.callers(placed);
            let expected_wait = Arc::clone(places.expected_wait());
            let on_capacity = move |capacity: Capacity| {
                places.set_number(capacity.calls);
                requests.places_changed();
                for Held { each, places } in &held {
                    // Where every call is refused, no request waits for a place first.
                    places.set_number(match capacity.refuses {
                        true => usize::MAX,
                        false => capacity.replicas.saturating_mul(*each),
                    });
                }
            };
            Role {
                on_capacity: Box::new(on_capacity),
                expected_wait,
                callers,
                clocks: Arc::clone(self.ticker.clocks()),
            }
        });
        Ok(each.collect())
    }

    fn count_certain_calls(&self, topology: &Topology<'_>, places: &[Arc<Places>]) {
        let of_deployments = self.deployments.iter().zip(places);
        let of_deployments =
            of_deployments.map(|(placed, places)| (placed.path.clone(), Arc::clone(places)));
        let by_path: HashMap<_, _> = of_deployments.chain(places_of_graphs(topology)).collect();
        for entry in 0..topology.entries.len() {
            let needs = certain_calls(topology, entry).into_iter();
            let needs = needs.filter_map(|(path, calls)| {
                let places = Arc::clone(by_path.get(&path)?);
                Some(Need { places, calls })
            });
            self.requests.set_needs(entry, needs.collect());
        }
    }

    /// Counts the places that the requests of a graph keep while they wait for others.
    fn count_holds(
        &self,
        topology: &Topology<'_>,
        path: &[usize],
        requests: &InFlightLimit,
        held: &mut HashMap<Vec<usize>, Vec<Held>>,
    ) -> Result<()> {
        let entries = 0..topology.entries.len();
        let mut entries: Vec<Holds<'_>> = entries.map(|entry| holds(topology, entry)).collect();
        for (entry, holds) in entries.iter_mut().enumerate() {
            holds
                .rooms
                .retain(|room, _| self.room(path, *room).is_some());
            let rooms = &holds.rooms;
            let known =
                |(from, to): &(Room, Room)| rooms.contains_key(from) && rooms.contains_key(to);
            holds.waits.retain(known);
            for (room, hold) in rooms {
                self.check_alone(topology, entry, (path, *room), hold)?;
            }
            for (room, places) in holds.together(topology) {
                self.check_together(topology, entry, (path, room), places)?;
                if let Some(hold) = holds.rooms.get_mut(&room) {
                    hold.places = hold.places.max(places);
                }
            }
        }
        let waits: BTreeSet<_> = entries
            .iter()
            .flat_map(|holds| holds.waits.clone())
            .collect();
        let circles = in_circles(&waits);
        let mut places: HashMap<Room, Arc<HeldPlaces>> = HashMap::new();
        for room in &circles {
            let Some((bound, each)) = self.room(path, *room) else {
                continue;
            };
            let initial = bound.options.initial_replicas() as usize;
            let of_room = Arc::new(HeldPlaces::new(initial.saturating_mul(each)));
            places.insert(*room, Arc::clone(&of_room));
            let of_deployment = held.entry([path, &[room.0]].concat()).or_default();
            of_deployment.push(Held {
                each,
                places: of_room,
            });
        }
        for (entry, holds) in entries.iter().enumerate() {
            let kept = holds
                .rooms
                .iter()
                .filter_map(|(room, hold)| Some((Arc::clone(places.get(room)?), hold.places)));
            requests.set_held(entry, kept.collect());
        }
        Ok(())
    }

    /// The options of a room's deployment, and how many calls one of its replicas can have; `None` if there is no limit.
    fn room(&self, path: &[usize], (deployment, place): Room) -> Option<(&BoundOptions, usize)> {
        let path = [path, &[deployment]].concat();
        let placed = self.deployments.iter().find(|placed| placed.path == path)?;
        let bound = placed.service.options()?;
        let each = match place {
            _ if !bound.is_replicated => return None,
            Where::Compute => 1,
            Where::InPlace if bound.is_exclusive => 1,
            Where::InPlace => bound.options.max_ongoing_requests? as usize,
        };
        Some((bound, each))
    }

    /// Refuses streams of one request that could wait for each other.
    fn check_together(
        &self,
        topology: &Topology<'_>,
        entry: usize,
        (path, room): (&[usize], Room),
        places: usize,
    ) -> Result<()> {
        let Some((bound, each)) = self.room(path, room) else {
            return Ok(());
        };
        let replicas = bound.options.max_replicas() as usize;
        let has = replicas.saturating_mul(each);
        if places <= has {
            return Ok(());
        }
        let (route, name) = (topology.entries[entry].route, &bound.name);
        let needs = match places {
            usize::MAX => "a place for each item of a fan-out".to_owned(),
            places => format!("{places} places at one time"),
        };
        let raise = match (places, room.1) {
            (usize::MAX, _) => String::new(),
            (_, Where::Compute) => format!("raise `num_replicas` of `{name}`, or "),
            (_, Where::InPlace) if bound.is_exclusive => {
                format!("raise `num_replicas` of `{name}`, or ")
            }
            (_, Where::InPlace) => {
                format!("raise `max_ongoing_requests` or `num_replicas` of `{name}`, or ")
            }
        };
        Err(Error::invalid_input(format!(
            "graph `{}`: a request of `{route}` could wait for itself for ever: its streams keep places at `{name}` \
             and at other deployments until their readers start, which wait for streams of the others\n\
             note: that takes {needs}, but `{name}` has {replicas} x {each} = {has}\n\
             help: {raise}read one of two streams that have the same reader to its end in a node of its own",
            topology.name,
        )))
    }

    /// Refuses what one request alone could not survive.
    fn check_alone(
        &self,
        topology: &Topology<'_>,
        entry: usize,
        (path, room): (&[usize], Room),
        hold: &Hold<'_>,
    ) -> Result<()> {
        let Some((bound, each)) = self.room(path, room) else {
            return Ok(());
        };
        let refused = Refused {
            hold: *hold,
            route: topology.entries[entry].route,
            deployment: &bound.name,
            execution: match room.1 {
                Where::Compute => Execution::Compute,
                Where::InPlace => Execution::InPlace,
            },
            calls: match bound.is_exclusive {
                true => Calls::One,
                false => Calls::AsConfigured,
            },
            replicas: bound.options.max_replicas() as usize,
            each,
        };
        match refused.if_too_few() {
            None => Ok(()),
            Some(refused) => Err(Error::invalid_input(format!(
                "graph `{}`: {}",
                topology.name,
                refused.text().as_str()
            ))),
        }
    }
}

/// The places of the graphs that are bound in this one and have a `max_ongoing_requests`.
fn places_of_graphs(topology: &Topology<'_>) -> Vec<(Vec<usize>, Arc<Places>)> {
    let mut all = Vec::new();
    for (index, bound) in topology.deployments.iter().enumerate() {
        let Some(graph) = bound.graph else { continue };
        if let Some(max) = graph.limits.max_ongoing_requests {
            let places = Places::new(bound.variable.to_owned());
            places.set_number(Some(max as usize));
            all.push((vec![index], Arc::new(places)));
        }
        for (mut path, places) in places_of_graphs(graph) {
            path.insert(0, index);
            all.push((path, places));
        }
    }
    all
}
