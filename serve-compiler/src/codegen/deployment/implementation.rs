//! The code for `#[deployment]` on an `impl` block: `bind`, the handle's methods and the engine.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Path, Type};

use super::describe::{self, Description};
use super::method::{self, Callee};
use super::{batch, bind, checks, fake, handle, lifecycle, multiplexed, pairing, parameters};
use crate::ir::deployment::{DeploymentImpl, Engine};
use crate::runtime_path::runtime_path;
use crate::text::name_text;

/// `bind`, the methods of the handle, and the `Callable` impl.
pub(crate) fn generate(deployment: &DeploymentImpl) -> TokenStream {
    let rt = runtime_path();
    let DeploymentImpl {
        self_ty,
        self_path,
        cfg,
        methods,
        lifecycle,
        loaders,
        ..
    } = deployment;
    let generics = &parameters::bounded(deployment);
    let parameters = parameters::check(deployment);
    let engine = Engine::of(methods, lifecycle);
    let arguments = bind::checked_arguments(deployment);
    let bind = bind::generate(deployment, &parameters::of_bind(deployment));
    let marker = pairing::define(
        self_path,
        cfg,
        &handle::engine_type(engine, self_ty),
        methods,
    );
    let (handle, handle_alias) = pairing::handle_of_type(self_path, cfg);
    let without_type = pairing::without_type(self_path, cfg, &rt);
    let callee = Callee::Method {
        ty: self_ty,
        generics,
        multiplexed: !loaders.is_empty(),
        boxed: deployment.holds_handles && generics.params.is_empty(),
    };
    let handle_methods = methods
        .iter()
        .map(|method| method::generate(engine, method, &callee));
    let described = methods.iter().map(|method| {
        let cfg = crate::syntax::deployment::cfg(&method.attrs);
        let method = Description::of(method, &name_text(&method.ident)).tokens();
        quote!(#(#cfg)* #method)
    });
    let described = quote!(#(#described),*);
    let checks = checks::of_deployment(engine, self_ty, methods, loaders, generics);
    let callable = callable(engine, self_ty, &handle, &described, &checks);
    let named = methods
        .iter()
        .map(|method| (method, name_text(&method.ident)));
    let batchers = batch::batchers(named);
    let lifecycle_items = lifecycle::items(lifecycle);
    let mut in_place = methods.iter().filter(|method| method.is_async).peekable();
    let is_exclusive = in_place.peek().is_some() && in_place.all(|method| method.exclusive);
    let is_exclusive = is_exclusive.then(|| {
        quote!(
            const EXCLUSIVE: bool = true;
        )
    });
    let is_multiplexed = (!loaders.is_empty()).then(|| {
        let described = loaders.iter().map(describe::loader);
        quote! {
            const MULTIPLEXED: bool = true;
            const LOADERS: &'static [#rt::topology::Loader<'static>] = &[#(#described),*];
        }
    });
    let loaders = loaders
        .iter()
        .map(|loader| multiplexed::method(loader, engine));
    let reconfigurable = lifecycle::reconfigurable(lifecycle, self_ty, generics);
    let handle_to = handle::handle_to(self_ty, &handle, generics, cfg);
    let fake = fake::of_impl(deployment, generics);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #marker

        #handle_alias

        #without_type

        #arguments

        #(#cfg)*
        impl #impl_generics #self_ty #where_clause {
            #bind
            #(#loaders)*
        }

        #(#cfg)*
        impl #impl_generics #handle #where_clause {
            #(#handle_methods)*
        }

        #(#cfg)*
        impl #impl_generics #rt::Callable for #self_ty #where_clause {
            #callable
            #batchers
            #lifecycle_items
            #is_exclusive
            #is_multiplexed
        }

        #reconfigurable

        #handle_to

        #fake

        #parameters
    }
}

/// The items of a `Callable` impl.
pub(super) fn callable(
    engine: Engine,
    self_ty: &Type,
    handle: &Path,
    methods: &TokenStream,
    checks: &Option<TokenStream>,
) -> TokenStream {
    let rt = runtime_path();
    let mut engine = handle::engine_type(engine, self_ty);
    if checks.is_some() {
        engine = checks::checked(&quote!(<#self_ty as #rt::Callable>::CHECKED), &engine);
    }
    quote! {
        #checks
        const METHODS: &'static [#rt::topology::Method<'static>] = &[#methods];
        type Engine = #engine;
        fn handle(
            __engine: &#rt::private::Arc<Self::Engine>,
            __caller: #rt::private::Caller,
        ) -> #handle {
            #rt::private::HandleTo::new(#rt::private::Handle::new(__engine, __caller))
        }
    }
}
