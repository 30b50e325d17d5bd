//! What a graph binds: the types of its deployments, and the fields that keep their handles.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::codegen::deployment::checks;
use crate::ir::graph::{Deployment, DeploymentKind, Graph, Signature};
use crate::ir::id::{DeploymentId, Table};
use crate::runtime_path::runtime_path_at;

/// The name by which generated code knows a deployment's type.
pub(super) fn alias(signature: &Signature, id: DeploymentId) -> Ident {
    format_ident!("__{}Deployment{id}", signature.type_ident)
}

/// The deployments' types. Each is named once, so that a wrong path is one error. One that is none, or that
/// has an error, is reported once, and stands for a type that rustc asks nothing of.
pub(super) fn aliases(signature: &Signature, graph: &Graph) -> TokenStream {
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let aliases = graph.deployments.pairs().map(|(id, deployment)| {
        let (alias, path) = (alias(signature, id), &deployment.path);
        let named = format_ident!("{alias}Named");
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

/// Known if what stands before `::bind`, or is called as a function, is a deployment. A type is
/// reached through its handle: one that has an error has none, and rustc is silent on it then.
fn checked(deployment: &Deployment, named: &Ident) -> TokenStream {
    let span = deployment.path.span();
    let mut named = named.clone();
    named.set_span(span); // items are found from anywhere
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

/// The graph's fields: the variables; a second one of a name is numbered.
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
