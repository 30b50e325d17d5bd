//! The reader of an expansion: rustc, or an editor, which needs another expansion.

/// The reader of an expansion.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Reader {
    #[default]
    Rustc,
    Editor,
}
