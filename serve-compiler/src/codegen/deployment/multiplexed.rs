//! Loaders: the generated method has the name of the user's function, and gets a model from the replica's cache
//! or calls the function to load it.
//!
//! ```text
//! async fn model(&self, model_id: &str) -> Result<Shared<Model>> {
//!     let cache = <Model as bounds::Model>::cache::<Self>("model", 3);
//!     load(cache, model_id, || async { self.__load_model(model_id).await }).await
//! }
//! ```

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use serve_topology::options::MultiplexedOption;
use syn::spanned::Spanned;

use super::signature::outcome;
use crate::ir::deployment::Loader;
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::syntax::multiplexed::hidden_name;
use crate::text::name_text;

/// A method of the deployment's type.
pub(super) fn method(loader: &Loader) -> TokenStream {
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
    let span = output.span();
    let model = {
        let rt = runtime_path_at(span);
        quote_spanned!(span=> <#output as #rt::bounds::Model>::cache::<Self>)
    };
    let cache = quote!(let __cache = #model(#name, const { #max }););
    let result = outcome(loader.fallible, &quote!(__result));
    let returns = quote!(#rt::Result<#rt::Shared<#output>>);
    match loader.is_async {
        true => quote! {
            #(#attrs)*
            #vis async fn #ident(&self, #model_id: &str) -> #returns {
                #cache
                let __load = || async move {
                    let __result = Self::#load(self, #model_id).await;
                    #result
                };
                #rt::private::load(__cache, #model_id, __load).await
            }
        },
        false => quote! {
            #(#attrs)*
            #vis fn #ident(&self, #model_id: &str) -> #returns {
                #cache
                let __load = || {
                    let __result = Self::#load(self, #model_id);
                    #result
                };
                #rt::private::load_blocking(__cache, #model_id, __load)
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
