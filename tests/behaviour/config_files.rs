//! `build` and `--config` of a real binary.

use std::path::Path;
use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::http::Request;
use crate::support::within;

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_configured"));
    command
        .current_dir(directory)
        .args(arguments)
        .env_remove("RUST_LOG")
        .kill_on_drop(true);
    command
}

/// Returns its output if it succeeded, or else the printed error.
async fn ran(directory: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = within(command(directory, arguments).output())
        .await
        .unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    match output.status.success() {
        true => Ok(stdout),
        false => {
            assert_eq!(stdout, "");
            Err(stderr)
        }
    }
}

const BUILT: &str = "\
applications:
- name: configured
  route_prefix: /
  import_path: configured:configured
  deployments:
  - name: greeter
    num_replicas: 2
    user_config:
      greeting: hello
      marks: 1
  - name: writer
";

const BUILT_WITH_ALL: &str = "\
# http_options:
#   host: \"127.0.0.1\"
#   port: 8000

applications:
- name: configured
  route_prefix: /
  import_path: configured:configured
  deployments:
  - name: greeter
    num_replicas: 2
    user_config:
      greeting: hello
      marks: 1
    # max_ongoing_requests: null
    # max_queued_requests: null
    # budget_ms: null
    # health_check_period_s: 10.0
    # health_check_timeout_s: 30.0
    # graceful_shutdown_timeout_s: 20.0
    # max_constructor_retry_count: 3
    # rolling_update_percentage: 0.2
  - name: writer
    # num_replicas: 1
    # max_ongoing_requests: null
    # max_queued_requests: null
    # budget_ms: null
    # health_check_period_s: 10.0
    # health_check_timeout_s: 30.0
    # graceful_shutdown_timeout_s: 20.0
    # max_constructor_retry_count: 3
    # rolling_update_percentage: 0.2
";

#[tokio::test]
async fn build_writes_what_is_set_and_the_rest_as_comments_if_asked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    assert_eq!(ran(path, &["build"]).await.unwrap(), BUILT);
    let with_all = ran(path, &["build", "--all"]).await.unwrap();
    assert_eq!(with_all, BUILT_WITH_ALL);
    std::fs::write(path.join("all.yaml"), with_all).unwrap();
    let again = ran(path, &["build", "--config", "all.yaml"]).await;
    assert_eq!(again.unwrap(), BUILT);
}

#[tokio::test]
async fn build_warns_of_options_that_it_leaves_out() {
    let directory = tempfile::tempdir().unwrap();
    let output = within(command(directory.path(), &["build"]).output())
        .await
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), BUILT);
    let log = String::from_utf8(output.stderr).unwrap();
    let warning = "deployment `writer`: its `user_config` is left out, as a `configured::Reversed` cannot be \
                   written to a file; derive `serde::Serialize` for it";
    assert!(log.contains(" WARN ") && log.contains(warning), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[tokio::test]
async fn the_output_of_build_can_be_edited_and_run() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    assert_eq!(ran(path, &["build"]).await.unwrap(), BUILT);
    assert_eq!(
        ran(path, &["build", "--output", "o.yaml"]).await.unwrap(),
        ""
    );
    let written = std::fs::read_to_string(path.join("o.yaml")).unwrap();
    assert_eq!(written, BUILT);

    let edited = written
        .replace("num_replicas: 2", "num_replicas: 3")
        .replace("greeting: hello", "greeting: \"no\"")
        .replace("marks: 1", "marks: 2");
    std::fs::write(path.join("o.yaml"), &edited).unwrap();
    assert_eq!(
        ran(path, &["build", "--config", "o.yaml"]).await.unwrap(),
        edited
    );
    let called = ran(path, &["call", "--config", "o.yaml", "\"Ada\""]).await;
    assert_eq!(called.unwrap(), "\"no, Ada!!\"\n");

    let mut serving = command(path, &["run", "--port", "0", "--config", "o.yaml"]);
    let mut serving = serving
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    let ready = within(lines.next_line()).await.unwrap().unwrap();
    let url = ready.strip_prefix("serving configured on http://").unwrap();
    let address = url.trim_end_matches('/').parse().unwrap();
    let answer = Request::post("/").json(json!("Ada")).send(address).await;
    assert_eq!(answer.ok(), "no, Ada!!");
}

#[tokio::test]
async fn a_file_may_be_json() {
    let directory = tempfile::tempdir().unwrap();
    let config = json!({ "deployments": [
        { "name": "greeter", "user_config": { "greeting": "hi", "marks": 0 } },
    ] });
    std::fs::write(directory.path().join("o.json"), config.to_string()).unwrap();
    let called = ran(directory.path(), &["call", "--config", "o.json", "\"Ada\""]).await;
    assert_eq!(called.unwrap(), "\"hi, Ada\"\n");
}

#[tokio::test]
async fn errors_in_a_file_have_its_name_and_the_place() {
    let directory = tempfile::tempdir().unwrap();
    for (file, expected) in [
        (
            "deployments:\n- name: greeter\n  num_replica: 3\n",
            "o.yaml:3:3: unknown field `num_replica`\nhelp: did you mean `num_replicas`?",
        ),
        (
            "deployments:\n- name: greeter\n  num_replicas: many\n",
            "o.yaml:3:17: `deployments[0].num_replicas` must be a whole number from 1 to 10000",
        ),
        (
            "deployments:\n- num_replicas: 3\n",
            "o.yaml:2:3: `deployments[0]` has no `name`",
        ),
        (
            "deployments:\n- name: greeter\n  autoscaling_config: { max_replicas: [] }\n",
            "o.yaml:3:39: `deployments[0].autoscaling_config.max_replicas` must be a single value, not a list or a mapping",
        ),
        (
            "deployments:\n  greeter: {}\n",
            "o.yaml:2:3: `deployments` must be a list, as in `- item`",
        ),
        (
            "- name: greeter\n",
            "o.yaml:1:1: the file must be a mapping, as in `name: value`",
        ),
        (
            "name: configured\nname: other\n",
            "o.yaml:2:1: `name` is given twice here",
        ),
        (
            "name: a\n---\nname: b\n",
            "o.yaml:3:1: there is more than one document, separated by `---`",
        ),
        (
            "deployments: [\n",
            "o.yaml:1:14: `deployments`: unclosed bracket '['",
        ),
        (
            "deployments:\n- name: greeter\n  user_config: { greeting: hi, marks: 1.5 }\n",
            "o.yaml:3:16: deployment `greeter`: `user_config.marks`: invalid type: floating point `1.5`, expected usize\n\
             note: it is a `configured::Style`",
        ),
    ] {
        std::fs::write(directory.path().join("o.yaml"), file).unwrap();
        for arguments in [
            &["run", "--config", "o.yaml"][..],
            &["build", "--config", "o.yaml"],
        ] {
            let message = ran(directory.path(), arguments).await.unwrap_err();
            assert_eq!(message, format!("Error: {expected}\n"), "{file}");
        }
    }
    let missing = ran(directory.path(), &["run", "--config", "missing.yaml"]).await;
    let missing = missing.unwrap_err();
    assert!(
        missing.starts_with("Error: cannot read missing.yaml: "),
        "{missing}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_makes_the_process_read_its_file_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let set = |greeting: &str| {
        let config = json!({ "deployments": [
            { "name": "greeter", "user_config": { "greeting": greeting, "marks": 0 } },
        ] });
        std::fs::write(path.join("o.json"), config.to_string()).unwrap();
    };
    set("first");
    let mut serving = command(path, &["run", "--port", "0", "--config", "o.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    let ready = within(lines.next_line()).await.unwrap().unwrap();
    let url = ready.strip_prefix("serving configured on http://").unwrap();
    let address = url.trim_end_matches('/').parse().unwrap();
    let asked = || async move {
        let answer = Request::post("/").json(json!("Ada")).send(address).await;
        answer.ok().as_str().unwrap().to_owned()
    };
    assert_eq!(asked().await, "first, Ada");

    let pid = serving.id().unwrap().to_string();
    let reload = || within(Command::new("kill").args(["-HUP", &pid]).status());
    // A mistake is logged, and changes nothing.
    std::fs::write(path.join("o.json"), "deployments: {}").unwrap();
    assert!(reload().await.unwrap().success());
    set("second");
    assert!(reload().await.unwrap().success());
    within(async {
        while asked().await != "second, Ada" {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
