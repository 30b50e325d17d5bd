//! `bind`, which takes the arguments of `new`, and keeps them for every replica.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    GenericArgument, Ident, PathArguments, Type, TypeParamBound, TypeTraitObject, WhereClause,
    parse_quote,
};

use super::checks::checked;
use super::fields;
use super::signature::{argument, outcome};
use crate::ir::deployment::{Bind, Constructor, DeploymentImpl, Param, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::text::name_text;

/// `bind`, with the bounds that it has in addition to those of the block.
pub(super) fn generate(deployment: &DeploymentImpl, bounds: &Option<WhereClause>) -> TokenStream {
    match &deployment.bind {
        Bind::From(constructor) => bind_from(deployment, constructor, bounds),
        // rustc must report nothing about the calls that go through it.
        Bind::Poison(poison) => quote! {
            #[doc(hidden)]
            #[allow(dead_code, non_upper_case_globals, unreachable_pub)]
            pub const bind: #poison = ::core::panic!();
        },
        Bind::Taken => quote!(),
    }
}

/// `bind` takes the arguments of `new`, and keeps them for every replica.
fn bind_from(
    deployment: &DeploymentImpl,
    constructor: &Constructor,
    bounds: &Option<WhereClause>,
) -> TokenStream {
    let rt = runtime_path();
    let Constructor {
        vis,
        attrs,
        params,
        returns,
        at,
        ..
    } = constructor;
    let returns = *returns;
    let inputs = params.iter().enumerate();
    let inputs = inputs.map(|(index, param)| bound_parameter(deployment, index, param));
    // rustc shows where it is defined: at `new`.
    let bind = Ident::new("bind", *at);
    let owned = params.iter().map(own);
    let copies = params.iter().enumerate();
    let copies = copies.map(|(index, param)| copy(deployment, index, param));
    let arguments = params.iter().map(argument);
    let wait = constructor.is_async.then(|| quote!(.await));
    let built = quote_spanned!(returns=> Self::new(#(#arguments),*) #wait);
    let ok = quote!(#rt::private::result::Result::Ok);
    let rt_there = runtime_path_at(returns);
    // rustc checks that it is a replica at the constructor's return type.
    let built = match constructor.fallible {
        None => {
            quote_spanned!(returns=> #ok(#rt_there::bounds::Constructed::<Self>::replica(#built)))
        }
        fallible => {
            let (built, err) = (
                outcome(fallible, &built),
                quote!(#rt::private::result::Result::Err),
            );
            quote_spanned!(returns=> match #built {
                #ok(__replica) => #ok(#rt_there::bounds::Constructed::<Self>::replica(__replica)),
                #err(__error) => #err(__error),
            })
        }
    };
    let (make, built) = match constructor.is_async {
        true => {
            let built = quote!(#rt::private::FutureExt::boxed_local(async move { #built }));
            (quote!(new_async), built)
        }
        false => (quote!(new), built),
    };
    quote! {
        /// Binds the constructor's arguments: each replica is made from them by `new`.
        ///
        #(#attrs)*
        #[allow(clippy::too_many_arguments)]
        #vis fn #bind(#(#inputs),*) -> #rt::Bound<Self> #bounds {
            #(#owned)*
            #rt::Bound::new(#rt::private::Constructor::#make(move || {
                #(#copies)*
                #built
            }))
        }
    }
}

/// A reference parameter of `new` can be bound with any type that converts to it: a `&str` for a `&Path`.
fn bound_parameter(deployment: &DeploymentImpl, index: usize, param: &Param) -> TokenStream {
    let ident = &param.ident;
    match &param.passing {
        Passing::Value(ty) if may_be_deployment(deployment, ty) => {
            let checked = checked_name(deployment, index);
            quote!(#ident: #checked)
        }
        Passing::Value(ty) => quote!(#ident: #ty),
        Passing::Reference { owned, written } => {
            let span = written.span();
            let rt = runtime_path_at(span);
            quote_spanned!(span=> #ident: impl #rt::bounds::IntoArgument<#owned>)
        }
    }
}

fn own(param: &Param) -> TokenStream {
    let ident = &param.ident;
    match &param.passing {
        Passing::Value(_) => quote!(),
        Passing::Reference { .. } => {
            let rt = runtime_path();
            // Its type follows from the bound: a second mention would repeat an error in it.
            quote!(let #ident = #rt::Shared::new(#rt::bounds::IntoArgument::convert(#ident));)
        }
    }
}

/// A copy for this replica; an argument that cannot be copied is reported at its type.
fn copy(deployment: &DeploymentImpl, index: usize, param: &Param) -> TokenStream {
    let ident = &param.ident;
    let span = match &param.passing {
        Passing::Value(ty) => ty.span(),
        Passing::Reference { written, .. } => written.span(),
    };
    let rt = runtime_path_at(span);
    let mut argument = ident.clone();
    argument.set_span(span.resolved_at(ident.span()));
    let ty = match &param.passing {
        // Not inferred, as `new` tells the type as well.
        Passing::Value(ty) if may_be_deployment(deployment, ty) => {
            let mut name = checked_name(deployment, index);
            name.set_span(span.resolved_at(name.span()));
            name.to_token_stream()
        }
        _ => quote_spanned!(span=> _),
    };
    let of = quote_spanned!(span=> #rt::bounds::ArgumentOf<#ty>);
    let boxed = match &param.passing {
        Passing::Value(ty) => boxed_object(ty),
        Passing::Reference { .. } => None,
    };
    let kind = match boxed.map(shared) {
        Some(shared) => quote_spanned!(span=> #rt::bounds::BoxedArgument<#ty, #shared>),
        None => quote_spanned!(span=> #rt::bounds::Argument<#ty>),
    };
    quote_spanned!(span=> let #ident = <#of as #kind>::copy(&#argument);)
}

/// The `dyn Trait` of a `Box<dyn Trait>`.
fn boxed_object(ty: &Type) -> Option<&TypeTraitObject> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(Type::TraitObject(object)) if last.ident == "Box" => Some(object),
        _ => None,
    }
}

/// `dyn Trait + Send + Sync`.
fn shared(object: &TypeTraitObject) -> TokenStream {
    let mut object = object.clone();
    for needed in ["Send", "Sync"] {
        let is_needed = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.path.is_ident(needed));
        if !object.bounds.iter().any(is_needed) {
            let needed = format_ident!("{needed}");
            object.bounds.push(parse_quote!(::core::marker::#needed));
        }
    }
    object.into_token_stream()
}

/// Whether a parameter's type may be a deployment in place of its handle. In a generic deployment it is not
/// checked.
fn may_be_deployment(deployment: &DeploymentImpl, ty: &Type) -> bool {
    deployment.checks_arguments && fields::unknown(ty).is_some()
}

/// The name of a parameter's type that is valid only if it is not a deployment.
fn checked_name(deployment: &DeploymentImpl, index: usize) -> Ident {
    let last = deployment.self_path.segments.last();
    let name = last.map(|last| name_text(&last.ident)).unwrap_or_default();
    format_ident!("__{name}Argument{index}")
}

/// The types of such parameters, and of the fields that hold them. If the check fails, rustc reports nothing about
/// the calls of `bind`, or of the field's methods; the documentation shows the types that the user wrote.
pub(super) fn checked_arguments(deployment: &DeploymentImpl) -> TokenStream {
    let Bind::From(constructor) = &deployment.bind else {
        return quote!();
    };
    let constructor_cfg = crate::syntax::deployment::cfg(&constructor.attrs);
    let cfg: Vec<_> = deployment.cfg.iter().chain(&constructor_cfg).collect();
    let mut fields = Vec::new();
    let aliases = constructor.params.iter().enumerate().map(|(index, param)| {
        let Passing::Value(ty) = &param.passing else {
            return quote!();
        };
        if !may_be_deployment(deployment, ty) {
            return quote!();
        }
        let name = checked_name(deployment, index);
        let constant = format_ident!("{name}Checked");
        let span = ty.span();
        let rt = runtime_path_at(span);
        let is = quote_spanned!(span=> #rt::bounds::IsDeployment::<#ty>);
        let check = quote_spanned! {span=> {
            #[allow(unused_imports)]
            use #rt::bounds::IsValue as _;
            <#rt::bounds::Mistaken<{ #is::DEPLOYMENT && !#is::COPIED }> as #rt::bounds::NoDeployment<#ty>>::CHECKED
        }};
        let checked = checked(&quote!(#constant), &quote!(#ty));
        let field = deployment.self_path.get_ident().and_then(|deployment| {
            fields::definition(deployment, ty, &constant, &cfg, &mut fields)
        });
        quote! {
            #(#cfg)*
            #[cfg(not(doc))]
            #[allow(dead_code, non_upper_case_globals)]
            const #constant: usize = #check;
            #(#cfg)*
            #[cfg(not(doc))]
            #[allow(dead_code, non_camel_case_types)]
            type #name = #checked;
            #field
            #(#cfg)*
            #[cfg(doc)]
            #[allow(dead_code, non_camel_case_types)]
            type #name = #ty;
        }
    });
    aliases.collect()
}
