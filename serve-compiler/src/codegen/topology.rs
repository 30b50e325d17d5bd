//! The graph's shape as a `const`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::graph::alias;
use super::handle::type_text;
use super::{budget, options, text};
use crate::ir::graph::{Call, Deployment, Entry, Graph, Operand, Signature, Step};
use crate::runtime_path::runtime_path;

/// `Topology { .. }`.
pub(super) fn generate(signature: &Signature, graph: &Graph) -> TokenStream {
    let rt = runtime_path();
    let (name, doc) = (signature.ident.to_string(), doc_text(&signature.attrs));
    let entry = self::entry(signature, &graph.entry);
    let deployments = graph.deployments.iter().enumerate();
    let deployments = deployments.map(|(index, it)| deployment(signature, index, it));
    let nodes = calls(&graph.entry).map(|call| node(signature, call));
    let edges = Edges::of(signature, &graph.entry).tokens;
    let handles = graph
        .deployments
        .iter()
        .enumerate()
        .flat_map(|(from, deployment)| {
            let mut held: Vec<usize> = deployment.holds.iter().map(|(to, _)| *to).collect();
            held.sort_unstable();
            held.dedup();
            held.into_iter().map(move |to| (from, to))
        });
    let handles =
        handles.map(|(from, to)| quote!(#rt::topology::HandleEdge { from: #from, to: #to }));
    let limits = budget::limits(&signature.options);
    quote! {
        #rt::topology::Topology {
            name: #name,
            doc: #doc,
            entries: &[#entry],
            deployments: &[#(#deployments),*],
            nodes: &[#(#nodes),*],
            choices: &[],
            fan_outs: &[],
            edges: &[#(#edges),*],
            handles: &[#(#handles),*],
            limits: #limits,
        }
    }
}

fn calls(entry: &Entry) -> impl Iterator<Item = &Call> {
    entry.steps.iter().filter_map(|step| match step {
        Step::Call(call) => Some(call),
        Step::Value { .. } | Step::TakeApart { .. } => None,
    })
}

fn doc_text(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    lines.join("\n")
}

fn entry(signature: &Signature, entry: &Entry) -> TokenStream {
    let rt = runtime_path();
    let (route, output) = (&signature.options.route, type_text(&signature.output));
    let params = entry.params.iter().map(|param| {
        let (name, ty) = (
            entry.edges[param.edge].ident.to_string(),
            type_text(&param.ty),
        );
        quote!(#rt::topology::Param { name: #name, ty: #ty })
    });
    quote!(#rt::topology::Entry { route: #route, params: &[#(#params),*], output: #output })
}

fn deployment(signature: &Signature, index: usize, deployment: &Deployment) -> TokenStream {
    let rt = runtime_path();
    let alias = alias(signature, index);
    let (name, variable) = (&deployment.name, deployment.variable.to_string());
    let ty = type_text(&deployment.path);
    let literal = deployment.overrides.iter().filter(|given| given.literal);
    let literal = literal.filter(|given| given.key != "name");
    let overrides = literal.map(|given| options::field(&given.key, &given.value));
    let computed = deployment.overrides.iter().filter(|given| !given.literal);
    let computed = computed.map(|given| given.key.to_string());
    // A name given on the type comes before the type's own.
    let named = deployment.overrides.iter().any(|given| given.key == "name");
    let name = if named {
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
            set_at_build: &[#(#computed),*],
            graph: ::core::option::Option::None,
        }
    }
}

/// The description of the method that a node calls.
fn method(signature: &Signature, call: &Call) -> TokenStream {
    let rt = runtime_path();
    let (alias, name) = (alias(signature, call.deployment), call.method.to_string());
    quote!(#rt::topology::method(<#alias as #rt::Callable>::METHODS, #name))
}

fn node(signature: &Signature, call: &Call) -> TokenStream {
    let rt = runtime_path();
    let (name, deployment) = (&call.name, call.deployment);
    let method = method(signature, call);
    quote! {
        #rt::topology::Node {
            name: #name,
            entry: 0,
            deployment: #deployment,
            method: #method,
            when: ::core::option::Option::None,
            each: ::core::option::Option::None,
        }
    }
}

/// Where a value comes from, and what it went through.
#[derive(Clone)]
struct Source {
    endpoint: TokenStream,
    ty: TokenStream,
    label: String,
}

/// The edges between nodes. A plain value is no node: its readers are joined to what it is made of.
struct Edges {
    /// By IR edge: the nodes and inputs that its value comes from.
    sources: Vec<Vec<Source>>,
    tokens: Vec<TokenStream>,
}

impl Edges {
    fn of(signature: &Signature, entry: &Entry) -> Self {
        let rt = runtime_path();
        let mut edges = Edges {
            sources: vec![Vec::new(); entry.edges.len()],
            tokens: Vec::new(),
        };
        for (index, param) in entry.params.iter().enumerate() {
            let ty = type_text(&param.ty);
            edges.sources[param.edge].push(Source {
                endpoint: quote!(#rt::topology::Endpoint::Input { entry: 0, param: #index }),
                ty: quote!(#ty),
                label: String::new(),
            });
        }
        let mut node = 0usize;
        for step in &entry.steps {
            match step {
                Step::Value { edge, value } => edges.sources[*edge] = edges.of_operand(value),
                Step::TakeApart { parts, value, .. } => {
                    for part in parts {
                        edges.sources[*part] = edges.of_operand(value);
                    }
                }
                Step::Call(call) => {
                    let to = quote!(#rt::topology::Endpoint::Node(#node));
                    call.args.iter().for_each(|arg| edges.join(arg, &to));
                    let method = method(signature, call);
                    edges.sources[call.edge].push(Source {
                        endpoint: to,
                        ty: quote!(#method.output),
                        label: String::new(),
                    });
                    node += 1;
                }
            }
        }
        edges.join(&entry.output, &quote!(#rt::topology::Endpoint::Output(0)));
        edges
    }

    fn of_operand(&self, operand: &Operand) -> Vec<Source> {
        let (through, edges) = match operand {
            Operand::Edge { edge, .. } => (None, vec![*edge]),
            Operand::Plain { reads, text, .. } => {
                let edges = reads.iter().map(|read| read.edge).collect();
                (Some(text::tidy(text)), edges)
            }
        };
        let sources = edges.iter().flat_map(|edge| &self.sources[*edge]).cloned();
        let labelled = sources.map(|source| Source {
            label: through.clone().unwrap_or(source.label),
            ..source
        });
        labelled.collect()
    }

    fn join(&mut self, operand: &Operand, to: &TokenStream) {
        let rt = runtime_path();
        for Source {
            endpoint,
            ty,
            label,
        } in self.of_operand(operand)
        {
            self.tokens.push(quote! {
                #rt::topology::Edge { from: #endpoint, to: #to, ty: #ty, label: #label }
            });
        }
    }
}
