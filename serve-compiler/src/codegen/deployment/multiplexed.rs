//! Loaders: the generated method has the name of the user's function, and gets a model from the replica's cache
//! or calls the function to load it.
//!
//! ```text
//! fn model<'a>(&'a self, model_id: &'a str) -> impl Future<Output = Result<Shared<Model>>> + Send + 'a {
//!     <Model as bounds::Model>::loaded(self, "model", 3, model_id, |replica, model_id| {
//!         Box::pin(async move { Translator::__load_model(replica, model_id).await })
//!     })
//! }
//! ```
//!
//! It says by itself that its future is `Send`: a loader may ask for other models, and rustc would look into
//! each of the two to find out about the other.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use serve_topology::options::MultiplexedOption;
use syn::spanned::Spanned;

use super::signature::outcome;
use crate::ir::deployment::{Engine, Loader};
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::syntax::multiplexed::hidden_name;
use crate::text::name_text;

/// A method of the deployment's type.
pub(super) fn method(loader: &Loader, engine: Engine) -> TokenStream {
    let rt = runtime_path();
    let Loader {
        vis,
        attrs,
        ident,
        model_id,
        output,
        ..
    } = loader;
    let load = hidden_name(ident);
    let name = name_text(ident);
    let max = max(loader);
    let max = quote!(const { #max });
    let result = outcome(loader.fallible, &quote!(__result));
    let returns = quote!(#rt::Result<#rt::Shared<#output>>);
    let shared = matches!(engine, Engine::InPlace { .. } | Engine::Mixed { .. });
    let by = match (loader.is_async, shared) {
        (true, true) => "loaded",
        (true, false) => "loaded_in_call",
        (false, _) => "loaded_blocking",
    };
    let span = output.span();
    let model = {
        let (rt, by) = (runtime_path_at(span), Ident::new(by, span));
        quote_spanned!(span=> <#output as #rt::bounds::Model>::#by)
    };
    match (loader.is_async, shared) {
        (true, true) => {
            let call = {
                let span = ident.span();
                let rt = runtime_path_at(span);
                quote_spanned!(span=> #rt::bounds::in_place(Self::#load(__replica, __model_id)))
            };
            let future = quote!(#rt::private::Future<Output = #returns>);
            quote! {
                #(#attrs)*
                #vis fn #ident<'__a>(
                    &'__a self,
                    #model_id: &'__a str,
                ) -> impl #future + ::core::marker::Send + '__a {
                    #model(self, #name, #max, #model_id, |__replica: &Self, __model_id: &str| {
                        #rt::private::Box::pin(async move {
                            let __result = #call.await;
                            #result
                        })
                    })
                }
            }
        }
        (true, false) => quote! {
            #(#attrs)*
            #vis async fn #ident(&self, #model_id: &str) -> #returns {
                let __load = || async move {
                    let __result = Self::#load(self, #model_id).await;
                    #result
                };
                #model::<Self, _>(#name, #max, #model_id, __load).await
            }
        },
        (false, _) => quote! {
            #(#attrs)*
            #vis fn #ident(&self, #model_id: &str) -> #returns {
                let __load = || {
                    let __result = Self::#load(self, #model_id);
                    #result
                };
                #model::<Self>(#name, #max, #model_id, __load)
            }
        },
    }
}

/// The number; 0 is an error.
fn max(loader: &Loader) -> TokenStream {
    match &loader.max {
        Some(max) => {
            let span = max.span();
            let rt = runtime_path_at(span);
            quote_spanned!(span=> #rt::private::max_num_models(#max))
        }
        None => {
            let default = MultiplexedOption::MaxNumModelsPerReplica.spec().default;
            let default = default.unwrap_or_default() as usize;
            quote!(#default)
        }
    }
}

/// The check that rustc makes of a computed number.
pub(super) fn check(loader: &Loader) -> TokenStream {
    let max = max(loader);
    let cfg = crate::syntax::deployment::cfg(&loader.attrs);
    quote!(#(#cfg)* { let _ = #max; })
}
