//! What a graph binds: the types of its deployments, and the fields that keep their handles.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::ir::graph::{Deployment, DeploymentKind, Graph, Signature};
use crate::runtime_path::runtime_path_at;

/// The name by which generated code knows a deployment's type: it names the user's path once, so
/// that a wrong path is one error.
pub(super) fn alias(signature: &Signature, index: usize) -> Ident {
    format_ident!("__{}Deployment{index}", signature.type_ident)
}

pub(super) fn aliases(signature: &Signature, graph: &Graph) -> TokenStream {
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let aliases = graph
        .deployments
        .iter()
        .enumerate()
        .map(|(index, deployment)| {
            let alias = alias(signature, index);
            let path = as_type(deployment);
            quote! {
                #(#cfg)*
                #[doc(hidden)]
                #[allow(non_camel_case_types)]
                type #alias = #path;
            }
        });
    quote!(#(#aliases)*)
}

/// `Classifier::<Resnet>`, as it stands before `::bind`, is also a type. It is reached through its
/// handle: a deployment that has an error has none, and rustc is silent on whatever is done with it.
fn as_type(deployment: &Deployment) -> TokenStream {
    let (path, span) = (&deployment.path, deployment.path.span());
    let rt = runtime_path_at(span);
    match deployment.kind {
        DeploymentKind::Function => path.to_token_stream(),
        DeploymentKind::Bound => {
            quote_spanned!(span=> <#rt::Handle<#path> as #rt::private::HandleTo>::Deployment)
        }
    }
}

/// The graph's fields: the variables; a second one of a name is numbered.
pub(super) fn fields(graph: &Graph) -> Vec<Ident> {
    let mut fields: Vec<Ident> = Vec::new();
    for deployment in &graph.deployments {
        let variable = &deployment.variable;
        let taken = fields.iter().filter(|field| *field == variable).count();
        let numbered = format_ident!("{variable}_{}", fields.len(), span = variable.span());
        fields.push(if taken == 0 {
            variable.clone()
        } else {
            numbered
        });
    }
    fields
}
