//! The `const` of a deployment's options.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Ident};

use crate::ir::deployment::Options;
use crate::runtime_path::runtime_path;

/// `Options { num_replicas: 2, ..DEFAULT }`.
pub(super) fn generate(options: &Options) -> TokenStream {
    let rt = runtime_path();
    let fields = options
        .0
        .iter()
        .map(|option| field(&option.key, &option.value));
    quote! {
        #rt::topology::Options {
            #(#fields,)*
            ..#rt::topology::Options::DEFAULT
        }
        .checked()
    }
}

/// One field of `Options` or `Limits`: what is optional there is wrapped, and `1` does for `1.0`.
pub(super) fn field(key: &Ident, value: &Expr) -> TokenStream {
    let value = match key.to_string().as_str() {
        "num_replicas" | "max_queued_requests" | "max_batch_size" => value.to_token_stream(),
        "batch_wait_timeout_s" => quote!((#value) as f64),
        "num_cpus" | "num_gpus" | "max_cpus" | "max_gpus" => {
            quote!(::core::option::Option::Some((#value) as f64))
        }
        _ => quote!(::core::option::Option::Some(#value)),
    };
    quote!(#key: #value)
}
