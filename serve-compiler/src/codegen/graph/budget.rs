//! The graph's limits, and an assertion of each at the place where it is given.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::codegen::deployment::options;
use crate::diagnostics;
use crate::ir::deployment::GivenOption;
use crate::ir::graph::{GraphOptions, Signature};
use crate::report::warning;
use crate::runtime_path::{runtime_path, runtime_path_at};

/// `NONE`, or `Limits { slo_ms: Some(150), ..NONE }`.
pub(super) fn limits(options: &GraphOptions) -> TokenStream {
    let rt = runtime_path();
    if options.limits.is_empty() {
        return quote!(#rt::topology::Limits::NONE);
    }
    let given = options.limits.iter();
    let fields = given.map(|limit| options::field(&limit.key, &limit.value));
    quote!(#rt::topology::Limits { #(#fields,)* ..#rt::topology::Limits::NONE })
}

/// Only rustc knows what deployments declare, so that it is a `const` that fails: one beside the
/// topology, which stands whatever it adds up to.
pub(super) fn generate(signature: &Signature) -> TokenStream {
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let limits = signature.options.limits.iter();
    let items = limits.flat_map(|limit| {
        let assertion = assertion(signature, limit);
        std::iter::once(quote!(const _: () = #assertion;)).chain(unarmed(signature, limit))
    });
    items.map(|item| quote!(#(#cfg)* #item)).collect()
}

/// `slo_ms` checks nothing where no deployment declares what it takes.
fn unarmed(signature: &Signature, limit: &GivenOption) -> Option<TokenStream> {
    let (rt, graph) = (runtime_path(), &signature.type_ident);
    let armed = quote!(#rt::topology::budget::has_budgets(<#graph as #rt::Graph>::TOPOLOGY));
    (limit.key == "slo_ms").then(|| {
        warning::unless(
            armed,
            limit.key.span(),
            "slo_ms_without_budgets",
            diagnostics::slo_without_budgets(),
        )
    })
}

fn assertion(signature: &Signature, limit: &GivenOption) -> TokenStream {
    let (rt, graph) = (runtime_path(), &signature.type_ident);
    let budget = quote!(#rt::topology::budget);
    let topology = quote!(<#graph as #rt::Graph>::TOPOLOGY);
    let wrong = match limit.key.to_string().as_str() {
        "request_timeout_s" => quote!(#budget::no_time(#topology)),
        "max_cpus" => quote!(#budget::over_cpus(#topology)),
        "max_gpus" => quote!(#budget::over_gpus(#topology)),
        _ => quote! {{
            const STEPS: usize = #budget::steps(#topology);
            #budget::over_slo(#topology, &mut [#budget::Step::NEW; STEPS])
        }},
    };
    let span = limit.value.span();
    let rt = runtime_path_at(span);
    quote_spanned!(span=> #rt::topology::budget::refuse(#wrong))
}
