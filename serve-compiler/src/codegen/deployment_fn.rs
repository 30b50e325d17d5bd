//! What `#[deployment]` on a function generates: a type of the function's own name, and a handle.
//!
//! Types and functions have separate name spaces, so that `aggregate` stays the function and
//! `Handle<aggregate>` is its handle; whoever imports the one has imported the other.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Generics, Ident, Type, parse_quote};

use super::method;
use super::{deployment_impl, fake, handle, options};
use crate::ir::deployment::{DeploymentFn, Engine, Method};
use crate::runtime_path::runtime_path;
use crate::syntax::deployment::cfg;

/// The type, its handle, and the impls of `Deployment` and `Callable`.
pub(crate) fn generate(deployment: &DeploymentFn) -> TokenStream {
    let rt = runtime_path();
    let DeploymentFn { options, function } = deployment;
    let (vis, ident) = (&function.vis, &function.ident);
    let cfg = cfg(&function.attrs);
    let engine = engine(deployment);
    let self_ty: Type = parse_quote!(#ident);
    let handle = handle_name(ident);
    let engine_type = handle::engine_type(engine, &self_ty);
    let declared = handle::declare(
        vis,
        ident,
        &handle,
        &Generics::default(),
        &engine_type,
        &cfg,
    );
    let call = method::generate_function(engine, &named_call(function), ident);
    let fake = fake::of_function(function);
    let name = ident.to_string();
    let options = options::generate(options);
    let described = handle::describe(engine, function, "call");
    let callable = deployment_impl::callable(engine, &self_ty, &handle.clone().into(), &described);
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #vis struct #ident {}

        #declared

        #(#cfg)*
        impl #rt::Deployment for #ident {
            type Handle = #handle;
            const NAME: &'static str = #name;
            #[allow(clippy::needless_update)] // every option may be given
            const OPTIONS: #rt::topology::Options<'static> = #options;
        }

        #(#cfg)*
        impl #handle {
            #call
        }

        #(#cfg)*
        impl #ident {
            /// The function as a deployment.
            #[allow(dead_code)]
            #vis fn bind() -> #rt::Bound<Self> {
                #rt::Bound::new(#rt::private::Constructor::new(|| {
                    #rt::private::result::Result::Ok(#ident {})
                }))
            }

            #fake
        }

        #(#cfg)*
        impl #rt::Callable for #ident {
            #callable
        }
    }
}

/// A function that waits is called directly unless there is a limit to keep.
fn engine(deployment: &DeploymentFn) -> Engine {
    match (
        deployment.function.is_async,
        deployment.options.has("max_ongoing_requests"),
    ) {
        (true, false) => Engine::Bare,
        (true, true) => Engine::InPlace { locked: false },
        (false, _) => Engine::Compute,
    }
}

/// `JoinFnHandle`: a struct `Join` beside the function `join` has a `JoinHandle`.
fn handle_name(function: &Ident) -> Ident {
    let name = function.to_string().to_upper_camel_case();
    format_ident!("{name}FnHandle", span = function.span())
}

/// The function as the handle's method `call`.
fn named_call(function: &Method) -> Method {
    Method {
        ident: format_ident!("call", span = function.ident.span()),
        ..function.clone()
    }
}
