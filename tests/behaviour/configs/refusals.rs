//! Configurations that are refused.

use serde_json::json;

use super::{refused, settings};

#[test]
fn all_errors_are_reported_at_once() {
    let message = refused(
        "
deployments:
- name: ecko
- name: inside
- name: echo
  num_replicas: 0
- name: echo
- name: trim
  max_ongoing_requests: 3
  user_config: 1
- name: limited
  num_replicas: 1
  autoscaling_config: { max_replicas: 2 }
",
    );
    let known = "note: it has `echo`, `inside/closed`, `limited`, `trim`";
    let expected = [
        "graph `settled` has no deployment `ecko`",
        known,
        "help: did you mean `echo`?",
        "graph `settled` has no deployment `inside`",
        known,
        "help: `inside` is a graph of its own: name what it binds, as in `inside/closed`",
        "deployment `echo`: `num_replicas` must be a whole number from 1 to 10000, but is 0",
        "deployment `echo` is given twice",
        "deployment `trim` is an `async fn` without a limit, which has no replicas: \
         `max_ongoing_requests` would have no effect",
        "help: put `#[deployment(max_ongoing_requests = ..)]` on the function, or remove what does nothing",
        "deployment `trim` has no `reconfigure`, so it takes no `user_config`",
        "help: write `fn reconfigure(&mut self, config: ..)` in its `#[deployment]` impl block, or remove the \
         `user_config`",
        "deployment `limited`: `num_replicas` is given beside an `autoscaling_config`, which takes its place",
        "help: remove one of the two",
    ];
    assert_eq!(message.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_configuration_of_another_application_is_refused() {
    assert_eq!(
        refused("name: settler"),
        "the configuration is for `settler`, but this is `settled`\n\
         help: leave out its `name`, if it is meant for both"
    );
}

#[test]
fn the_error_of_a_wrong_user_config_names_the_field() {
    let mut value = serde_json::to_value(settings()).unwrap();
    value["modes"][2] = json!({ "Between": { "low": "deep", "high": 1 } });
    let config = json!({ "deployments": [{ "name": "echo", "user_config": value }] });
    let message = refused(&config.to_string());
    let expected = "deployment `echo`: `user_config.modes[2].Between.low`: invalid type: string \"deep\", expected f32\n\
                    note: it is a `";
    assert!(message.starts_with(expected), "{message}");
    assert!(message.ends_with("configs::Settings`"), "{message}");
    let null = refused("deployments: [{ name: echo, user_config: null }]");
    assert!(
        null.starts_with("deployment `echo`: `user_config`: invalid type: null"),
        "{null}"
    );
}
