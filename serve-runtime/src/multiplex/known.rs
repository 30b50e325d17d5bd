//! The models that a replica has, as seen from outside.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::util::lock;

/// The models of one replica that count when a replica is chosen for a call: the models that are loaded or being
/// loaded, and the models of calls that have chosen this replica. Each has a count of its [holds](ModelHold).
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<Arc<str>, usize>>);

impl Known {
    pub(crate) fn has(&self, model_id: &str) -> bool {
        self.lock().contains_key(model_id)
    }

    /// The number of different models.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Counts the replica as having the model until the return value is dropped.
    pub(crate) fn hold(self: &Arc<Self>, model_id: &Arc<str>) -> ModelHold {
        *self.lock().entry(Arc::clone(model_id)).or_default() += 1;
        ModelHold {
            known: Arc::clone(self),
            model_id: Arc::clone(model_id),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, usize>> {
        lock(&self.0)
    }
}

/// A reason to count a replica as having a model.
#[derive(Debug)]
pub(crate) struct ModelHold {
    known: Arc<Known>,
    model_id: Arc<str>,
}

impl Drop for ModelHold {
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
    fn a_model_is_known_until_its_last_hold_is_dropped() {
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
