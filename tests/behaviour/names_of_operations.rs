//! Methods and routes with the names of an application's operations.

use serve_runtime::ApplicationControl;
use serve_runtime::prelude::*;

use crate::support::within;

/// Each method returns its name.
#[deployment]
struct Operator;

#[deployment]
impl Operator {
    fn new() -> Self {
        Operator
    }

    async fn status(&self, of: u32) -> String {
        format!("status of {of}")
    }

    async fn health(&self) -> String {
        "health".to_owned()
    }

    fn control(&self, what: String) -> String {
        format!("control of {what}")
    }

    async fn shutdown(&self) -> Result<String> {
        Ok("shutdown".to_owned())
    }

    async fn handle(&self, text: &str) -> String {
        format!("handle {text}")
    }

    fn deployment(&self, name: String) -> String {
        format!("deployment {name}")
    }

    async fn configure(&self, number: u32) -> u32 {
        number + 1
    }
}

#[graph]
fn operations() -> String {
    let operator = Operator::bind();

    route("/status", |of: u32| operator.status(of));
    route("/health", || operator.health());
    route("/control", |what: String| operator.control(what));
    route("/shutdown", || operator.shutdown());
    route("/handle", |text: String| operator.handle(text));
    route("/deployment", |name: String| operator.deployment(name));
    route("/configure", |text: String| operator.handle(text));
}

async fn is_operated(control: ApplicationControl, deployment: &str) {
    control.health().unwrap();
    assert_eq!(control.status()[0].replicas.len(), 1);
    let operator = control.deployment::<Operator>(deployment).unwrap();
    within(operator.scale(2)).await.unwrap();
    assert_eq!(control.clone().status()[0].replicas.len(), 2);
}

#[tokio::test]
async fn methods_may_have_the_names_of_operations() {
    let app = deploy(Operator::bind()).await.unwrap();
    assert_eq!(app.status(1).await.unwrap(), "status of 1");
    assert_eq!(app.health().await.unwrap(), "health");
    let control = app.control("it".to_owned()).await;
    assert_eq!(control.unwrap(), "control of it");
    assert_eq!(app.shutdown().await.unwrap(), "shutdown");
    let text = Shared::new("it".to_owned());
    assert_eq!(app.handle(text).await.unwrap(), "handle it");
    let deployment = app.deployment("it".to_owned()).await;
    assert_eq!(deployment.unwrap(), "deployment it");
    assert_eq!(app.configure(1).await.unwrap(), 2);

    is_operated(Deployed::control(&app), "Operator").await;
    within(Deployed::shutdown(app)).await;
}

#[tokio::test]
async fn routes_may_have_the_names_of_operations() {
    let app = deploy(operations()).await.unwrap();
    assert_eq!(app.status(1).await.unwrap(), "status of 1");
    assert_eq!(app.health().await.unwrap(), "health");
    let control = app.control("it".to_owned()).await;
    assert_eq!(control.unwrap(), "control of it");
    assert_eq!(app.shutdown().await.unwrap(), "shutdown");
    assert_eq!(app.handle("it".to_owned()).await.unwrap(), "handle it");
    let deployment = app.deployment("it".to_owned()).await;
    assert_eq!(deployment.unwrap(), "deployment it");
    assert_eq!(app.configure("it".to_owned()).await.unwrap(), "handle it");

    is_operated(Deployed::control(&app), "operator").await;
    within(Deployed::shutdown(app)).await;
}

#[tokio::test]
async fn a_control_that_outlives_its_application_does_nothing() {
    let app = deploy(Operator::bind()).await.unwrap();
    let control = Deployed::control(&app);
    within(Deployed::shutdown(app)).await;
    assert!(control.status().is_empty());
    let error = control.health().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    control.deployment::<Operator>("Operator").unwrap_err();
}
