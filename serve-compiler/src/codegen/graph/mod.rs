//! The code that `#[graph]` generates: the graph's type, its function, its handle and its entries.

mod arguments;
mod bound;
mod budget;
mod build;
mod entry;
pub(crate) mod function;
mod handle;
mod hold;
pub(crate) mod inert;
pub(crate) mod picture;
mod topology;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Stmt};

use self::bound::{alias, aliases, fields};
use self::handle::Method;
use crate::codegen::deployment::handle::name as handle_name;
use crate::codegen::executor::plan::Marks;
use crate::codegen::executor::{Context, certain};
use crate::ir::graph::{ConfigStmt, Graph, Signature};
use crate::runtime_path::runtime_path;
use crate::topology_data::Shape;

/// All items that a graph function expands to.
pub(crate) fn generate(signature: &Signature, graph: &Graph) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        type_ident,
        attrs,
        ..
    } = signature;
    let (cfg, doc) = (crate::syntax::deployment::cfg(attrs), docs(attrs));
    let fields = fields(graph);
    let types = graph.deployments.ids().map(|id| alias(signature, id));
    let marks = Marks::default();
    let contexts = graph.entries.iter().map(|entry| Context {
        graph,
        entry,
        fields: &fields,
        each: false,
        marks: &marks,
        divided: false,
    });
    let methods: Vec<Method<'_>> = graph.entries.iter().map(Method::of).collect();
    let called = fields.iter().zip(&graph.deployments);
    let called = called.filter(|(_, deployment)| deployment.called);
    let called: Vec<_> = called.map(|(field, _)| field).collect();
    let aliases_of_all = graph.deployments.ids().map(|id| alias(signature, id));
    let handle = handle::generate(signature, &methods, &aliases_of_all.collect::<Vec<_>>());
    let handle_ident = handle_name(type_ident);
    let declared = entry::declarations(signature, &methods);
    let entries = entry::generate(signature, contexts);
    // Where the function has items of its own, input blocks may use them.
    let (inside, entries) = match has_items(graph) {
        true => (entries, quote!()),
        false => (quote!(), entries),
    };
    let entry_types = entry::types(signature, &methods);
    let arguments = arguments::generate(signature);
    let topology = topology::generate(signature, &Shape::of(signature, graph));
    let (aliases, build, bind) = (
        aliases(signature, graph),
        build::generate(signature, graph, &inside),
        build::bind(signature),
    );
    let fields = fields.iter();
    let uncounted = certain::uncertain(graph).into_iter().map(|id| {
        let (field, ty) = (certain::uncounted(id), alias(signature, id));
        quote!(#field: #rt::Handle<#ty>,)
    });
    let (budgets, holds) = (
        budget::generate(signature, graph),
        hold::generate(signature, graph),
    );
    quote! {
        #aliases

        #(#cfg)*
        #(#doc)*
        #vis struct #type_ident {
            #(#fields: #rt::Handle<#types>,)*
            #(#uncounted)*
            __requests: #rt::private::Arc<#rt::private::InFlightLimit>,
        }

        #build

        #bind

        #handle

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::private::Generated for #type_ident {}

        #(#cfg)*
        impl #rt::Graph for #type_ident {
            type Handle = #handle_ident;
            type Entries = (#(#entry_types,)*);
            #[allow(clippy::needless_update)] // every option may be given
            const TOPOLOGY: &'static #rt::topology::Topology<'static> = #topology;

            fn requests(&self) -> &#rt::private::InFlightLimit {
                &self.__requests
            }

            fn each_called(&self, __show: &mut dyn ::core::ops::FnMut(&dyn #rt::private::AnyHandle)) {
                #(__show(&self.#called);)*
            }

            #arguments
        }

        #declared

        #entries

        #budgets

        #holds
    }
}

/// Whether the graph function defines or imports something.
fn has_items(graph: &Graph) -> bool {
    let mut config = graph.config.iter();
    config.any(|stmt| matches!(stmt, ConfigStmt::Other(stmt) if matches!(**stmt, Stmt::Item(_))))
}

/// The doc comments among attributes.
pub(super) fn docs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("doc"))
        .collect()
}
