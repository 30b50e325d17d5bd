//! The graph function as an editor sees it.
//!
//! ```text
//! fn photo(models: PathBuf) -> Application<PhotoGraph> {
//!     use private::editor::{..};
//!     let model = Model::bind(models.join("a")).num_replicas(2).__handle();
//!     input(|url: Url| {
//!         let image = downloader.run(url.__given()).__value();
//!         aggregate(image.__given(), 3).__outcome::<aggregate>()
//!     })
//!     ; unreachable!()
//! }
//! ```

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::ReturnType;

use super::scope::Scope;
use super::split::{self, Statement};
use super::{calls, detached};
use crate::codegen::graph::function;
use crate::ir::graph::Signature;
use crate::runtime_path::runtime_path;

/// The function; no part of its body needs to parse.
pub(super) fn function(
    signature: &Signature,
    output: &ReturnType,
    item: TokenStream,
) -> TokenStream {
    let rt = runtime_path();
    let body = body(item);
    let body = quote! {
        #[allow(unused_imports)]
        use #rt::private::editor::{
            Call as _, Each as _, Give as _, Hand as _, Outcome as _, input, route,
        };
        #body
        ; ::core::unreachable!()
    };
    let application = detached(function::application(signature), &[]);
    let lints = quote!(unused, clippy::all);
    let function = function::generate(signature, &lints, &application, &body);
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let output = match output {
        ReturnType::Type(_, output) => Some(quote! {
            #(#cfg)*
            const _: ::core::option::Option<#output> = ::core::option::Option::None;
        }),
        ReturnType::Default => None,
    };
    quote! {
        #function

        #output
    }
}

/// The last braces of an item, statement by statement.
fn body(item: TokenStream) -> TokenStream {
    let body = item.into_iter().last();
    let Some(TokenTree::Group(body)) = body.filter(is_braces) else {
        return quote!();
    };
    let mut deployments = Scope::default();
    let statements = split::statements(body.stream());
    let rewritten = statements.map(|statement| rewrite(statement, &mut deployments));
    rewritten.collect()
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn rewrite(statement: Statement, deployments: &mut Scope) -> TokenStream {
    let Statement { tokens, end } = statement;
    if let Some(variable) = split::bound_variable(&tokens) {
        deployments.add(variable);
        return quote!(#(#tokens)* .__handle() #end);
    }
    if let [TokenTree::Ident(entry), TokenTree::Group(group), rest @ ..] = &tokens[..]
        && (entry == "input" || entry == "route")
    {
        let block = calls::rewrite(group.stream(), &mut deployments.clone());
        let block = calls::regroup(group, block);
        return quote!(#entry #block #(#rest)* #end);
    }
    quote!(#(#tokens)* #end)
}
