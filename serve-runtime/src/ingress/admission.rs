//! Limits how many requests the server works on at a time.

use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::clients::Clients;
use crate::util::lock;
use crate::{Error, ErrorKind, Result};

/// Limits the requests in flight, which bounds the memory that they take.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    max_ongoing_requests: usize,
    /// Those of them that do not take their answers lose their places to others.
    clients: Arc<Clients>,
}

/// The place of one request among those in flight, until its answer is taken; dropping it frees the place.
pub(super) struct Place(Mutex<Option<OwnedSemaphorePermit>>);

impl Place {
    fn of(permit: OwnedSemaphorePermit) -> Self {
        Place(Mutex::new(Some(permit)))
    }

    /// The place, for another request.
    pub(super) fn moved(&self) -> Option<Self> {
        lock(&self.0).take().map(Place::of)
    }
}

impl Admission {
    pub(super) fn new(max_ongoing_requests: usize, clients: Arc<Clients>) -> Self {
        let max_ongoing_requests = max_ongoing_requests.min(Semaphore::MAX_PERMITS);
        Admission {
            places: Arc::new(Semaphore::new(max_ongoing_requests)),
            max_ongoing_requests,
            clients,
        }
    }

    /// Refuses a request for which there is no place, before its body is read.
    pub(super) fn has_room(&self) -> Result<()> {
        self.enter().map(drop)
    }

    /// Takes a place, or refuses the request at once.
    pub(super) fn enter(&self) -> Result<Place> {
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(permit) => Ok(Place::of(permit)),
            Err(_) => self.clients.take_place().ok_or_else(|| {
                Error::new(
                    ErrorKind::Overloaded,
                    format!(
                        "{} requests are already in flight",
                        self.max_ongoing_requests
                    ),
                )
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, advance};

    use super::*;
    use crate::ingress::clients::Present;

    /// A client with an answer to take, for which the server has waited since now.
    fn answered(clients: &Arc<Clients>, place: Place) -> (Present, Arc<Place>) {
        let present = clients.enter();
        let place = Arc::new(place);
        present.client().has_asked();
        present.client().takes(&place, None);
        present.client().is_answered();
        (present, place)
    }

    #[tokio::test(start_paused = true)]
    async fn the_place_of_the_client_that_has_not_taken_its_answer_for_longest_is_given_to_others()
    {
        let clients = Arc::default();
        let admission = Admission::new(3, Arc::clone(&clients));
        let (first, _first) = answered(&clients, admission.enter().unwrap());
        advance(Duration::from_secs(1)).await;
        let (second, _second) = answered(&clients, admission.enter().unwrap());
        let working = clients.enter();
        working.client().has_asked();
        let place = admission.enter().unwrap();
        admission
            .enter()
            .err()
            .expect("nothing has lasted too long");
        advance(Duration::from_secs(1)).await;
        let _entered = admission.enter().unwrap();
        assert!(first.client().why_cut_off().is_some());
        assert_eq!(second.client().why_cut_off(), None);
        admission
            .enter()
            .err()
            .expect("the second may still take it");
        advance(Duration::from_secs(1)).await;
        let _entered_too = admission.enter().unwrap();
        advance(Duration::from_secs(10)).await;
        let error = admission
            .enter()
            .err()
            .expect("one is at work, two have been cut off");
        assert_eq!(error.message(), "3 requests are already in flight");
        assert_eq!(working.client().why_cut_off(), None);
        drop(place);
        admission.enter().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_its_answer_keeps_its_place() {
        let clients = Arc::default();
        let admission = Admission::new(1, Arc::clone(&clients));
        let (present, place) = answered(&clients, admission.enter().unwrap());
        for _ in 0..10 {
            advance(Duration::from_secs(1)).await;
            present.client().has_moved();
            admission.enter().err().expect("it takes its answer");
        }
        drop(place);
        admission.enter().unwrap();
    }
}
