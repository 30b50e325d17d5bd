//! The link between a deployment's type and its `impl` block.
//!
//! The two have separate attributes, and neither expansion sees the other. Each uses names that the other defines,
//! and imports stand-ins of the same names with `*`: what is defined hides what is imported so. If one attribute is
//! missing or in another module, rustc reports a stand-in once, and code that uses the deployment has no errors of its
//! own. If there are two blocks, it reports that both define a name.
//!
//! ```text
//! mod __without_type_Model { pub type __StandInOfModel<T> = T; .. }     // beside the block
//! use __without_type_Model::*;
//! struct __StandInOfModel<T>(..);                                       // beside the type
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Expr, Field, Generics, Ident, Path, PathArguments, Type, Visibility};

use super::fields;
use super::handle::with_callable_bound;
use crate::diagnostics;
use crate::ir::deployment::{Method, Options};
use crate::report::{Report, warning};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// The type that the block defines.
fn name(deployment: &Ident) -> Ident {
    format_ident!(
        "{deployment}_needs_one_impl_block_with_the_deployment_attribute_in_this_module",
        span = generated_at(deployment)
    )
}

/// The type that the type's attribute defines: the handle.
fn name_of_type(deployment: &Ident) -> Ident {
    format_ident!(
        "{deployment}_needs_the_deployment_attribute_on_its_type_in_this_module",
        span = generated_at(deployment)
    )
}

/// Marks the tokens as generated, so that rustc does not suggest another spelling.
fn generated_at(deployment: &Ident) -> Span {
    deployment.span().resolved_at(Span::call_site())
}

/// The type whose `Deployment` the `impl` block implements if the attribute on the type is missing.
fn stand_in(deployment: &Ident) -> Ident {
    format_ident!("__StandInOf{deployment}")
}

/// Beside the `impl` block: the type of the engine, and of any other type that goes into it.
pub(super) fn define(
    path: &Path,
    cfg: &[Attribute],
    engine: &TokenStream,
    methods: &[Method],
) -> Option<TokenStream> {
    let name = name_of(path)?;
    let rt = runtime_path();
    // Of `fn` alone, a limit is what Ray Serve asks of batches: it says no more than is true.
    let shares = methods
        .iter()
        .any(|method| method.is_async && !method.exclusive)
        || !methods.iter().any(|method| method.exclusive);
    Some(quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        type #name = #rt::bounds::Given<#engine, #shares>;
    })
}

fn name_of(path: &Path) -> Option<Ident> {
    let last = path.segments.last()?;
    // The handle of a generic deployment requires the trait.
    matches!(last.arguments, PathArguments::None).then(|| name(&last.ident))
}

/// In place of an `impl` block that has an error: with it, rustc reports nothing about the uses of the
/// deployment.
pub(crate) fn poisoned(self_ty: &Type, report: &Report) -> Option<TokenStream> {
    let Type::Path(ty) = self_ty else { return None };
    let (name, poison) = (name_of(&ty.path)?, report.poison());
    let rt = runtime_path();
    Some(quote! {
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        type #name = #rt::bounds::Broken<#poison>;
    })
}

/// Beside the type: what it uses of the block's.
pub(super) fn require(
    deployment: &Ident,
    generics: &Generics,
    fields: &[Field],
    cfg: &[Attribute],
    rt: &TokenStream,
) -> TokenStream {
    let bounded = with_callable_bound(deployment, generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let engine = match generics.params.is_empty() {
        true => {
            let block = name(deployment);
            quote!(<#block as #rt::bounds::Block>::Engine)
        }
        false => quote!(<Self as #rt::Callable>::Engine),
    };
    let without_impl = without_impl(deployment, generics, fields, cfg, rt);
    quote! {
        #without_impl

        #(#cfg)*
        #[doc(hidden)]
        impl #impl_generics #rt::private::Paired for #deployment #ty_generics #where_clause {
            type Engine = #engine;
        }
    }
}

/// Beside the type: a warning of a limit of calls at a replica that works on one at a time because of `&mut self`.
pub(super) fn idle_limit(
    deployment: &Ident,
    generics: &Generics,
    options: &Options,
) -> Option<TokenStream> {
    let limit = options.get("max_ongoing_requests")?;
    let says_one =
        matches!(&limit.value, Expr::Lit(one) if one.to_token_stream().to_string() == "1");
    if says_one || !generics.params.is_empty() {
        return None;
    }
    let (rt, block) = (runtime_path(), name(deployment));
    Some(warning::unless(
        quote!(<#block as #rt::bounds::Block>::SHARES_REPLICAS),
        limit.key.span(),
        "max_ongoing_requests_without_effect",
        &diagnostics::limit_of_one_call(deployment),
    ))
}

/// Beside the type: what the `impl` block would have defined. It fails where it is used, with one error; `bind` is
/// found wherever this module is.
fn without_impl(
    deployment: &Ident,
    generics: &Generics,
    fields: &[Field],
    cfg: &[Attribute],
    rt: &TokenStream,
) -> Option<TokenStream> {
    if !generics.params.is_empty() {
        return None;
    }
    let module = format_ident!("__without_impl_{deployment}");
    let (key, bind) = (
        format_ident!("__BlockKeyOf{deployment}"),
        format_ident!("__BindOf{deployment}"),
    );
    let name = name(deployment);
    let fields = fields::undefined(deployment, fields);
    let at = deployment.span();
    let here = runtime_path_at(at);
    let checked = quote_spanned! {at=>
        <<#name as #here::bounds::Block>::StandIn as #here::bounds::BlockWithAttribute>::CHECKED
    };
    let checked = super::checks::checked(&checked, &quote!(__T));
    Some(quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_snake_case, non_camel_case_types)]
        mod #module {
            pub(super) struct #key;
            pub(super) type #name = #key;
            #fields
        }

        #(#cfg)*
        #[doc(hidden)]
        #[allow(unused_imports)]
        use #module::*;

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::bounds::Block for #key {
            type StandIn = #deployment;
            type Engine = Self::Of<()>;
            type Of<__T> = #checked;
        }

        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code)]
        trait #bind {
            #[allow(non_upper_case_globals)]
            const bind: <#name as #rt::bounds::Block>::Of<()>;
        }

        #(#cfg)*
        #[doc(hidden)]
        impl #bind for #deployment {
            const bind: <#name as #rt::bounds::Block>::Of<()> = ::core::panic!();
        }
    })
}

/// The handle of a deployment, as its type refers to it.
pub(super) fn handle(deployment: &Ident, generics: &Generics, handle: &Ident) -> TokenStream {
    if generics.params.is_empty() {
        let name = name(deployment);
        let rt = runtime_path();
        return quote!(<#name as #rt::bounds::Block>::Of<#handle>);
    }
    let (_, ty_generics, _) = generics.split_for_impl();
    quote!(#handle #ty_generics)
}

/// The handle of the type at a path, as its `impl` block refers to it, and the items that this needs: one alias
/// is the only mention of the name that describes the mistake.
pub(super) fn handle_of_type(path: &Path, cfg: &[Attribute]) -> (Path, Option<TokenStream>) {
    let (Some(_), Some(deployment)) = (name_of(path), path.get_ident()) else {
        return (super::handle::path(path), None);
    };
    let (name, alias) = (
        name_of_type(deployment),
        format_ident!("__{deployment}Handle"),
    );
    let doc = format!("The handle of `{deployment}`, which `#[deployment]` on the type defines.");
    let declared = quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[doc = #doc]
        #[allow(dead_code)]
        type #alias = #name;
    };
    (alias.into(), Some(declared))
}

/// Beside the type: its handle under the name that the `impl` block uses, and the sign that no stand-in is
/// needed.
pub(super) fn define_type(
    vis: &Visibility,
    deployment: &Ident,
    generics: &Generics,
    handle: &Ident,
    cfg: &[Attribute],
) -> TokenStream {
    if !generics.params.is_empty() {
        return quote!();
    }
    let rt = runtime_path();
    let (name, stand_in) = (name_of_type(deployment), stand_in(deployment));
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        #vis type #name = #handle;

        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code)]
        #vis struct #stand_in<__T>(::core::marker::PhantomData<fn() -> __T>);

        #(#cfg)*
        #[doc(hidden)]
        impl<__T> #rt::bounds::Attribute for #stand_in<__T> {}
    }
}

/// Beside the `impl` block: the impls that the type's attribute would have generated. If the attribute is
/// there, its definition of the stand-in hides the one here, which is the type itself.
pub(super) fn without_type(
    path: &Path,
    cfg: &[Attribute],
    rt: &TokenStream,
) -> Option<TokenStream> {
    let (Some(_), Some(deployment)) = (name_of(path), path.get_ident()) else {
        return None;
    };
    let (handle, stand_in) = (format_ident!("__{deployment}Handle"), stand_in(deployment));
    let module = format_ident!("__without_type_{deployment}");
    let (key, name, engine) = (
        format_ident!("__TypeKeyOf{deployment}"),
        name_of_type(deployment),
        self::name(deployment),
    );
    let at = deployment.span();
    let here = runtime_path_at(at);
    let checked = quote_spanned! {at=>
        <<#key as #here::bounds::KeyOf>::StandIn as #here::bounds::TypeWithAttribute>::CHECKED
    };
    Some(quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_snake_case, non_camel_case_types, private_interfaces, unreachable_pub)]
        mod #module {
            pub(super) struct #key;
            pub type #stand_in<__T> = __T;
            #[derive(Clone, Debug)]
            pub struct #name(pub(super) #rt::private::Handle<<#key as #rt::bounds::KeyOf>::Deployment>);
        }

        #(#cfg)*
        #[doc(hidden)]
        #[allow(unused_imports)]
        use #module::*;

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::bounds::KeyOf for #key {
            type Deployment = #deployment;
            type StandIn = #stand_in<#deployment>;
        }

        #(#cfg)*
        const _: usize = #checked;

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::private::Generated for #stand_in<#deployment> {}

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::private::Paired for #stand_in<#deployment> {
            type Engine = <#engine as #rt::bounds::Block>::Engine;
        }

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::Deployment for #stand_in<#deployment> {
            type Handle = #handle;
            const NAME: &'static str = "";
            const OPTIONS: #rt::topology::Options<'static> = #rt::topology::Options::DEFAULT;
        }
    })
}
