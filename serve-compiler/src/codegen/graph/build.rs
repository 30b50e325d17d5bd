//! The user's function: the deployments that it binds become the application.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, FnArg, Ident};

use super::bound::{alias, fields};
use super::function::{self, application};
use crate::codegen::executor::certain;
use crate::ir::graph::{ConfigStmt, DeploymentKind, Graph, Signature};
use crate::ir::id::{DeploymentId, Table};
use crate::runtime_path::runtime_path;
use crate::syntax::tokens;

/// The user's function, which binds the deployments; `inside` are items that use those of the function.
pub(super) fn generate(signature: &Signature, graph: &Graph, inside: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    let type_ident = &signature.type_ident;
    let fields = fields(graph);
    let held: Table<DeploymentId, Ident> = graph
        .deployments
        .ids()
        .map(|id| format_ident!("__handle_{id}"))
        .collect();
    let stmts = graph.config.iter().map(|stmt| match stmt {
        ConfigStmt::Other(stmt) => stmt.to_token_stream(),
        ConfigStmt::Bind(id, expr) => {
            let (variable, held) = (&graph.deployments[*id].variable, &held[*id]);
            let mut expr = expr.clone();
            BindThrough(alias(signature, *id)).visit_expr_mut(&mut expr);
            quote! {
                let #held = #rt::private::Builder::bind(&mut __application, #id, #expr);
                #[allow(unused_variables)]
                let #variable = #held.holder;
            }
        }
    });
    let functions = graph.deployments.pairs().filter_map(|(id, deployment)| {
        let (alias, held) = (alias(signature, id), &held[id]);
        (deployment.kind == DeploymentKind::Function)
            .then(|| quote!(let #held = #rt::private::Builder::bind(&mut __application, #id, <#alias>::bind());))
    });
    let (fields, handles) = (fields.iter(), held.iter());
    let uncounted = certain::uncertain(graph).into_iter().map(|id| {
        let (field, held) = (certain::uncounted(id), &held[id]);
        quote!(#field: #held.uncounted,)
    });
    let lints = quote!(
        clippy::needless_pass_by_value,
        clippy::redundant_clone,
        non_local_definitions
    );
    let body = quote! {
        #inside

        let mut __application = #rt::private::Builder::new::<#type_ident>();
        #(#stmts)*
        #(#functions)*
        let __requests = #rt::private::Builder::requests(&__application);
        let __graph = #type_ident {
            #(#fields: #handles.counted,)*
            #(#uncounted)*
            __requests
        };
        #rt::private::Builder::finish(__application, __graph)
    };
    function::generate(signature, &lints, &application(signature), &body)
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

/// `ocr_graph::bind(..)`: the function under the name `bind`, as a deployment has it, so that a graph can be
/// bound in another one.
pub(super) fn bind(signature: &Signature) -> TokenStream {
    let application = application(signature);
    let Signature {
        vis,
        attrs,
        ident,
        type_ident,
        inputs,
        asyncness,
        ..
    } = signature;
    let cfg = crate::syntax::deployment::cfg(attrs);
    let names: Vec<Ident> = (0..inputs.len())
        .map(|index| format_ident!("__configuration_{index}"))
        .collect();
    let params = inputs.iter().zip(&names).map(|(input, name)| match input {
        FnArg::Typed(param) => {
            let ty = &param.ty;
            quote!(#name: #ty)
        }
        FnArg::Receiver(receiver) => receiver.to_token_stream(),
    });
    // A name that would hide a primitive type is reported, and would cause errors everywhere.
    let names_a_type = ident != type_ident && !tokens::begins_plain(ident);
    let alias = names_a_type.then(|| {
        quote! {
            #(#cfg)*
            #[doc(hidden)]
            #[allow(non_camel_case_types, dead_code)]
            #vis type #ident = #type_ident;
        }
    });
    let call = match asyncness {
        None => quote!(#ident(#(#names),*)),
        Some(_) => quote!(::core::unreachable!()), // after an error
    };
    quote! {
        #alias

        #(#cfg)*
        impl #type_ident {
            /// The graph, to be bound in another one.
            #[allow(dead_code, clippy::too_many_arguments)]
            #vis fn bind(#(#params),*) -> #application {
                #call
            }
        }
    }
}
