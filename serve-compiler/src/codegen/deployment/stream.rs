//! Streaming methods: a call that holds its replica until its last item has been read.
//!
//! ```text
//! async fn write(&self, prompt: String) -> Result<Streaming<Token>> {
//!     let permit = engine.owned_permit(caller, Access::Any).await?;
//!     streaming(node, move |yielder| async move {
//!         let outcome = permit.watched(|| "write", async {
//!             let stream = <Writer>::write(permit.replica(), prompt).await;
//!             yielder.forward(stream.map(|item| Ok(item))).await
//!         }).await;
//!         permit.finish(outcome)
//!     }).await
//! }
//! ```

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::method::{Callee, access, behind};
use super::signature::{IN_GRAPH, called, outcome};
use crate::ir::deployment::{Engine, Method, Streams};
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::text::name_text;

/// The call of a streaming method at a replica. `borrow` borrows the replica, `call` is the user's method.
pub(super) fn body(
    engine: Engine,
    method: &Method,
    callee: &Callee<'_>,
    streams: &Streams,
    borrow: &TokenStream,
    call: &TokenStream,
) -> TokenStream {
    let rt = runtime_path();
    let whole = outcome(method.fallible, &quote!(__result));
    let each = outcome(streams.fallible, &quote!(__item));
    let node = node(engine, method, callee.function());
    let access = access(engine, method);
    let engine_type = callee.engine();
    let behind = behind(method, callee);
    let opened = quote! {
        let __opened: #rt::Result<_> = #whole;
    };
    if !method.is_async {
        return quote! {
            let __node = #node;
            let (__engine, __caller) = (::core::clone::Clone::clone(__engine), self.0.caller());
            #rt::private::streaming(__node, move |__yielder| async move {
                <#engine_type>::call(&__engine, __caller, #access, move |__replica| {
                    #borrow
                    let __result = #call;
                    #opened
                    let __items = ::std::iter::Iterator::map(__opened?, |__item| #each);
                    #rt::private::Yielder::drive(__yielder, __items)
                })
                .await
            })
            .await
            .map_err(#behind)
        };
    }
    let span = streams.item.span();
    let sendable = {
        let rt = runtime_path_at(span);
        quote_spanned!(span=> #rt::bounds::stream_in_place(__opened?))
    };
    let name = called(method);
    let isolated = match engine {
        Engine::Bare => quote!(#rt::private::isolate),
        _ => quote!(#rt::private::OwnedPermit::watched),
    };
    let watched = match engine {
        Engine::Bare => quote!(),
        _ => quote!(&__permit, || #name,),
    };
    let forward = quote! {
        #isolated(#watched async {
            let __result = #call.await;
            #opened
            let __stream = #sendable;
            let __items = #rt::private::StreamExt::map(__stream, |__item| #each);
            #rt::private::Yielder::forward(__yielder, __items).await
        }).await
    };
    if engine == Engine::Bare {
        return quote! {
            #rt::private::streaming(#node, move |__yielder| async move {
                #forward.unwrap_or_else(|__panic| {
                    #rt::private::result::Result::Err(#rt::private::panicked(__panic))
                })
            })
            .await
            .map_err(#behind)
        };
    }
    let (permit, forward) = match callee.is_multiplexed() {
        false => (quote!(owned_permit), forward),
        // A value that borrows the replica is made in here as well.
        true => (
            quote!(owned_model_permit),
            quote!(#rt::private::OwnedPermit::with_models(&__permit, async { #forward }).await),
        ),
    };
    quote! {
        let __node = #node;
        let __permit = <#engine_type>::#permit(__engine, self.0.caller(), #access).await;
        let __permit = __permit.map_err(#behind)?;
        #rt::private::streaming(__node, move |__yielder| async move {
            let __outcome = {
                let __replica = #rt::private::OwnedPermit::replica(&__permit);
                #borrow
                #forward
            };
            #rt::private::OwnedPermit::finish(__permit, __outcome)
        })
        .await
        .map_err(#behind)
    }
}

/// The name that the errors of the stream carry.
fn node(engine: Engine, method: &Method, function: Option<&Ident>) -> TokenStream {
    let rt = runtime_path();
    let name = name_text(&method.ident);
    match function {
        Some(function) if engine == Engine::Bare => {
            let function = name_text(function);
            quote!(::std::string::String::from(#function))
        }
        Some(_) => {
            debug_assert!(name == "call" || name == IN_GRAPH);
            quote!(#rt::private::node_of(__engine, #rt::private::None)?)
        }
        None => quote!(#rt::private::node_of(__engine, #rt::private::Some(#name))?),
    }
}
