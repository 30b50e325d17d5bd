//! Whether a thread can begin a call at its replica, which may be called in place as well.

use std::sync::Arc;

use crate::engine::Access;
use crate::engine::threads::job::Job;
use crate::engine::threads::queue::Begins;

/// What the replica of a thread is used for beside the thread's calls.
pub(crate) trait Sharing: Send + Sync {
    /// Begins a call, if the replica is free for it; otherwise it is kept free for the thread from now on.
    fn try_begin(&self, access: Access) -> bool;

    /// The thread has no call to make: it need not be kept free. Whether it was.
    fn withdraw(&self) -> bool;

    /// Calls in place may find it free.
    fn notify(&self);

    /// A call has ended.
    fn end(&self, access: Access);
}

/// The replica is the thread's alone.
pub(crate) struct Alone;

impl Sharing for Alone {
    fn try_begin(&self, _access: Access) -> bool {
        true
    }

    fn withdraw(&self) -> bool {
        false
    }

    fn notify(&self) {}

    fn end(&self, _access: Access) {}
}

/// Which jobs a thread can begin.
pub(crate) struct CanBegin(pub(crate) Arc<dyn Sharing>);

impl<V> Begins<Job<V>> for CanBegin {
    /// How the call uses the replica; any use begins, and ends, with nothing.
    type Begun = Access;

    fn try_begin(&self, job: &Job<V>) -> Option<Access> {
        // What no caller waits for needs no replica.
        let access = match job.is_abandoned() {
            true => Access::Any,
            false => job.access(),
        };
        (access == Access::Any || self.0.try_begin(access)).then_some(access)
    }

    fn withdraw(&self) -> bool {
        self.0.withdraw()
    }

    fn withdrawn(&self) {
        self.0.notify();
    }
}

impl CanBegin {
    /// A call has ended.
    pub(crate) fn end(&self, access: Access) {
        if access != Access::Any {
            self.0.end(access);
        }
    }
}
