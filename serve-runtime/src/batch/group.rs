//! Which calls can be in one batch.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `group_by` said of a call.
pub struct Group(Box<dyn Key>);

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
        Group(Box::new(key))
    }

    /// Whether two calls can be in one batch. A comparison that panics says no.
    pub(super) fn is(&self, other: &Self) -> bool {
        let other: &dyn Any = &*other.0;
        let equals = || self.0.equals(other);
        catch_unwind(AssertUnwindSafe(equals)).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_apart_by_their_keys() {
        assert!(Group::of("a").is(&Group::of("a")));
        assert!(!Group::of("a").is(&Group::of("b")));
        assert!(!Group::of(1_u8).is(&Group::of(1_u16)));
    }
}
