//! The `const` of a deployment's options.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Ident};

use crate::ir::deployment::Options;
use crate::runtime_path::runtime_path;
use crate::syntax::autoscaling::{self, Config, Takes};

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
pub(in crate::codegen) fn field(key: &Ident, value: &Expr) -> TokenStream {
    let value = match key.to_string().as_str() {
        "num_replicas"
        | "max_queued_requests"
        | "max_constructor_retry_count"
        | "max_batch_size" => value.to_token_stream(),
        "health_check_period_s"
        | "health_check_timeout_s"
        | "graceful_shutdown_timeout_s"
        | "rolling_update_percentage"
        | "batch_wait_timeout_s" => quote!((#value) as f64),
        "num_cpus" | "num_gpus" | "max_cpus" | "max_gpus" | "request_timeout_s" => {
            quote!(::core::option::Option::Some((#value) as f64))
        }
        "resources" => resources(value),
        autoscaling::KEY => {
            let config = autoscaling_config(value);
            quote!(::core::option::Option::Some(#config))
        }
        _ => quote!(::core::option::Option::Some(#value)),
    };
    quote!(#key: #value)
}

/// A list in place becomes a slice; `1` does for `1.0` there, too. Anything else is one already.
fn resources(value: &Expr) -> TokenStream {
    let Expr::Array(list) = value else {
        return value.to_token_stream();
    };
    let pairs = list.elems.iter().map(|pair| match pair {
        Expr::Tuple(pair) if pair.elems.len() == 2 => {
            let (name, amount) = (&pair.elems[0], &pair.elems[1]);
            quote!((#name, (#amount) as f64))
        }
        other => other.to_token_stream(),
    });
    quote!(&[#(#pairs),*])
}

/// What can stand in a `const`: the defaults are not those of a `Default`.
fn autoscaling_config(value: &Expr) -> TokenStream {
    let Some(config) = Config::read(value).filter(|config| config.has_defaults) else {
        return value.to_token_stream();
    };
    let rt = runtime_path();
    let fields = config.fields.iter().map(|(name, value)| {
        let value = match autoscaling::field(name) {
            Some((_, takes, may_be_open)) if config.is_list => {
                let value = match takes {
                    Takes::Whole | Takes::Count => value.to_token_stream(),
                    Takes::Positive | Takes::Seconds => quote!((#value) as f64),
                };
                match may_be_open {
                    true => quote!(::core::option::Option::Some(#value)),
                    false => value,
                }
            }
            _ => value.to_token_stream(),
        };
        quote!(#name: #value)
    });
    quote! {
        #rt::topology::AutoscalingConfig {
            #(#fields,)*
            ..#rt::topology::AutoscalingConfig::DEFAULT
        }
    }
}
