//! Options as the setters of a constant: the kind in the table says how a value is written.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use serve_topology::options::{DeploymentOption, Kind, OptionSpec};
use syn::{Expr, Ident};

use crate::ir::deployment::Options;
use crate::runtime_path::runtime_path;
use crate::syntax::autoscaling::{Config, Field};

/// `Options::DEFAULT.num_replicas(2).checked()`.
pub(super) fn generate(options: &Options) -> TokenStream {
    let rt = runtime_path();
    let set = options.0.iter();
    let set = set.map(|option| deployment(&option.key, &option.value));
    quote!(#rt::topology::Options::DEFAULT #(#set)* .checked())
}

/// `.num_replicas(2)`, of a deployment's `Options`.
pub(in crate::codegen) fn deployment(key: &Ident, value: &Expr) -> TokenStream {
    let option = DeploymentOption::spec_named(&key.to_string());
    option.map_or_else(TokenStream::new, |option| setter(option, value))
}

/// A setter; a time that is out of range is a compile error there.
pub(super) fn setter(option: OptionSpec, value: &Expr) -> TokenStream {
    let rt = runtime_path();
    let name = option.name;
    let value = match option.kind {
        Kind::Timeout | Kind::Period | Kind::Delay | Kind::Interval => {
            quote!(#rt::topology::seconds_for(#name, (#value) as f64))
        }
        kind => plain(kind, value),
    };
    call(option, &value)
}

/// A setter for a value that is checked elsewhere: a time out of range is no error here.
pub(in crate::codegen) fn unchecked_setter(option: OptionSpec, value: &Expr) -> TokenStream {
    call(option, &plain(option.kind, value))
}

fn call(option: OptionSpec, value: &TokenStream) -> TokenStream {
    let builder = Ident::new(option.builder(), Span::call_site());
    quote!(.#builder(#value))
}

/// Accepts `1` for `1.0`.
fn plain(kind: Kind, value: &Expr) -> TokenStream {
    let rt = runtime_path();
    match kind {
        Kind::Text
        | Kind::Route
        | Kind::Function
        | Kind::Count
        | Kind::CountFromZero
        | Kind::Replicas
        | Kind::ReplicasFromZero
        | Kind::Bytes => value.to_token_stream(),
        Kind::Amount | Kind::Positive | Kind::Fraction | Kind::Gpus => quote!((#value) as f64),
        Kind::Timeout | Kind::Period | Kind::Delay | Kind::Interval => {
            quote!(#rt::topology::seconds((#value) as f64))
        }
        Kind::Milliseconds => quote!(#rt::topology::milliseconds(#value)),
        Kind::Amounts => resources(value),
        Kind::Autoscaling => autoscaling_config(value),
    }
}

/// A list becomes a slice, and `1` is accepted for `1.0` in it. Any other expression is a slice already.
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

/// The values that a `const` can hold: the defaults are constants, not those of a `Default` impl.
fn autoscaling_config(value: &Expr) -> TokenStream {
    let Some(config) = Config::read(value).filter(|config| config.has_defaults) else {
        return value.to_token_stream();
    };
    let rt = runtime_path();
    let set = config.fields.iter().map(|field| {
        let Field { option, value, .. } = field;
        match option {
            Some(option) if field.is_duration => call(option.spec(), &value.to_token_stream()),
            Some(option) if config.is_list || option.spec().kind.is_time() => {
                setter(option.spec(), value)
            }
            Some(option) => call(option.spec(), &value.to_token_stream()),
            None => TokenStream::new(), // reported
        }
    });
    quote!(#rt::topology::AutoscalingConfig::DEFAULT #(#set)*)
}
