//! Locking a mutex whose poison means nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex under which nothing of the user's runs that could panic: what is in it is valid, poisoned or
/// not.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
