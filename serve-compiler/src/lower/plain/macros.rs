//! Macros in plain expressions: their arguments, and the names that format strings capture.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, Ident, Macro, Token};

use super::Plain;
use crate::lower::scope::Meaning;
use crate::syntax::macro_args::{Matches, arguments};
use crate::syntax::{pattern, tokens};

impl Plain<'_, '_> {
    /// Visits the arguments of macros that take expressions, and for formatting macros also the captured names.
    pub(super) fn look_into(&mut self, mac: &mut Macro) {
        if let Some(mut matches) = Matches::parse(mac) {
            self.look_at(&mut matches.value);
            let names = pattern::names(&matches.pattern);
            if let Some(guard) = &mut matches.guard {
                self.within("a guard", names, |plain| plain.visit_expr_mut(guard));
            }
            mac.tokens = matches.into_token_stream();
            return;
        }
        let Some(mut arguments) = arguments(mac) else {
            return self.visit_tokens(mac);
        };
        let formats = tokens::is_format(&mac.path);
        for argument in &mut arguments {
            match argument {
                Expr::Lit(_) if formats => {} // what it captures is found below
                // `width = value`
                Expr::Assign(named) if formats => self.look_at(&mut named.right),
                argument if formats => self.look_at(argument),
                argument => self.visit_expr_mut(argument),
            }
        }
        if formats {
            self.visit_captured(mac, &arguments);
        }
        mac.tokens = quote::quote!(#arguments);
    }

    /// A macro whose arguments are not expressions: it reads every edge that it names.
    fn visit_tokens(&mut self, mac: &Macro) {
        for ident in tokens::variables(mac.tokens.clone()) {
            if let Meaning::Edge(edge) = self.lowering.scope.meaning(&ident) {
                self.read(edge, &ident, false);
            }
        }
    }

    /// The edges that a format string captures: names without an argument of that name.
    fn visit_captured(&mut self, mac: &Macro, arguments: &Punctuated<Expr, Token![,]>) {
        let is_given = |ident: &Ident| {
            arguments.iter().any(|argument| match argument {
                Expr::Assign(named) => {
                    matches!(&*named.left, Expr::Path(name) if name.path.is_ident(ident))
                }
                _ => false,
            })
        };
        for ident in tokens::captured_by(&mac.tokens) {
            if let Meaning::Edge(edge) = self.lowering.scope.meaning(&ident)
                && !self.locals.contains(&ident.to_string())
                && !is_given(&ident)
            {
                self.read(edge, &ident, !self.moves);
            }
        }
    }
}
