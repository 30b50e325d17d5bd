//! The variables that are deployments.

use std::collections::HashSet;
use std::rc::Rc;

use proc_macro2::{Ident, TokenStream, TokenTree};

/// The names that are deployments at some place in the function. Every block has a set of its own, but most
/// sets equal that of the block around them.
#[derive(Clone, Default)]
pub(super) struct Scope(Rc<HashSet<String>>);

impl Scope {
    pub(super) fn add(&mut self, variable: &Ident) {
        Rc::make_mut(&mut self.0).insert(variable.to_string());
    }

    /// From here on, the names of a pattern are values.
    pub(super) fn shadow(&mut self, pattern: impl IntoIterator<Item = TokenTree>) {
        for token in pattern {
            match token {
                TokenTree::Ident(ident) if self.has(&ident) => {
                    Rc::make_mut(&mut self.0).remove(&ident.to_string());
                }
                TokenTree::Group(group) => self.shadow(group.stream()),
                _ => {}
            }
        }
    }

    pub(super) fn has(&self, variable: &Ident) -> bool {
        self.0.contains(&variable.to_string())
    }
}

/// Whether a token is that punctuation mark.
pub(super) fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// The tokens of a stream.
pub(super) fn tokens(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}
