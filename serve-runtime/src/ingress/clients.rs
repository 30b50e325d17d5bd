//! The clients of the open connections, and how long each has kept the server waiting.
//!
//! Where the server has no room for one more, the client that has kept it waiting for longest has to leave: one that
//! sends nothing, or takes nothing of its answer, does not keep out those that do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::admission::Place;
use crate::util::lock;

/// How long a client may keep the server waiting while there is no room for others.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the clients are looked through in vain, as that takes time for each of them.
const PAUSE: Duration = Duration::from_millis(10);

/// The clients of the open connections.
#[derive(Default)]
pub(super) struct Clients(Mutex<Open>);

#[derive(Default)]
struct Open {
    /// In the order in which they came.
    clients: BTreeMap<u64, Arc<Client>>,
    /// How many there have been.
    count: u64,
    /// When they were last looked through in vain.
    looked: Option<Instant>,
}

/// The client of one connection.
pub(super) struct Client {
    turn: Mutex<Turn>,
    /// Why it was cut off.
    cut_off: OnceLock<String>,
    is_cut_off: Notify,
}

/// Whose turn it is: that of the client, or of the server.
struct Turn {
    /// Whether there has been a request.
    has_asked: bool,
    /// Whether one is in flight.
    in_flight: bool,
    /// Since when the server waits for the client.
    since: Option<Instant>,
    /// When the client has last sent or taken something.
    moved: Instant,
    /// The place of the answer that the client has to take.
    place: Weak<Place>,
    /// Until when.
    until: Option<Instant>,
}

impl Clients {
    /// A new one, until what is returned is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Present {
        let client = Arc::new(Client::new());
        let mut open = lock(&self.0);
        open.count += 1;
        let id = open.count;
        open.clients.insert(id, Arc::clone(&client));
        Present {
            client,
            id,
            clients: Arc::clone(self),
        }
    }

    /// Cuts off the client that has kept the server waiting for longest. Returns whether there is one.
    pub(super) fn make_room(&self) -> bool {
        let slowest = self.slowest(|_| true);
        slowest.is_some_and(|client| {
            client.cut_off("its connection was needed for another client");
            true
        })
    }

    /// Cuts off the client that has not taken its answer for longest. Returns the place of its request.
    pub(super) fn take_place(&self) -> Option<Place> {
        let client = self.slowest(|turn| turn.place.strong_count() > 0)?;
        let place = lock(&client.turn).place.upgrade()?.moved();
        client.cut_off("its place was needed for another request");
        place
    }

    fn slowest(&self, of: impl Fn(&Turn) -> bool) -> Option<Arc<Client>> {
        let now = Instant::now();
        let mut open = lock(&self.0);
        if open.looked.is_some_and(|looked| now < looked + PAUSE) {
            return None;
        }
        let waiting = open.clients.values().filter_map(|client| {
            let turn = lock(&client.turn);
            let since = turn.since.filter(|since| *since + PATIENCE <= now)?;
            (client.cut_off.get().is_none() && of(&turn)).then_some((since, client))
        });
        let longest = waiting.min_by_key(|(since, _)| *since);
        let longest = longest.map(|(_, client)| Arc::clone(client));
        open.looked = longest.is_none().then_some(now);
        longest
    }
}

impl Client {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Client {
            turn: Mutex::new(Turn {
                has_asked: false,
                in_flight: false,
                since: Some(now),
                moved: now,
                place: Weak::new(),
                until: None,
            }),
            cut_off: OnceLock::new(),
            is_cut_off: Notify::new(),
        }
    }

    /// Its request is in flight: the server works.
    pub(super) fn has_asked(&self) {
        let mut turn = lock(&self.turn);
        (turn.has_asked, turn.in_flight) = (true, true);
        turn.since = None;
    }

    /// Its request is answered: the client may take the answer, and ask again.
    pub(super) fn is_answered(&self) {
        let mut turn = lock(&self.turn);
        turn.in_flight = false;
        turn.since = Some(Instant::now());
    }

    /// The server cannot go on without it.
    pub(super) fn is_waited_for(&self) {
        lock(&self.turn).since.get_or_insert_with(Instant::now);
    }

    /// It has sent what the server waited for, or taken it.
    pub(super) fn has_moved(&self) {
        let mut turn = lock(&self.turn);
        turn.moved = Instant::now();
        turn.since = (!turn.in_flight).then_some(turn.moved);
    }

    /// It has sent something, perhaps not enough to go on.
    pub(super) fn has_sent(&self) {
        lock(&self.turn).moved = Instant::now();
    }

    /// Its answer, which holds the place, is to be taken until then.
    pub(super) fn takes(&self, place: &Arc<Place>, until: Option<Instant>) {
        let mut turn = lock(&self.turn);
        turn.place = Arc::downgrade(place);
        turn.until = until;
    }

    /// Until when the answer is to be taken.
    pub(super) fn takes_until(&self) -> Option<Instant> {
        let turn = lock(&self.turn);
        turn.until.filter(|_| turn.place.strong_count() > 0)
    }

    pub(super) fn cut_off(&self, why: impl Into<String>) {
        let _ = self.cut_off.set(why.into());
        self.is_cut_off.notify_one();
    }

    /// Why it was cut off.
    pub(super) fn why_cut_off(&self) -> Option<&str> {
        self.cut_off.get().map(String::as_str)
    }

    /// Resolves when it is cut off.
    pub(super) async fn is_cut_off(&self) {
        self.is_cut_off.notified().await;
    }

    /// Resolves when the server has waited so long for a request of which nothing has come: for the next one, or for the
    /// first one.
    pub(super) async fn is_silent_for(&self, next: Duration, first: Duration) {
        loop {
            let until = {
                let turn = lock(&self.turn);
                let time = if turn.has_asked { next } else { first };
                match turn.since {
                    Some(since) => since.max(turn.moved) + time,
                    None => Instant::now() + time,
                }
            };
            if until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }
}

/// A client whose connection is open.
pub(super) struct Present {
    client: Arc<Client>,
    id: u64,
    clients: Arc<Clients>,
}

impl Present {
    pub(super) fn client(&self) -> &Arc<Client> {
        &self.client
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        lock(&self.clients.0).clients.remove(&self.id);
    }
}
