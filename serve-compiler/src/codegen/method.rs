//! The methods of handles: how a call gets to a replica.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericParam, Generics, Ident, Type};

use super::{batch, fake, stream};
use crate::ir::deployment::{Engine, Method, Param, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::text::name_text;

/// The name of a function's method in a graph.
pub(super) const IN_GRAPH: &str = "in_graph";

/// What a handle's method calls in the end.
pub(super) enum Callee<'a> {
    /// A method of the replica's type.
    Method {
        ty: &'a Type,
        generics: &'a Generics,
        /// Whether it has models that calls are for.
        multiplexed: bool,
    },
    /// A function, which needs no replica.
    Function(&'a Ident, &'a Generics),
}

impl Callee<'_> {
    pub(super) fn is_multiplexed(&self) -> bool {
        matches!(
            self,
            Callee::Method {
                multiplexed: true,
                ..
            }
        )
    }

    pub(super) fn function(&self) -> Option<&Ident> {
        match self {
            Callee::Function(function, _) => Some(function),
            Callee::Method { .. } => None,
        }
    }

    /// The names of the function's own types and constants.
    fn type_names(&self) -> Vec<&Ident> {
        let Callee::Function(_, generics) = self else {
            return Vec::new();
        };
        let params = generics.params.iter();
        let names = params.filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        });
        names.collect()
    }

    /// The deployment's type.
    fn deployment(&self) -> TokenStream {
        match self {
            Callee::Method { ty, .. } => ty.to_token_stream(),
            Callee::Function(function, generics) => {
                let (_, types, _) = generics.split_for_impl();
                quote!(#function #types)
            }
        }
    }

    /// A call of an `async fn`. What it holds across an `.await` is reported at its name; whether
    /// that holds of a generic one, its callers know.
    fn in_place(&self, method: &Method) -> TokenStream {
        let (Callee::Method { generics, .. } | Callee::Function(_, generics)) = self;
        let call = self.call(method);
        if !generics.params.is_empty() {
            return call;
        }
        let span = method.at.span();
        let rt = runtime_path_at(span);
        let ty = self.deployment();
        let checked = quote_spanned!(span=> <[(); <#ty as #rt::Callable>::CHECKED] as #rt::private::Checked>::of);
        quote_spanned!(span=> #rt::bounds::in_place(#checked(#call)))
    }

    fn call(&self, method: &Method) -> TokenStream {
        let arguments = method.params.iter().map(argument);
        match self {
            Callee::Method { ty, .. } => {
                let name = &method.ident;
                quote!(<#ty>::#name(__replica, #(#arguments),*))
            }
            Callee::Function(function, generics) => {
                let (_, types, _) = generics.split_for_impl();
                let types = (!generics.params.is_empty()).then(|| types.as_turbofish());
                quote!(#function #types (#(#arguments),*))
            }
        }
    }
}

/// The method of a function's handle, and its twin for graphs, where whoever runs the graph keeps
/// panics in: there a function costs no more than calling it.
pub(super) fn generate_function(
    engine: Engine,
    method: &Method,
    function: &Ident,
    generics: &Generics,
) -> TokenStream {
    let callee = Callee::Function(function, generics);
    let call = generate(engine, method, &callee);
    let mut in_graph = method.clone();
    in_graph.ident = Ident::new(IN_GRAPH, method.ident.span());
    in_graph.attrs = crate::syntax::deployment::cfg(&method.attrs);
    let in_graph = match engine {
        Engine::Bare if !method.inert && method.streams.is_none() => bare(&in_graph, &callee),
        _ => generate(engine, &in_graph, &callee),
    };
    quote! {
        #call

        #[doc(hidden)]
        #in_graph
    }
}

/// One method of a handle.
pub(super) fn generate(engine: Engine, method: &Method, callee: &Callee<'_>) -> TokenStream {
    let rt = runtime_path();
    let Method {
        vis,
        attrs,
        ident,
        output,
        ..
    } = method;
    let params = method.params.iter().map(parameter);
    let functions = batch::functions(method);
    let (body, unused) = match method.inert {
        false => {
            let (optioned, faked) = (with_options(method), fake::unless_faked(method));
            let body = body(engine, method, callee);
            (quote!(#optioned #faked #body), None)
        }
        true => (
            quote!(::core::unreachable!()),
            Some(quote!(unused_variables,)),
        ),
    };
    quote! {
        #(#attrs)*
        #[allow(#unused dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery)]
        #vis async fn #ident(&self, #(#params),*) -> #rt::Result<#output> {
            #body
        }

        #functions
    }
}

/// A call of a function and nothing else.
fn bare(method: &Method, callee: &Callee<'_>) -> TokenStream {
    let rt = runtime_path();
    let Method {
        vis,
        attrs,
        ident,
        output,
        ..
    } = method;
    let params = method.params.iter().map(parameter);
    let (call, outcome) = (
        callee.in_place(method),
        outcome(method.fallible, &quote!(__result)),
    );
    let faked = fake::unless_faked(method);
    // An `async fn` around another one would be a state machine around a state machine; it is needed
    // only to hold what the function borrows.
    let captured = callee.type_names();
    let (signature, body) = if owns_its_arguments(method) {
        (
            quote!(fn #ident(&self, #(#params),*) -> impl #rt::private::Future<Output = #rt::Result<#output>> + use<#(#captured),*>),
            fake::fake_or(
                method,
                &quote!(#rt::private::map(#call, |__result| #outcome)),
            ),
        )
    } else {
        (
            quote!(async fn #ident(&self, #(#params),*) -> #rt::Result<#output>),
            quote!(#faked let __result = #call.await; #outcome),
        )
    };
    quote! {
        #(#attrs)*
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery)]
        #vis #signature {
            #body
        }
    }
}

fn owns_its_arguments(method: &Method) -> bool {
    let is_value = |param: &Param| matches!(param.passing, Passing::Value(_));
    method.params.iter().all(is_value)
}

/// A call of a handle with options is one without, under their terms. It is boxed, as it is a call of the
/// same method; a call without options pays a look at a pointer.
fn with_options(method: &Method) -> TokenStream {
    let rt = runtime_path();
    let ident = &method.ident;
    let arguments = method.params.iter().map(|param| &param.ident);
    quote! {
        if let #rt::private::Some(__options) = &self.options {
            let __plain = Self::__new(#rt::private::Arc::clone(&self.engine));
            let __call = #rt::private::Box::pin(__plain.#ident(#(#arguments),*));
            return #rt::private::with_options(__options, __call).await;
        }
    }
}

/// How a call gets to a replica.
fn body(engine: Engine, method: &Method, callee: &Callee<'_>) -> TokenStream {
    let rt = runtime_path();
    let call = match method.is_async {
        true => callee.in_place(method),
        false => callee.call(method),
    };
    let engine_type = callee.deployment();
    let engine_type = quote!(<#engine_type as #rt::Callable>::Engine);
    let checked = quote!(let __engine: &#rt::private::Arc<#engine_type> = &self.engine;);
    let outcome = outcome(method.fallible, &quote!(__result));
    if let Some(streams) = &method.streams {
        let wait = method.is_async.then(|| quote!(.await));
        let replica = borrow(engine, method, &wait.unwrap_or_default());
        let checked = (engine != Engine::Bare).then_some(checked);
        let body = stream::body(engine, method, callee, streams, &replica, &call);
        return quote!(#checked #body);
    }
    match engine {
        Engine::Bare => quote! {
            let __outcome = #rt::private::isolate(#call).await;
            let __result = __outcome.map_err(#rt::private::panicked)?;
            #outcome
        },
        _ if method.is_async => {
            let replica = borrow(engine, method, &quote!(.await));
            let (permit, call) = match callee.is_multiplexed() {
                false => (quote!(permit), call),
                true => (quote!(model_permit), quote!(__permit.with_models(#call))),
            };
            quote! {
                #checked
                let __permit = __engine.#permit().await?;
                let __outcome = {
                    let __replica = __permit.replica();
                    #replica
                    let _ = &__replica;
                    #rt::private::isolate(#call).await
                };
                let __result = __permit.finish(__outcome)?;
                #outcome
            }
        }
        _ => {
            let replica = borrow(engine, method, &quote!());
            if let Some(batch) = &method.batch {
                let body = batch::body(method, batch, &replica, &call);
                return quote!(#checked #body);
            }
            quote! {
                #checked
                __engine
                    .call(move |__replica| {
                        #replica
                        let _ = &__replica;
                        let __result = #call;
                        #outcome
                    })
                    .await
            }
        }
    }
}

/// Locks the replica if the deployment needs it.
fn borrow(engine: Engine, method: &Method, wait: &TokenStream) -> TokenStream {
    if !engine.locked() {
        return quote!();
    }
    match (method.exclusive, wait.is_empty()) {
        (false, false) => quote!(let __replica = &*__replica.read()#wait;),
        (true, false) => quote!(let __replica = &mut *__replica.write()#wait;),
        (false, true) => quote!(let __replica = &*__replica.blocking_read();),
        (true, true) => quote!(let __replica = &mut *__replica.blocking_write();),
    }
}

/// `Result`s of users become the runtime's.
pub(super) fn outcome(fallible: Option<Span>, result: &TokenStream) -> TokenStream {
    match fallible {
        Some(span) => {
            let rt = runtime_path_at(span);
            // A call, so that rustc looks at the error's type here and nowhere else.
            let error = Ident::new("__error", span);
            let call = quote_spanned!(span=> #rt::private::user_error(#rt::bounds::DeploymentError::boxed(#error)));
            quote!(#result.map_err(|#error| #call))
        }
        None => {
            let rt = runtime_path();
            quote!(#rt::private::result::Result::Ok(#result))
        }
    }
}

/// The method's name for its fake and its batches: of a function's twin for graphs, the function's.
pub(super) fn called(method: &Method) -> String {
    match name_text(&method.ident) {
        name if name == IN_GRAPH => "call".to_owned(),
        name => name,
    }
}

fn parameter(param: &Param) -> TokenStream {
    let ident = &param.ident;
    let ty = handed_over(param);
    quote!(#ident: #ty)
}

/// The exact type that a handle's method takes.
pub(super) fn handed_over(param: &Param) -> TokenStream {
    let rt = runtime_path();
    match &param.passing {
        Passing::Value(ty) => ty.to_token_stream(),
        Passing::Reference { owned, .. } => quote!(#rt::Shared<#owned>),
    }
}

/// What the user's method is given.
pub(super) fn argument(param: &Param) -> TokenStream {
    let ident = &param.ident;
    match param.passing {
        Passing::Value(_) => ident.to_token_stream(),
        Passing::Reference { .. } => quote!(&#ident),
    }
}
