//! The description of a method in the topology, from its signature alone.

use proc_macro2::TokenStream;
use quote::quote;
use serve_topology::options::MultiplexedOption;
use syn::{Expr, ExprLit, Lit};

use super::batch;
use crate::ir::deployment::{Batch, Loader, Method, Passing};
use crate::runtime_path::runtime_path;
use crate::text::{name_text, type_text};

/// A method as the topology describes it.
pub(crate) struct Description {
    pub(crate) name: String,
    /// An `async fn`, which runs on the caller's task.
    pub(crate) in_place: bool,
    /// Names and types.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) output: String,
    pub(crate) batch: Option<Batch>,
}

impl Description {
    /// Describes a method under its name on the handle.
    pub(crate) fn of(method: &Method, name: &str) -> Self {
        let params = method.params.iter().map(|param| {
            let ty = match &param.passing {
                Passing::Value(ty) => type_text(ty),
                Passing::Reference { written, .. } => type_text(written),
            };
            (name_text(&param.ident), ty)
        });
        Description {
            name: name.to_owned(),
            in_place: method.is_async,
            params: params.collect(),
            output: match &method.streams {
                Some(streams) => format!("Streaming<{}>", type_text(&streams.item)),
                None => type_text(&method.output),
            },
            batch: method.batch.clone(),
        }
    }

    /// The description as a constant.
    pub(super) fn tokens(&self) -> TokenStream {
        let rt = runtime_path();
        let Description { name, output, .. } = self;
        let execution = match self.in_place {
            true => quote!(InPlace),
            false => quote!(Compute),
        };
        let batch = self.batch.as_ref().map(|batch| {
            let options = batch::options(batch);
            quote!(.batch(#options))
        });
        let params = params(&self.params);
        quote! {
            #rt::topology::Method::new(#name, #rt::topology::Execution::#execution)
                #params
                .output(#output)
                #batch
        }
    }
}

/// `.params(&[Param::new(..)])`, with names and types; nothing without parameters.
pub(in crate::codegen) fn params(params: &[(String, String)]) -> Option<TokenStream> {
    let rt = runtime_path();
    let each = params
        .iter()
        .map(|(name, ty)| quote!(#rt::topology::Param::new(#name, #ty)));
    (!params.is_empty()).then(|| quote!(.params(&[#(#each),*])))
}

/// A loader as a constant.
pub(super) fn loader(loader: &Loader) -> TokenStream {
    let rt = runtime_path();
    let cfg = crate::syntax::deployment::cfg(&loader.attrs);
    let name = name_text(&loader.ident);
    let max = max_models(loader).map(|max| quote!(.max_num_models_per_replica(#max)));
    quote!(#(#cfg)* #rt::topology::Loader::new(#name) #max)
}

/// The number of models that a replica keeps, if it is written as a number. A computed one has its errors where it
/// is used, and a second use would repeat them.
pub(crate) fn max_models(loader: &Loader) -> Option<u32> {
    match &loader.max {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Int(max), ..
        })) => max.base10_parse().ok(),
        Some(_) => None,
        None => {
            let default = MultiplexedOption::MaxNumModelsPerReplica.spec().default;
            default.map(|default| default as u32)
        }
    }
}
