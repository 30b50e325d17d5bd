//! Values that several consumers read without copying.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::multiplex::InUse;

/// A value that several nodes read; a `&T` parameter borrows from it.
///
/// Cloning one copies a pointer. A method that takes `Shared<T>` may keep it or pass it on to
/// further handles; a method that takes `&T` borrows it for the length of the call.
///
/// ```
/// use serve_runtime::Shared;
///
/// let image = Shared::new(vec![0u8; 1024]);
/// let same = image.clone();
/// assert_eq!(same.len(), 1024);
/// ```
pub struct Shared<T: ?Sized> {
    // Dropped in this order: a model is not in use any more once the cache has the only reference.
    value: Arc<T>,
    /// Set for a model that a call has got from its replica's cache.
    in_use: Option<Arc<InUse>>,
}

impl<T> Shared<T> {
    /// Makes a value shared.
    pub fn new(value: T) -> Self {
        Shared {
            value: Arc::new(value),
            in_use: None,
        }
    }

    /// The value itself if this is its only owner, otherwise a clone of it.
    pub fn unwrap_or_clone(self) -> T
    where
        T: Clone,
    {
        Arc::unwrap_or_clone(self.value)
    }

    /// The same value, as a call has it that uses it.
    pub(crate) fn in_use_by(&self, in_use: Arc<InUse>) -> Self {
        Shared {
            value: Arc::clone(&self.value),
            in_use: Some(in_use),
        }
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared {
            value: Arc::clone(&self.value),
            in_use: self.in_use.clone(),
        }
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized> AsRef<T> for Shared<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Shared::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(feature = "serde")]
impl<T: ?Sized + serde::Serialize> serde::Serialize for Shared<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Shared<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Shared::new)
    }
}
