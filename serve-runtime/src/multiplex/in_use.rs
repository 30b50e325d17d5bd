//! Which calls use which models: a model that a call uses is not dropped to make room for another one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// The models that one call uses.
#[derive(Clone, Default)]
pub(crate) struct Uses(Arc<Counted>);

#[derive(Default)]
struct Counted {
    uses: AtomicUsize,
    /// The call has ended. It may have handed models on, or stored them.
    ended: AtomicBool,
}

impl Uses {
    /// Those of a load, which has room for its own model.
    pub(super) fn of_a_load() -> Self {
        let uses = Uses::default();
        uses.0.uses.store(1, Ordering::SeqCst);
        uses
    }

    pub(super) fn any(&self) -> bool {
        self.0.uses.load(Ordering::SeqCst) > 0
    }

    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::SeqCst);
    }

    pub(super) fn have_ended(&self) -> bool {
        self.0.ended.load(Ordering::SeqCst)
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A call's use of a model, which ends when the last copy is dropped that the call has got.
pub(crate) struct InUse {
    cache: Weak<dyn CacheOf>,
    id: Arc<str>,
    uses: Uses,
}

/// The cache of a model.
pub(super) trait CacheOf: Send + Sync {
    /// A use of a model has ended.
    fn released(&self, id: &str, uses: &Uses);

    /// A call has ended that may have handed models on.
    fn call_ended(&self);
}

impl InUse {
    pub(super) fn new(cache: Weak<dyn CacheOf>, id: Arc<str>, uses: &Uses) -> Arc<Self> {
        let uses = uses.clone();
        uses.0.uses.fetch_add(1, Ordering::SeqCst);
        Arc::new(InUse { cache, id, uses })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.uses.0.uses.fetch_sub(1, Ordering::SeqCst);
        if let Some(cache) = self.cache.upgrade() {
            cache.released(&self.id, &self.uses);
        }
    }
}
