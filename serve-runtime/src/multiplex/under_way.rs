//! Loads that would wait for themselves, which is found out before one of them waits.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Loader;
use crate::{Error, Result};

tokio::task_local! {
    /// The loads that the calling code is a part of, the outermost one first.
    static CHAIN: Arc<[Load]>;
}

/// A model that is being loaded at one replica.
#[derive(Clone, PartialEq)]
pub(super) struct Load {
    pub(super) loader: Loader,
    pub(super) id: Arc<str>,
}

/// Which loads at one replica wait for which: for a model that somebody else loads.
#[derive(Default)]
pub(super) struct Waits(Mutex<Vec<Arc<Wait>>>);

/// All of these are over only after that one is.
struct Wait {
    chain: Arc<[Load]>,
    wanted: Load,
}

/// A wait until it is dropped; `None` if no load waits.
pub(super) struct Waiting<'a> {
    waits: &'a Waits,
    wait: Option<Arc<Wait>>,
}

impl Load {
    /// Runs a future that loads it.
    pub(super) async fn scope<F: Future>(self, future: F) -> F::Output {
        CHAIN.scope(self.chain(), future).await
    }

    /// Runs a function that loads it.
    pub(super) fn sync_scope<R>(self, function: impl FnOnce() -> R) -> R {
        CHAIN.sync_scope(self.chain(), function)
    }

    fn chain(self) -> Arc<[Load]> {
        current().iter().cloned().chain([self]).collect()
    }

    /// `model("fr")`
    fn text(&self) -> String {
        format!("`{}({:?})`", self.loader.method, self.id)
    }
}

fn current() -> Arc<[Load]> {
    CHAIN.try_with(Arc::clone).unwrap_or_default()
}

impl Waits {
    /// The loads that the calling code is a part of wait for another one.
    ///
    /// # Errors
    ///
    /// If that one waits for one of them: it would be for ever.
    pub(super) fn begin(&self, wanted: Load) -> Result<Waiting<'_>> {
        let chain = current();
        if chain.is_empty() {
            return Ok(Waiting {
                waits: self,
                wait: None,
            });
        }
        let mut waits = self.lock();
        if let Some(way) = way(&waits, &wanted, &chain) {
            drop(waits);
            return Err(waits_for_itself(&chain, &way));
        }
        let wait = Arc::new(Wait { chain, wanted });
        waits.push(Arc::clone(&wait));
        Ok(Waiting {
            waits: self,
            wait: Some(wait),
        })
    }

    /// Nothing can panic under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Wait>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way from a load to one of a chain, by what each waits for.
///
/// It ends, as no wait begins that would close a circle.
fn way(waits: &[Arc<Wait>], from: &Load, chain: &[Load]) -> Option<Vec<Load>> {
    if chain.contains(from) {
        return Some(vec![from.clone()]);
    }
    let mut next = waits.iter().filter(|wait| wait.chain.contains(from));
    let mut rest = next.find_map(|wait| way(waits, &wait.wanted, chain))?;
    rest.insert(0, from.clone());
    Some(rest)
}

fn waits_for_itself(chain: &[Load], way: &[Load]) -> Error {
    let begins = chain.iter().position(|load| Some(load) == way.last());
    let round = chain[begins.unwrap_or(0)..].iter().chain(way);
    let round: Vec<String> = round.map(Load::text).collect();
    let loader = chain.last().map_or("", |load| load.loader.deployment);
    Error::failed(format!(
        "a loader of `{loader}` waits for itself: {}\n\
         help: a model may be loaded with the help of others, but not of itself",
        round.join(" -> ")
    ))
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(wait) = &self.wait {
            let mut waits = self.waits.lock();
            waits.retain(|other| !Arc::ptr_eq(other, wait));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(id: &str) -> Load {
        Load {
            loader: Loader::of::<()>("model"),
            id: id.into(),
        }
    }

    #[test]
    fn a_wait_counts_until_it_is_over() {
        let waits = Waits::default();
        let ids = |way: Vec<Load>| way.iter().map(|load| load.id.to_string()).collect();
        let from_a = |waits: &Waits| -> Option<Vec<String>> {
            way(&waits.lock(), &load("a"), &[load("c")]).map(ids)
        };
        let first = load("a").sync_scope(|| waits.begin(load("b"))).unwrap();
        let second = load("b").sync_scope(|| waits.begin(load("c"))).unwrap();
        assert_eq!(from_a(&waits).unwrap(), ["a", "b", "c"]);
        assert!(load("c").sync_scope(|| waits.begin(load("a"))).is_err());
        drop(first);
        assert_eq!(from_a(&waits), None);
        assert!(load("c").sync_scope(|| waits.begin(load("a"))).is_ok());
        drop(second);
        assert!(waits.lock().is_empty());
        // Outside of loads nobody waits for who waits.
        drop(waits.begin(load("a")).unwrap());
    }
}
