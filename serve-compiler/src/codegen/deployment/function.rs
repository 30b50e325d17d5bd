//! The code for `#[deployment]` on a function: a type of the function's own name, and a handle.
//!
//! Types and functions have separate namespaces, so `aggregate` stays the function and `Handle<aggregate>` is
//! its handle; an import of one imports the other.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Path, Type, parse_quote};

use super::describe::Description;
use super::{batch, checks, fake, handle, implementation, method, options};
use crate::ir::deployment::{DeploymentFn, Engine, Method};
use crate::runtime_path::runtime_path;
use crate::syntax::deployment::cfg;
use crate::text::name_text;

/// The type, its handle, and the impls of `Deployment` and `Callable`.
pub(crate) fn generate(deployment: &DeploymentFn) -> TokenStream {
    let rt = runtime_path();
    let DeploymentFn {
        options,
        generics,
        function,
    } = deployment;
    let (vis, ident) = (&function.vis, &function.ident);
    let cfg = cfg(&function.attrs);
    let engine = engine(deployment);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let types = generics.type_params().map(|param| &param.ident);
    let (of, new_of) = match generics.params.is_empty() {
        true => (quote!(), quote!()),
        false => (
            quote!(of: ::core::marker::PhantomData<fn() -> (#(#types,)*)>),
            quote!(of: ::core::marker::PhantomData),
        ),
    };
    let self_ty: Type = parse_quote!(#ident #ty_generics);
    let handle = handle_name(ident);
    let engine_type = handle::engine_type(engine, &self_ty);
    let declared = handle::declare(vis, ident, &handle, generics, &cfg);
    let call = method::generate_function(engine, &named_call(function), ident, generics);
    let fake = fake::of_function(function);
    let name = name_text(ident);
    let options = options::generate(options);
    let described = Description::of(function, "call").tokens();
    let handle_ty: Path = parse_quote!(#handle #ty_generics);
    let methods = std::slice::from_ref(function);
    let engine_of_values = Engine::Compute; // a function has no replica that calls share
    let checks = checks::of_deployment(engine_of_values, &self_ty, methods, &[], generics);
    let callable = implementation::callable(engine, &self_ty, &handle_ty, &described, &checks);
    let batchers = batch::batchers([(function, "call".to_owned())].into_iter());
    let handle_to = handle::handle_to(&self_ty, &handle_ty, generics, &cfg);
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #vis struct #ident #generics #where_clause { #of }

        #declared

        #(#cfg)*
        #[doc(hidden)]
        impl #impl_generics #rt::private::Paired for #ident #ty_generics #where_clause {
            type Engine = #engine_type;
        }

        #(#cfg)*
        #[doc(hidden)]
        impl #impl_generics #rt::private::Generated for #ident #ty_generics #where_clause {}

        #(#cfg)*
        impl #impl_generics #rt::Deployment for #ident #ty_generics #where_clause {
            type Handle = #handle #ty_generics;
            const NAME: &'static str = #name;
            #[allow(clippy::needless_update)] // every option may be given
            const OPTIONS: #rt::topology::Options<'static> = #options;
        }

        #(#cfg)*
        impl #impl_generics #handle #ty_generics #where_clause {
            #call
        }

        #(#cfg)*
        impl #impl_generics #ident #ty_generics #where_clause {
            /// The function as a deployment.
            #[allow(dead_code, unreachable_pub, clippy::self_named_constructors)]
            pub fn bind() -> #rt::Bound<Self> {
                #rt::Bound::new(#rt::private::Constructor::new(|| {
                    #rt::private::result::Result::Ok(Self { #new_of })
                }))
            }

            #fake
        }

        #(#cfg)*
        impl #impl_generics #rt::Callable for #ident #ty_generics #where_clause {
            #callable
            #batchers
        }

        #handle_to

        #(#cfg)*
        #[doc(hidden)]
        impl #impl_generics #rt::private::Function for #ident #ty_generics #where_clause {
            const CHECKED: usize = <Self as #rt::Callable>::CHECKED;
        }
    }
}

/// A function that waits is called directly unless it has a limit.
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
    let name = name_text(function).to_upper_camel_case();
    format_ident!("{name}FnHandle", span = function.span())
}

/// The function as the handle's method `call`. It is `pub`: the type is private or not, and rustc reports a
/// private one once.
fn named_call(function: &Method) -> Method {
    Method {
        vis: parse_quote!(pub),
        ident: format_ident!("call", span = function.ident.span()),
        ..function.clone()
    }
}
