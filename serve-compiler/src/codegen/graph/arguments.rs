//! The application of a graph, made with arguments from a file.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit::{self, Visit};
use syn::{FnArg, Index, Pat, TypeImplTrait};

use crate::ir::graph::Signature;
use crate::runtime_path::runtime_path;
use crate::text::name_text;

/// `Graph::from_arguments`. Types are not named again: an error in one would be reported once more.
pub(super) fn generate(signature: &Signature) -> Option<TokenStream> {
    let rt = runtime_path();
    let Signature { ident, inputs, .. } = signature;
    let mut anonymous = Anonymous(false);
    inputs
        .iter()
        .for_each(|input| anonymous.visit_fn_arg(input));
    if anonymous.0 || inputs.len() > MAX {
        return None;
    }
    let types = format_ident!("parameters_{}", inputs.len());
    let values: Vec<_> = (0..inputs.len())
        .map(|index| format_ident!("__argument_{index}"))
        .collect();
    let taken = inputs
        .iter()
        .zip(&values)
        .enumerate()
        .map(|(index, (input, value))| {
            let (name, index) = (name(input, index), Index::from(index));
            quote!(let #value = (&__types.#index).__take(__arguments, #name);)
        });
    Some(quote! {
        #rt::private::for_config! {
            fn from_arguments(
                __arguments: &mut #rt::private::Arguments,
            ) -> #rt::Result<#rt::Application<Self>> {
                #[allow(unused_imports)]
                use #rt::private::{NotTaken as _, Taken as _};
                #[allow(unused_variables)]
                let __types = #rt::private::#types(&#ident);
                #(#taken)*
                #rt::private::Arguments::check(__arguments)?;
                ::core::result::Result::Ok(#ident(#(#values?),*))
            }
        }
    })
}

/// The maximum of parameters: the runtime has a function for each number up to this.
const MAX: usize = 12;

/// The name of a parameter in a file.
fn name(input: &FnArg, index: usize) -> String {
    match input {
        FnArg::Typed(param) => match &*param.pat {
            Pat::Ident(pat) => name_text(&pat.ident),
            _ => format!("{index}"),
        },
        FnArg::Receiver(_) => "self".to_owned(),
    }
}

/// Whether a type is one that only the caller knows.
struct Anonymous(bool);

impl Visit<'_> for Anonymous {
    fn visit_type_impl_trait(&mut self, ty: &TypeImplTrait) {
        self.0 = true;
        visit::visit_type_impl_trait(self, ty);
    }
}
