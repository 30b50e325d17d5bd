//! A configuration that is brought into force while the server runs: what it makes, changes, replaces and removes.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use serde_json::{Value, json};
use serve_runtime::config::Config;
use serve_runtime::prelude::*;

use super::support::http::{Answer, Request, Served, serve_all};
use super::support::within;
use super::{hello, server};

#[derive(Clone, Deserialize)]
struct Ending {
    mark: char,
    times: usize,
}

#[deployment]
struct Greeter {
    greeting: String,
    ending: String,
}

#[deployment]
impl Greeter {
    fn new(greeting: String, ending: Ending) -> Result<Self> {
        match &*greeting {
            "broken" => Err(Error::failed("it is broken")),
            _ => Ok(Greeter {
                greeting,
                ending: ending.mark.to_string().repeat(ending.times),
            }),
        }
    }

    async fn greet(&self, name: String) -> String {
        format!("{}, {name}{}", self.greeting, self.ending)
    }
}

/// Takes arguments that a file can have.
#[graph(route_prefix = "/greeted")]
fn greeted(greeting: String, ending: Option<Ending>) -> String {
    let none = Ending {
        mark: '.',
        times: 0,
    };
    let greeter = Greeter::bind(greeting, ending.unwrap_or(none));
    input(|name: String| greeter.greet(name))
}

/// Not `Deserialize`.
#[derive(Clone)]
struct Weights(u32);

#[deployment]
struct Adder(u32);

#[deployment]
impl Adder {
    fn new(weights: Weights) -> Self {
        Adder(weights.0)
    }

    fn add(&self, number: u32) -> u32 {
        self.0 + number
    }
}

/// Takes one that it cannot have.
#[graph(route_prefix = "/added")]
fn added(weights: Weights) -> u32 {
    let adder = Adder::bind(weights);
    input(|number: u32| adder.add(number))
}

async fn controlled(server: serve_runtime::Server) -> (Served, SocketAddr) {
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let control = free.local_addr().unwrap();
    drop(free);
    (serve_all(server.control(control, [""; 0])).await, control)
}

/// With the graphs that a configuration may name.
fn with_graphs() -> serve_runtime::Server {
    let server = server().application(hello());
    server
        .application(added(Weights(1)))
        .graph::<GreetedGraph>()
}

async fn put(control: SocketAddr, config: &str) -> Answer {
    let request = Request::to("localhost", "PUT", "/api/serve/applications/");
    request.body(config).send(control).await
}

async fn plan(control: SocketAddr, config: &str) -> Value {
    let request = Request::to("localhost", "POST", "/api/config/plan").body(config);
    request.send(control).await.ok()["steps"].clone()
}

async fn details(control: SocketAddr) -> Value {
    let request = Request::to("localhost", "GET", "/api/serve/applications/");
    request.send(control).await.ok()["applications"].clone()
}

/// Waits until nothing changes any more.
async fn settled(control: SocketAddr) -> Value {
    within(async {
        loop {
            let all = details(control).await;
            let mut each = all.as_object().unwrap().values();
            let is_moving = |it: &Value| it["status"] == "DEPLOYING" || it["status"] == "DELETING";
            if !each.any(is_moving) {
                return all;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn accepted(control: SocketAddr, config: &str) -> Value {
    let answer = put(control, config).await;
    assert_eq!((answer.status, &*answer.body), (200, ""));
    settled(control).await
}

const ONE: &str = "
applications:
- name: hello
- name: greeter
  route_prefix: /greeter
  import_path: any:greeted
  args: { greeting: hello, ending: { mark: '!', times: 2 } }
";

#[tokio::test]
async fn it_makes_replaces_changes_and_removes() {
    let (served, control) = controlled(with_graphs()).await;
    let greet = |path: &'static str| served.post_to(path, json!("Ada"));
    let step =
        |app: &str, how: &str| json!({ "app": app, "deployment": "", "how": how, "changes": [] });
    assert_eq!(
        plan(control, ONE).await,
        json!([step("greeter", "deployed")])
    );
    assert_eq!(greet("/greeter").await.status, 404); // a plan changes nothing
    let all = accepted(control, ONE).await;
    assert_eq!(greet("/greeter").await.ok(), "hello, Ada!!");
    let greeter = &all["greeter"];
    assert_eq!(greeter["status"], "RUNNING");
    assert_eq!(greeter["source"], "declarative");
    let config = &greeter["deployed_app_config"];
    assert_eq!(config["args"]["ending"]["times"], 2);
    assert_eq!(all["added"]["source"], "imperative");

    // The same again changes nothing.
    assert_eq!(plan(control, ONE).await, json!([]));
    let two = ONE.replace("hello, ending", "welcome, ending");
    assert_eq!(
        plan(control, &two).await,
        json!([step("greeter", "replaced")])
    );
    accepted(control, &two).await;
    assert_eq!(greet("/greeter").await.ok(), "welcome, Ada!!");

    // Options change while it runs.
    let three = format!(
        "{two}  deployments: [{{ name: greeter, num_replicas: 3 }}]\n  external_scaler_enabled: true\n"
    );
    let steps = plan(control, &three).await;
    assert_eq!(steps[0]["how"], "in place");
    assert_eq!(steps[0]["deployment"], "greeter");
    assert_eq!(steps[0]["changes"], json!(["num_replicas: 1 -> 3"]));
    let all = accepted(control, &three).await;
    assert_eq!(
        all["greeter"]["deployments"]["greeter"]["target_num_replicas"],
        3
    );
    let path = "/api/v1/applications/greeter/deployments/greeter/scale";
    let scale = Request::to("localhost", "POST", path).json(json!({ "target_num_replicas": 2 }));
    scale.send(control).await.ok();
    assert_eq!(
        settled(control).await["greeter"]["deployments"]["greeter"]["target_num_replicas"],
        2
    );

    // Another path is another version of it.
    let four = three.replace("/greeter", "/moved");
    assert_eq!(plan(control, &four).await[0]["how"], "replaced");
    accepted(control, &four).await;
    assert_eq!(greet("/greeter").await.status, 404);
    assert_eq!(greet("/moved").await.ok(), "welcome, Ada!!");

    // What it leaves out goes, but for what the program has.
    let five = "applications: [{ name: hello }]";
    assert_eq!(
        plan(control, five).await,
        json!([step("greeter", "deleted")])
    );
    let all = accepted(control, five).await;
    assert_eq!(all["greeter"], Value::Null);
    assert_eq!(greet("/moved").await.status, 404);
    assert_eq!(greet("/").await.ok(), "hello, Ada");
    assert_eq!(served.post_to("/added", json!(1)).await.ok(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_meanwhile() {
    let (served, control) = controlled(with_graphs()).await;
    accepted(control, ONE).await;
    let end = Arc::new(AtomicBool::new(false));
    let asking = |path: &'static str| {
        let (end, address) = (Arc::clone(&end), served.address);
        tokio::spawn(async move {
            let mut asked = 0;
            while !end.load(Ordering::Relaxed) {
                Request::post(path)
                    .json(json!("Ada"))
                    .send(address)
                    .await
                    .ok();
                asked += 1;
            }
            asked
        })
    };
    let all = [asking("/greeter"), asking("/greeter"), asking("/")];
    for round in 0..3 {
        let second = format!(
            "{ONE}- name: second\n  route_prefix: /second\n  import_path: any:greeted\n  args: {{ greeting: hi }}\n"
        );
        accepted(control, &second).await;
        accepted(
            control,
            &ONE.replace("hello, ending", &format!("round {round}, ending")),
        )
        .await;
        accepted(
            control,
            &format!("{ONE}  deployments: [{{ name: greeter, num_replicas: 2 }}]\n"),
        )
        .await;
        accepted(control, ONE).await;
    }
    end.store(true, Ordering::Relaxed);
    for asking in all {
        assert!(within(asking).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn a_wrong_one_changes_nothing_and_says_where() {
    let (served, control) = controlled(with_graphs()).await;
    accepted(control, ONE).await;
    let of = |line: &str| {
        format!(
            "applications:\n- name: hello\n- name: greeter\n  route_prefix: /greeter\n  import_path: any:greeted\n{line}\n"
        )
    };
    let wrong = [
        ("", "it is empty"),
        ("applications: [", "1:15: "),
        (
            "applications: [{ name: helloo }]",
            "1:24: no application is named `helloo`",
        ),
        (
            "applications: [{ name: new }]",
            "for a new one, set its `import_path` to a graph: `hello:hello`, `added:added`, `greeted:greeted`",
        ),
        (
            "applications: [{ name: new, import_path: 'a:b' }]",
            "1:42: no graph has the `import_path` `a:b`",
        ),
        (
            "applications: [{ name: hello }, { name: hello }]",
            "two applications have the `name` `hello`",
        ),
        (
            "applications: [{ name: hello, nope: 1 }]",
            "1:31: unknown field `nope`",
        ),
        (
            "applications: [{ name: hello, deployments: [{ name: nope }] }]",
            "has no deployment `nope`",
        ),
        (
            "applications: [{ name: hello, deployments: [{ name: greet, num_replicas: 2 }] }]",
            "has no replicas",
        ),
        (
            "applications: [{ name: added, args: { weights: 1 } }]",
            "which cannot be read from a file",
        ),
        (
            "applications: [{ name: added, deployments: [{ name: adder, num_replicas: 0 }] }]",
            "`num_replicas`",
        ),
        (
            "applications: [{ name: hello, route_prefix: hello }]",
            "`route_prefix` must be `/`",
        ),
        (
            &of("  args: { ending: null }"),
            "6:9: `args` has no `greeting`",
        ),
        (
            &of("  args: { greeting: 1 }"),
            "`args.greeting`: invalid type",
        ),
        (
            &of("  args: { greeting: hi, ending: { mark: '!' } }"),
            "missing field `times`",
        ),
        (
            &of("  args: { greeting: hi, ending: { mark: '!!', times: 1 } }"),
            "`args.ending` at `mark`",
        ),
        (
            &of("  args: { greeting: hi, endings: null }"),
            "did you mean `ending`?",
        ),
        (
            &of("  args: { greeting: hi }\n  deployments: [{ name: greeterr }]"),
            "did you mean `greeter`?",
        ),
        (
            &of("  args: { greeting: hi }").replace("/greeter", "/added"),
            "are both served at `/added`",
        ),
        (&of("  args: { greeting: '${SECRET}' }"), "SECRET"),
        ("{\"applications\": [{\"name\": 1}]}", "name"),
    ];
    let mut unexpected = Vec::new();
    for (config, message) in wrong {
        let answer = put(control, config).await;
        if answer.status != 400 || !answer.body.contains(message) {
            unexpected.push((config.to_owned(), message, answer.status, answer.body));
        }
    }
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    let all = settled(control).await;
    assert_eq!(
        all["greeter"]["deployed_app_config"]["args"]["ending"]["times"],
        2
    );
    assert_eq!(
        served.post_to("/greeter", json!("Ada")).await.ok(),
        "hello, Ada!!"
    );
    assert_eq!(served.post_to("/added", json!(1)).await.ok(), 2);
}

#[tokio::test]
async fn one_that_cannot_start_leaves_the_others_and_the_version_before() {
    let (served, control) = controlled(with_graphs()).await;
    accepted(control, ONE).await;
    let broken = ONE.replace("hello, ending", "broken, ending");
    let broken = format!(
        "{broken}- name: second\n  route_prefix: /second\n  import_path: any:greeted\n  args: {{ greeting: hi }}\n"
    );
    let all = accepted(control, &broken).await;
    assert_eq!(all["greeter"]["status"], "DEPLOY_FAILED");
    let message = all["greeter"]["message"].as_str().unwrap();
    assert!(message.contains("it is broken"), "{message}");
    assert_eq!(all["second"]["status"], "RUNNING");
    assert_eq!(
        served.post_to("/greeter", json!("Ada")).await.ok(),
        "hello, Ada!!"
    );
    assert_eq!(
        served.post_to("/second", json!("Ada")).await.ok(),
        "hi, Ada"
    );
    assert_eq!(served.post(json!("Ada")).await.ok(), "hello, Ada");
    let all = accepted(control, ONE).await;
    assert_eq!(all["greeter"]["status"], "RUNNING");
    // One that has never been there is forgotten with the configuration that wanted it.
    let new = ONE
        .replace("hello, ending", "broken, ending")
        .replace("name: greeter", "name: never")
        .replace("/greeter", "/never");
    assert_eq!(
        accepted(control, &new).await["never"]["status"],
        "DEPLOY_FAILED"
    );
    assert_eq!(accepted(control, ONE).await["never"], Value::Null);
}

#[tokio::test]
async fn a_server_may_start_with_one() {
    let config = Config::from_yaml(ONE).unwrap();
    let served = serve_all(with_graphs().with_config(&config).unwrap()).await;
    assert_eq!(
        served.post_to("/greeter", json!("Ada")).await.ok(),
        "hello, Ada!!"
    );
    assert_eq!(served.post(json!("Ada")).await.ok(), "hello, Ada");

    // Arguments take the place of those in code.
    let ending = Some(Ending {
        mark: '?',
        times: 1,
    });
    let server = server().application(greeted("hi".into(), ending));
    let config = Config::from_yaml("applications: [{ args: { greeting: ciao } }]").unwrap();
    let served = serve_all(server.with_config(&config).unwrap()).await;
    assert_eq!(
        served.post_to("/greeted", json!("Ada")).await.ok(),
        "ciao, Ada"
    );
}
