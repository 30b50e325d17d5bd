//! Who reads an expansion: rustc, or an editor, which wants something else of it.

/// Who reads an expansion.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Reader {
    #[default]
    Rustc,
    Editor,
}
