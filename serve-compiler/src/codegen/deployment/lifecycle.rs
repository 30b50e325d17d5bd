//! The runtime's calls of `check_health`, `warm_up` and `reconfigure`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Type};

use super::signature::outcome;
use crate::ir::deployment::{Hook, Lifecycle, Passing};
use crate::runtime_path::runtime_path;

/// The items of a `Callable` impl.
pub(super) fn items(lifecycle: &Lifecycle) -> TokenStream {
    let check_health = lifecycle.check_health.as_ref().map(|hook| {
        let (cfg, call) = (&hook.cfg, of_itself(hook));
        quote! {
            #(#cfg)*
            const CHECKS_HEALTH: bool = true;
            #call
        }
    });
    let warm_up = lifecycle.warm_up.as_ref().map(of_itself);
    let reconfigure = lifecycle.reconfigure.as_ref().map(reconfigure);
    quote!(#check_health #warm_up #reconfigure)
}

/// The call of a method that takes nothing but its replica.
fn of_itself(hook: &Hook) -> TokenStream {
    let rt = runtime_path();
    let (cfg, ident) = (&hook.cfg, &hook.ident);
    let body = called(hook, &quote!(Self::#ident(__replica)));
    quote! {
        #(#cfg)*
        fn #ident(__replica: &Self) -> #rt::private::Lifecycle<'_> {
            #body
        }
    }
}

fn reconfigure(hook: &Hook) -> TokenStream {
    let rt = runtime_path();
    let (cfg, ident) = (&hook.cfg, &hook.ident);
    let replica = match hook.exclusive {
        false => quote!(let __replica = #rt::private::Lent::shared(__replica);),
        true => quote! {
            let __replica = match #rt::private::Lent::exclusive(__replica) {
                #rt::private::result::Result::Ok(__replica) => __replica,
                #rt::private::result::Result::Err(__error) => {
                    return #rt::private::Lifecycle::Now(#rt::private::result::Result::Err(__error));
                }
            };
        },
    };
    let argument = match hook.config.as_ref().map(|config| &config.passing) {
        Some(Passing::Reference { .. }) => quote!(&__config),
        _ => quote!(__config),
    };
    let body = called(hook, &quote!(Self::#ident(__replica, #argument)));
    let format = user_config_format(hook);
    quote! {
        #format
        #(#cfg)*
        fn reconfigure<'__a>(
            __replica: #rt::private::Lent<'__a, Self>,
            __config: &(dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync),
        ) -> #rt::private::Lifecycle<'__a> {
            let __config = match #rt::private::user_config::<Self>(__config) {
                #rt::private::result::Result::Ok(__config) => __config,
                #rt::private::result::Result::Err(__error) => {
                    return #rt::private::Lifecycle::Now(#rt::private::result::Result::Err(__error));
                }
            };
            #replica
            #body
        }
    }
}

/// Whether its `user_config` can be in a file: only if serde can read and write the type.
fn user_config_format(hook: &Hook) -> TokenStream {
    let rt = runtime_path();
    let cfg = &hook.cfg;
    let config = quote!(<Self as #rt::Reconfigurable>::UserConfig);
    quote! {
        #rt::private::for_config! {
            #(#cfg)*
            fn user_config_format() -> #rt::private::Option<#rt::private::UserConfigFormat> {
                #[allow(unused_imports)]
                use #rt::private::{NotRead as _, NotWritten as _};
                #rt::private::Option::Some(#rt::private::UserConfigFormat::new::<#config>(
                    #rt::private::Probe::<#config>::READ,
                    #rt::private::Probe::<#config>::WRITE,
                ))
            }
        }
    }
}

fn config(hook: &Hook) -> Option<&Type> {
    hook.config.as_ref().map(|config| match &config.passing {
        Passing::Value(ty) => ty,
        Passing::Reference { owned, .. } => owned,
    })
}

/// The call, with the runtime's errors.
fn called(hook: &Hook, call: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    let result = outcome(hook.fallible, &quote!(__result));
    match hook.is_async {
        false => quote!(#rt::private::Lifecycle::Now({ let __result = #call; #result })),
        true => quote! {
            #rt::private::Lifecycle::Later(#rt::private::FutureExt::boxed_local(async move {
                let __result = #call.await;
                #result
            }))
        },
    }
}

/// The impl of `Reconfigurable`, which names the type of a `user_config`.
pub(super) fn reconfigurable(
    lifecycle: &Lifecycle,
    self_ty: &Type,
    generics: &Generics,
) -> Option<TokenStream> {
    let rt = runtime_path();
    let hook = lifecycle.reconfigure.as_ref()?;
    let (cfg, config) = (&hook.cfg, config(hook));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    Some(quote! {
        #(#cfg)*
        impl #impl_generics #rt::Reconfigurable for #self_ty #where_clause {
            type UserConfig = #config;
        }
    })
}
