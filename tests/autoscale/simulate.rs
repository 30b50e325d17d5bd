//! `simulate` of a real binary.

use std::process::{Command, Output};

fn simulate(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scaled"));
    command.arg("simulate").args(arguments).output().unwrap()
}

fn shown(arguments: &[&str]) -> String {
    let output = simulate(arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = simulate(arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr)
        .unwrap()
        .trim_end()
        .to_owned()
}

/// The numbers of the line that begins with that second.
fn row(table: &str, second: &str) -> Vec<String> {
    let rows = table.lines().map(|line| line.split_whitespace());
    let mut rows = rows.map(|cells| cells.map(str::to_owned).collect::<Vec<_>>());
    let row = rows.find(|cells| cells.first().is_some_and(|cell| cell == second));
    row.unwrap_or_else(|| panic!("no line of {second}:\n{table}"))
}

const HEAD: &str = "seconds arrived refused running starting target ongoing queued p50 ms p99 ms";

#[test]
fn a_recorded_load_is_followed_within_the_bounds_of_the_topology() {
    let trace = std::env::temp_dir().join(format!("trace-{}.csv", std::process::id()));
    std::fs::write(
        &trace,
        "seconds,requests_per_second\n0,1\n60,200\n120,0\n180,0\n",
    )
    .unwrap();
    let load = trace.to_str().unwrap();
    let arguments = [
        "model",
        "--load",
        load,
        "--service-s",
        "0.05",
        "--every-s",
        "30",
    ];
    let table = shown(&arguments);
    let head: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head.join(" "), HEAD);
    assert_eq!(row(&table, "60")[3], "1");
    // `max_replicas` of the deployment; a compute replica has one request at a time.
    let busy = row(&table, "120");
    assert_eq!((busy[3].as_str(), busy[6].as_str()), ("4", "4"), "{table}");
    assert_ne!(
        busy[2], "0",
        "80 requests a second are all that four can do:\n{table}"
    );
    // The default downscale delay is ten minutes.
    assert_eq!(row(&table, "240")[3], "4");
    assert_eq!(table, shown(&arguments));

    let more = shown(&[&arguments[..], &["--set", "max_replicas=16"]].concat());
    assert_eq!(row(&more, "120")[2], "0", "{more}");
    std::fs::remove_file(trace).unwrap();
}

#[test]
fn a_deployment_of_a_bound_graph_has_its_bound_options() {
    let arguments = ["inner/lazy", "--load", "spike:0,50", "--service-s", "0.1"];
    let table = shown(&[&arguments[..], &["--start-up-s", "3", "--seconds", "300"]].concat());
    assert_eq!(row(&table, "100")[3], "0");
    let running = table
        .lines()
        .filter_map(|line| line.split_whitespace().nth(3));
    let highest = running.filter_map(|cell| cell.parse::<u32>().ok()).max();
    assert!(highest >= Some(1) && highest <= Some(3), "{table}");
}

#[test]
fn options_of_a_file_are_simulated() {
    let config = std::env::temp_dir().join(format!("options-{}.yaml", std::process::id()));
    let options = "deployments: [{ name: inner/lazy, autoscaling_config: { max_replicas: 7 } }]";
    std::fs::write(&config, options).unwrap();
    let arguments = [
        "inner/lazy",
        "--load",
        "constant:200",
        "--service-s",
        "0.1",
        "--config",
        config.to_str().unwrap(),
    ];
    let table = shown(&arguments);
    assert_eq!(row(&table, "900")[3], "7", "{table}");
    std::fs::remove_file(config).unwrap();
}

#[test]
fn the_guide_shows_the_printed_table() {
    let guide = include_str!("../../docs/guide/operations.md");
    let (_, shown_there) = guide.split_once("scaled -- simulate ").unwrap();
    let (arguments, rest) = shown_there.split_once("2\n").unwrap();
    let arguments = format!("{arguments}2").replace('\\', " ");
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let (table, _) = rest.split_once("```").unwrap();
    assert_eq!(shown(&arguments), table);
}

#[test]
fn wrong_arguments_are_refused_with_a_reason() {
    let trace = std::env::temp_dir().join(format!("wrong-{}.csv", std::process::id()));
    std::fs::write(&trace, "0,1\n10;2\n").unwrap();
    let path = trace.to_str().unwrap();
    let load = ["--load", "constant:1", "--service-s", "0.05"];
    let with = |first: &[&str], rest: &[&str]| refused(&[first, rest].concat());
    for (said, wrong) in [
        (
            with(&["modle"], &load),
            "Error: no deployment `modle`\nhelp: the deployments are `inner/lazy`, `model`, `fixed`".to_owned(),
        ),
        (
            with(&["fixed"], &load),
            "Error: `fixed` has no `autoscaling_config`\nhelp: give it one, or try one with `--set max_replicas=4`".to_owned(),
        ),
        (
            with(&["model", "--set", "max_replicas=0"], &load),
            "Error: `max_replicas` must be a whole number from 1 to 10000, but is 0".to_owned(),
        ),
        (
            with(&["model", "--set", "max_replicas=two"], &load),
            "Error: `--set max_replicas=two`: invalid type: string \"two\", expected u32".to_owned(),
        ),
        (
            with(&["model", "--load", "sine:a,2"], &load[2..]),
            "Error: `--load sine:a,2`: `a` is not a number of requests per second".to_owned(),
        ),
        (
            with(&["model", "--load", path], &load[2..]),
            format!("Error: {path}: line 2, column 1: `10;2`: seconds must be a number of at least 0"),
        ),
    ] {
        assert_eq!(said, wrong);
    }
    let unknown = with(&["model", "--set", "replicas=2"], &load);
    assert!(unknown.starts_with(
        "Error: `--set replicas=2`: unknown field `replicas`, expected one of `min_replicas`, "
    ));
    let missing = with(&["model", "--load", "nowhere.csv"], &load[2..]);
    assert!(
        missing.starts_with("Error: cannot read nowhere.csv: "),
        "{missing}"
    );
    std::fs::remove_file(trace).unwrap();
}

#[test]
fn any_deployment_can_be_tried_with_settings() {
    let arguments = ["fixed", "--load", "constant:40", "--service-s", "0.5"];
    let table = shown(&[&arguments[..], &["--set", "max_replicas=5"]].concat());
    // 20 are in flight, and the target is 2 per replica; a replica takes 8 at a time, so that none wait.
    assert_eq!(row(&table, "900")[3..6], ["5", "0", "5"], "{table}");
}
