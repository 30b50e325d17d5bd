//! The requests in flight of a graph: no more than its limits let in, and the deployments run until the last one is
//! answered.

use std::sync::{Arc, OnceLock};

use futures_util::future::join_all;
use serve_topology::Topology;
use serve_topology::options::MAX_ONGOING_BY_DEFAULT;
use tokio::time::{Instant, timeout_at};

use crate::request::admission::{HeldPlaces, Need, Needs, Taken};
use crate::request::caller::Caller;
use crate::request::deadline::{Estimates, RequestClock};
use crate::request::in_flight::InFlight;
use crate::request::inside::is_inside;
use crate::{Error, Result};

/// The requests in flight of one graph.
#[derive(Debug)]
pub struct InFlightLimit {
    /// One for each entry. None for a single deployment.
    entries: Box<[OfEntry]>,
    /// The graph's name, and the limit that it sets for each entry.
    graph: &'static str,
    max_ongoing_requests: Option<u32>,
    /// The estimates of the graph's nodes, made when a request first has a deadline.
    estimates: OnceLock<Arc<Estimates>>,
    /// The variable of this graph in another graph.
    bound_to: OnceLock<&'static str>,
}

/// The requests of one entry.
#[derive(Debug)]
struct OfEntry {
    in_flight: InFlight,
    needs: Needs,
    /// The places that a request takes before it begins, as it will keep some while it waits for others. Empty for
    /// nearly all.
    held: OnceLock<Vec<(Arc<HeldPlaces>, usize)>>,
}

/// A request in flight; dropping it ends the request.
#[derive(Debug)]
pub(crate) struct Guard<'a> {
    entry: &'a OfEntry,
    taken: Option<Taken>,
}

/// What a request whose guard is [leaked](Guard::leak) has to give back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun(Option<Taken>);

impl Default for InFlightLimit {
    /// For a single deployment, which has no requests of its own.
    fn default() -> Self {
        InFlightLimit {
            entries: Box::default(),
            graph: "",
            max_ongoing_requests: None,
            estimates: OnceLock::new(),
            bound_to: OnceLock::new(),
        }
    }
}

impl InFlightLimit {
    /// For a graph, which is not deployed yet.
    pub(crate) fn new(topology: &Topology<'static>) -> Self {
        let max_ongoing_requests = topology.limits.max_ongoing_requests;
        let of_entry = |_: &_| OfEntry {
            in_flight: InFlight::new(
                max_ongoing_requests.unwrap_or(MAX_ONGOING_BY_DEFAULT) as usize
            ),
            needs: Needs::default(),
            held: OnceLock::new(),
        };
        InFlightLimit {
            entries: topology.entries.iter().map(of_entry).collect(),
            graph: topology.name,
            max_ongoing_requests,
            ..InFlightLimit::default()
        }
    }

    /// Begins a request of an entry, unless a limit is reached.
    #[inline]
    pub(crate) fn begin(&self, entry: usize, caller: Caller) -> Result<Guard<'_>> {
        let of_entry = &self.entries[entry];
        match of_entry.begin() {
            Some(begun) => Ok(begun),
            None => self.begin_beyond(of_entry, caller),
        }
    }

    /// A request of another graph that has begun is finished: only a limit that the user has set refuses the part of
    /// it that is for this graph, unless a place for that part was counted.
    #[cold]
    fn begin_beyond<'a>(&self, entry: &'a OfEntry, caller: Caller) -> Result<Guard<'a>> {
        let is_certain = match caller {
            Caller::Counted => true,
            Caller::Uncounted => self.max_ongoing_requests.is_none(),
            Caller::Holder => {
                self.max_ongoing_requests.is_none() && is_inside() && self.bound_to().is_some()
            }
        };
        let begun = is_certain.then(|| entry.begin_beyond_limit()).flatten();
        begun.ok_or_else(|| self.refusal(entry))
    }

    /// Returns an error if a request from outside could not begin now: for a caller that checks before it has one.
    #[cfg(feature = "http")]
    pub(crate) fn refused(&self, entry: usize) -> Result<()> {
        let entry = &self.entries[entry];
        match entry.in_flight.is_full() || entry.needs.lacking().is_some() {
            true => Err(self.refusal(entry)),
            false => Ok(()),
        }
    }

    #[cold]
    fn refusal(&self, entry: &OfEntry) -> Error {
        if entry.in_flight.is_closed() {
            return Error::unavailable("the application has been shut down");
        }
        let retry_after = entry.needs.expected_wait();
        match entry.needs.lacking() {
            Some(need) => need.places.refusal(need.calls, retry_after),
            None => Error::graph_full(self.graph, entry.in_flight.limit(), retry_after),
        }
    }

    /// How long calls will wait at the slowest of the deployments that each request of an entry is sure to call.
    #[cfg(feature = "http")]
    pub(crate) fn expected_wait(&self, entry: usize) -> Option<std::time::Duration> {
        self.entries[entry].needs.expected_wait()
    }

    /// Sets what each request of an entry is sure to need, when the graph is deployed.
    pub(crate) fn set_needs(&self, entry: usize, needs: Vec<Need>) {
        self.entries[entry].needs.set(needs);
    }

    /// Sets the places that a request of an entry keeps while it waits for others, when the graph is deployed.
    pub(crate) fn set_held(&self, entry: usize, held: Vec<(Arc<HeldPlaces>, usize)>) {
        let _ = self.entries[entry].held.set(held); // this cannot fail: a graph is deployed once
    }

    /// Whether a request of an entry has to [`hold`](Self::hold) places before it begins.
    #[inline]
    pub(crate) fn holds(&self, entry: usize) -> bool {
        self.entries[entry]
            .held
            .get()
            .is_some_and(|held| !held.is_empty())
    }

    /// Waits for the places that a request keeps while it waits for others, in the order of the deployments: so no
    /// two requests wait for each other.
    pub(crate) async fn hold(
        &self,
        entry: usize,
        deadline: Option<Instant>,
    ) -> Result<impl Sized + use<>> {
        let held = self.entries[entry].held.get().map_or(&[][..], |held| held);
        let take = async {
            let mut taken = Vec::new();
            for (places, number) in held {
                taken.push(places.take(*number).await);
            }
            taken
        };
        match deadline {
            None => Ok(take.await),
            Some(deadline) => timeout_at(deadline, take)
                .await
                .map_err(|_| Error::deadline_passed()),
        }
    }

    /// The numbers of places have changed.
    pub(crate) fn places_changed(&self) {
        for OfEntry {
            in_flight, needs, ..
        } in &self.entries
        {
            needs.update();
            in_flight.set_limit(|| match self.max_ongoing_requests {
                Some(max) => max as usize,
                None if needs.are_limited() => usize::MAX,
                None => MAX_ONGOING_BY_DEFAULT as usize,
            });
        }
    }

    /// Sets the variable that this graph is bound to in another graph.
    pub(crate) fn bind_to(&self, variable: &'static str) {
        let _ = self.bound_to.set(variable); // this cannot fail: a graph is consumed when it is bound
    }

    /// The variable that this graph is bound to in another graph.
    pub(crate) fn bound_to(&self) -> Option<&'static str> {
        self.bound_to.get().copied()
    }

    /// Starts the clock of a request that has a deadline.
    #[cold]
    pub(crate) fn clock(
        &self,
        deadline: Instant,
        topology: &'static Topology<'static>,
    ) -> Box<RequestClock> {
        let new = || Arc::new(Estimates::new(topology));
        let estimates = self.estimates.get_or_init(new);
        Box::new(RequestClock::new(deadline, estimates, topology.nodes.len()))
    }

    /// Ends a request whose guard was [leaked](Guard::leak).
    pub(crate) fn end(&self, entry: usize, Begun(taken): Begun) {
        self.entries[entry].end(taken);
    }

    /// Accepts no new requests, and resolves when those in flight have ended.
    pub(crate) async fn drain(&self) {
        join_all(self.entries.iter().map(|entry| entry.in_flight.drain())).await;
    }
}

impl OfEntry {
    #[inline]
    fn begin(&self) -> Option<Guard<'_>> {
        let taken = self.needs.take().ok()?;
        match self.in_flight.begin() {
            Some(begun) => {
                begun.leak();
                Some(Guard {
                    entry: self,
                    taken: Some(taken),
                })
            }
            None => {
                self.needs.give_back(taken);
                None
            }
        }
    }

    /// Begins a request over the limit; `None` if no more are accepted.
    fn begin_beyond_limit(&self) -> Option<Guard<'_>> {
        self.in_flight.begin_beyond_limit()?.leak();
        Some(Guard {
            entry: self,
            taken: None,
        })
    }

    #[inline]
    fn end(&self, taken: Option<Taken>) {
        if let Some(taken) = taken {
            self.needs.give_back(taken);
        }
        self.in_flight.end();
    }
}

impl Guard<'_> {
    /// Leaks the guard: the request ends with [`InFlightLimit::end`] instead.
    #[expect(clippy::mem_forget, reason = "its drop would end the request")]
    pub(crate) fn leak(self) -> Begun {
        let begun = Begun(self.taken);
        std::mem::forget(self);
        begun
    }
}

impl Drop for Guard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.entry.end(self.taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::request::admission::Places;

    const TOPOLOGY: Topology<'static> = Topology::new("g").entries(&[
        serve_topology::Entry::new("/a", "()"),
        serve_topology::Entry::new("/b", "()"),
    ]);

    /// A graph whose first entry needs a deployment with one place.
    fn limited() -> InFlightLimit {
        let requests = InFlightLimit::new(&TOPOLOGY);
        let places = Arc::new(Places::new("model".to_owned()));
        places.set_number(Some(1));
        requests.set_needs(0, vec![Need { places, calls: 1 }]);
        requests.places_changed();
        requests
    }

    #[tokio::test]
    async fn a_refusal_says_whether_there_are_too_many_or_there_will_be_none() {
        let requests = limited();
        let begun = requests.begin(0, Caller::Holder).unwrap();
        let refused = requests.begin(0, Caller::Holder).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Overloaded);
        #[cfg(feature = "http")]
        requests.refused(0).unwrap_err();
        // A request whose guard is leaked is in flight until `end`.
        let begun = begun.leak();
        requests.begin(0, Caller::Holder).unwrap_err();
        requests.end(0, begun);
        #[cfg(feature = "http")]
        requests.refused(0).unwrap();
        drop(requests.begin(0, Caller::Holder).unwrap());

        requests.drain().await;
        let refused = requests.begin(0, Caller::Holder).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
    }

    #[test]
    fn a_limit_of_one_entry_is_none_of_the_other() {
        let requests = limited();
        let _first = requests.begin(0, Caller::Holder).unwrap();
        let others = (0..10).map(|_| requests.begin(1, Caller::Holder).unwrap());
        assert_eq!(others.collect::<Vec<_>>().len(), 10);
    }

    #[test]
    fn an_entry_that_nothing_else_limits_takes_a_thousand() {
        let requests = limited();
        let begun = || requests.begin(1, Caller::Holder);
        let all: Vec<_> = (0..1000).map(|_| begun().unwrap()).collect();
        let refused = begun().unwrap_err();
        assert!(
            refused.to_string().contains("max_ongoing_requests"),
            "{refused}"
        );
        drop(all);
        begun().unwrap();
    }

    #[test]
    fn a_part_of_a_request_that_has_begun_is_not_refused() {
        let requests = InFlightLimit::new(&TOPOLOGY);
        requests.bind_to("inner");
        let begun = |caller| requests.begin(1, caller);
        let _all: Vec<_> = (0..1000).map(|_| begun(Caller::Holder).unwrap()).collect();
        begun(Caller::Holder).unwrap_err();
        begun(Caller::Counted).unwrap();
        begun(Caller::Uncounted).unwrap();
    }
}
