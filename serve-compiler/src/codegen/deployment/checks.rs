//! Requirements on types, each checked once as a constant at the user's tokens.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Ident, Type};

use super::{batch, multiplexed};
use crate::ir::deployment::{Engine, Loader, Method, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// A type that is valid only if a constant evaluates.
pub(in crate::codegen) fn checked(check: &TokenStream, ty: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    quote!(<[(); #check] as #rt::private::Checked>::Of<#ty>)
}

/// The checks of the types that the user wrote, each at its own tokens. A generic deployment is checked where
/// it is used.
pub(super) fn of_deployment(
    engine: Engine,
    self_ty: &Type,
    methods: &[Method],
    loaders: &[Loader],
    generics: &Generics,
) -> Option<TokenStream> {
    if !generics.params.is_empty() {
        return None;
    }
    let shares_replicas = matches!(engine, Engine::InPlace { .. } | Engine::Mixed { .. });
    let replica = shares_replicas.then(|| check(self_ty, "SharedReplica"));
    let methods = methods.iter().map(|method| {
        let cfg = crate::syntax::deployment::cfg(&method.attrs);
        let output = check(&method.output, "Value");
        let params = method.params.iter().map(|param| match &param.passing {
            Passing::Value(ty) => check(ty, "Value"),
            Passing::Reference { owned, .. } => check(owned, "SharedValue"),
        });
        let batch = batch::check(method);
        let result = no_result(method).map(|check| quote!(__checked += #check;));
        quote!(#(#cfg)* { #batch #(__checked += #params;)* #result __checked += #output; })
    });
    let loaders = loaders.iter().map(multiplexed::check);
    let replica = replica.map(|replica| quote!(__checked += #replica;));
    Some(quote! {
        const CHECKED: usize = {
            let mut __checked = 0;
            #replica
            #(#methods)*
            #(#loaders)*
            __checked
        };
    })
}

/// Types that are certainly no `Result`.
const OUTPUTS: [&str; 22] = [
    "String",
    "Vec",
    "Option",
    "Streaming",
    "Shared",
    "bool",
    "char",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "Duration",
];

/// An output that is not written as a `Result` may be one under another name.
fn no_result(method: &Method) -> Option<TokenStream> {
    let batch = method.batch.as_ref().and_then(|batch| batch.fallible);
    let Type::Path(path) = &method.output else {
        return None;
    };
    let last = path.path.segments.last()?;
    let is_written = method.fallible.or(batch).is_some() || method.streams.is_some();
    if is_written || method.inert || OUTPUTS.iter().any(|output| last.ident == output) {
        return None;
    }
    let (output, span) = (&method.output, method.output.span());
    let rt = runtime_path_at(span);
    Some(quote_spanned! {span=> {
        #[allow(unused_imports)]
        use #rt::bounds::IsOutput as _;
        <#rt::bounds::Mistaken<{ #rt::bounds::IsResult::<#output>::RESULT }> as #rt::bounds::NoResult<#output>>::CHECKED
    }})
}

/// A type with a requirement.
pub(in crate::codegen) fn check(ty: &Type, bound: &str) -> TokenStream {
    let span = ty.span();
    let (rt, bound) = (runtime_path_at(span), Ident::new(bound, span));
    quote_spanned!(span=> <#ty as #rt::bounds::#bound>::CHECKED)
}
