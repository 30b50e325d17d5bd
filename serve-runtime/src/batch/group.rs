//! Which calls can be in one batch.

use std::any::Any;
use std::sync::Arc;

use crate::panics::unwound;

/// What `group_by` returned for a call, and the model that it is for.
pub struct Group {
    model_id: Option<Arc<str>>,
    key: Option<Box<dyn Key>>,
}

/// A key of some type.
trait Key: Any + Send {
    fn equals(&self, other: &dyn Any) -> bool;
}

impl<K: Eq + Send + 'static> Key for K {
    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<K>().is_some_and(|other| self == other)
    }
}

impl Group {
    pub(crate) fn of<K: Eq + Send + 'static>(key: K) -> Self {
        Group {
            model_id: None,
            key: Some(Box::new(key)),
        }
    }

    /// A group of calls that may be for different models.
    pub(crate) fn for_model(model_id: Option<Arc<str>>, group: Option<Self>) -> Self {
        let key = group.and_then(|group| group.key);
        Group { model_id, key }
    }

    /// Whether two calls can be in one batch. Not if the comparison panics.
    pub(super) fn matches(&self, other: &Self) -> bool {
        let is_same_key = match (&self.key, &other.key) {
            (Some(key), Some(other)) => {
                let other: &dyn Any = &**other;
                unwound(|| key.equals(other)).unwrap_or(false)
            }
            (None, None) => true,
            _ => false,
        };
        is_same_key && self.model_id == other.model_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_apart_by_their_keys() {
        assert!(Group::of("a").matches(&Group::of("a")));
        assert!(!Group::of("a").matches(&Group::of("b")));
        assert!(!Group::of(1_u8).matches(&Group::of(1_u16)));
    }

    #[test]
    fn groups_are_told_apart_by_their_models() {
        let of = |model_id: &str, group| Group::for_model(Some(model_id.into()), group);
        assert!(of("fr", None).matches(&of("fr", None)));
        assert!(!of("fr", None).matches(&of("de", None)));
        assert!(!of("fr", None).matches(&Group::for_model(None, None)));
        assert!(!of("fr", Some(Group::of(1))).matches(&of("fr", Some(Group::of(2)))));
    }
}
