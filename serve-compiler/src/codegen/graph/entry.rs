//! The entries of a graph: the inputs of a request, its answer, and how it is executed.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::handle::Method;
use crate::codegen::executor::{self, Context};
use crate::ir::graph::Signature;
use crate::runtime_path::runtime_path;

/// The impls of `Entry`.
pub(super) fn generate<'a>(
    signature: &Signature,
    contexts: impl Iterator<Item = Context<'a>>,
) -> TokenStream {
    let executed = contexts.enumerate().map(|(index, context)| {
        let method = Method::of(context.entry);
        let execute = executor::generate(context, &signature.type_ident);
        implementation(signature, index, &method, &execute)
    });
    executed.collect()
}

/// The types of the entries that are not the graph's own.
pub(super) fn declarations(signature: &Signature, methods: &[Method<'_>]) -> TokenStream {
    let declarations = methods.iter().map(|method| declaration(signature, method));
    declarations.collect()
}

fn declaration(signature: &Signature, method: &Method<'_>) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        type_ident,
        attrs,
        ..
    } = signature;
    let cfg = crate::syntax::deployment::cfg(attrs);
    let ty = ty(signature, method);
    if ty == *type_ident {
        return quote!();
    }
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #vis struct #ty;

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::private::Generated for #ty {}
    }
}

/// The impl of `Entry` for one entry; a route's is for a type of its own.
pub(super) fn implementation(
    signature: &Signature,
    index: usize,
    method: &Method<'_>,
    execute: &TokenStream,
) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        type_ident, attrs, ..
    } = signature;
    let cfg = crate::syntax::deployment::cfg(attrs);
    let ty = ty(signature, method);
    let Method { types, output, .. } = method;
    let call = match is_stream(output) {
        true => quote!(#rt::private::call_streaming::<Self, _>),
        false => quote!(#rt::private::call::<Self>),
    };
    // At the user's types: rustc reports here that a type is more private than the graph.
    let (at_input, at_output) = (types.first().map(|ty| ty.span()), output.span());
    let at_input = at_input.unwrap_or_else(Span::call_site);
    let input = quote_spanned!(at_input=> type Input = (#(#types,)*););
    let answer = quote_spanned!(at_output=> type Output = #output;);
    quote! {
        #(#cfg)*
        impl #rt::Entry for #ty {
            type Graph = #type_ident;
            #input
            #answer
            const INDEX: usize = #index;
            type Keep = [(); #rt::private::boxes(<#ty as #rt::Entry>::execute::<#rt::private::Watcher>)];

            #execute

            async fn call(
                __handle: &#rt::Handle<#type_ident>,
                __input: Self::Input,
            ) -> #rt::Result<Self::Output> {
                let __checked = [(); <#type_ident as #rt::private::Part>::CHECKED];
                #call(__handle, __input).await
            }
        }
    }
}

/// The types that represent the entries.
pub(super) fn types(signature: &Signature, methods: &[Method<'_>]) -> Vec<Ident> {
    methods.iter().map(|method| ty(signature, method)).collect()
}

/// The only entry of a graph has the graph's own type.
pub(super) fn ty(signature: &Signature, method: &Method<'_>) -> Ident {
    let graph = &signature.type_ident;
    match method.is_only {
        true => graph.clone(),
        false => format_ident!("__{graph}_{}", method.ident),
    }
}

/// Whether the answer of an entry is a `Streaming<T>`.
fn is_stream(output: &Type) -> bool {
    let Type::Path(path) = output else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Streaming")
}
