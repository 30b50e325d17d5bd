//! Where an error happened: the node, the item of a fan-out, and what the node called through a handle.

use std::cell::RefCell;
use std::fmt;

use super::Error;

/// Empty outside of a graph.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// As [`Error::node`].
    pub(super) node: Option<Box<str>>,
    /// The node with the items of fan-outs, if there are any: `model.run[3]`.
    item: Option<Box<str>>,
    /// What the node called through a handle.
    callee: Option<Box<str>>,
}

impl Place {
    fn shown(&self) -> Option<&str> {
        self.item.as_deref().or(self.node.as_deref())
    }

    /// It happened in a graph that this node runs.
    pub(super) fn enter(&mut self, node: &str) {
        let around = |inner: &str| -> Box<str> { format!("{node}/{inner}").into() };
        self.item = self.item.as_deref().map(around);
        self.node = Some(self.node.as_deref().map_or_else(|| node.into(), around));
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(node) = self.shown() {
            write!(f, "node `{node}`: ")?;
        }
        match &self.callee {
            Some(callee) => write!(f, "`{callee}`: "),
            None => Ok(()),
        }
    }
}

impl Error {
    /// It happened for that item of a fan-out. The node is known already; fan-outs around this one are added later.
    #[cold]
    pub(crate) fn of_item(mut self, index: usize) -> Self {
        let place = &mut self.0.place;
        if let Some(shown) = place.shown() {
            let (node, inner) = shown.split_at(shown.find(['/', '[']).unwrap_or(shown.len()));
            place.item = Some(format!("{node}[{index}]{inner}").into());
        }
        self
    }

    /// It happened in a call through a handle.
    #[cold]
    pub(crate) fn behind(mut self, callee: &str) -> Self {
        let place = std::mem::take(&mut self.0.place);
        let parts = [Some(callee), place.shown(), place.callee.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        self.0.place.callee = Some(parts.join("/").into());
        self
    }
}

thread_local! {
    static PANICKED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The item of a fan-out that is being polled. Its drop says that it panicked.
pub(crate) struct Item(pub(crate) usize);

impl Item {
    /// It did not panic.
    #[inline(always)]
    #[expect(clippy::mem_forget, reason = "its drop says that the item panicked")]
    pub(crate) fn polled(self) {
        std::mem::forget(self);
    }

    /// The items that the panic was in which has just been caught on this thread, from the inside out.
    #[cold]
    pub(crate) fn take_panicked() -> Vec<usize> {
        PANICKED.take()
    }
}

impl Drop for Item {
    /// Reached only by unwinding.
    fn drop(&mut self) {
        PANICKED.with_borrow_mut(|items| items.push(self.0));
    }
}
