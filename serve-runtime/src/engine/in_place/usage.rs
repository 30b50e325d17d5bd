//! Which calls use a replica, where some of its methods take `&mut self`: many that read it, or one that changes it.
//!
//! This is decided before a call gets its permit, so that no call waits for a replica that it holds already: what
//! waits is counted as waiting, gets the first replica that is free for it, and never one that a call before it
//! has broken.
//!
//! Calls in place wait in the deployment's line (`gate/`), calls of its `fn` methods in the queue of its threads. Each
//! of the two is served in its order; between them, neither starves the other:
//!
//! - While a thread waits for its replica (`WANTED`), no further call in place gets it.
//! - A call in place that was refused while the thread had it (`OWED`) goes before the thread's next call, as long
//!   as calls wait in line.

use crate::engine::Access;
use crate::sync::atomic::{AtomicU32, Ordering};

/// One call changes it.
const EXCLUSIVE: u32 = 1 << 31;
/// The thread is one of those that use it.
const THREAD: u32 = 1 << 30;
/// The thread waits for it.
const WANTED: u32 = 1 << 29;
/// A call in place is to have it before the thread has it again.
const OWED: u32 = 1 << 28;
/// How many calls read it.
const READERS: u32 = OWED - 1;

/// Who uses one replica.
pub(crate) struct Usage {
    state: AtomicU32,
    /// Has the replica's thread look again whether it can begin a call.
    wake_thread: Option<Box<dyn Fn() + Send + Sync>>,
}

impl Usage {
    pub(crate) fn new(wake_thread: Option<Box<dyn Fn() + Send + Sync>>) -> Self {
        Usage {
            state: AtomicU32::new(0),
            wake_thread,
        }
    }

    /// Begins a call in place, if the replica is free for it.
    pub(crate) fn try_begin(&self, access: Access) -> bool {
        let begin = |state: u32| match is_free(state, access) && state & WANTED == 0 {
            true => Some((state & !OWED) + taken(access)),
            false if state & THREAD != 0 => Some(state | OWED),
            false => None,
        };
        let before = self.update(begin).unwrap_or_else(|before| before);
        let begun = is_free(before, access) && before & WANTED == 0;
        if begun && before & OWED != 0 {
            self.wake_thread();
        }
        begun
    }

    /// Begins something that reads the replica as a part of a call that reads it, and that may outlast the call.
    pub(crate) fn join(&self) -> bool {
        let one_more =
            |state: u32| (state & EXCLUSIVE == 0 && state & READERS > 0).then_some(state + 1);
        self.update(one_more).is_ok()
    }

    /// Ends a call in place.
    pub(crate) fn end(&self, access: Access) {
        let before = self.state.fetch_sub(taken(access), Ordering::SeqCst);
        if before & (WANTED | OWED) != 0 {
            self.wake_thread();
        }
    }

    /// Begins a call of the thread, if the replica is free for it; otherwise the thread waits for it. `line_waits` says
    /// whether calls in place wait.
    pub(crate) fn try_begin_on_thread(&self, access: Access, line_waits: bool) -> bool {
        let is_owed = |state: u32| state & OWED != 0 && line_waits;
        let begin = |state: u32| match is_free(state, access) {
            _ if is_owed(state) => Some(state & !WANTED),
            true => Some((state & !(WANTED | OWED)) + taken(access) + THREAD),
            false => Some(state | WANTED),
        };
        let before = self.update(begin).unwrap_or_else(|before| before);
        is_free(before, access) && !is_owed(before)
    }

    /// The thread does not wait for it. Whether it did.
    pub(crate) fn withdraw_thread(&self) -> bool {
        self.state.fetch_and(!WANTED, Ordering::SeqCst) & WANTED != 0
    }

    /// Ends a call of the thread. Calls that wait in line may begin then.
    pub(crate) fn end_on_thread(&self, access: Access) {
        let taken = taken(access) + THREAD;
        self.state.fetch_sub(taken, Ordering::SeqCst);
    }

    /// No call waits in line any more: the thread need not let one go first.
    pub(crate) fn line_is_empty(&self) {
        if self.state.load(Ordering::SeqCst) & OWED != 0 {
            self.wake_thread();
        }
    }

    fn wake_thread(&self) {
        if let Some(wake) = &self.wake_thread {
            wake();
        }
    }

    fn update(&self, next: impl FnMut(u32) -> Option<u32>) -> Result<u32, u32> {
        self.state
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next)
    }
}

fn is_free(state: u32, access: Access) -> bool {
    match access {
        Access::Any => true,
        Access::Shared => state & EXCLUSIVE == 0,
        Access::Exclusive => state & (EXCLUSIVE | READERS) == 0,
    }
}

fn taken(access: Access) -> u32 {
    match access {
        Access::Any => 0,
        Access::Shared => 1,
        Access::Exclusive => EXCLUSIVE,
    }
}

#[cfg(test)]
mod tests {
    use super::Access::{Exclusive, Shared};
    use super::*;

    #[test]
    fn many_read_or_one_changes() {
        let usage = Usage::new(None);
        assert!(usage.try_begin(Shared) && usage.try_begin(Shared));
        assert!(!usage.try_begin(Exclusive));
        usage.end(Shared);
        usage.end(Shared);
        assert!(usage.try_begin(Exclusive));
        assert!(!usage.try_begin(Exclusive) && !usage.try_begin(Shared));
        usage.end(Exclusive);
        assert!(usage.try_begin(Shared));
    }

    #[test]
    fn a_thread_that_waits_is_not_overtaken() {
        let usage = Usage::new(None);
        assert!(usage.try_begin(Shared));
        assert!(!usage.try_begin_on_thread(Exclusive, false));
        assert!(!usage.try_begin(Shared));
        usage.end(Shared);
        assert!(usage.try_begin_on_thread(Exclusive, true));
    }

    #[test]
    fn a_call_in_line_goes_before_the_next_call_of_the_thread() {
        let usage = Usage::new(None);
        assert!(usage.try_begin_on_thread(Exclusive, false));
        assert!(!usage.try_begin(Shared));
        usage.end_on_thread(Exclusive);
        assert!(!usage.try_begin_on_thread(Exclusive, true));
        assert!(usage.try_begin(Shared));
        usage.end(Shared);
        assert!(usage.try_begin_on_thread(Exclusive, true));
    }

    #[test]
    fn a_call_that_no_longer_waits_is_not_waited_for() {
        let usage = Usage::new(None);
        assert!(usage.try_begin_on_thread(Exclusive, false));
        assert!(!usage.try_begin(Exclusive));
        usage.end_on_thread(Exclusive);
        assert!(usage.try_begin_on_thread(Exclusive, false));
    }

    #[test]
    fn a_thread_that_waits_no_longer_keeps_no_call_away() {
        let usage = Usage::new(None);
        assert!(usage.try_begin(Shared));
        assert!(!usage.try_begin_on_thread(Exclusive, false));
        assert!(usage.withdraw_thread() && !usage.withdraw_thread());
        assert!(usage.try_begin(Shared));
    }
}
