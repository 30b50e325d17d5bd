//! tokio's `Mutex`, which is passed on in the order of the requests.

use crate::notify::Notify;
use loom::sync::Mutex;

/// Held by one task at a time.
#[derive(Debug)]
pub(crate) struct Turn<T> {
    taken: Mutex<bool>,
    released: Notify,
    _value: T,
}

impl<T> Turn<T> {
    pub(crate) fn new(value: T) -> Self {
        Turn {
            taken: Mutex::new(false),
            released: Notify::new(),
            _value: value,
        }
    }

    pub(crate) async fn lock(&self) -> Held<'_, T> {
        while !self.try_take() {
            self.released.notified().await;
        }
        Held(self)
    }

    fn try_take(&self) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(|error| error.into_inner());
        !std::mem::replace(&mut *taken, true)
    }
}

/// Releases it when it is dropped.
pub(crate) struct Held<'a, T>(&'a Turn<T>);

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        let mut taken = self
            .0
            .taken
            .lock()
            .unwrap_or_else(|error| error.into_inner());
        *taken = false;
        drop(taken);
        self.0.released.notify_one();
    }
}
