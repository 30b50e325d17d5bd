//! A shared instance, and who holds it.
//!
//! A call without a limit to keep is counted by the `Arc` that holds its replica, and by nothing else: to
//! come and to go is one write each. Two things are decided by that count:
//!
//! | a call comes | its replica is to rest | | a call leaves | somebody waits for that |
//! |---|---|---|---|---|
//! | writes the count | writes `resting` | | writes the count | writes `watched` |
//! | reads `resting` | reads the count | | reads `watched` | reads the count |
//!
//! One of the two has to see the other, which two writes and two reads do not promise by themselves. So
//! whoever asks for the count ([`holders`]) writes it, too, which costs nobody else anything. All writes of
//! one count are in one order, and each of them reads the one before it. If the call's comes first, the
//! other one counts it. If it comes later, it reads what goes back to the other's, so that the fences - a
//! release before the other's, an acquire after the call's - have it see all that the other wrote before.
//! `tests/loom/src/models/holders.rs` is this in every interleaving.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering, fence};

use tokio::sync::Notify;

use crate::engine::ReplicaId;
use crate::engine::in_place::places::Places;
use crate::multiplex::Models;
use crate::panics::drop_quietly;
use crate::resources::Grant;

/// A shared instance.
pub(crate) struct Replica<C> {
    pub(crate) id: ReplicaId,
    /// A thread may have it, too. `None` only while this is dropped.
    instance: Option<Arc<C>>,
    /// Those that its loaders have loaded.
    pub(crate) models: Arc<Models>,
    /// Calls that had a limit to keep and have not left.
    limited: Places,
    /// It is to take no calls.
    resting: AtomicBool,
    /// What it has of the machine.
    _grant: Arc<Grant>,
}

impl<C> Replica<C> {
    pub(crate) fn new(id: ReplicaId, instance: C, grant: Arc<Grant>) -> Arc<Self> {
        Arc::new(Replica {
            id,
            instance: Some(Arc::new(instance)),
            models: Arc::default(),
            limited: Places::new(),
            resting: AtomicBool::new(false),
            _grant: grant,
        })
    }

    #[inline]
    pub(crate) fn instance(&self) -> &Arc<C> {
        match &self.instance {
            Some(instance) => instance,
            None => unreachable!("whoever asks holds it"),
        }
    }

    /// Takes no calls from now on, or takes calls again.
    pub(crate) fn rest(&self, resting: bool) {
        self.resting.store(resting, Ordering::Relaxed);
    }

    pub(crate) fn rests(&self) -> bool {
        self.resting.load(Ordering::Relaxed)
    }
}

/// Whoever is the last to hold it may be a call, which has something else to do than to panic.
impl<C> Drop for Replica<C> {
    fn drop(&mut self) {
        drop_quietly(self.instance.take());
        drop_quietly(std::mem::take(&mut self.models));
    }
}

/// How many hold a replica, whoever asks among them. Of several who ask at a time each would count the
/// others: they have to take turns.
pub(crate) fn holders<C>(replica: &Arc<Replica<C>>) -> usize {
    fence(Ordering::Release);
    drop(Arc::clone(replica));
    Arc::strong_count(replica)
}

/// A place at a replica.
pub(crate) struct Place<C> {
    pub(crate) replica: Arc<Replica<C>>,
    limited: bool,
}

impl<C> Place<C> {
    /// Takes a place, unless it has `limit` calls or rests.
    #[inline]
    pub(crate) fn at(replica: Arc<Replica<C>>, limit: Option<u32>) -> Option<Self> {
        fence(Ordering::Acquire);
        if replica.rests() {
            return None;
        }
        let limited = match limit {
            None => false,
            Some(limit) if replica.limited.take(limit) => true,
            Some(_) => return None,
        };
        Some(Place { replica, limited })
    }
}

impl<C> Drop for Place<C> {
    #[inline]
    fn drop(&mut self) {
        if self.limited {
            self.replica.limited.give_back();
        }
    }
}

/// Tells those who wait until nobody holds a replica any more.
#[derive(Debug, Default)]
pub(crate) struct Departures {
    /// How many wait.
    watched: AtomicU32,
    left: Notify,
}

impl Departures {
    /// Somebody holds a replica no more.
    #[inline]
    pub(crate) fn tell(&self) {
        fence(Ordering::Acquire);
        if self.watched.load(Ordering::Relaxed) > 0 {
            self.left.notify_waiters();
        }
    }

    /// Waits until [`holders`] are so many as `reached` wants them to be.
    pub(crate) async fn until(&self, reached: impl Fn() -> bool) {
        let _watching = Watching::new(&self.watched);
        loop {
            let left = self.left.notified();
            if reached() {
                return;
            }
            left.await;
        }
    }
}

/// Counts who waits for calls to leave.
struct Watching<'a>(&'a AtomicU32);

impl<'a> Watching<'a> {
    fn new(watched: &'a AtomicU32) -> Self {
        watched.fetch_add(1, Ordering::Relaxed);
        Watching(watched)
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
