//! The picture of a graph on its page of the documentation: drawn by rustdoc, not by rustc.

use proc_macro2::TokenStream;
use syn::{Attribute, parse_quote};

use crate::runtime_path::runtime_path;

/// The attribute that adds the picture. Only rustdoc expands its content.
pub(crate) fn attribute(options: &TokenStream, item: &TokenStream) -> Attribute {
    let rt = runtime_path();
    parse_quote! {
        #[cfg_attr(
            all(doc, not(doctest)),
            doc = #rt::private::picture!(#[graph(#options)] #item)
        )]
    }
}
