//! Locks a mutex regardless of poison.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex. No user code that could panic runs under it, so its contents are valid even if it is
/// poisoned.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
