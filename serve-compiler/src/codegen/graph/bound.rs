//! The deployments that a graph binds: their types, and the fields that keep their handles.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Path};

use crate::codegen::deployment::checks;
use crate::ir::graph::{Deployment, DeploymentKind, Graph, Signature};
use crate::ir::id::{DeploymentId, Table};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// The alias of a deployment's type in generated code.
pub(super) fn alias(signature: &Signature, id: DeploymentId) -> Ident {
    format_ident!("__{}Deployment{id}", signature.type_ident)
}

/// The deployments' types. Each is named once, so that a wrong path is one error. A type that is not a
/// deployment, or has an error, is reported once, and replaced by a type that meets every bound.
pub(super) fn aliases(signature: &Signature, graph: &Graph) -> TokenStream {
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let aliases = graph.deployments.pairs().map(|(id, deployment)| {
        let (alias, path) = (alias(signature, id), &deployment.path);
        let named = format_ident!("{alias}Named", span = deployment.path.span());
        let checked = checked(deployment, &named);
        let ty = checks::checked(&checked, &named.to_token_stream());
        let named = match deployment.kind {
            DeploymentKind::Function if !is_generic(path) => function(path, &named, &cfg),
            _ => quote!(#(#cfg)* type #named = #path;),
        };
        quote! {
            #named

            #(#cfg)*
            type #alias = #ty;
        }
    });
    quote!(#(#aliases)*)
}

/// Whether a function is called as one that runs futures.
fn runs_futures(path: &Path) -> bool {
    const NAMES: [&str; 8] = [
        "block_on",
        "join_all",
        "select_all",
        "spawn",
        "spawn_blocking",
        "timeout",
        "timeout_at",
        "try_join_all",
    ];
    let last = path.segments.last();
    last.is_some_and(|last| NAMES.iter().any(|name| last.ident == name))
}

fn is_generic(path: &Path) -> bool {
    let mut segments = path.segments.iter();
    segments.any(|segment| !segment.arguments.is_none())
}

/// The type of a function deployment. A function without the attribute has no type of its name: then this name
/// means what the glob imports, about which there is one message.
fn function(path: &Path, named: &Ident, cfg: &[Attribute]) -> TokenStream {
    let rt = runtime_path();
    let otherwise = format_ident!("__otherwise_{named}");
    // An import has to find something: a macro that does nothing, if there is neither a function nor a type.
    let found = path.get_ident();
    let found = found.map(|ident| quote!(pub use #rt::private::no_function as #ident;));
    quote! {
        #(#cfg)*
        #[allow(non_snake_case, unused_imports)]
        mod #otherwise {
            #found
            #[allow(dead_code)]
            pub type #named = #rt::bounds::PlainFunction;
        }

        #(#cfg)*
        #[allow(unused_imports)]
        use #otherwise::*;

        #(#cfg)*
        #[allow(unused_imports)]
        use #path as #named;
    }
}

/// Evaluates only if the type before `::bind`, or the function that is called, is a deployment. A type is
/// reached through its handle: a type with an error has none, and rustc then reports nothing here.
fn checked(deployment: &Deployment, named: &Ident) -> TokenStream {
    let span = deployment.path.span();
    let mut named = named.clone();
    named.set_span(span); // paths of items are found from any hygiene
    let rt = runtime_path_at(span);
    match deployment.kind {
        DeploymentKind::Function => {
            let bound = match runs_futures(&deployment.path) {
                true => quote_spanned!(span=> FunctionOfNodes),
                false => quote_spanned!(span=> FunctionDeployment),
            };
            quote_spanned!(span=> <#named as #rt::bounds::#bound>::CHECKED)
        }
        DeploymentKind::Bound => {
            let ty = quote_spanned!(span=> #rt::private::Reached<#named>);
            quote_spanned!(span=> <#ty as #rt::private::Part>::CHECKED)
        }
    }
}

/// The graph's fields: one for each variable; a second variable of the same name gets a number.
pub(super) fn fields(graph: &Graph) -> Table<DeploymentId, Ident> {
    let mut fields: Table<DeploymentId, Ident> = Table::default();
    for deployment in &graph.deployments {
        let variable = &deployment.variable;
        let taken = fields.iter().filter(|field| *field == variable).count();
        let numbered = format_ident!("{}_{}", variable, fields.len(), span = variable.span());
        fields.push(if taken == 0 {
            variable.clone()
        } else {
            numbered
        });
    }
    fields
}
