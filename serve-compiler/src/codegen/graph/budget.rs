//! The graph's limits, and an assertion for each at the tokens of its option.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use serve_topology::options::GraphOption;
use syn::spanned::Spanned;

use crate::codegen::deployment::options;
use crate::diagnostics;
use crate::ir::deployment::GivenOption;
use crate::ir::graph::{Graph, GraphOptions, Signature};
use crate::report::warning;
use crate::runtime_path::{runtime_path, runtime_path_at};

/// `GraphLimits::NONE.slo(..)`.
pub(super) fn limits(given: &GraphOptions) -> TokenStream {
    let rt = runtime_path();
    let set = given.limits.iter().filter_map(|limit| {
        let option = GraphOption::spec_named(&limit.key.to_string())?;
        Some(options::unchecked_setter(option, &limit.value))
    });
    quote!(#rt::topology::GraphLimits::NONE #(#set)*)
}

/// Only rustc knows the options of the deployments, so this is a `const` that fails. It is separate from the
/// topology, which stays valid.
pub(super) fn generate(signature: &Signature, graph: &Graph) -> TokenStream {
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let limits = signature.options.limits.iter();
    let items = limits.flat_map(|limit| {
        let assertion = assertion(signature, limit);
        let assertion = assertion.map(|assertion| quote!(const _: () = #assertion;));
        let warnings = unarmed(signature, limit).into_iter();
        let warnings = warnings.chain(uncounted(signature, graph, limit));
        assertion.into_iter().chain(warnings)
    });
    items.map(|item| quote!(#(#cfg)* #item)).collect()
}

/// Warns if no deployment declares a budget: `slo_ms` then checks nothing.
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

/// Warns where a deployment is given a handle to one whose `budget_ms` is not added up.
fn uncounted(signature: &Signature, graph: &Graph, limit: &GivenOption) -> Vec<TokenStream> {
    if limit.key != "slo_ms" {
        return Vec::new();
    }
    let (rt, ty) = (runtime_path(), &signature.type_ident);
    let pairs = graph.deployments.pairs();
    let held = pairs.flat_map(|(id, holder)| {
        let held = holder.holds.iter();
        held.map(move |(held, place)| (id, holder, *held, place))
    });
    let warnings = held.map(|(id, holder, held, place)| {
        let topology = quote!(<#ty as #rt::Graph>::TOPOLOGY);
        let counted = quote!(#rt::topology::budget::counts_held(#topology, #id, #held));
        let message = diagnostics::budget_behind_a_handle(
            &holder.variable,
            &graph.deployments[held].variable,
        );
        warning::unless(
            counted,
            place.span(),
            "slo_ms_leaves_out_calls_through_handles",
            &message,
        )
    });
    warnings.collect()
}

fn assertion(signature: &Signature, limit: &GivenOption) -> Option<TokenStream> {
    let (rt, graph) = (runtime_path(), &signature.type_ident);
    let budget = quote!(#rt::topology::budget);
    let topology = quote!(<#graph as #rt::Graph>::TOPOLOGY);
    let wrong = match GraphOption::named(&limit.key.to_string())? {
        GraphOption::RequestTimeoutS => quote!(#budget::no_time(#topology)),
        GraphOption::MaxOngoingRequests => quote!(#budget::no_requests(#topology)),
        GraphOption::MaxCpus => quote!(#budget::over_cpus(#topology)),
        GraphOption::MaxGpus => quote!(#budget::over_gpus(#topology)),
        GraphOption::SloMs => quote! {{
            const __STEPS: usize = #budget::steps(#topology);
            #budget::over_slo(#topology, &mut [#budget::Step::NEW; __STEPS])
        }},
        GraphOption::RoutePrefix => return None, // not a limit
    };
    let span = limit.value.span();
    let rt = runtime_path_at(span);
    Some(quote_spanned!(span=> #rt::topology::budget::refuse(#wrong)))
}
