//! The deployments that a graph binds: their types, and the fields that keep their handles.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::codegen::deployment::checks;
use crate::ir::graph::{Deployment, DeploymentKind, Graph, Signature};
use crate::ir::id::{DeploymentId, Table};
use crate::runtime_path::runtime_path_at;

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
        // At the path: what rustc says of it at both places is one error.
        let named = format_ident!("{alias}Named", span = deployment.path.span());
        let checked = checked(deployment, &named);
        let ty = checks::checked(&checked, &named.to_token_stream());
        quote! {
            #(#cfg)*
            type #named = #path;

            #(#cfg)*
            type #alias = #ty;
        }
    });
    quote!(#(#aliases)*)
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
            quote_spanned!(span=> <#named as #rt::bounds::FunctionDeployment>::CHECKED)
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
