//! What `#[deployment]` on an `impl` block generates: `bind`, the handle's methods and the engine.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use super::handle::{self, Callee};
use crate::ir::deployment::{Constructor, DeploymentImpl, Engine, Param, Passing};
use crate::runtime_path::runtime_path;

/// `bind`, the methods of the handle, and the `Callable` impl.
pub(crate) fn generate(deployment: &DeploymentImpl) -> TokenStream {
    let rt = runtime_path();
    let DeploymentImpl {
        self_ty,
        self_path,
        generics,
        cfg,
        constructor,
        methods,
    } = deployment;
    let engine = Engine::of(methods);
    let bind = constructor.as_ref().map(bind);
    let handle = handle::path(self_path);
    let callee = Callee::Method(self_ty);
    let handle_methods = methods
        .iter()
        .map(|method| handle::method(engine, method, &callee));
    let described = methods.iter().map(|method| {
        let cfg = crate::syntax::deployment::cfg(&method.attrs);
        let method = handle::describe(engine, method, &method.ident.to_string());
        quote!(#(#cfg)* #method)
    });
    let callable = callable(engine, self_ty, &quote!(#(#described),*));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #(#cfg)*
        impl #impl_generics #self_ty #where_clause {
            #bind
        }

        #(#cfg)*
        impl #impl_generics #handle #where_clause {
            #(#handle_methods)*
        }

        #(#cfg)*
        impl #impl_generics #rt::Callable for #self_ty #where_clause {
            #callable
        }
    }
}

/// The items of a `Callable` impl.
pub(super) fn callable(engine: Engine, self_ty: &Type, methods: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    let engine = handle::engine_type(engine, self_ty);
    quote! {
        const METHODS: &'static [#rt::topology::Method<'static>] = &[#methods];
        type Engine = #engine;
        fn handle(engine: &#rt::private::Arc<Self::Engine>) -> #rt::Handle<Self> {
            <#rt::Handle<Self>>::__new(#rt::private::Arc::clone(engine))
        }
    }
}

/// `bind` takes what `new` takes, and keeps it for every replica.
fn bind(constructor: &Constructor) -> TokenStream {
    let rt = runtime_path();
    let Constructor {
        vis, attrs, params, ..
    } = constructor;
    let inputs = params.iter().map(bound_parameter);
    let idents: Vec<&Ident> = params.iter().map(|param| &param.ident).collect();
    let owned = params.iter().map(own);
    let copies = idents
        .iter()
        .map(|ident| quote!(let #ident = #rt::private::copy_argument(&#ident);));
    let arguments = params.iter().map(handle::argument);
    let built = if constructor.is_async {
        quote!(Self::new(#(#arguments),*).await)
    } else {
        quote!(Self::new(#(#arguments),*))
    };
    let built = if constructor.fallible {
        quote!(#built.map_err(#rt::private::user_error))
    } else {
        quote!(#rt::private::result::Result::Ok(#built))
    };
    quote! {
        /// Binds the constructor's arguments: each replica is made from them by `new`.
        ///
        #(#attrs)*
        #[allow(clippy::too_many_arguments)]
        #vis fn bind(#(#inputs),*) -> #rt::Bound<Self> {
            #(#owned)*
            #rt::Bound::new(#rt::private::Constructor::new(move || {
                #(#copies)*
                #rt::private::FutureExt::boxed_local(async move { #built })
            }))
        }
    }
}

/// What is lent to `new` can be bound as anything that becomes it: a `&str` for a `&Path`.
fn bound_parameter(param: &Param) -> TokenStream {
    let ident = &param.ident;
    match &param.passing {
        Passing::Value(ty) => quote!(#ident: #ty),
        Passing::Reference { owned, .. } => {
            quote!(#ident: impl ::core::convert::Into<#owned>)
        }
    }
}

fn own(param: &Param) -> TokenStream {
    let ident = &param.ident;
    match &param.passing {
        Passing::Value(_) => quote!(),
        Passing::Reference { owned, .. } => {
            let rt = runtime_path();
            quote!(let #ident: #rt::Shared<#owned> = #rt::Shared::new(#ident.into());)
        }
    }
}
