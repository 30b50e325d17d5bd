//! The models of all loaders of a replica.

use std::any::{Any, TypeId};
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::runtime::Handle;

use super::in_use::{CacheOf, Uses};
use super::load_cycles::Waits;
use super::wanted::Wanted;
use super::{Cache, Known};
use crate::util::lock;

tokio::task_local! {
    static CURRENT: InCall;
}

/// The models of one replica.
#[derive(Default)]
pub(crate) struct Models {
    known: Arc<Known>,
    waits: Arc<Waits>,
    caches: Mutex<Vec<LoaderCache>>,
    /// The replica, if it is called in place: set once it is built.
    home: OnceLock<Box<dyn Home>>,
    pub(super) wanted: Wanted,
}

struct LoaderCache {
    loader: Loader,
    cache: Arc<dyn Any + Send + Sync>,
    /// The same.
    cache_of: Arc<dyn CacheOf>,
}

/// A call of a replica, as its loaders see it.
#[derive(Clone)]
pub(crate) struct InCall {
    pub(super) models: Arc<Models>,
    /// How many models it uses.
    pub(super) uses: Uses,
}

/// A replica that can be kept for a load that is not part of a call.
pub(crate) trait Home: Send + Sync {
    /// Keeps the replica; `None` if it is gone, or if a call changes it.
    fn keep(&self) -> Option<Kept>;

    /// The runtime of its deployment.
    fn runtime(&self) -> Option<Handle>;
}

/// A replica that is kept.
pub(crate) struct Kept {
    /// What callers see of it.
    pub(crate) instance: Arc<dyn Any + Send + Sync>,
    /// What keeps it.
    pub(crate) kept: Box<dyn Any + Send + Sync>,
}

/// A loader: a method that loads models.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Loader {
    ty: TypeId,
    /// The deployment's type, as errors show it.
    pub(super) deployment: &'static str,
    pub(super) method: &'static str,
}

impl Loader {
    pub(super) fn of<D: 'static>(method: &'static str) -> Self {
        let path = std::any::type_name::<D>();
        // Without its path and its generic arguments.
        let path = path.split('<').next().unwrap_or(path);
        Loader {
            ty: TypeId::of::<D>(),
            deployment: path.rsplit("::").next().unwrap_or(path),
            method,
        }
    }
}

impl Models {
    pub(crate) fn known(&self) -> &Arc<Known> {
        &self.known
    }

    /// Sets the replica that they belong to.
    pub(crate) fn set_home(&self, home: impl Home + 'static) {
        let _ = self.home.set(Box::new(home)); // set once, where the replica is built
    }

    pub(super) fn home(&self) -> Option<&dyn Home> {
        self.home.get().map(|home| &**home)
    }

    /// The replica is to take no more calls: loads that no call waits for are given up.
    pub(crate) fn retire(&self) {
        self.wanted.retire();
    }

    /// Runs the future of a call with these models in scope.
    pub(crate) async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        InCall::new(self).scope(future).await
    }

    /// Runs a call on a thread, or what a thread does besides, with these models in scope.
    pub(crate) fn sync_scope<R>(self: Arc<Self>, function: impl FnOnce() -> R) -> R {
        InCall::new(self).sync_scope(function)
    }

    fn call_ended(&self) {
        let caches = lock(&self.caches);
        let caches: Vec<_> = caches.iter().map(|it| Arc::clone(&it.cache_of)).collect();
        caches.iter().for_each(|cache| cache.call_ended());
    }

    /// The cache of a loader. Its first use determines its size and its type.
    fn cache<M: Send + Sync + 'static>(&self, loader: Loader, max: usize) -> Option<Arc<Cache<M>>> {
        let mut caches = lock(&self.caches);
        let known = caches.iter().find(|known| known.loader == loader);
        let cache = match known {
            Some(known) => Arc::clone(&known.cache),
            None => {
                let (known, waits) = (Arc::clone(&self.known), Arc::clone(&self.waits));
                let new = Cache::<M>::new(loader, max, known, waits);
                let cache: Arc<dyn Any + Send + Sync> = Arc::<Cache<M>>::clone(&new);
                caches.push(LoaderCache {
                    loader,
                    cache: Arc::clone(&cache),
                    cache_of: new,
                });
                cache
            }
        };
        cache.downcast().ok()
    }
}

impl InCall {
    /// The call that the calling code is part of; `None` outside of a replica.
    pub(super) fn current() -> Option<Self> {
        CURRENT.try_with(InCall::clone).ok()
    }

    /// The load of a model for this call.
    pub(super) fn for_a_load(&self) -> Self {
        InCall {
            models: Arc::clone(&self.models),
            uses: Uses::of_a_load(),
        }
    }

    fn new(models: Arc<Models>) -> Self {
        let uses = Uses::default();
        InCall { models, uses }
    }

    /// Runs the call.
    pub(super) async fn scope<F: Future>(self, future: F) -> F::Output {
        let _ends = Ends(self.clone());
        CURRENT.scope(self, future).await
    }

    /// Runs the call.
    pub(super) fn sync_scope<R>(self, function: impl FnOnce() -> R) -> R {
        let _ends = Ends(self.clone());
        CURRENT.sync_scope(self, function)
    }

    /// The cache of a loader of `D`.
    pub(super) fn cache<D: 'static, M: Send + Sync + 'static>(
        &self,
        method: &'static str,
        max: usize,
    ) -> Option<Arc<Cache<M>>> {
        self.models.cache(Loader::of::<D>(method), max)
    }
}

/// Ends a call: nothing waits for the models that it keeps nevertheless.
struct Ends(InCall);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.uses.end();
        if self.0.uses.any() {
            self.0.models.call_ended();
        }
    }
}
