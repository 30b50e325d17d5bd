//! The methods of handles: how a call reaches a replica.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericParam, Generics, Ident, Type};

use super::signature::{
    IN_GRAPH, argument, arguments, called, handed_over, outcome, outcome_behind,
};
use super::{batch, stream};
use crate::ir::deployment::{Engine, Method, Param, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// The target of a handle's method.
pub(super) enum Callee<'a> {
    /// A method of the replica's type.
    Method {
        ty: &'a Type,
        generics: &'a Generics,
        /// Whether it has models that calls can name.
        multiplexed: bool,
        /// Whether its calls are in boxes: its handles may lead back to it, and a future cannot contain itself.
        boxed: bool,
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

    fn is_boxed(&self) -> bool {
        matches!(self, Callee::Method { boxed: true, .. })
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
    pub(super) fn deployment(&self) -> TokenStream {
        match self {
            Callee::Method { ty, .. } => ty.to_token_stream(),
            Callee::Function(function, generics) => {
                let (_, types, _) = generics.split_for_impl();
                quote!(#function #types)
            }
        }
    }

    /// The engine's type: its methods are called by it, as the user may have imported a trait with methods of the same
    /// names.
    pub(super) fn engine(&self) -> TokenStream {
        let (rt, deployment) = (runtime_path(), self.deployment());
        quote!(<#deployment as #rt::Callable>::Engine)
    }

    /// A call of an `async fn`. A value that it holds across an `.await` and that is not `Send` is reported at
    /// its name; for a generic one, at its callers.
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
        let in_place = match self.is_boxed() {
            false => Ident::new("in_place", span),
            true => Ident::new("in_place_boxed", span),
        };
        quote_spanned!(span=> #rt::bounds::#in_place(#checked(#call)))
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

/// The method of a function's handle, and its variant for graphs. The graph's executor catches panics, so the
/// variant costs no more than a plain call.
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
        false => (
            dispatch(method, callee, &body(engine, method, callee)),
            None,
        ),
        true => (
            quote!(::core::unreachable!()),
            Some(quote!(unused_variables,)),
        ),
    };
    let (head, body) = match callee.is_boxed() && method.is_async {
        false => (
            quote!(async fn #ident(&self, #(#params),*) -> #rt::Result<#output>),
            body,
        ),
        // It says by itself that it is `Send`: rustc would look for that in the method, which may call it.
        true => (
            quote! {
                fn #ident<'__a>(&'__a self, #(#params),*)
                    -> impl #rt::private::Future<Output = #rt::Result<#output>> + ::core::marker::Send + '__a
            },
            quote!(async move { #body }),
        ),
    };
    quote! {
        #(#attrs)*
        #[allow(#unused dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery)]
        #vis #head {
            #body
        }

        #functions
    }
}

/// Only the call of the function.
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
    // An `async fn` around another one would be a state machine around a state machine. It is needed only to
    // hold the values that the function borrows.
    let captured = callee.type_names();
    let (signature, body) = if owns_its_arguments(method) {
        (
            quote!(fn #ident(&self, #(#params),*) -> impl #rt::private::Future<Output = #rt::Result<#output>> + use<#(#captured),*>),
            unless_faked(
                method,
                &quote!(#rt::private::map(#call, |__result| #outcome)),
            ),
        )
    } else {
        (
            quote!(async fn #ident(&self, #(#params),*) -> #rt::Result<#output>),
            {
                let drop_borrowed = drop_borrowed(method);
                let call =
                    quote!(async move { let __result = #call.await; #drop_borrowed #outcome });

                let call = unless_faked(method, &call);
                quote!(#call.await)
            },
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

/// The call, with the options of the handle, or by its fake. The code stands in the method itself: a future that
/// is passed on is copied, with the room for all that it will ever hold.
fn dispatch(method: &Method, callee: &Callee<'_>, body: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    let engine = callee.engine();
    let (name, ident, arguments) = (called(method), &method.ident, arguments(method));
    let given = method.params.iter().map(|param| &param.ident);
    let behind = behind(method, callee);
    quote! {
        if let #rt::private::Some(__options) = #rt::private::Handle::options(&self.0) {
            let __plain = #rt::private::Handle::plain(&self.0);
            let __plain = <Self as #rt::private::HandleTo>::new(__plain);
            let __call = async move { Self::#ident(&__plain, #(#given),*).await };
            return #rt::private::aside(#rt::private::with_options(__options, __call, #behind)).await;
        }
        // Of a type that rustc reports nothing further about, if the deployment has an error.
        let __engine: &#rt::private::Arc<#engine> = #rt::private::Handle::engine(&self.0);
        #rt::private::answer_if_faked!(__engine, #name, #arguments, #behind);
        #body
    }
}

/// A function that names what is called in an error of the call. It is called only where there is one, so that a call
/// costs no more.
pub(super) fn behind(method: &Method, callee: &Callee<'_>) -> TokenStream {
    let rt = runtime_path();
    let called = match callee.function() {
        Some(_) => quote!(#rt::private::None),
        None => {
            let name = called(method);
            quote!(#rt::private::Some(#name))
        }
    };
    quote!(|__error| #rt::private::behind(&self.0, #called, __error))
}

/// The call, or that of the handle's fake if it has one.
fn unless_faked(method: &Method, call: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    let (name, arguments) = (called(method), arguments(method));
    // rustc does not infer them if one has an error.
    let types = method.params.iter().map(handed_over);
    quote!(#rt::private::unless_faked(&self.0, #name, #arguments, |#arguments: (#(#types,)*)| #call))
}

/// How a call reaches a replica.
fn body(engine: Engine, method: &Method, callee: &Callee<'_>) -> TokenStream {
    let rt = runtime_path();
    let call = match method.is_async {
        true => callee.in_place(method),
        false => callee.call(method),
    };
    let behind = behind(method, callee);
    let result = quote!(__result);
    if let Some(streams) = &method.streams {
        let wait = method.is_async.then(|| quote!(.await));
        let replica = borrow(engine, method, &wait.unwrap_or_default());
        return stream::body(engine, method, callee, streams, &replica, &call);
    }
    let drop_borrowed = drop_borrowed(method);
    let outcome_here = outcome_behind(method.fallible, &result, &behind);
    match engine {
        Engine::Bare => quote! {
            let __outcome = #rt::private::isolate(#call).await;
            #drop_borrowed
            let __result = __outcome.map_err(#rt::private::panicked).map_err(#behind)?;
            #outcome_here
        },
        _ if method.is_async => {
            let replica = borrow(engine, method, &quote!(.await));
            let access = access(engine, method);
            let (engine, name) = (callee.engine(), called(method));
            let (permit, ty, call) = match callee.is_multiplexed() {
                // Most calls find room at once, and pay for no future that waits. What was found is dropped where
                // there was nothing: the future of the call would keep it, and copy it, while it waits.
                false => {
                    let permit = quote! {
                        let __found = <#engine>::try_permit(__engine, #access).map_err(#behind)?;
                        let __permit = match __found {
                            #rt::private::Some(__permit) => __permit,
                            __nothing => {
                                ::core::mem::drop(__nothing);
                                let __permit = <#engine>::permit(__engine, self.0.caller(), #access);
                                #rt::private::aside(__permit).await.map_err(#behind)?
                            }
                        };
                    };
                    (permit, quote!(Permit), call)
                }
                true => {
                    let permit = quote! {
                        let __permit = <#engine>::model_permit(__engine, self.0.caller(), #access).await;
                        let __permit = __permit.map_err(#behind)?;
                    };
                    let call = quote!(#rt::private::ModelPermit::with_models(&__permit, #call));
                    (permit, quote!(ModelPermit), call)
                }
            };
            // The permit is dropped where it is: to hand it on would be to copy it.
            quote! {
                let __result = {
                    #permit
                    let __outcome = {
                        let __replica = #rt::private::#ty::replica(&__permit);
                        #replica
                        #rt::private::#ty::watched(&__permit, || #name, #call).await
                    };
                    #drop_borrowed
                    #rt::private::#ty::finish(&__permit, __outcome)
                }
                .map_err(#behind)?;
                #outcome_here
            }
        }
        _ => {
            let replica = borrow(engine, method, &quote!());
            if let Some(batch) = &method.batch {
                let access = access(engine, method);
                return batch::body(method, batch, callee, &access, &replica, &call);
            }
            let access = access(engine, method);
            let engine = callee.engine();
            let outcome = outcome(method.fallible, &result);
            quote! {
                <#engine>::call(__engine, self.0.caller(), #access, move |__replica| {
                    #replica
                    let __result = #call;
                    #drop_borrowed
                    #outcome
                })
                .await
                .map_err(#behind)
            }
        }
    }
}

/// Drops what the call has borrowed, as a part of it: in its caller, a panic of that drop would be the caller's.
fn drop_borrowed(method: &Method) -> TokenStream {
    let rt = runtime_path();
    let params = method.params.iter();
    let borrowed = params.filter_map(|param| match &param.passing {
        Passing::Reference { .. } => Some(&param.ident),
        Passing::Value(_) => None,
    });
    quote!(#(#rt::private::drop_quietly(#borrowed);)*)
}

/// What a call needs of its replica.
pub(super) fn access(engine: Engine, method: &Method) -> TokenStream {
    let rt = runtime_path();
    match (engine.locked(), method.exclusive) {
        (false, _) => quote!(#rt::private::Access::Any),
        (true, false) => quote!(#rt::private::Access::Shared),
        (true, true) => quote!(#rt::private::Access::Exclusive),
    }
}

/// Locks the replica if the deployment needs it. A call has the access that this takes, so that it waits for
/// nothing but a health check.
fn borrow(engine: Engine, method: &Method, wait: &TokenStream) -> TokenStream {
    if !engine.locked() {
        return quote!();
    }
    let rt = runtime_path();
    let lock = quote!(#rt::private::RwLock);
    match (method.exclusive, wait.is_empty()) {
        (false, false) => quote!(let __replica = &*#lock::read(__replica)#wait;),
        (true, false) => quote!(let __replica = &mut *#lock::write(__replica)#wait;),
        (false, true) => quote!(let __replica = &*#lock::blocking_read(__replica);),
        (true, true) => quote!(let __replica = &mut *#lock::blocking_write(__replica);),
    }
}

fn parameter(param: &Param) -> TokenStream {
    let ident = &param.ident;
    let ty = handed_over(param);
    quote!(#ident: #ty)
}
