//! Routes of the user's own that call the applications beside them.

use serde_json::json;
use serve_runtime::axum::{Router, extract::Path, routing::get};
use serve_runtime::prelude::*;

use super::support::http::serve_all;
use super::{HelloGraph, NumbersGraph, hello, numbers, server};

#[tokio::test]
async fn they_have_handles() {
    let served = server()
        .application(hello())
        .application(numbers().name("sums"))
        .routes_with(|applications| {
            assert_eq!(applications.names(), ["hello", "sums"]);
            let hello = applications.handle::<HelloGraph>("hello")?;
            let sums = applications.handle::<NumbersGraph>("sums")?;
            let early = hello.get().err().unwrap();
            assert_eq!(early.kind(), ErrorKind::Unavailable);
            let greet = |Path(name): Path<String>| async move {
                let text = hello.get().unwrap().call(name).await.unwrap();
                assert_eq!(
                    hello.control().unwrap().health().unwrap(),
                    serve_runtime::Health::Ok
                );
                text
            };
            let half = |Path(number): Path<u32>| async move {
                let handle = sums.get().unwrap();
                handle.half(number).await.unwrap().to_string()
            };
            Ok(Router::new()
                .route("/greet/{name}", get(greet))
                .route("/half/{number}", get(half)))
        });
    let served = serve_all(served).await;
    assert_eq!(served.get("/greet/Ada").await.body, "hello, Ada");
    assert_eq!(served.get("/half/8").await.body, "4");
    assert_eq!(served.post(json!("Bob")).await.ok(), "hello, Bob");
}

#[tokio::test]
async fn a_wrong_name_or_graph_stops_the_start() {
    let refused = |name: &'static str| async move {
        let server = server().application(hello()).application(numbers());
        let server = server.routes_with(move |applications| {
            let _ = applications.handle::<NumbersGraph>(name)?;
            Ok(Router::new())
        });
        let error = server.run_until(std::future::pending()).await.unwrap_err();
        error.to_string()
    };
    let expected = "no application is named `other`; there are `hello`, `numbers`";
    assert_eq!(refused("other").await, expected);
    let expected = "application `hello` runs the graph `hello`, not `numbers`";
    assert_eq!(refused("hello").await, expected);
}

#[tokio::test]
async fn they_overlap_with_nothing() {
    for path in ["/", "/numbers/half", "/-/healthz"] {
        let own = Router::new().route(path, get(|| async {}).post(|| async {}));
        let server = server().application(hello()).application(numbers());
        let stopped = server.routes(own).run_until(std::future::pending()).await;
        let error = stopped.unwrap_err().to_string();
        assert!(
            error.starts_with("these routes cannot be served together"),
            "{error}"
        );
    }
}
