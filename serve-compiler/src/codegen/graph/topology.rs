//! The graph's shape as a `const`: rustc fills in the parts that only deployments know.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::bound::alias;
use super::budget;
use crate::codegen::deployment::{describe, options};
use crate::codegen::path::{self, runtime_path};
use crate::ir::graph::{Arm, Signature};
use crate::ir::id::{DeploymentId, Id};
use crate::topology_data::{
    ChoiceShape, DeploymentShape, EdgeShape, End, EntryShape, FanOutShape, NodeShape, Place, Shape,
    TypeShape,
};

/// `Topology::new(..)`.
pub(super) fn generate(signature: &Signature, shape: &Shape) -> TokenStream {
    let rt = runtime_path();
    let Shape {
        name,
        doc,
        entries,
        deployments,
        nodes,
        choices,
        fan_outs,
        edges,
        handles,
    } = shape;
    let entries = entries.iter().map(entry);
    let deployments = deployments.iter().enumerate();
    let deployments = deployments.map(|(index, it)| deployment(signature, index, it));
    let edges = edges.iter().map(edge);
    let nodes = nodes.iter().map(|it| node(signature, it));
    let choices = choices.iter().map(choice);
    let fan_outs = fan_outs.iter().map(fan_out);
    let handles = handles.iter();
    let handles = handles.map(|(from, to)| quote!(#rt::topology::HandleEdge::new(#from, #to)));
    // Empty lists are left out.
    let list = |name: &str, items: Vec<TokenStream>| {
        let name = format_ident!("{name}");
        (!items.is_empty()).then(|| quote!(.#name(&[#(#items),*])))
    };
    let lists = [
        list("entries", entries.collect()),
        list("deployments", deployments.collect()),
        Some(quote!(.nodes(__NODES))),
        list("choices", choices.collect()),
        list("fan_outs", fan_outs.collect()),
        Some(quote!(.edges(__EDGES))),
        list("handles", handles.collect()),
    ];
    let lists = lists.iter().flatten();
    let doc = (!doc.is_empty()).then(|| quote!(.doc(#doc)));
    let route_prefix = &signature.options.route;
    let route_prefix = (route_prefix != "/").then(|| quote!(.route_prefix(#route_prefix)));
    let limits = (!signature.options.limits.is_empty()).then(|| {
        let limits = budget::limits(&signature.options);
        quote!(.limits(#limits))
    });
    let alias = path::alias();
    quote! {{
        #alias
        const __NODES: &[#rt::topology::Node<'static>] = &[#(#nodes),*];
        // A constant of its own: a borrow of a part of another constant would live only as long as the call
        // that it is passed to.
        const __EDGES: &[#rt::topology::Edge<'static>] = &[#(#edges),*];
        &#rt::topology::Topology::new(#name) #doc #route_prefix #(#lists)* #limits
    }}
}

fn entry(entry: &EntryShape) -> TokenStream {
    let rt = runtime_path();
    let EntryShape {
        route,
        method,
        params,
        output,
    } = entry;
    let params = describe::params(params);
    let method = (method != "call").then(|| quote!(.method(#method)));
    quote!(#rt::topology::Entry::new(#route, #output) #method #params)
}

fn deployment(signature: &Signature, index: usize, deployment: &DeploymentShape) -> TokenStream {
    let rt = runtime_path();
    let alias = alias(signature, DeploymentId::new(index));
    let DeploymentShape {
        name,
        variable,
        path,
        overrides,
        set_at_build,
        ..
    } = deployment;
    let ty = crate::text::type_text(path);
    let overrides = overrides
        .iter()
        .map(|given| options::deployment(&given.key, &given.value))
        .collect::<Vec<_>>();
    let set_at_build =
        (!set_at_build.is_empty()).then(|| quote!(.set_at_build(&[#(#set_at_build),*])));
    let options = quote!(<#alias as #rt::Deployment>::OPTIONS #(#overrides)*);
    quote! {
        #rt::private::bound_deployment::<#alias>(#name, #variable, #ty).options(#options) #set_at_build
    }
}

fn node(signature: &Signature, node: &NodeShape) -> TokenStream {
    let rt = runtime_path();
    let NodeShape {
        name,
        place,
        deployment,
        method,
        constants,
    } = node;
    let alias = alias(signature, DeploymentId::new(*deployment));
    let (entry, place) = (place.entry, self::place(place));
    let constants = constants
        .iter()
        .map(|(param, value)| quote!(#rt::topology::Constant::new(#param, #value)))
        .collect::<Vec<_>>();
    let constants = (!constants.is_empty()).then(|| quote!(.constants(&[#(#constants),*])));
    quote! {
        #rt::private::called_node::<#alias>(#name, #entry, #deployment, #method) #constants #place
    }
}

fn choice(choice: &ChoiceShape) -> TokenStream {
    let rt = runtime_path();
    let ChoiceShape { name, place, arms } = choice;
    let (entry, place) = (place.entry, self::place(place));
    quote!(#rt::topology::Choice::new(#name, #entry, &[#(#arms),*]) #place)
}

fn fan_out(fan_out: &FanOutShape) -> TokenStream {
    let rt = runtime_path();
    let FanOutShape { items, item, place } = fan_out;
    let (entry, place) = (place.entry, self::place(place));
    quote!(#rt::topology::FanOut::new(#items, #item, #entry) #place)
}

/// `.when(Arm::new(0, 1)).each(0)`, for a node that not every request runs exactly once.
fn place(place: &Place) -> TokenStream {
    let rt = runtime_path();
    let Place {
        entry: _,
        when,
        each,
    } = place;
    let when =
        when.map(|Arm { choice, arm }| quote!(.when(#rt::topology::Arm::new(#choice, #arm))));
    let each = each.map(|each| quote!(.each(#each)));
    quote!(#when #each)
}

fn edge(edge: &EdgeShape) -> TokenStream {
    let rt = runtime_path();
    let (from, to, label) = (end(edge.from), end(edge.to), &edge.label);
    let ty = match &edge.ty {
        TypeShape::Written(ty) => quote!(#ty),
        TypeShape::OutputOf(node) => {
            quote!(__NODES[#node].method.output)
        }
    };
    let label = (!label.is_empty()).then(|| quote!(.label(#label)));
    let param = edge.param.map(|param| quote!(.param(#param)));
    quote!(#rt::topology::Edge::new(#from, #to, #ty) #label #param)
}

fn end(end: End) -> TokenStream {
    let rt = runtime_path();
    match end {
        End::Input { entry, param } => {
            quote!(#rt::topology::Endpoint::input(#entry, #param))
        }
        End::Node(node) => quote!(#rt::topology::Endpoint::Node(#node)),
        End::Choice(choice) => quote!(#rt::topology::Endpoint::Choice(#choice)),
        End::Output(entry) => quote!(#rt::topology::Endpoint::Output(#entry)),
    }
}
