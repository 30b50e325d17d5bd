//! The real binary, over HTTP.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::StatusCode;
use serde_json::{Value, json};

/// The binary, serving on a port of its own; killed when dropped.
struct Served {
    process: Child,
    address: String,
    /// Kept open, as the server may continue to print.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Served {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_content_understanding"))
            .args(["run", "--port", "0", "--max-body-bytes", "4096"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.next().unwrap().unwrap();
        let address = ready.split("http://").nth(1).unwrap();
        let address = address.split('/').next().unwrap().to_owned();
        Served {
            process,
            address,
            _stdout: lines,
        }
    }

    fn photo(&self, name: &str) -> String {
        format!("http://{}/photos/{name}", self.address)
    }

    async fn post(&self, body: impl ToString) -> (StatusCode, Value) {
        let response = client()
            .post(format!("http://{}/content", self.address))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let status = response.status();
        assert!(response.headers().contains_key("x-request-id"));
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn report(&self, photo: &str, category: &str) -> Value {
        let url = self.photo(photo);
        let (status, report) = self
            .post(json!({ "image_url": url, "category": category }))
            .await;
        assert_eq!(status, StatusCode::OK, "{report}");
        report
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client without TLS: everything is on this machine.
fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    let builder = reqwest::Client::builder().no_proxy();
    builder.tls_backend_preconfigured(tls).build().unwrap()
}

#[tokio::test]
async fn every_photo_is_reported_as_python_reports_it() {
    let served = Served::start();
    let path = format!("{}/photos/expected.json", env!("CARGO_MANIFEST_DIR"));
    let expected = std::fs::read_to_string(path).unwrap();
    let expected: BTreeMap<String, Value> = serde_json::from_str(&expected).unwrap();
    assert_eq!(expected.len(), 7);
    for (photo, expected) in expected {
        let report = served.report(&photo, "general").await;
        assert_eq!(
            report["labels"][0]["name"], expected["top3"][0][0],
            "{photo}"
        );
        let close = |actual: &Value, expected: &Value| {
            let distance = actual.as_f64().unwrap() - expected.as_f64().unwrap();
            assert!(
                distance.abs() <= 0.1,
                "{photo}: {actual} in place of {expected}"
            );
        };
        close(&report["foreground"], &expected["foreground"]);
        close(&report["unsafe"], &expected["unsafe"]);
        for rank in 0..3 {
            close(&report["labels"][rank]["score"], &expected["top3"][rank][1]);
        }
    }
}

#[tokio::test]
async fn the_category_chooses_the_classifier() {
    let served = Served::start();
    for (photo, category, label) in [
        ("fruits.jpg", "fruit", "lemon"),
        ("flower.jpg", "plant", "daisy"),
        ("rocket.jpg", "vehicle", "missile"),
    ] {
        let report = served.report(photo, category).await;
        assert_eq!(report["labels"][0]["name"], label);
    }
}

#[tokio::test]
async fn a_wrong_request_gets_a_clear_error_and_the_next_one_succeeds() {
    let served = Served::start();
    let photo = served.photo("coffee.png");
    let text = served.photo("expected.json");
    for (body, status, says) in [
        ("{".to_owned(), 400, json!({"node": null, "field": null})),
        (
            json!({ "image_url": photo }).to_string(),
            422,
            json!({"field": "category", "error": "missing field"}),
        ),
        (
            json!({ "image_url": "no url", "category": "fruit" }).to_string(),
            422,
            json!({"field": "image_url"}),
        ),
        (
            json!({ "image_url": photo, "category": "animal" }).to_string(),
            422,
            json!({"field": "category"}),
        ),
        (
            json!({ "image_url": "http://127.0.0.1:1/x.png", "category": "fruit" }).to_string(),
            502,
            json!({"node": "downloader.run"}),
        ),
        (
            json!({ "image_url": "file:///etc/hostname", "category": "fruit" }).to_string(),
            422,
            json!({"node": "downloader.run"}),
        ),
        (
            json!({ "image_url": text, "category": "fruit" }).to_string(),
            422,
            json!({"node": "preprocessor.process"}),
        ),
        (format!("\"{}\"", "x".repeat(5000)), 413, json!({})),
    ] {
        let (answered, problem) = served.post(&body).await;
        assert_eq!(answered.as_u16(), status, "{body}: {problem}");
        assert!(problem["error"].is_string());
        for (key, value) in says.as_object().unwrap() {
            assert_eq!(problem[key], *value, "{body}: {problem}");
        }
        let report = served.report("coffee.png", "general").await;
        assert_eq!(report["labels"][0]["name"], "espresso");
    }
}

#[tokio::test]
async fn one_request_without_a_server() {
    let served = Served::start();
    let request = json!({ "image_url": served.photo("coffee.png"), "category": "general" });
    let output = Command::new(env!("CARGO_BIN_EXE_content_understanding"))
        .args(["call", &request.to_string()])
        .output()
        .unwrap();
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["labels"][0]["name"], "espresso");
}
