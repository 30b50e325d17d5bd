//! Applications side by side: their names, their routes, their machine.

use serde_json::json;
use serve_runtime::Machine;
use serve_runtime::prelude::*;

use super::support::http::serve_all;
use super::{hello, numbers, server};

#[tokio::test]
async fn each_is_served_below_its_prefix() {
    let served = server()
        .application(hello())
        .application(numbers())
        .application(numbers().name("more").route_prefix("/more/numbers"));
    let served = serve_all(served).await;
    assert_eq!(served.post(json!("Ada")).await.ok(), "hello, Ada");
    for (path, answer) in [
        ("/numbers", 8),
        ("/numbers/half", 2),
        ("/more/numbers", 8),
        ("/more/numbers/half", 2),
    ] {
        assert_eq!(served.post_to(path, json!(4)).await.ok(), answer, "{path}");
    }
    assert_eq!(served.post_to("/half", json!(4)).await.status, 404);
    let routes = served.get("/-/routes").await.ok();
    let expected = json!({
        "/": "hello",
        "/numbers": "numbers",
        "/numbers/half": "numbers",
        "/more/numbers": "more",
        "/more/numbers/half": "more",
    });
    assert_eq!(routes, expected);
    let document = served.get("/-/openapi.json").await.ok();
    let post = |path: &str| document["paths"][path]["post"]["operationId"].clone();
    assert_eq!(post("/"), "hello");
    assert_eq!(post("/more/numbers/half"), "more_half");
    assert_eq!(
        served.get("/-/healthz").await.ok(),
        json!({ "status": "ok" })
    );
}

#[tokio::test]
async fn a_graph_may_be_moved_to_the_root() {
    let served = serve_all(server().application(numbers().route_prefix("/"))).await;
    assert_eq!(served.post_to("/", json!(4)).await.ok(), 8);
    assert_eq!(served.post_to("/half", json!(4)).await.ok(), 2);
    assert_eq!(served.post_to("/numbers", json!(4)).await.status, 404);
}

#[tokio::test]
async fn names_and_routes_are_unique_and_valid() {
    let refused = |server: serve_runtime::Server| async {
        let error = server.run_until(std::future::pending()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        error.to_string()
    };
    let two = server()
        .application(numbers())
        .application(numbers().route_prefix("/more"));
    let error = refused(two).await;
    assert!(
        error.starts_with("two applications are named `numbers`"),
        "{error}"
    );

    let two = server()
        .application(numbers())
        .application(numbers().name("more"));
    let error = refused(two).await;
    let expected = "the applications `numbers` and `more` are both served at `/numbers`";
    assert!(error.starts_with(expected), "{error}");

    let error = refused(server().application(hello().name(""))).await;
    assert_eq!(error, "an application needs a name");
    for wrong in ["", "more", "/more/", "/a//b", "/{id}", "/a/.."] {
        let error = refused(server().application(hello().route_prefix(wrong))).await;
        let expected = format!("application `hello`: `{wrong}` is not a valid route prefix");
        assert!(error.starts_with(&expected), "{error}");
    }
    let error = refused(server().application(hello().route_prefix("/-/x"))).await;
    assert!(error.contains("reserved for the server"), "{error}");
}

#[deployment(resources = [("license", 1)])]
async fn licensed(number: u32) -> u32 {
    number
}

#[graph(route_prefix = "/licensed")]
fn licenses() -> u32 {
    input(|number: u32| licensed(number))
}

#[tokio::test]
async fn all_share_the_machine() {
    let machine = Machine::detect().resources([("license", 1.0)]);
    let two = server()
        .machine(machine)
        .application(licenses())
        .application(licenses().name("second").route_prefix("/second"));
    let error = two.run_until(std::future::pending()).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("application `"), "{message}");
    assert!(message.contains("license"), "{message}");
}
