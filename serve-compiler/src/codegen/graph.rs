//! What `#[graph]` generates: the graph's type, its function, its handle and its `Graph` impl.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ExprCall, Ident};

use super::{budget, executor, handle, topology};
use crate::ir::graph::{ConfigStmt, Deployment, DeploymentKind, Graph, Signature};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// Everything that a graph function becomes.
pub(crate) fn generate(signature: &Signature, graph: &Graph) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        type_ident,
        output,
        ..
    } = signature;
    let aliases = aliases(signature, graph);
    let (fields, types) = (
        fields(graph),
        (0..graph.deployments.len()).map(|i| alias(signature, i)),
    );
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let doc = docs(&signature.attrs);
    let build = build(signature, graph);
    let (inputs, names) = inputs(graph);
    let handle = handle(signature, &names, &inputs);
    let handle_ident = handle::name(type_ident);
    let topology = topology::generate(signature, graph);
    let execute = executor::generate(signature, graph, &fields);
    let budgets = budget::generate(signature);
    quote! {
        #aliases

        #(#cfg)*
        #(#doc)*
        #vis struct #type_ident {
            #(#fields: #rt::Handle<#types>,)*
            __requests: #rt::private::Arc<#rt::private::Requests>,
        }

        #build

        #handle

        #(#cfg)*
        impl #rt::Graph for #type_ident {
            type Input = (#(#inputs,)*);
            type Output = #output;
            type Handle = #handle_ident;
            #[allow(clippy::needless_update)] // every option may be given
            const TOPOLOGY: &'static #rt::topology::Topology<'static> = &#topology;

            fn handle(self) -> Self::Handle {
                #handle_ident { graph: #rt::private::Arc::new(self) }
            }

            fn requests(&self) -> &#rt::private::Requests {
                &self.__requests
            }

            #execute

            async fn call(handle: &Self::Handle, input: Self::Input) -> #rt::Result<Self::Output> {
                #rt::private::call(&*handle.graph, input).await
            }
        }

        #budgets
    }
}

/// The doc comments among attributes.
pub(super) fn docs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("doc"))
        .collect()
}

/// The name by which generated code knows a deployment's type: it names the user's path once, so
/// that a wrong path is one error.
pub(super) fn alias(signature: &Signature, index: usize) -> Ident {
    format_ident!("__{}Deployment{index}", signature.type_ident)
}

fn aliases(signature: &Signature, graph: &Graph) -> TokenStream {
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

/// The types and names of the inputs.
fn inputs(graph: &Graph) -> (Vec<&syn::Type>, Vec<&Ident>) {
    let params = &graph.entry.params;
    let types = params.iter().map(|param| &param.ty).collect();
    let names = params
        .iter()
        .map(|param| &graph.entry.edges[param.edge].ident);
    (types, names.collect())
}

/// The user's function, which binds the deployments.
fn build(signature: &Signature, graph: &Graph) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        attrs,
        ident,
        type_ident,
        inputs,
        ..
    } = signature;
    let fields = fields(graph);
    let held: Vec<Ident> = (0..fields.len())
        .map(|i| format_ident!("__handle_{i}"))
        .collect();
    let stmts = graph.config.iter().map(|stmt| match stmt {
        ConfigStmt::Other(stmt) => stmt.to_token_stream(),
        ConfigStmt::Bind(index, expr) => {
            let (variable, held) = (&graph.deployments[*index].variable, &held[*index]);
            let mut expr = expr.clone();
            BindThrough(alias(signature, *index)).visit_expr_mut(&mut expr);
            quote! {
                let #held = __application.bind(#index, #expr);
                #[allow(unused_variables)]
                let #variable = ::core::clone::Clone::clone(&#held);
            }
        }
    });
    let functions = graph
        .deployments
        .iter()
        .enumerate()
        .filter_map(|(index, deployment)| {
            let (alias, held) = (alias(signature, index), &held[index]);
            (deployment.kind == DeploymentKind::Function)
                .then(|| quote!(let #held = __application.bind(#index, <#alias>::bind());))
        });
    quote! {
        #(#attrs)*
        #[allow(clippy::needless_pass_by_value)]
        #vis fn #ident(#(#inputs),*) -> #rt::Application<#type_ident> {
            let mut __application = #rt::private::Builder::new::<#type_ident>();
            #(#stmts)*
            #(#functions)*
            let __requests = __application.requests();
            __application.finish(#type_ident { #(#fields: #held,)* __requests })
        }
    }
}

/// Makes `Downloader::bind(..)` go through the alias of `Downloader`.
struct BindThrough(Ident);

impl VisitMut for BindThrough {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call) => self.visit_expr_mut(&mut call.receiver),
            Expr::Call(call) => self.visit_expr_call_mut(call),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        if let Expr::Path(func) = &mut *call.func
            && let Some(bind) = func.path.segments.last()
        {
            let (mut alias, bind) = (self.0.clone(), &bind.ident);
            alias.set_span(func.path.span().resolved_at(alias.span()));
            func.path = syn::parse_quote!(#alias::#bind);
        }
    }
}

/// What callers of the graph hold.
pub(super) fn handle(signature: &Signature, names: &[&Ident], types: &[&syn::Type]) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        type_ident,
        output,
        ..
    } = signature;
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let handle = handle::name(type_ident);
    let (debug, doc) = (
        handle.to_string(),
        format!(
            "Calls the graph [`{}`](fn@{}). Cheap to clone.",
            signature.ident, signature.ident
        ),
    );
    quote! {
        #(#cfg)*
        #[doc = #doc]
        #[derive(Clone)]
        #vis struct #handle {
            graph: #rt::private::Arc<#type_ident>,
        }

        #(#cfg)*
        impl #handle {
            /// Runs one request.
            ///
            /// # Errors
            ///
            /// The first error of a node ends the request; it names the node.
            #[allow(dead_code, clippy::too_many_arguments)]
            #vis async fn call(&self, #(#names: #types),*) -> #rt::Result<#output> {
                <#type_ident as #rt::Graph>::call(self, (#(#names,)*)).await
            }
        }

        #(#cfg)*
        impl ::core::fmt::Debug for #handle {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(#debug)
            }
        }
    }
}
