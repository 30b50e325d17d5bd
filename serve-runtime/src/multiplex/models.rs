//! The models of all loaders of a replica.

use std::any::{Any, TypeId};
use std::future::Future;
use std::sync::{Arc, Mutex};

use super::load_cycles::Waits;
use super::{Cache, Known};
use crate::util::lock;

tokio::task_local! {
    static CURRENT: Arc<Models>;
}

/// The models of one replica.
#[derive(Default)]
pub(crate) struct Models {
    known: Arc<Known>,
    waits: Arc<Waits>,
    caches: Mutex<Vec<(Loader, Arc<dyn Any + Send + Sync>)>>,
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

    /// Runs a future of a replica with these models in scope.
    pub(crate) async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a function of a replica with these models in scope.
    pub(crate) fn sync_scope<R>(self: Arc<Self>, function: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self, function)
    }

    /// The cache of a loader. Its first use determines its size and its type.
    fn cache<M: Send + Sync + 'static>(&self, loader: Loader, max: usize) -> Option<Arc<Cache<M>>> {
        let mut caches = lock(&self.caches);
        let known = caches.iter().find(|(known, _)| *known == loader);
        let cache = match known {
            Some((_, cache)) => Arc::clone(cache),
            None => {
                let cache: Arc<dyn Any + Send + Sync> = Cache::<M>::new(
                    loader,
                    max,
                    Arc::clone(&self.known),
                    Arc::clone(&self.waits),
                );
                caches.push((loader, Arc::clone(&cache)));
                cache
            }
        };
        cache.downcast().ok()
    }
}

/// The cache of a loader of `D` at the replica that the calling code runs for; `None` outside of one.
pub(crate) fn cache<D: 'static, M: Send + Sync + 'static>(
    method: &'static str,
    max: usize,
) -> Option<Arc<Cache<M>>> {
    let loader = Loader::of::<D>(method);
    let cache = CURRENT.try_with(|models| models.cache(loader, max));
    cache.ok().flatten()
}
