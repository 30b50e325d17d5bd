//! The control plane of a server: what it tells, what it changes, and who may.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use serve_runtime::prelude::*;

use super::support::http::{Answer, Request, Served, serve_all};
use super::support::within;
use super::{hello, numbers, server};

#[deployment(num_replicas = 2)]
struct Adder;

#[deployment]
impl Adder {
    fn new() -> Self {
        Adder
    }

    fn add(&self, number: u32) -> u32 {
        number + 1
    }
}

#[graph(route_prefix = "/sums")]
fn sums() -> u32 {
    let adder = Adder::bind();
    input(|number: u32| adder.add(number))
}

/// A graph in a graph, whose deployment has a `/` in its name.
#[graph(route_prefix = "/outer")]
fn outer() -> u32 {
    let inner = sums::bind();
    input(|number: u32| inner.call(number))
}

/// A server, and the address of its control plane.
async fn controlled(tokens: &[&str]) -> (Served, SocketAddr) {
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let control = free.local_addr().unwrap();
    drop(free);
    let tokens: Vec<String> = tokens.iter().map(|token| (*token).to_owned()).collect();
    let server = server().application(hello()).application(sums());
    let server = server.application(outer()).control(control, tokens);
    (serve_all(server).await, control)
}

fn ask(method: &str, path: &str) -> Request {
    // As a client of this machine does.
    Request::to("localhost", method, path)
}

async fn details(control: SocketAddr) -> Value {
    let answer = ask("GET", "/api/serve/applications/").send(control).await;
    answer.ok()
}

async fn scaled(control: SocketAddr, path: &str, to: Value) -> Answer {
    let body = json!({ "target_num_replicas": to });
    ask("POST", path).json(body).send(control).await
}

#[tokio::test]
async fn it_tells_the_state_of_everything() {
    let (served, control) = controlled(&[]).await;
    let details = details(control).await;
    let names: Vec<&String> = details["applications"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(names, ["hello", "outer", "sums"]);
    let sums = &details["applications"]["sums"];
    assert_eq!(sums["status"], "RUNNING");
    assert_eq!(sums["route_prefix"], "/sums");
    assert_eq!(sums["deployed_app_config"]["import_path"], "sums:sums");
    let adder = &sums["deployments"]["adder"];
    assert_eq!(adder["status"], "HEALTHY");
    assert_eq!(adder["status_trigger"], "CONFIG_UPDATE_COMPLETED");
    assert_eq!(adder["target_num_replicas"], 2);
    assert_eq!(adder["deployment_config"]["num_replicas"], 2);
    let replicas = adder["replicas"].as_array().unwrap();
    assert_eq!(replicas.len(), 2);
    assert!(replicas.iter().all(|it| it["state"] == "RUNNING"));
    assert_eq!(details["http_options"]["port"], served.address.port());
    assert_eq!(details["proxies"]["local"]["status"], "HEALTHY");
    let version = ask("GET", "/api/ray/version").send(control).await.ok();
    assert_eq!(version["ray_version"], "2.60.0");
    let document = ask("GET", "/api/openapi/sums").send(control).await.ok();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/sums"]);
    assert_eq!(ask("GET", "/-/healthz").send(control).await.status, 200);
}

#[tokio::test]
async fn it_scales() {
    let (_served, control) = controlled(&[]).await;
    let path = "/api/node/sums/adder/scale";
    scaled(control, path, json!(3)).await.ok();
    let adder = details(control).await["applications"]["sums"]["deployments"]["adder"].clone();
    assert_eq!(adder["target_num_replicas"], 3);
    assert_eq!(adder["replicas"].as_array().unwrap().len(), 3);
    let inner = "/api/node/outer/inner%2Fadder/scale";
    scaled(control, inner, json!(1)).await.ok();

    // Ray's path is for scalers from outside, which the application has not let in.
    let path = "/api/v1/applications/sums/deployments/adder/scale";
    assert_eq!(scaled(control, path, json!(1)).await.status, 412);
    for (path, to, status, message) in [
        (
            "/api/node/sums/adderr/scale",
            json!(1),
            400,
            "there is no deployment `adderr`",
        ),
        (
            "/api/node/sumss/adder/scale",
            json!(1),
            404,
            "there is no application `sumss`",
        ),
        (
            "/api/node/hello/greet/scale",
            json!(1),
            400,
            "deployment `greet` has no replicas",
        ),
        (
            "/api/node/sums/adder/scale",
            json!(-1),
            400,
            "Invalid request body: ",
        ),
        (
            "/api/node/sums/adder/scale",
            json!(10_001),
            400,
            "the number of replicas must be",
        ),
    ] {
        let answer = scaled(control, path, to).await;
        assert_eq!(answer.status, status, "{path}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(message), "{path}: {error}");
    }
}

#[tokio::test]
async fn it_deletes_and_the_others_are_served() {
    let (served, control) = controlled(&[]).await;
    let one = ask("DELETE", "/api/applications/sums").send(control).await;
    assert_eq!(one.status, 200);
    within(async {
        while details(control).await["applications"]["sums"] != Value::Null {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(served.post_to("/sums", json!(1)).await.status, 404);
    assert_eq!(served.post_to("/outer", json!(1)).await.ok(), 2);
    let again = ask("DELETE", "/api/applications/sums").send(control).await;
    assert_eq!(again.status, 404);

    let all = ask("DELETE", "/api/serve/applications/")
        .send(control)
        .await;
    assert_eq!((all.status, &*all.body), (200, ""));
    within(async {
        while details(control).await["applications"] != json!({}) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(served.post(json!("Ada")).await.status, 404);
    within(served.stop()).await.unwrap().unwrap();
}

#[tokio::test]
async fn only_who_may_gets_an_answer() {
    let (_served, control) = controlled(&["old", "new"]).await;
    let path = "/api/serve/applications/";
    let without = ask("GET", path).send(control).await;
    assert_eq!(without.status, 401);
    assert_eq!(without.headers["www-authenticate"], "Bearer");
    let with = |token: &str| {
        let request = ask("GET", path).header("authorization", format!("Bearer {token}"));
        request.send(control)
    };
    assert_eq!(with("old").await.status, 200);
    assert_eq!(with("new").await.status, 200);
    assert_eq!(with("other").await.status, 401);
    // What load balancers ask needs no token.
    assert_eq!(ask("GET", "/-/livez").send(control).await.status, 200);

    let (_served, control) = controlled(&[]).await;
    let foreign = Request::to("rebound.example", "GET", path);
    assert_eq!(foreign.send(control).await.status, 403);
    let foreign = ask("DELETE", path).header("origin", "https://evil.example");
    assert_eq!(foreign.send(control).await.status, 403);
    assert_eq!(
        details(control).await["applications"]["hello"]["status"],
        "RUNNING"
    );
}

#[tokio::test]
async fn it_is_not_opened_to_others_without_a_token() {
    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let open = server().application(numbers()).control(everywhere, [""; 0]);
    let error = open.run_until(std::future::pending()).await.unwrap_err();
    assert!(error.to_string().contains("needs a token"), "{error}");

    let held = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let refused = server()
        .application(numbers())
        .control(held.local_addr().unwrap(), [""; 0]);
    let error = refused.run_until(std::future::pending()).await.unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("the control plane cannot listen on"),
        "{error}"
    );
}
