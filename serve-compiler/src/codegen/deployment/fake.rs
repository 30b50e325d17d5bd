//! Fakes, which answer a deployment's calls in a test. Without the runtime's feature `testing`, all of this
//! expands to nothing.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Generics, Ident};

use super::signature::{arguments, handed_over};
use crate::ir::deployment::{DeploymentImpl, Method};
use crate::runtime_path::runtime_path;
use crate::text::name_text;

/// `X::fake()`, and its return type with one method for each callable one. All of it is `pub`, because the
/// visibility of the type is not known here; none of it can be named from outside, because it is in a module of
/// its own.
pub(super) fn of_impl(deployment: &DeploymentImpl, generics: &Generics) -> TokenStream {
    let rt = runtime_path();
    let DeploymentImpl {
        self_ty,
        self_path,
        cfg,
        methods,
        ..
    } = deployment;
    let Some(last) = self_path.segments.last() else {
        return quote!();
    };
    // A `fake` of the user's own is kept.
    if methods.iter().any(|method| method.ident == "fake") {
        return quote!();
    }
    let (name, doc) = names(&last.ident);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let methods = methods.iter().filter(|method| !method.inert).map(builder);
    quote! {
        #rt::private::for_tests! {
            #(#cfg)*
            #[allow(unreachable_pub, private_interfaces, dead_code, non_camel_case_types, clippy::used_underscore_binding)]
            const _: () = {
                #[doc = #doc]
                #[must_use = "a fake does nothing until it is passed to `with` or `testing::handle`"]
                pub struct #name<__D>(#rt::testing::Fakes<__D>);

                impl #impl_generics #self_ty #where_clause {
                    #[doc = #doc]
                    pub fn fake() -> #name<Self> {
                        #name(#rt::testing::Fakes::new())
                    }
                }

                impl #impl_generics #name<#self_ty> #where_clause {
                    #(#methods)*
                }

                impl<__D: #rt::Callable> #rt::testing::Fake for #name<__D> {
                    type Deployment = __D;
                    fn into_fakes(self) -> #rt::testing::Fakes<__D> {
                        self.0
                    }
                }
            };
        }
    }
}

fn names(deployment: &Ident) -> (Ident, String) {
    let name = format_ident!("__{}Fake", name_text(deployment));
    let doc = format!("Answers the calls of [`{deployment}`] in a test.");
    (name, doc)
}

/// The method that sets a method's closure.
fn builder(method: &Method) -> TokenStream {
    let rt = runtime_path();
    let Method { ident, output, .. } = method;
    let cfg = crate::syntax::deployment::cfg(&method.attrs);
    let doc = format!("Sets the answer of `{ident}`.");
    let (closure, arguments, name) = closure(method);
    quote! {
        #(#cfg)*
        #[doc = #doc]
        pub fn #ident<__R: #rt::testing::IntoReply<#output>>(self, __fake: #closure) -> Self {
            Self(self.0.method::<_, _, #output>(#name, move |#arguments| __fake #arguments))
        }
    }
}

/// `aggregate::fake(|a, b| ..)`.
pub(super) fn of_function(function: &Method) -> TokenStream {
    if function.inert {
        return quote!();
    }
    let rt = runtime_path();
    let Method {
        vis, ident, output, ..
    } = function;
    let (_, doc) = names(ident);
    let (closure, arguments, _) = closure(function);
    quote! {
        #rt::private::for_tests! {
            #[doc = #doc]
            #[allow(dead_code, clippy::used_underscore_binding)]
            #vis fn fake<__R: #rt::testing::IntoReply<#output>>(
                __fake: #closure,
            ) -> #rt::testing::Fakes<Self> {
                #rt::testing::Fakes::new()
                    .method::<_, _, #output>("call", move |#arguments| __fake #arguments)
            }
        }
    }
}

/// The type of a method's closure, its arguments as a tuple, and the method's name.
fn closure(method: &Method) -> (TokenStream, TokenStream, String) {
    let types = method.params.iter().map(handed_over);
    (
        quote!(impl ::core::ops::Fn(#(#types),*) -> __R + ::core::marker::Send + ::core::marker::Sync + 'static),
        arguments(method),
        name_text(&method.ident),
    )
}
