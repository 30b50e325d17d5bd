//! One file for a server of several applications: at its start, and when it is read again.

use std::path::{Path, PathBuf};

use serde_json::json;
use tokio::process::Command;

use crate::process::{Process, program};
use crate::support::http::Request;
use crate::support::within;

const BOTH: &str = "\
http_options:
  host: localhost
  port: 0

applications:
- name: greeted
  route_prefix: /first
  import_path: greeted:greeted
  deployments:
  - name: greeter
    user_config: hi
- name: second
  route_prefix: /other
  import_path: other:other
  deployments:
  - name: Greeter
    user_config: hey
";

/// A command, and the file that it reads.
struct Program {
    command: Command,
    file: PathBuf,
    _directory: tempfile::TempDir,
}

impl Program {
    fn new(arguments: &[&str], text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("serve.yaml");
        write(&file, text);
        let mut command = Command::new(program("several"));
        command
            .args(arguments)
            .arg("--config")
            .arg(&file)
            .env_remove("RUST_LOG");
        Program {
            command,
            file,
            _directory: directory,
        }
    }

    /// Its standard output, or else its standard error with the file's name replaced.
    async fn ran(mut self) -> Result<String, String> {
        let output = within(self.command.output()).await.unwrap();
        let [stdout, stderr] =
            [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        match output.status.success() {
            true => Ok(stdout),
            false => Err(stderr.replace(self.file.to_str().unwrap(), "serve.yaml")),
        }
    }

    async fn refused(text: &str) -> String {
        let said = Program::new(&["run"], text).ran().await.unwrap_err();
        said.trim().replace("Error: ", "")
    }
}

fn write(file: &Path, text: &str) {
    std::fs::write(file, text).unwrap();
}

async fn answers(process: &Process, path: &str) -> (u16, serde_json::Value) {
    let answer = Request::post(path).json(json!("Ada"));
    let answer = answer.send(process.address).await;
    (answer.status, answer.json())
}

async fn greeting(process: &Process, path: &str) -> String {
    let (status, answer) = answers(process, path).await;
    assert_eq!(status, 200, "{answer}");
    answer.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_configures_the_server_and_all_its_applications() {
    let mut program = Program::new(&["run"], BOTH);
    let process = Process::start(&mut program.command).await;
    assert!(process.address.ip().is_loopback());
    assert_eq!(greeting(&process, "/first").await, "hi, Ada");
    assert_eq!(greeting(&process, "/other").await, "hey, Ada");
}

#[tokio::test]
async fn what_is_given_to_the_command_comes_before_the_file() {
    let privileged = BOTH.replace("port: 0", "port: 1");
    let mut flag = Program::new(&["run", "--port", "0"], &privileged);
    drop(Process::start(&mut flag.command).await);
    let mut variable = Program::new(&["run"], &privileged);
    variable.command.env("SERVE_PORT", "0");
    drop(Process::start(&mut variable.command).await);
    let help = within(Command::new(program("several")).arg("--help").output()).await;
    let help = String::from_utf8(help.unwrap().stdout).unwrap();
    assert!(help.contains("[default: 1]"), "{help}");
}

#[tokio::test]
async fn an_application_whose_route_prefix_is_null_is_not_served() {
    let text = BOTH.replace("route_prefix: /other", "route_prefix: null");
    let mut program = Program::new(&["run"], &text);
    let process = Process::start(&mut program.command).await;
    assert_eq!(greeting(&process, "/first").await, "hi, Ada");
    assert_eq!(answers(&process, "/other").await.0, 404);
}

#[tokio::test]
async fn a_file_for_other_applications_is_refused_with_its_place() {
    for (from, to, expected) in [
        (
            "name: second",
            "name: seconds",
            "serve.yaml:12:9: no application is named `seconds`, and a new one cannot be served at `/other`, where `second` is\n\
             note: the applications are `greeted`, `second`\n\
             help: did you mean `second`? A new one needs another `route_prefix`",
        ),
        (
            "name: second",
            "name: greeted",
            "serve.yaml:12:9: two applications have the `name` `greeted`",
        ),
        (
            "- name: second\n  route_prefix: /other",
            "- route_prefix: /other",
            "serve.yaml:12:3: each of several applications needs a `name`",
        ),
        (
            "name: second",
            "name: ''",
            "serve.yaml:12:9: the `name` of an application must not be empty",
        ),
        (
            "/other",
            "/first",
            "serve.yaml:13:17: application `greeted` and application `second` have the same `route_prefix`, `/first`",
        ),
        (
            "/other",
            "other/",
            "serve.yaml:13:17: application `second`: `route_prefix` must be `/`, or start with `/` and not end with it, \
             but is `other/`",
        ),
        (
            "/other",
            "/-/other",
            "serve.yaml:13:17: application `second`: `route_prefix` must not be under `/-/`, which is the server's own",
        ),
        (
            "other:other",
            "app:app",
            "serve.yaml:14:16: no graph has the `import_path` `app:app`\n\
             note: the graphs are `greeted:greeted`, `other:other`",
        ),
        (
            "other:other",
            "other",
            "serve.yaml:14:16: `import_path` must be that of a graph, as in `hello:hello`",
        ),
        (
            "  import_path: other:other\n",
            "  args: { greeting: hi }\n",
            "serve.yaml:14:9: `args` has an unknown `greeting`\nhelp: the graph takes none",
        ),
        (
            "  import_path: other:other\n",
            "  port: 80\n",
            "serve.yaml:14:3: `port` belongs in `http_options`, at the top of the file",
        ),
        (
            "host: localhost",
            "host: two words",
            "serve.yaml:2:9: the `host` `two words`: no address is found: ",
        ),
        (
            "port: 0",
            "port: 70000",
            "serve.yaml:3:9: `http_options.port` must be a whole number from 0 to 65535",
        ),
    ] {
        assert!(BOTH.contains(from), "{from}");
        let said = Program::refused(&BOTH.replace(from, to)).await;
        match expected.ends_with(": ") {
            true => assert!(said.starts_with(expected), "{said}"),
            false => assert_eq!(said, expected),
        }
    }
    let unnamed = Program::refused("deployments: []\n").await;
    let expected = "the configuration's `name` must be that of an application: `greeted`, `second`";
    assert_eq!(unnamed, format!("serve.yaml:1:1: {expected}"));
}

const REFUSED: &str = "the configuration could not be applied";
const APPLIED: &str = "the configuration has been applied";

#[tokio::test]
async fn a_file_that_is_read_again_is_for_all_applications_or_for_none() {
    let mut program = Program::new(&["run"], BOTH);
    let process = Process::start(&mut program.command).await;
    let reload = async |text: &str, said: &str| {
        write(&program.file, text);
        let start = process.log.len();
        process.signal("-HUP").await;
        process.log.wait(start, 1, said).await
    };
    let greetings = async || {
        let first = greeting(&process, "/first").await;
        (first, greeting(&process, "/other").await)
    };
    let pair = |first: &str, second: &str| (format!("{first}, Ada"), format!("{second}, Ada"));
    for (from, to, place) in [
        ("user_config: hey", "user_config: [hey]", ":17:18: "),
        ("user_config: hey", "user_config: refused", ":17:18: "),
        ("/other", "/elsewhere", ":13:17: "),
        ("name: second", "name: third", ":12:9: "),
        (
            "  route_prefix: /first\n",
            "",
            ": application `greeted`: its `route_prefix` cannot change from `/first` to `/`",
        ),
    ] {
        let text = BOTH.replace("user_config: hi", "user_config: changed");
        let line = reload(&text.replace(from, to), REFUSED).await;
        assert!(line.contains(place), "{line}");
        assert_eq!(greetings().await, pair("hi", "hey"));
    }
    let text = BOTH.replace("user_config: hi", "user_config: changed");
    reload(&text, APPLIED).await;
    assert_eq!(greetings().await, pair("changed", "hey"));
    // What a file no longer says is as the program has it.
    let without = BOTH.replace("    user_config: hey\n", "");
    reload(&without, APPLIED).await;
    assert_eq!(greetings().await, pair("hi", "other"));
    let (one, _) = BOTH.split_once("- name: second").unwrap();
    reload(&one.replace("port: 0", "port: 2"), APPLIED).await;
    assert_eq!(greetings().await, pair("hi", "other"));
    let ignored = process
        .log
        .with(0, "`http_options` counts only when the server starts");
    assert_eq!(ignored.len(), 1, "{ignored:#?}");
}

#[tokio::test]
async fn the_output_of_build_is_a_file_that_changes_nothing() {
    let built = Program::new(&["build"], BOTH).ran().await.unwrap();
    let named = BOTH.replace("name: Greeter", "name: greeter");
    assert_eq!(built, named);
    let again = Program::new(&["build"], &built).ran().await.unwrap();
    assert_eq!(again, built);
    let all = Program::new(&["build", "--all"], BOTH).ran().await.unwrap();
    assert!(all.contains("\n    # num_replicas: 1\n"), "{all}");
    let again = Program::new(&["build"], &all).ran().await.unwrap();
    assert_eq!(again, built);
    let alone = Program::new(&["build", "--app", "second"], BOTH)
        .ran()
        .await;
    let alone = alone.unwrap();
    assert!(!alone.contains("name: greeted"), "{alone}");
}

const WITH_VARIABLES: &str = "\
http_options:
  port: ${SEVERAL_PORT:-0}

applications:
- name: greeted
  route_prefix: /
  import_path: greeted:greeted
  deployments:
  - name: greeter
    num_replicas: ${SEVERAL_REPLICAS}
    user_config: \"${SEVERAL_GREETING}\"
- name: second
  route_prefix: /other
  import_path: other:other
  deployments:
  - name: greeter
    user_config: $${x}
";

#[tokio::test]
async fn values_of_variables_are_used_and_never_shown() {
    let with = |arguments: &[&str], text: &str| {
        let mut program = Program::new(arguments, text);
        program
            .command
            .env("SEVERAL_REPLICAS", "2")
            .env("SEVERAL_GREETING", "53CR37");
        program
    };
    let mut serving = with(&["run"], WITH_VARIABLES);
    let process = Process::start(&mut serving.command).await;
    assert_eq!(greeting(&process, "/").await, "53CR37, Ada");
    assert_eq!(greeting(&process, "/other").await, "${x}, Ada");
    let changed = WITH_VARIABLES.replace("${SEVERAL_REPLICAS}", "${SEVERAL_MORE:-3}");
    write(&serving.file, &changed);
    process.signal("-HUP").await;
    process.log.wait(0, 1, APPLIED).await;
    let change =
        "its options change: num_replicas: \"${SEVERAL_REPLICAS}\" -> \"${SEVERAL_MORE:-3}\"";
    assert_eq!(process.log.with(0, change).len(), 1);
    assert_eq!(process.log.with(0, "53CR37"), [""; 0]);

    let built = with(&["build"], WITH_VARIABLES).ran().await.unwrap();
    assert_eq!(built, WITH_VARIABLES);
    for (from, to, expected) in [
        (
            "num_replicas: ${SEVERAL_REPLICAS}",
            "num_replicas: ${SEVERAL_GREETING}",
            "serve.yaml:10:19: `applications[0].deployments[0].num_replicas` must be a whole number from 1 to 10000",
        ),
        (
            "num_replicas: ${SEVERAL_REPLICAS}",
            "max_ongoing_requests: ${SEVERAL_REPLICAS}0000000",
            "",
        ),
        (
            "num_replicas: ${SEVERAL_REPLICAS}",
            "num_replicas: ${SEVERAL_REPLICAS}0000",
            "serve.yaml:10:19: deployment `greeter`: `num_replicas` must be a whole number from 1 to 10000\n\
             note: it is `${SEVERAL_REPLICAS}0000`",
        ),
        (
            "user_config: \"${SEVERAL_GREETING}\"",
            "user_config: [\"${SEVERAL_GREETING}\"]",
            "",
        ),
        (
            "user_config: \"${SEVERAL_GREETING}\"",
            "user_config: ${SEVERAL_REPLICAS}",
            "serve.yaml:11:18: deployment `greeter`: `user_config`: a value from `${SEVERAL_REPLICAS}` does not fit\n\
             note: it is a `alloc::string::String`",
        ),
        (
            "- name: second",
            "- name: ${SEVERAL_GREETING}",
            "serve.yaml:12:9: no application is named `${SEVERAL_GREETING}`, and a new one cannot be served at `/other`, \
             where `second` is\nnote: the applications are `greeted`, `second`\nhelp: A new one needs another `route_prefix`",
        ),
        (
            "${SEVERAL_REPLICAS}",
            "${SEVERAL_MORE}",
            "serve.yaml:10:19: the environment has no variable `SEVERAL_MORE`\n\
             help: set it, or write `${SEVERAL_MORE:-default}`",
        ),
    ] {
        let text = WITH_VARIABLES.replace(from, to);
        match with(&["build"], &text).ran().await {
            Ok(_) => assert_eq!(expected, ""),
            Err(said) => {
                assert!(!said.contains("53CR37"), "{said}");
                let said = said.trim().replace("Error: ", "");
                assert!(expected.is_empty() || said == expected, "{said}");
            }
        }
    }
}

#[tokio::test]
async fn what_has_no_meaning_is_told_once_or_refused_with_strict() {
    let text = BOTH.replace(
        "  - name: Greeter\n",
        "  - name: Greeter\n    placement_group_strategy: SPREAD\n",
    );
    let mut program = Program::new(&["run"], &text);
    let process = Process::start(&mut program.command).await;
    let warning = "serve.yaml:17:5: `placement_group_strategy` has no meaning here and is ignored";
    let told = process.log.with(0, warning);
    assert!(told.len() == 1 && told[0].contains(" WARN "), "{told:#?}");
    for command in ["run", "build"] {
        let strict = Program::new(&[command, "--strict"], &text).ran().await;
        assert_eq!(strict.unwrap_err(), format!("Error: {warning}\n"));
    }
    Program::new(&["build", "--strict"], BOTH)
        .ran()
        .await
        .unwrap();
    let unknown = text.replace("placement_group_strategy", "placement_group_strategyy");
    let unknown = Program::refused(&unknown).await;
    let expected = "serve.yaml:17:5: unknown field `placement_group_strategyy`";
    assert!(unknown.starts_with(expected), "{unknown}");
}
