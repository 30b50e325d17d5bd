//! All entries of a graph, each at its route.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use futures_util::stream::BoxStream;

use crate::graph::{Entry, Graph};
use crate::ingress::decode::{Content, Inputs};
use crate::ingress::encode::ToJson;
use crate::ingress::floats::Floats;
use crate::ingress::handler::{self, Service, params};
use crate::{Error, ErrorKind, Result};

/// A graph whose every entry can be served over HTTP: its inputs are `serde::Deserialize`, its
/// outputs `serde::Serialize`.
pub trait Serve: Graph<Entries: Routes<Self>> {}

impl<G: Graph<Entries: Routes<G>>> Serve for G {}

/// A tuple of entries that can be served.
pub trait Routes<G: Graph> {
    /// The entries, added to a router at these routes.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn add_to(router: Router<Arc<Service<G>>>, routes: &[String]) -> Router<Arc<Service<G>>>;

    /// Checks that an entry accepts a body.
    #[doc(hidden)]
    fn check(index: usize, body: &[u8]) -> Result<()>;

    /// Runs one request to an entry: takes its body as JSON, returns its output as JSON texts to print.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn call(
        index: usize,
        handle: &G::Handle,
        body: &[u8],
        floats: Floats,
    ) -> impl Future<Output = Result<BoxStream<'static, Result<String>>>> + Send;
}

/// What stands in for a graph with errors has no entries.
impl<G: Graph> Routes<G> for () {
    #[allow(private_interfaces)]
    fn add_to(router: Router<Arc<Service<G>>>, _routes: &[String]) -> Router<Arc<Service<G>>> {
        router
    }

    fn check(_index: usize, _body: &[u8]) -> Result<()> {
        Err(no_such_entry())
    }

    #[allow(private_interfaces)]
    async fn call(
        _index: usize,
        _handle: &G::Handle,
        _body: &[u8],
        _floats: Floats,
    ) -> Result<BoxStream<'static, Result<String>>> {
        Err(no_such_entry())
    }
}

macro_rules! routes {
    ($($E:ident)*) => {
        impl<G, $($E),*> Routes<G> for ($($E,)*)
        where
            G: Graph,
            $($E: Entry<Graph = G, Input: Inputs, Output: ToJson>,)*
        {
            #[allow(private_interfaces)]
            fn add_to(
                router: Router<Arc<Service<G>>>,
                routes: &[String],
            ) -> Router<Arc<Service<G>>> {
                router$(.route(path::<$E>(routes), post(handler::call::<$E>)))*
            }

            fn check(index: usize, body: &[u8]) -> Result<()> {
                $(if index == $E::INDEX {
                    return decode::<$E>(body).map(drop);
                })*
                Err(no_such_entry())
            }

            #[allow(private_interfaces)]
            async fn call(
                index: usize,
                handle: &G::Handle,
                body: &[u8],
                floats: Floats,
            ) -> Result<BoxStream<'static, Result<String>>> {
                $(if index == $E::INDEX {
                    return call::<$E>(handle, body, floats).await;
                })*
                Err(no_such_entry())
            }
        }
    };
}

routes!(A);
routes!(A B);
routes!(A B C);
routes!(A B C D);
routes!(A B C D E);
routes!(A B C D E F);
routes!(A B C D E F H);
routes!(A B C D E F H I);
routes!(A B C D E F H I J);
routes!(A B C D E F H I J K);
routes!(A B C D E F H I J K L);
routes!(A B C D E F H I J K L M);
routes!(A B C D E F H I J K L M N);
routes!(A B C D E F H I J K L M N O);
routes!(A B C D E F H I J K L M N O P);
routes!(A B C D E F H I J K L M N O P Q);

fn path<E: Entry>(routes: &[String]) -> &str {
    routes.get(E::INDEX).map_or("/", String::as_str)
}

async fn call<E>(
    handle: &<E::Graph as Graph>::Handle,
    body: &[u8],
    floats: Floats,
) -> Result<BoxStream<'static, Result<String>>>
where
    E: Entry<Input: Inputs, Output: ToJson>,
{
    let input = decode::<E>(body)?;
    Ok(E::call(handle, input).await?.to_json_texts(floats))
}

fn decode<E: Entry<Input: Inputs>>(body: &[u8]) -> Result<E::Input> {
    let body = Content::json(body.to_vec());
    E::Input::decode(params::<E>(), &body).map_err(|bad| Error::new(ErrorKind::InvalidInput, bad))
}

fn no_such_entry() -> Error {
    Error::invalid_input("there is no such route")
}
