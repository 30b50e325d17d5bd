//! Which models a replica has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The models of one replica, as whoever chooses a replica sees them: those that are loaded or being
/// loaded, and those that calls on their way are for. Each is counted by how often it is [held](Held).
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<Arc<str>, usize>>);

impl Known {
    pub(crate) fn has(&self, model_id: &str) -> bool {
        self.lock().contains_key(model_id)
    }

    /// How many different ones.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// It has the model for as long as what is returned lives.
    pub(crate) fn hold(self: &Arc<Self>, model_id: &Arc<str>) -> Held {
        *self.lock().entry(Arc::clone(model_id)).or_default() += 1;
        Held {
            known: Arc::clone(self),
            model_id: Arc::clone(model_id),
        }
    }

    /// Nothing can panic under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reason why a replica counts as one that has a model.
#[derive(Debug)]
pub(crate) struct Held {
    known: Arc<Known>,
    model_id: Arc<str>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut models = self.known.lock();
        if let Some(count) = models.get_mut(&self.model_id) {
            *count -= 1;
            if *count == 0 {
                models.remove(&self.model_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_there_until_nobody_holds_it() {
        let known = Arc::new(Known::default());
        let first = known.hold(&"fr".into());
        let second = known.hold(&"fr".into());
        drop(first);
        assert!(known.has("fr") && !known.has("de"));
        assert_eq!(known.len(), 1);
        drop(second);
        assert!(!known.has("fr"));
    }
}
