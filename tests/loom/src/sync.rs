//! Replaces `serve-runtime/src/sync.rs`.

pub(crate) use std::sync::PoisonError;

pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard};

pub(crate) use crate::notify::Notify;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// loom treats `SeqCst` as `AcqRel`, so a load may read an outdated value. These load and store by one
/// read-modify-write, which finds the last value: the language guarantees that among sequentially
/// consistent operations, and the runtime's files here have no others.
pub(crate) mod atomic {
    pub(crate) use std::sync::atomic::Ordering;

    use loom::sync::atomic as inner;

    macro_rules! last_value {
        ($($Name:ident($Value:ty): $unchanged:ident($nothing:literal))*) => { $(
            #[derive(Debug)]
            pub(crate) struct $Name(inner::$Name);

            impl $Name {
                pub(crate) fn new(value: $Value) -> Self {
                    $Name(inner::$Name::new(value))
                }

                pub(crate) fn load(&self, order: Ordering) -> $Value {
                    assert_eq!(order, Ordering::SeqCst);
                    self.0.$unchanged($nothing, order)
                }

                pub(crate) fn store(&self, value: $Value, order: Ordering) {
                    assert_eq!(order, Ordering::SeqCst);
                    self.0.swap(value, order);
                }
            }
        )* };
    }

    last_value! {
        AtomicBool(bool): fetch_or(false)
        AtomicU32(u32): fetch_add(0)
        AtomicU64(u64): fetch_add(0)
        AtomicUsize(usize): fetch_add(0)
    }

    macro_rules! counts {
        ($($Name:ident($Value:ty))*) => { $(
            impl $Name {
                pub(crate) fn fetch_add(&self, value: $Value, order: Ordering) -> $Value {
                    self.0.fetch_add(value, order)
                }

                pub(crate) fn fetch_sub(&self, value: $Value, order: Ordering) -> $Value {
                    self.0.fetch_sub(value, order)
                }

                pub(crate) fn fetch_update(
                    &self,
                    set: Ordering,
                    fetch: Ordering,
                    update: impl FnMut($Value) -> Option<$Value>,
                ) -> Result<$Value, $Value> {
                    self.0.fetch_update(set, fetch, update)
                }
            }
        )* };
    }

    counts! {
        AtomicU32(u32)
        AtomicU64(u64)
        AtomicUsize(usize)
    }
}
