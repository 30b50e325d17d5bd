//! The items of a module or a body, as far as their first tokens tell.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::enclosing::has;

/// An item, or a statement.
pub(super) struct Sketch {
    /// Up to its braces or its `;`.
    pub(super) head: Vec<TokenTree>,
    pub(super) body: Option<Group>,
}

/// What an item defines under a name.
const KEYWORDS: [&str; 9] = [
    "fn", "struct", "enum", "union", "mod", "type", "trait", "const", "static",
];

pub(super) fn sketches(tokens: TokenStream) -> Vec<Sketch> {
    let mut sketches = Vec::new();
    let mut head = Vec::new();
    for token in tokens {
        let body = match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
            TokenTree::Punct(mark) if mark.as_char() == ';' => None,
            token => {
                head.push(token);
                continue;
            }
        };
        let head = std::mem::take(&mut head);
        sketches.push(Sketch { head, body });
    }
    sketches
}

impl Sketch {
    /// `fn` and `two` in `pub async fn two(..) ..`; the last keyword counts, as in `const fn`.
    pub(super) fn defined(&self) -> Option<(&'static str, &Ident)> {
        let pairs = self.head.windows(2).filter_map(|pair| match pair {
            [TokenTree::Ident(keyword), TokenTree::Ident(name)] => {
                let keyword = KEYWORDS.into_iter().find(|known| keyword == known)?;
                Some((keyword, name))
            }
            _ => None,
        });
        pairs
            .into_iter()
            .find(|(_, name)| !KEYWORDS.iter().any(|keyword| name == keyword))
    }

    /// Whether it defines this name. Names of rustc's and of files are compared as texts.
    pub(super) fn is_named(&self, name: &Ident) -> bool {
        let name = name.to_string();
        self.defined()
            .is_some_and(|(_, other)| other == name.as_str())
    }

    /// Whether an attribute has this name, with or without a path.
    pub(super) fn has_attribute(&self, wanted: &str) -> bool {
        self.attributes().any(|name| name == wanted)
    }

    /// The last segments of the paths of its attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = String> {
        self.head.iter().filter_map(|token| {
            let TokenTree::Group(attribute) = token else {
                return None;
            };
            if attribute.delimiter() != Delimiter::Bracket {
                return None;
            }
            let is_path = |token: &TokenTree| {
                let is_colon = matches!(token, TokenTree::Punct(mark) if mark.as_char() == ':');
                is_colon || matches!(token, TokenTree::Ident(_))
            };
            let path = attribute.stream().into_iter().take_while(is_path);
            Some(path.last()?.to_string())
        })
    }

    /// Whether it imports a name.
    pub(super) fn imports(&self, name: &Ident) -> bool {
        has(&self.head, "use") && self.contains(&|token| *name == token.to_string())
    }

    /// Whether it imports one of these, or from one of these.
    pub(super) fn mentions(&self, names: &[&str]) -> bool {
        has(&self.head, "use")
            && self.contains(&|token| names.iter().any(|name| token.to_string() == *name))
    }

    /// Whether it is the call of a macro, which may define anything.
    pub(super) fn is_macro(&self) -> bool {
        let is_mark =
            |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '!');
        let is_item = ["macro_rules", "impl", "use"]
            .iter()
            .any(|keyword| has(&self.head, keyword));
        !is_item && self.defined().is_none() && self.head.iter().any(is_mark)
    }

    /// Whether it imports all names of a module that is not of `crates`.
    pub(super) fn is_glob(&self, crates: &[&str]) -> bool {
        if !has(&self.head, "use") {
            return false;
        }
        let mut path = self
            .head
            .iter()
            .skip_while(|token| token.to_string() != "use")
            .skip(1);
        let first = path.find(|token| matches!(token, TokenTree::Ident(_)));
        let is_known =
            first.is_some_and(|first| crates.iter().any(|name| first.to_string() == *name));
        !is_known && self.contains(&|token| token.to_string() == "*")
    }

    fn contains(&self, wanted: &dyn Fn(&TokenTree) -> bool) -> bool {
        let body = self.body.clone().map(TokenTree::Group);
        anywhere(self.head.iter().cloned().chain(body), wanted)
    }
}

fn anywhere(
    tokens: impl IntoIterator<Item = TokenTree>,
    wanted: &dyn Fn(&TokenTree) -> bool,
) -> bool {
    tokens.into_iter().any(|token| match &token {
        TokenTree::Group(group) => anywhere(group.stream(), wanted),
        token => wanted(token),
    })
}
