//! Batched methods: a call waits for others and runs together with them.
//!
//! ```text
//! async fn forward(&self, image: Image) -> Result<Mask> {
//!     let asked = asked(.., (image,), |arguments| Self::__cost_of_forward(&arguments.0), ..)?;
//!     engine.call_batched(caller, Access::Any, "forward", asked, |replica, items| {
//!         let mut images = Vec::with_capacity(items.len());
//!         for (item_0,) in items { images.push(item_0); }
//!         let results = <Segmentation>::forward(replica, images)?;
//!         Ok(results.into_iter().map(|result| Ok(result)).collect())
//!     }).await
//! }
//! ```
//!
//! The engine makes a batcher for each of them when it is opened:
//!
//! ```text
//! fn add_batchers(batchers: &mut Batchers) {
//!     batchers.add::<(Image,), Mask>("forward", &Batch::DEFAULT.max_batch_size(8));
//! }
//! ```

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use serve_topology::options::{BatchOption, OptionSpec};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Index, Path};

use super::method::{Callee, behind};
use super::signature::{called, handed_over, outcome};
use crate::ir::deployment::{Batch, Method};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// `Batch::DEFAULT.max_batch_size(8)`; `check` names the options that are out of range.
pub(super) fn options(batch: &Batch) -> TokenStream {
    all(batch, super::options::unchecked_setter)
}

fn all(batch: &Batch, setter: fn(OptionSpec, &Expr) -> TokenStream) -> TokenStream {
    let rt = runtime_path();
    let set = batch.options.0.iter().filter_map(|option| {
        let spec = BatchOption::spec_named(&option.key.to_string())?;
        Some(setter(spec, &option.value))
    });
    let grouped = batch.group_by.as_ref().map(|_| quote!(.grouped(true)));
    quote!(#rt::topology::Batch::DEFAULT #(#set)* #grouped)
}

/// Beside a handle's method: functions for the cost and the group of its calls. They are separate functions, so
/// that the method's parameters do not hide the user's names.
pub(super) fn functions(method: &Method) -> TokenStream {
    let Some(batch) = method.batch.as_ref().filter(|_| !method.inert) else {
        return quote!();
    };
    let cost = batch.cost.as_ref().map(|path| {
        let span = path.span();
        let rt = runtime_path_at(span);
        let (name, cost) = (cost_name(method), call(method, path));
        let of = Ident::new("units", span);
        function(
            method,
            &name,
            &quote!(u64),
            &quote_spanned!(span=> #rt::bounds::BatchCost::#of(#cost)),
        )
    });
    let group = batch.group_by.as_ref().map(|path| {
        let span = path.span();
        let rt = runtime_path_at(span);
        let (name, key) = (group_name(method), call(method, path));
        let of = Ident::new("group", span);
        let ty = quote!(#rt::private::Group);
        function(
            method,
            &name,
            &ty,
            &quote_spanned!(span=> #rt::bounds::BatchKey::#of(#key)),
        )
    });
    quote!(#cost #group)
}

fn cost_name(method: &Method) -> Ident {
    format_ident!("__cost_of_{}", method.ident)
}

fn group_name(method: &Method) -> Ident {
    format_ident!("__group_of_{}", method.ident)
}

fn item(index: usize) -> Ident {
    format_ident!("__item_{index}")
}

fn call(method: &Method, path: &Path) -> TokenStream {
    let items = (0..method.params.len()).map(|index| {
        let mut item = item(index);
        item.set_span(path.span().resolved_at(item.span()));
        item
    });
    quote_spanned!(path.span()=> #path(#(#items),*))
}

fn function(method: &Method, name: &Ident, ty: &TokenStream, body: &TokenStream) -> TokenStream {
    let cfg = crate::syntax::deployment::cfg(&method.attrs);
    let items = (0..method.params.len()).map(item);
    let types = method.params.iter().map(handed_over);
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_snake_case, clippy::ptr_arg, clippy::needless_borrow)]
        fn #name(#(#items: &#types),*) -> #ty {
            #body
        }
    }
}

/// Adds a call to a batch. `borrow` borrows the replica, `call` is the user's method.
pub(super) fn body(
    method: &Method,
    batch: &Batch,
    callee: &Callee<'_>,
    access: &TokenStream,
    borrow: &TokenStream,
    call: &TokenStream,
) -> TokenStream {
    let rt = runtime_path();
    let name = called(method);
    let names: Vec<&Ident> = method.params.iter().map(|param| &param.ident).collect();
    let asked = asked(method, batch, callee);
    let items: Vec<Ident> = (0..names.len()).map(item).collect();
    let engine = callee.engine();
    let whole = outcome(method.fallible, &quote!(__result));
    let each = outcome(batch.fallible, &quote!(__result));
    let ok = quote!(#rt::private::result::Result::Ok);
    let behind = behind(method, callee);
    quote! {
        let __asked = #asked;
        <#engine>::call_batched(__engine, self.0.caller(), #access, #name, __asked, |__replica, __items| {
            #(let mut #names = ::std::vec::Vec::with_capacity(::std::vec::Vec::len(&__items));)*
            for (#(#items,)*) in __items {
                #(::std::vec::Vec::push(&mut #names, #items);)*
            }
            #borrow
            let __result = #call;
            let __results: #rt::Result<_> = #whole;
            let __results = ::core::iter::IntoIterator::into_iter(__results?);
            let __results = ::core::iter::Iterator::map(__results, |__result| #each);
            #ok(::core::iter::Iterator::collect(__results))
        })
        .await
        .map_err(#behind)
    }
}

/// The call, with its cost and its group; their panics are errors.
fn asked(method: &Method, batch: &Batch, callee: &Callee<'_>) -> TokenStream {
    let rt = runtime_path();
    let names = method.params.iter().map(|param| &param.ident);
    let arguments = quote!((#(#names,)*));
    let none = quote!(#rt::private::None);
    if batch.cost.is_none() && batch.group_by.is_none() {
        return quote!(#rt::private::Asked { arguments: #arguments, cost: 1, group: #none });
    }
    let indices = (0..method.params.len()).map(Index::from);
    let given = quote!(#(&__arguments.#indices),*);
    let cost = match batch.cost {
        Some(_) => {
            let cost = cost_name(method);
            quote!(|__arguments| Self::#cost(#given))
        }
        None => quote!(|_| 1),
    };
    let group = match batch.group_by {
        Some(_) => {
            let group = group_name(method);
            quote!(|__arguments| #rt::private::Some(Self::#group(#given)))
        }
        None => quote!(|_| #none),
    };
    let (deployment, behind) = (callee.deployment(), behind(method, callee));
    let called = called(method);
    let called = match callee.function() {
        Some(_) => none,
        None => quote!(#rt::private::Some(#called)),
    };
    quote!(#rt::private::asked::<#deployment, _>(#called, #arguments, #cost, #group).map_err(#behind)?)
}

/// The item of a `Callable` impl that adds a batcher for each batched method, called by its name on the handle.
pub(super) fn batchers<'a>(
    methods: impl Iterator<Item = (&'a Method, String)>,
) -> Option<TokenStream> {
    let rt = runtime_path();
    let add = methods.filter_map(|(method, name)| {
        let batch = method.batch.as_ref().filter(|_| !method.inert)?;
        let cfg = crate::syntax::deployment::cfg(&method.attrs);
        let types = method.params.iter().map(handed_over);
        let (output, options) = (&method.output, options(batch));
        Some(quote! {
            #(#cfg)*
            __batchers.add::<(#(#types,)*), #output>(#name, &#options);
        })
    });
    let add: Vec<TokenStream> = add.collect();
    (!add.is_empty()).then(|| {
        quote! {
            #[allow(unused_variables)] // each may be left out by a `#[cfg]`
            fn add_batchers(__batchers: &mut #rt::private::Batchers) {
                #(#add)*
            }
        }
    })
}

/// The checks that rustc makes of computed options, placed at the last one of them.
pub(super) fn check(method: &Method) -> Option<TokenStream> {
    let batch = method.batch.as_ref()?;
    let mut values = batch.options.0.iter().map(|option| &option.value);
    let first = values.clone().next()?;
    let computed = |value: &&Expr| !matches!(value, Expr::Lit(_));
    let span = values.rfind(computed).unwrap_or(first).span();
    let rt = runtime_path_at(span);
    let options = all(batch, super::options::setter);
    Some(quote_spanned!(span=> let _ = #rt::topology::Batch::checked(#options);))
}
