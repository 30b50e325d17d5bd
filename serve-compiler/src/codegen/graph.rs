//! What `#[graph]` generates: the graph's type, its function, its handle and its entries.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use super::bound::{self, alias, aliases, fields};
use super::executor::Context;
use super::graph_handle::{self, Method};
use super::plan::Marks;
use super::{budget, build, entry, handle, topology};
use crate::ir::graph::{Graph, Signature};
use crate::runtime_path::runtime_path;
use crate::shape::Shape;

/// Everything that a graph function becomes.
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
    let types = (0..graph.deployments.len()).map(|i| alias(signature, i));
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
    let handle = graph_handle::generate(
        signature,
        &methods,
        &called,
        &bound::checks(signature, graph),
    );
    let handle_ident = handle::name(type_ident);
    let entries = entry::generate(signature, contexts);
    let entry_types = entry::types(signature, &methods);
    let topology = topology::generate(signature, &Shape::of(signature, graph));
    let (aliases, build, bind) = (
        aliases(signature, graph),
        build::generate(signature, graph),
        build::bind(signature),
    );
    let budgets = budget::generate(signature);
    quote! {
        #aliases

        #(#cfg)*
        #(#doc)*
        #vis struct #type_ident {
            #(#fields: #rt::Handle<#types>,)*
            __requests: #rt::private::Arc<#rt::private::InFlightLimit>,
        }

        #build

        #bind

        #handle

        #(#cfg)*
        impl #rt::Graph for #type_ident {
            type Handle = #handle_ident;
            type Entries = (#(#entry_types,)*);
            #[allow(clippy::needless_update)] // every option may be given
            const TOPOLOGY: &'static #rt::topology::Topology<'static> = &#topology;

            fn handle(self) -> Self::Handle {
                #handle_ident { graph: #rt::private::Arc::new(self), options: #rt::private::None }
            }

            fn behind(handle: &Self::Handle) -> &Self {
                &handle.graph
            }

            fn options(handle: &Self::Handle) -> #rt::private::Option<&#rt::CallOptions> {
                handle.options.as_deref()
            }

            fn requests(&self) -> &#rt::private::InFlightLimit {
                &self.__requests
            }
        }

        #entries

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
