//! Finds loads that would wait for themselves, before one of them waits.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};

use super::Loader;
use crate::util::lock;
use crate::{Error, Result};

tokio::task_local! {
    /// The loads that the calling code is part of, the outermost one first.
    static CHAIN: Arc<[Load]>;
}

/// A model that is being loaded at one replica.
#[derive(Clone, PartialEq)]
pub(super) struct Load {
    pub(super) loader: Loader,
    pub(super) id: Arc<str>,
}

/// Which loads at one replica wait for which other loads.
#[derive(Default)]
pub(super) struct Waits(Mutex<Vec<Arc<Wait>>>);

/// A wait: no load in `chain` ends before `wanted` has ended.
struct Wait {
    chain: Arc<[Load]>,
    wanted: Load,
}

/// A wait, which ends when it is dropped; `None` if no load waits.
pub(super) struct Waiting<'a> {
    waits: &'a Waits,
    wait: Option<Arc<Wait>>,
}

/// A load, and those that it is part of.
pub(super) struct Chain(Arc<[Load]>);

impl Chain {
    /// Runs a future as part of the load.
    pub(super) async fn scope<F: Future>(self, future: F) -> F::Output {
        CHAIN.scope(self.0, future).await
    }

    /// Runs a function as part of the load.
    pub(super) fn sync_scope<R>(self, function: impl FnOnce() -> R) -> R {
        CHAIN.sync_scope(self.0, function)
    }
}

impl Load {
    /// This load as a part of those of the calling code.
    pub(super) fn chain(self) -> Chain {
        Chain(current().iter().cloned().chain([self]).collect())
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
    /// Records that the loads of the calling code wait for another one.
    ///
    /// # Errors
    ///
    /// If the other load waits for one of them: they would wait for ever.
    pub(super) fn begin(&self, wanted: Load) -> Result<Waiting<'_>> {
        let chain = current();
        if chain.is_empty() {
            return Ok(Waiting {
                waits: self,
                wait: None,
            });
        }
        let mut waits = self.lock();
        if let Some(path) = path(&waits, &wanted, &chain) {
            drop(waits);
            return Err(waits_for_itself(&chain, &path));
        }
        let wait = Arc::new(Wait { chain, wanted });
        waits.push(Arc::clone(&wait));
        Ok(Waiting {
            waits: self,
            wait: Some(wait),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Wait>>> {
        lock(&self.0)
    }
}

/// The path from a load to one of a chain, along what each waits for.
///
/// This terminates, as no wait begins that would close a cycle.
fn path(waits: &[Arc<Wait>], from: &Load, chain: &[Load]) -> Option<Vec<Load>> {
    if chain.contains(from) {
        return Some(vec![from.clone()]);
    }
    let mut next = waits.iter().filter(|wait| wait.chain.contains(from));
    let mut rest = next.find_map(|wait| path(waits, &wait.wanted, chain))?;
    rest.insert(0, from.clone());
    Some(rest)
}

fn waits_for_itself(chain: &[Load], path: &[Load]) -> Error {
    let start = chain.iter().position(|load| Some(load) == path.last());
    let cycle = chain[start.unwrap_or(0)..].iter().chain(path);
    let cycle: Vec<String> = cycle.map(Load::text).collect();
    let loader = chain.last().map_or("", |load| load.loader.deployment);
    Error::failed(format!(
        "a loader of `{loader}` waits for itself: {}\n\
         help: a model may be loaded with the help of others, but not of itself",
        cycle.join(" -> ")
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
    fn a_wait_counts_until_it_is_dropped() {
        let waits = Waits::default();
        let ids = |path: Vec<Load>| path.iter().map(|load| load.id.to_string()).collect();
        let from_a = |waits: &Waits| -> Option<Vec<String>> {
            path(&waits.lock(), &load("a"), &[load("c")]).map(ids)
        };
        let first = load("a")
            .chain()
            .sync_scope(|| waits.begin(load("b")))
            .unwrap();
        let second = load("b")
            .chain()
            .sync_scope(|| waits.begin(load("c")))
            .unwrap();
        assert_eq!(from_a(&waits).unwrap(), ["a", "b", "c"]);
        assert!(
            load("c")
                .chain()
                .sync_scope(|| waits.begin(load("a")))
                .is_err()
        );
        drop(first);
        assert_eq!(from_a(&waits), None);
        assert!(
            load("c")
                .chain()
                .sync_scope(|| waits.begin(load("a")))
                .is_ok()
        );
        drop(second);
        assert!(waits.lock().is_empty());
        // Code outside of loads is waited for by no load.
        drop(waits.begin(load("a")).unwrap());
    }
}
