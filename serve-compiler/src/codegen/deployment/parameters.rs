//! What a generic deployment needs of its type parameters.
//!
//! The generated impls state these bounds themselves, so that none of them has an error of its own. A function
//! with the user's bounds alone checks them once, at the parameter:
//!
//! ```text
//! fn parameters<B: Backend>() {
//!     let _: &'static B;
//!     bounds::SharedParameter::<B, Vec<B>, Model<B>>::needed(&deployment);
//! }
//! ```

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Generics, Ident, Path, Type, WhereClause, WherePredicate, parse_quote};

use crate::ir::deployment::{Bind, DeploymentImpl, Engine, Passing};
use crate::lower::params::mentions_handle;
use crate::runtime_path::runtime_path_at;
use crate::syntax::deployment::cfg;

/// The types of a deployment that mention type parameters, by what is needed of them.
#[derive(Default)]
struct Needs {
    /// `Send`: values that move to another thread.
    sent: Vec<Type>,
    /// `Send + Sync`: values that several threads read.
    shared: Vec<Type>,
    /// `Clone + Send + Sync`: arguments of the constructor.
    copied: Vec<Type>,
}

/// The generics of the generated impls: the user's, and the bounds that the impls need.
pub(super) fn bounded(deployment: &DeploymentImpl) -> Generics {
    let mut generics = deployment.generics.clone();
    if names(&generics).is_empty() {
        return generics;
    }
    let needs = Needs::of(deployment);
    let lives = names(&deployment.generics);
    let lives = lives.iter().map(|name| parse_quote!(#name: 'static));
    let sent = needs.sent.iter();
    let sent = sent.map(|ty| parse_quote!(#ty: ::core::marker::Send));
    let shared = needs.shared.iter();
    let shared = shared.map(|ty| parse_quote!(#ty: ::core::marker::Send + ::core::marker::Sync));
    let predicates: Vec<WherePredicate> = lives.chain(sent).chain(shared).collect();
    generics.make_where_clause().predicates.extend(predicates);
    generics
}

/// The bounds of `bind`, which copies the arguments of the constructor.
pub(super) fn of_bind(deployment: &DeploymentImpl) -> Option<WhereClause> {
    let copied = Needs::of(deployment).copied;
    (!copied.is_empty()).then(|| {
        parse_quote!(where #(#copied: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync),*)
    })
}

/// The check, with the user's bounds.
pub(super) fn check(deployment: &DeploymentImpl) -> Option<TokenStream> {
    let generics = &deployment.generics;
    let names = names(generics);
    if names.is_empty() {
        return None;
    }
    let needs = Needs::of(deployment);
    let single = names.iter().map(|name| needs.check(&[*name], &names));
    let several = (names.len() > 1).then(|| needs.check(&names, &names));
    let lives = names.iter().map(|name| {
        let lifetime = syn::Lifetime::new("'static", name.span());
        quote_spanned!(name.span()=> let _: &#lifetime #name;)
    });
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let cfg = &deployment.cfg;
    Some(quote! {
        #(#cfg)*
        #[allow(unused, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            fn parameters #impl_generics () #where_clause {
                #(#single)*
                #several
                #(#lives)*
            }
        };
    })
}

impl Needs {
    fn of(deployment: &DeploymentImpl) -> Self {
        let names = names(&deployment.generics);
        let mut needs = Needs::default();
        if names.is_empty() {
            return needs;
        }
        let add = |list: &mut Vec<Type>, ty: &Type| {
            let mentioned = mentioned(ty, &names);
            if !mentioned.names.is_empty() && !mentioned.itself && !list.contains(ty) {
                list.push(ty.clone());
            }
        };
        let constructor = match &deployment.bind {
            Bind::From(constructor) => &constructor.params[..],
            Bind::Poison(_) | Bind::Taken => &[],
        };
        for param in constructor {
            let (Passing::Value(ty) | Passing::Reference { owned: ty, .. }) = &param.passing;
            // Whether a handle can be copied is up to its deployment.
            if !mentions_handle(ty) {
                add(&mut needs.copied, ty);
            }
        }
        let engine = Engine::of(&deployment.methods, &deployment.lifecycle);
        if matches!(engine, Engine::InPlace { .. } | Engine::Mixed { .. })
            && !deployment.holds_handles
        {
            add(&mut needs.shared, &deployment.self_ty);
        }
        let is_certain = |attrs: &[syn::Attribute]| cfg(attrs).is_empty();
        for method in &deployment.methods {
            if method.inert || !is_certain(&method.attrs) {
                continue;
            }
            for param in &method.params {
                match &param.passing {
                    Passing::Value(ty) => add(&mut needs.sent, ty),
                    Passing::Reference { owned, .. } => add(&mut needs.shared, owned),
                }
            }
            add(&mut needs.sent, &method.output);
        }
        for loader in &deployment.loaders {
            if is_certain(&loader.attrs) {
                add(&mut needs.shared, &loader.output);
            }
        }
        needs
    }

    /// The check of the types that mention exactly these parameters, or, for several, at least two of them.
    fn check(&self, of: &[&Ident], all: &[&Ident]) -> Option<TokenStream> {
        let is_meant = |ty: &&Type| {
            let names = mentioned(ty, all).names;
            match of {
                [one] => names == [*one],
                _ => names.len() > 1,
            }
        };
        let list = |types: &[Type]| {
            let types = types.iter().filter(is_meant);
            let types = types.map(|ty| without_spans(ty.to_token_stream(), of));
            let joined = types.reduce(|rest, ty| quote!((#rest, #ty)));
            joined.unwrap_or_else(|| quote!(()))
        };
        let has = |types: &[Type]| types.iter().any(|ty| is_meant(&ty));
        let (sent, shared, copied) = (list(&self.sent), list(&self.shared), list(&self.copied));
        let (needed, types) = match (has(&self.copied), has(&self.shared), has(&self.sent)) {
            (true, ..) => ("CopiedParameter", quote!(#sent, #shared, #copied)),
            (_, true, _) => ("SharedParameter", quote!(#sent, #shared)),
            (.., true) => ("SentParameter", quote!(#sent)),
            _ => return None,
        };
        let span = of.last().map_or_else(Span::call_site, |name| name.span());
        let (rt, needed) = (runtime_path_at(span), Ident::new(needed, span));
        let deployment = Ident::new("deployment", span);
        let names = match of {
            [one] => quote!(#one),
            several => quote!((#(#several),*)),
        };
        Some(quote_spanned! {span=>
            {
                fn #deployment() {}
                #rt::bounds::#needed::<#names, #types>::needed(&#deployment);
            }
        })
    }
}

/// The type at the place of the check, so that an error about it is there.
fn without_spans(ty: TokenStream, at: &[&Ident]) -> TokenStream {
    let span = at.last().map_or_else(Span::call_site, |name| name.span());
    let respan = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), without_spans(group.stream(), at));
            moved.set_span(span);
            moved.into()
        }
        mut token => {
            token.set_span(span.resolved_at(token.span()));
            token
        }
    };
    ty.into_iter().map(respan).collect()
}

/// The type parameters. None of them if one is `?Sized`: there are no values of it.
fn names(generics: &Generics) -> Vec<&Ident> {
    let (params, where_clause) = (&generics.params, &generics.where_clause);
    let is_maybe = |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '?');
    if quote!(#params #where_clause).into_iter().any(is_maybe) {
        return Vec::new();
    }
    generics.type_params().map(|param| &param.ident).collect()
}

/// What a type mentions.
struct Mentioned<'a> {
    among: &'a [&'a Ident],
    /// The type parameters, in their order.
    names: Vec<&'a Ident>,
    /// `Self`, which is another type in the handle's impl.
    itself: bool,
}

fn mentioned<'a>(ty: &Type, among: &'a [&'a Ident]) -> Mentioned<'a> {
    let mut found = Mentioned {
        among,
        names: Vec::new(),
        itself: false,
    };
    found.visit_type(ty);
    let names = found.among.iter().filter(|name| found.names.contains(name));
    found.names = names.copied().collect();
    found
}

impl Visit<'_> for Mentioned<'_> {
    fn visit_path(&mut self, path: &Path) {
        if let Some(first) = path.segments.first() {
            self.itself |= first.ident == "Self";
            let name = self.among.iter().find(|name| ***name == first.ident);
            self.names.extend(name);
        }
        visit::visit_path(self, path);
    }
}
