//! What a file says: in Ray Serve's form and in the short one, and what has no meaning or is not known.

use serde_json::{Value, json};
use serve_runtime::config::{ApplicationConfig, Config, DeploymentConfig, HttpOptions, Setting};
use serve_runtime::prelude::*;

/// A file with one deployment, whose options begin in the sixth line.
fn with_options(options: &str) -> String {
    let lines = options.lines().map(|line| format!("    {line}\n"));
    let lines: String = lines.collect();
    format!("applications:\n- name: hello\n\n  deployments:\n  - name: worker\n{lines}")
}

fn deployment(options: &str) -> DeploymentConfig {
    let config = Config::from_yaml(&with_options(options)).unwrap();
    assert_eq!(config.warnings(), [""; 0], "{options}");
    config.applications[0].deployments[0].clone()
}

fn refused(text: &str) -> String {
    Config::from_yaml(text).unwrap_err().to_string()
}

#[test]
fn a_file_says_the_same_in_the_short_form_and_in_that_of_several_applications() {
    let several = "
http_options: { port: 9000 }
applications:
- name: hello
  route_prefix: /hello
  deployments: [{ name: worker, num_replicas: 2 }]
";
    let short = "
name: hello
route_prefix: /hello
deployments: [{ name: worker, num_replicas: 2 }]
http_options: { port: 9000 }
";
    let expected = Config::new()
        .http_options(HttpOptions::new().port(9000))
        .application(
            ApplicationConfig::new()
                .name("hello")
                .route_prefix("/hello".to_owned())
                .deployment(DeploymentConfig::new("worker").num_replicas(2)),
        );
    for text in [several, short] {
        let read = Config::from_yaml(text).unwrap();
        assert_eq!(read, expected);
        let again = Config::from_yaml(&read.to_yaml().unwrap()).unwrap();
        assert_eq!(again, expected);
        let json = serde_json::to_value(&read).unwrap();
        assert_eq!(Config::from_value(json).unwrap(), expected);
    }
    // The server alone.
    let server = Config::from_yaml("http_options: { host: 0.0.0.0 }").unwrap();
    assert_eq!(server.applications, []);
    assert_eq!(Config::from_yaml("{}").unwrap().applications.len(), 1);
    let error = ApplicationConfig::from_yaml("applications: []").unwrap_err();
    assert_eq!(error.message(), "it has 0 applications, not one");
}

#[test]
fn options_of_ray_are_those_that_mean_the_same_here() {
    for (rays, mine) in [
        ("max_queued_requests: -1", "max_queued_requests: null"),
        (
            "ray_actor_options: { num_cpus: 0.5, num_gpus: 1, memory: 1.0e9, resources: { license: 1 } }",
            "num_cpus: 0.5\nnum_gpus: 1\nmemory: 1000000000\nresources: { license: 1 }",
        ),
        (
            "ray_actor_options: { num_cpus: null, runtime_env: {} }",
            "name: worker",
        ),
        (
            "num_replicas: auto",
            "autoscaling_config: { min_replicas: 1, max_replicas: 100, target_ongoing_requests: 2 }",
        ),
        (
            "num_replicas: auto\nautoscaling_config: { max_replicas: 7, upscale_delay_s: 1 }",
            "autoscaling_config: { max_replicas: 7, upscale_delay_s: 1 }",
        ),
        (
            "num_replicas: auto\nautoscaling_config: null",
            "autoscaling_config: { max_replicas: 100 }",
        ),
        (
            "autoscaling_config: { upscaling_factor: null, downscaling_factor: null, target_ongoing_requests: null }",
            "autoscaling_config: {}",
        ),
        (
            "autoscaling_config: { smoothing_factor: 0.5 }",
            "autoscaling_config: { upscaling_factor: 0.5, downscaling_factor: 0.5 }",
        ),
        (
            "autoscaling_config: { smoothing_factor: 0.5, upscale_smoothing_factor: 3, downscaling_factor: 2 }",
            "autoscaling_config: { upscaling_factor: 3, downscaling_factor: 2 }",
        ),
        (
            "autoscaling_config: { downscale_smoothing_factor: 3, upscale_smoothing_factor: null }",
            "autoscaling_config: { downscaling_factor: 3 }",
        ),
        (
            "autoscaling_config:\n  aggregation_function: MEAN\n  policy:\n    policy_function: \
             ray.serve.autoscaling_policy:default_autoscaling_policy",
            "autoscaling_config: {}",
        ),
    ] {
        let mine = mine.replace("name: worker", "");
        assert_eq!(deployment(rays), deployment(&mine), "{rays}");
    }
    let automatic = deployment("num_replicas: auto");
    assert_eq!(automatic.num_replicas, None);
    let expected = AutoscalingConfig::new().max_replicas(100);
    assert_eq!(automatic.autoscaling_config, Setting::Set(expected));
}

#[test]
fn options_of_ray_that_contradict_others_are_refused_with_their_place() {
    for (options, expected) in [
        (
            "num_cpus: 1\nray_actor_options:\n  num_cpus: 1",
            "8:7: `num_cpus` is given twice: for the deployment, and in its `ray_actor_options`\nhelp: remove one of the two",
        ),
        (
            "ray_actor_options: { num_cpu: 1 }",
            "6:26: unknown field `num_cpu`\nhelp: did you mean `num_cpus`?",
        ),
        (
            "ray_actor_options: [num_cpus]",
            "6:24: `applications[0].deployments[0].ray_actor_options` must be a mapping, as in `name: value`",
        ),
        (
            "ray_actor_options:\n  num_cpus: one",
            "7:17: `applications[0].deployments[0].num_cpus` must be a number",
        ),
        (
            "num_replicas: auto\nautoscaling_config: { max_replicas: [] }",
            "7:41: `applications[0].deployments[0].autoscaling_config.max_replicas` must be a single value, not a list or \
             a mapping",
        ),
        (
            "num_replicas: automatic",
            "6:19: `applications[0].deployments[0].num_replicas` must be a whole number from 1 to 10000",
        ),
        (
            "max_queued_requests: -2",
            "6:26: `applications[0].deployments[0].max_queued_requests` must be a whole number from 0 to 4294967295",
        ),
        (
            "autoscaling_config: { smoothing_factor: none }",
            "6:45: `applications[0].deployments[0].autoscaling_config.upscaling_factor` must be a number",
        ),
        (
            "autoscaling_config: { upscale_delay_s: -1 }",
            "6:44: `applications[0].deployments[0].autoscaling_config.upscale_delay_s` must be a number of at least 0, but is \
             -1",
        ),
        (
            "placement_group_bundle: []",
            "6:5: unknown field `placement_group_bundle`\nhelp: did you mean `placement_group_bundles`?",
        ),
        (
            "autoscaling_config: { policyy: {} }",
            "6:27: unknown field `policyy`\nhelp: did you mean `policy`?",
        ),
    ] {
        assert_eq!(refused(&with_options(options)), expected, "{options}");
    }
}

#[test]
fn a_wrong_key_or_value_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "applications: []\ndeployments: []",
            "2:1: `deployments` belongs to an application, in the list `applications`",
        ),
        (
            "applications: []\nport: 80",
            "2:1: `port` belongs in `http_options`, at the top of the file",
        ),
        (
            "host: localhost",
            "1:1: `host` belongs in `http_options`, at the top of the file",
        ),
        (
            "applicationss: []",
            "1:1: unknown field `applicationss`\nhelp: did you mean `applications`?",
        ),
        (
            "http_option: {}\napplications: []",
            "1:1: unknown field `http_option`\nhelp: did you mean `http_options`?",
        ),
        (
            "http_options: { ports: 80 }",
            "1:17: unknown field `ports`\nhelp: did you mean `port`?",
        ),
        (
            "applications:\n- name: hello\n  route_prefixes: /",
            "3:3: unknown field `route_prefixes`\nhelp: did you mean `route_prefix`?",
        ),
        (
            "applications: {}",
            "1:15: `applications` must be a list, as in `- item`",
        ),
        (
            "applications: [hello]",
            "1:16: `applications[0]` must be a mapping, as in `name: value`",
        ),
        (
            "applications:\n- name: 3",
            "2:9: `applications[0].name` must be a text; a number or `true` needs quotes to be one",
        ),
        (
            "applications:\n- name: a\n- name: a\n  route_prefix: a/",
            "3:9: two applications have the `name` `a`\n4:17: application `a`: `route_prefix` must be `/`, or start with `/` \
             and not end with it, but is `a/`",
        ),
        (
            "proxy_location: Everywhere",
            "1:17: `proxy_location` must be `Disabled`, `HeadOnly` or `EveryNode`",
        ),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn each_key_of_ray_without_a_meaning_is_a_warning_with_its_place() {
    let text = "\
proxy_location: Disabled
http_options: { root_path: '', ssl_certfile: cert.pem }
grpc_options: { port: 9000 }
tracing_config: null
applications:
- name: hello
  runtime_env: { pip: [torch] }
  autoscaling_policy: null
  deployments:
  - name: worker
    placement_group_bundles: [{ CPU: 1 }]
    request_router_config: {}
    max_surge_percent: 10
    ray_actor_options: { accelerator_type: A100 }
    autoscaling_config: { aggregation_function: max, policy: { policy_function: mine:policy } }
";
    let config = Config::from_yaml(text).unwrap();
    let expected = [
        "1:1: `proxy_location` has no meaning here and is ignored: HTTP is served all the same",
        "2:32: `ssl_certfile` has no meaning here and is ignored: the server speaks plain HTTP",
        "3:1: `grpc_options` has no meaning here and is ignored: there is no gRPC server",
        "7:3: `runtime_env` has no meaning here and is ignored",
        "11:5: `placement_group_bundles` has no meaning here and is ignored",
        "13:5: `max_surge_percent` has no meaning here and is ignored: a new replica is ready before an old one stops",
        "14:26: `accelerator_type` has no meaning here and is ignored",
        "15:27: `aggregation_function` has no meaning here and is ignored: the mean is used",
        "15:54: `policy` has no meaning here and is ignored: there is one policy, Ray Serve's default",
    ];
    let mut warnings = config.warnings().to_vec();
    warnings.sort_by_key(|warning| {
        let mut numbers = warning.split(':').map(|part| part.parse::<u32>().ok());
        (numbers.next(), numbers.next())
    });
    assert_eq!(warnings, expected);
    let error = config.strict().unwrap_err().to_string();
    assert!(
        expected.iter().all(|warning| error.contains(warning)),
        "{error}"
    );
    assert_eq!(error.lines().count(), expected.len());
}

#[test]
fn a_request_has_no_variables_and_no_places() {
    let value = |greeting: Value| {
        json!({ "applications": [{ "name": "hello", "deployments": [
            { "name": "worker", "user_config": { "greeting": greeting }, "num_replicas": "auto" },
        ] }] })
    };
    let config = Config::from_value(value(json!("${HOME}"))).unwrap();
    let user_config = &config.applications[0].deployments[0].user_config;
    assert_eq!(*user_config, Some(json!({ "greeting": "${HOME}" })));
    let written = Config::from_yaml(&config.to_yaml().unwrap()).unwrap();
    assert_eq!(written, config, "what is no variable stays none");
    let mut wrong = value(Value::Null);
    wrong["applications"][0]["deployments"][0]["num_replicas"] = json!(0.5);
    let error = Config::from_value(wrong).unwrap_err();
    let expected =
        "`applications[0].deployments[0].num_replicas` must be a whole number from 1 to 10000";
    assert_eq!(error.message(), expected);
    let error = serde_json::from_value::<Config>(json!({ "names": 1 })).unwrap_err();
    assert!(
        error.to_string().contains("did you mean `name`?"),
        "{error}"
    );
}

/// Cargo sets it for tests.
const VARIABLE: &str = "CARGO_PKG_NAME";

#[test]
fn the_value_of_a_variable_is_used_and_not_shown() {
    let user_config =
        format!("user_config: {{ name: \"${{{VARIABLE}}}\", all: [\"a-${{{VARIABLE}}}\"] }}");
    let text = with_options(&user_config);
    let config = Config::from_yaml(&text).unwrap();
    let read = config.applications[0].deployments[0].user_config.clone();
    let value = env!("CARGO_PKG_NAME");
    assert_eq!(
        read,
        Some(json!({ "name": value, "all": [format!("a-{value}")] }))
    );
    let shown = [
        config.to_yaml().unwrap(),
        serde_json::to_string(&config).unwrap(),
        format!("{config:?}"),
        format!("{:?}", config.applications[0].deployments),
    ];
    for shown in shown {
        assert!(!shown.contains(value), "{shown}");
        assert!(shown.contains("a-${CARGO_PKG_NAME}"), "{shown}");
    }
    let sent = serde_json::to_string(&config.expanded()).unwrap();
    assert!(sent.contains(value) && !sent.contains(VARIABLE), "{sent}");
    let again = Config::from_yaml(&config.to_yaml().unwrap()).unwrap();
    assert_eq!(again, config);

    // Keys are plain text, and a value that is changed is no longer that of the variable.
    let key = with_options(&format!("user_config:\n  ${{{VARIABLE}}}: 1"));
    let mut changed = Config::from_yaml(&key).unwrap();
    let user_config = &mut changed.applications[0].deployments[0].user_config;
    assert_eq!(*user_config, Some(json!({ "${CARGO_PKG_NAME}": 1 })));
    *user_config = Some(json!("changed"));
    assert!(
        changed
            .to_yaml()
            .unwrap()
            .contains("user_config: changed\n")
    );
    let missing = with_options("num_replicas: ${NOT_IN_THE_ENVIRONMENT}");
    let expected = "6:19: the environment has no variable `NOT_IN_THE_ENVIRONMENT`\n\
                    help: set it, or write `${NOT_IN_THE_ENVIRONMENT:-default}`";
    assert_eq!(refused(&missing), expected);
}
