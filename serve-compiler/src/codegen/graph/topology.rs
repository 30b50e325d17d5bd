//! The graph's shape as a `const`: what only deployments know of themselves, rustc fills in.

use proc_macro2::TokenStream;
use quote::quote;

use super::bound::alias;
use super::budget;
use crate::codegen::deployment::options;
use crate::codegen::path::{self, runtime_path};
use crate::ir::graph::{Arm, Signature};
use crate::ir::id::{DeploymentId, Id};
use crate::topology_data::{
    ChoiceShape, DeploymentShape, EdgeShape, End, EntryShape, FanOutShape, NodeShape, Place, Shape,
    TypeShape,
};

/// `&Topology { .. }`.
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
    let handles =
        handles.map(|(from, to)| quote!(#rt::topology::HandleEdge { from: #from, to: #to }));
    let limits = budget::limits(&signature.options);
    let alias = path::alias();
    quote! {{
        #alias
        const NODES: &[#rt::topology::Node<'static>] = &[#(#nodes),*];
        &#rt::topology::Topology {
            name: #name,
            doc: #doc,
            entries: &[#(#entries),*],
            deployments: &[#(#deployments),*],
            nodes: NODES,
            choices: &[#(#choices),*],
            fan_outs: &[#(#fan_outs),*],
            edges: &[#(#edges),*],
            handles: &[#(#handles),*],
            limits: #limits,
        }
    }}
}

fn entry(entry: &EntryShape) -> TokenStream {
    let rt = runtime_path();
    let EntryShape {
        route,
        params,
        output,
    } = entry;
    let params = params
        .iter()
        .map(|(name, ty)| quote!(#rt::topology::Param { name: #name, ty: #ty }));
    quote!(#rt::topology::Entry { route: #route, params: &[#(#params),*], output: #output })
}

fn deployment(signature: &Signature, index: usize, deployment: &DeploymentShape) -> TokenStream {
    let rt = runtime_path();
    let alias = alias(signature, DeploymentId::new(index));
    let DeploymentShape {
        name,
        is_named,
        variable,
        path,
        overrides,
        set_at_build,
        ..
    } = deployment;
    let ty = crate::text::type_text(path);
    // A number of replicas takes the place of what the type says about scaling.
    let is_set = |key: &str| overrides.iter().any(|given| given.key == key);
    let fixed = (is_set("num_replicas") && !is_set("autoscaling_config"))
        .then(|| quote!(autoscaling_config: #rt::private::None));
    let overrides = overrides
        .iter()
        .map(|given| options::field(&given.key, &given.value));
    let overrides = overrides.chain(fixed);
    // A name given on the type comes before the type's own.
    let name = if *is_named {
        quote!(#name)
    } else {
        quote!(<#alias as #rt::Deployment>::OPTIONS.name_or(#name))
    };
    quote! {
        #rt::topology::BoundDeployment {
            name: #name,
            variable: #variable,
            ty: #ty,
            options: #rt::topology::Options {
                #(#overrides,)*
                ..<#alias as #rt::Deployment>::OPTIONS
            },
            set_at_build: &[#(#set_at_build),*],
            graph: <#alias as #rt::private::Part>::GRAPH,
        }
    }
}

/// The description of the method that a node calls.
fn method(signature: &Signature, node: &NodeShape) -> TokenStream {
    let rt = runtime_path();
    let (alias, name) = (
        alias(signature, DeploymentId::new(node.deployment)),
        &node.method,
    );
    quote!(#rt::topology::method(<#alias as #rt::private::Part>::METHODS, #name))
}

fn node(signature: &Signature, node: &NodeShape) -> TokenStream {
    let rt = runtime_path();
    let NodeShape {
        name,
        place,
        deployment,
        ..
    } = node;
    let (method, place) = (method(signature, node), self::place(place));
    quote! {
        #rt::topology::Node { name: #name, deployment: #deployment, method: #method, #place }
    }
}

fn choice(choice: &ChoiceShape) -> TokenStream {
    let rt = runtime_path();
    let ChoiceShape { name, place, arms } = choice;
    let place = self::place(place);
    quote!(#rt::topology::Choice { name: #name, arms: &[#(#arms),*], #place })
}

fn fan_out(fan_out: &FanOutShape) -> TokenStream {
    let rt = runtime_path();
    let FanOutShape { items, item, place } = fan_out;
    let place = self::place(place);
    quote!(#rt::topology::FanOut { items: #items, item: #item, #place })
}

/// `entry: 0, when: None, each: None`
fn place(place: &Place) -> TokenStream {
    let rt = runtime_path();
    let Place { entry, when, each } = place;
    let option = |value: Option<TokenStream>| match value {
        Some(value) => quote!(#rt::private::Some(#value)),
        None => quote!(#rt::private::None),
    };
    let when = option(
        when.map(|Arm { choice, arm }| quote!(#rt::topology::Arm { choice: #choice, arm: #arm })),
    );
    let each = option(each.map(|each| quote!(#each)));
    quote!(entry: #entry, when: #when, each: #each)
}

fn edge(edge: &EdgeShape) -> TokenStream {
    let rt = runtime_path();
    let (from, to, label) = (end(edge.from), end(edge.to), &edge.label);
    let ty = match &edge.ty {
        TypeShape::Written(ty) => quote!(#ty),
        TypeShape::OutputOf(node) => {
            quote!(NODES[#node].method.output)
        }
    };
    quote!(#rt::topology::Edge { from: #from, to: #to, ty: #ty, label: #label })
}

fn end(end: End) -> TokenStream {
    let rt = runtime_path();
    match end {
        End::Input { entry, param } => {
            quote!(#rt::topology::Endpoint::Input { entry: #entry, param: #param })
        }
        End::Node(node) => quote!(#rt::topology::Endpoint::Node(#node)),
        End::Choice(choice) => quote!(#rt::topology::Endpoint::Choice(#choice)),
        End::Output(entry) => quote!(#rt::topology::Endpoint::Output(#entry)),
    }
}
