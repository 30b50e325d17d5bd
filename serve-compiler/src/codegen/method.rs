//! The methods of handles: how a call gets to a replica.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, Type};

use crate::ir::deployment::{Engine, Method, Param, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// What a handle's method calls in the end.
pub(super) enum Callee<'a> {
    /// A method of the replica's type.
    Method(&'a Type),
    /// A function, which needs no replica.
    Function(&'a Ident),
}

impl Callee<'_> {
    fn call(&self, method: &Method) -> TokenStream {
        let arguments = method.params.iter().map(argument);
        match self {
            Callee::Method(ty) => {
                let name = &method.ident;
                quote!(<#ty>::#name(__replica, #(#arguments),*))
            }
            Callee::Function(function) => quote!(#function(#(#arguments),*)),
        }
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
    let (body, unused) = match method.inert {
        false => (body(engine, method, &callee.call(method)), None),
        true => (
            quote!(::core::unreachable!()),
            Some(quote!(unused_variables,)),
        ),
    };
    if engine == Engine::Bare && !method.inert && owns_its_arguments(method) {
        let call = callee.call(method);
        let outcome = outcome(method.fallible, &quote!(__result));
        // An `async fn` around another one would be a state machine around a state machine.
        return quote! {
            #(#attrs)*
            #[allow(dead_code, clippy::too_many_arguments)]
            #vis fn #ident(
                &self,
                #(#params),*
            ) -> impl #rt::private::Future<Output = #rt::Result<#output>> + use<> {
                #rt::private::map(#call, |__result| #outcome)
            }
        };
    }
    quote! {
        #(#attrs)*
        #[allow(#unused dead_code, clippy::too_many_arguments)]
        #vis async fn #ident(&self, #(#params),*) -> #rt::Result<#output> {
            #body
        }
    }
}

fn owns_its_arguments(method: &Method) -> bool {
    let is_value = |param: &Param| matches!(param.passing, Passing::Value(_));
    method.params.iter().all(is_value)
}

/// How a call gets to a replica.
fn body(engine: Engine, method: &Method, call: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    let outcome = outcome(method.fallible, &quote!(__result));
    match engine {
        Engine::Bare => quote! {
            let __result = #call.await;
            #outcome
        },
        _ if method.is_async => {
            let replica = borrow(engine, method, &quote!(.await));
            quote! {
                let __visit = self.engine.enter().await?;
                let __outcome = {
                    let __replica = __visit.replica();
                    #replica
                    let _ = &__replica;
                    #rt::private::isolate(#call).await
                };
                let __result = __visit.finish(__outcome)?;
                #outcome
            }
        }
        _ => {
            let replica = borrow(engine, method, &quote!());
            quote! {
                self.engine
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
            let call = quote_spanned!(span=> #rt::private::user_error(#error));
            quote!(#result.map_err(|#error| #call))
        }
        None => {
            let rt = runtime_path();
            quote!(#rt::private::result::Result::Ok(#result))
        }
    }
}

fn parameter(param: &Param) -> TokenStream {
    let ident = &param.ident;
    let ty = handed_over(param);
    quote!(#ident: #ty)
}

/// The exact type that a handle's method takes.
fn handed_over(param: &Param) -> TokenStream {
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
