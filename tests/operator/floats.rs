//! Answers with floats that JSON does not have, over HTTP and on the command line.

use serde_json::{Value, json};
use tokio::process::Command;

use crate::process::{Process, program};
use crate::support::http::{Answer, Request};
use crate::support::within;

fn divided(divisors: &[f64]) -> Value {
    json!({ "dividend": 0.0, "divisors": divisors })
}

async fn answered(process: &Process, route: &str, divisors: &[f64]) -> Answer {
    let request = Request::post(route).json(divided(divisors));
    request.send(process.address).await
}

async fn started(arguments: &[&str]) -> Process {
    Process::start(
        Command::new(program("operated"))
            .args(["--port", "0"])
            .args(arguments),
    )
    .await
}

#[tokio::test]
async fn floats_that_json_does_not_have_are_null_by_default() {
    let process = started(&[]).await;
    let whole = answered(&process, "/divide", &[1.0, 0.0]).await;
    assert_eq!(whole.ok(), json!([0.0, null]));
    let stream = answered(&process, "/quotients", &[1.0, 0.0]).await;
    assert!(stream.body.contains("\nnull\n"), "{stream:?}");
    let document = Request::new("GET", "/-/openapi.json")
        .send(process.address)
        .await
        .ok();
    let quotient = &document["paths"]["/divide"]["post"]["responses"]["200"]["content"]["application/json"]
        ["schema"]["items"];
    assert_eq!(quotient, &json!({ "type": ["number", "null"] }));
}

#[tokio::test]
async fn floats_that_json_does_not_have_can_be_refused() {
    let process = started(&["--refuse-non-finite"]).await;
    let whole = answered(&process, "/divide", &[1.0, 2.0]).await;
    assert_eq!(whole.ok(), json!([0.0, 0.0]));
    let internal = json!({ "error": "internal error" });
    let zero_at = |index: usize| {
        let mut divisors = vec![1.0; index];
        divisors.push(0.0);
        divisors
    };
    // Written in place, and on another thread.
    for index in [1, 50_000] {
        let answer = answered(&process, "/divide", &zero_at(index)).await;
        assert_eq!((answer.status, answer.json()), (500, internal.clone()));
        let place = format!("the output has NaN at `[{index}]`, and JSON has no such number");
        let line = process.log.wait(0, 1, &place).await;
        assert!(line.contains("ERROR"), "{line}");
    }
    // The first item, which still has a status, and a later one.
    let first = answered(&process, "/quotients", &[0.0]).await;
    assert_eq!(first.status, 500, "{first:?}");
    let later = answered(&process, "/quotients", &[1.0, 0.0]).await;
    let error = later.body.lines().find(|line| line.contains("error"));
    let last: Value = serde_json::from_str(error.unwrap()).unwrap();
    assert_eq!(last["error"]["error"], "internal error", "{later:?}");
    process.log.wait(0, 2, "the output is NaN").await;

    let document = Request::new("GET", "/-/openapi.json")
        .send(process.address)
        .await
        .ok();
    let quotient = &document["paths"]["/divide"]["post"]["responses"]["200"]["content"]["application/json"]
        ["schema"]["items"];
    assert_eq!(quotient, &json!({ "type": "number" }));
}

#[tokio::test]
async fn call_refuses_them_as_a_server_does() {
    let called = async |route: &str, arguments: &[&str]| {
        let body = divided(&[1.0, 0.0]).to_string();
        let mut command = Command::new(program("operated"));
        command
            .args(["call", &body, "--route", route])
            .args(arguments);
        let output = within(command.output()).await.unwrap();
        let [out, log] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (output.status.code(), out, log)
    };
    let (code, out, _) = called("/divide", &[]).await;
    assert_eq!((code, &*out), (Some(0), "[\n  0.0,\n  null\n]\n"));
    let (code, out, log) = called("/divide", &["--refuse-non-finite"]).await;
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(log.contains("the output has NaN at `[1]`"), "{log}");
    let (code, out, log) = called("/quotients", &["--refuse-non-finite"]).await;
    assert_eq!((code, &*out), (Some(1), "0.0\n"));
    assert!(log.contains("the output is NaN"), "{log}");
}
