//! The place of a fake at an engine. Without the feature `testing` it is nothing at all.

#[cfg(feature = "testing")]
use std::sync::OnceLock;

#[cfg(feature = "testing")]
use crate::testing::Replies;

/// Where an engine keeps the fake that answers in its place.
#[derive(Default)]
pub struct FakeSlot {
    #[cfg(feature = "testing")]
    replies: OnceLock<Replies>,
}

/// What can be replaced by a fake.
pub trait Fakeable {
    /// The fake's place.
    fn fake(&self) -> &FakeSlot;
}

impl FakeSlot {
    /// Whether there is a fake.
    #[cfg(feature = "testing")]
    pub(crate) fn is_set(&self) -> bool {
        self.replies.get().is_some()
    }

    #[cfg(not(feature = "testing"))]
    pub(crate) fn is_set(&self) -> bool {
        false
    }
}

#[cfg(feature = "testing")]
impl FakeSlot {
    /// Only the first fake counts.
    pub(crate) fn set(&self, replies: Replies) {
        let _ = self.replies.set(replies);
    }

    /// Has the fake answer a call, if there is one; otherwise the arguments come back.
    pub fn call<A: 'static, T: 'static>(
        &self,
        method: &str,
        arguments: A,
    ) -> Result<impl std::future::Future<Output = crate::Result<T>> + use<A, T>, A> {
        match self.replies.get() {
            Some(replies) => Ok(replies.call(method, arguments)),
            None => Err(arguments),
        }
    }
}
