//! The code for `#[deployment]` on an `impl` block: `bind`, the handle's methods and the engine.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type, WhereClause};

use super::describe::Description;
use super::method::{self, Callee};
use super::signature::{argument, outcome};
use super::{batch, checks, fake, handle, lifecycle, multiplexed, pairing, parameters};
use crate::ir::deployment::{Bind, Constructor, DeploymentImpl, Engine, Param, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::text::name_text;

/// `bind`, the methods of the handle, and the `Callable` impl.
pub(crate) fn generate(deployment: &DeploymentImpl) -> TokenStream {
    let rt = runtime_path();
    let DeploymentImpl {
        self_ty,
        self_path,
        cfg,
        bind,
        methods,
        lifecycle,
        loaders,
        ..
    } = deployment;
    let generics = &parameters::bounded(deployment);
    let parameters = parameters::check(deployment);
    let engine = Engine::of(methods, lifecycle);
    let bind = self::bind(bind, &parameters::of_bind(deployment));
    let marker = pairing::define(self_path, cfg, &handle::engine_type(engine, self_ty));
    let (handle, handle_alias) = pairing::handle_of_type(self_path, cfg);
    let without_type = pairing::without_type(self_path, cfg, &rt);
    let callee = Callee::Method {
        ty: self_ty,
        generics,
        multiplexed: !loaders.is_empty(),
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
        quote!(
            const MULTIPLEXED: bool = true;
        )
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

fn bind(bind: &Bind, bounds: &Option<WhereClause>) -> TokenStream {
    match bind {
        Bind::From(constructor) => bind_from(constructor, bounds),
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
fn bind_from(constructor: &Constructor, bounds: &Option<WhereClause>) -> TokenStream {
    let rt = runtime_path();
    let Constructor {
        vis,
        attrs,
        params,
        returns,
        ..
    } = constructor;
    let returns = *returns;
    let inputs = params.iter().map(bound_parameter);
    let owned = params.iter().map(own);
    let copies = params.iter().map(copy);
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
        #vis fn bind(#(#inputs),*) -> #rt::Bound<Self> #bounds {
            #(#owned)*
            #rt::Bound::new(#rt::private::Constructor::#make(move || {
                #(#copies)*
                #built
            }))
        }
    }
}

/// A reference parameter of `new` can be bound with any type that converts to it: a `&str` for a `&Path`.
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
            quote!(let #ident: #rt::Shared<#owned> = #rt::Shared::new(::core::convert::Into::into(#ident));)
        }
    }
}

/// A copy for this replica; an argument that cannot be copied is reported at its type.
fn copy(param: &Param) -> TokenStream {
    let ident = &param.ident;
    let span = match &param.passing {
        Passing::Value(ty) => ty.span(),
        Passing::Reference { written, .. } => written.span(),
    };
    let rt = runtime_path_at(span);
    let mut argument = ident.clone();
    argument.set_span(span.resolved_at(ident.span()));
    quote_spanned!(span=> let #ident = #rt::bounds::Argument::copy(&#argument);)
}
