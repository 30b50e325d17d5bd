//! Where an engine keeps a fake. Empty without the feature `testing`.

#[cfg(feature = "testing")]
use std::sync::OnceLock;

#[cfg(feature = "testing")]
use crate::testing::Replies;

/// The fake that answers in place of an engine, if there is one.
#[derive(Default)]
pub struct FakeSlot {
    #[cfg(feature = "testing")]
    replies: OnceLock<Replies>,
}

/// What can be replaced by a fake.
pub trait Fakeable {
    /// Where the fake is kept.
    fn fake_slot(&self) -> &FakeSlot;
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

    /// The fake's answer to a call, if there is a fake; otherwise the arguments are returned.
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
