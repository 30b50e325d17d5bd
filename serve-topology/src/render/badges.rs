//! The notable facts about a deployment and a graph, each in a few words.

use std::time::Duration;

use super::text::one_line;
use crate::options::DeploymentOption;
use crate::{AutoscalingConfig, Batch, BoundDeployment, GraphLimits, Loader, Method, Options};

/// The options that differ from the defaults, and the models that it loads. An option that is set when the graph is built has no value to
/// show yet.
pub(super) fn badges(deployment: &BoundDeployment<'_>) -> Vec<String> {
    let Options {
        name: _,
        num_replicas,
        autoscaling_config,
        max_ongoing_requests,
        max_queued_requests,
        num_cpus,
        num_gpus,
        memory,
        resources,
        budget,
        // Options for the operation of a deployment, which a picture does not show.
        health_check_period: _,
        health_check_timeout: _,
        graceful_shutdown_timeout: _,
        max_constructor_retry_count: _,
        rolling_update_percentage: _,
    } = deployment.options;
    let default = Options::DEFAULT;
    let shown = [
        (num_replicas != default.num_replicas).then(|| {
            (
                DeploymentOption::NumReplicas,
                counted(num_replicas.into(), "replica"),
            )
        }),
        autoscaling_config
            .filter(|_| !deployment.set_at_build.contains(&"num_replicas"))
            .map(|config| (DeploymentOption::AutoscalingConfig, replicas(&config))),
        num_cpus.map(|n| (DeploymentOption::NumCpus, counted(n, "cpu"))),
        num_gpus.map(|n| (DeploymentOption::NumGpus, counted(n, "gpu"))),
        memory.map(|n| (DeploymentOption::Memory, bytes(n))),
        (!resources.is_empty()).then(|| (DeploymentOption::Resources, named(resources))),
        max_ongoing_requests.map(|n| {
            (
                DeploymentOption::MaxOngoingRequests,
                format!("max {n} ongoing"),
            )
        }),
        max_queued_requests.map(|n| {
            (
                DeploymentOption::MaxQueuedRequests,
                format!("max {n} queued"),
            )
        }),
        budget.map(|time| {
            (
                DeploymentOption::BudgetMs,
                format!("budget {} ms", milliseconds(time)),
            )
        }),
    ];
    let at_build = deployment.set_at_build;
    let known = shown.into_iter().flatten();
    let known = known.filter(|(option, _)| !at_build.contains(&option.spec().name));
    let late = at_build
        .iter()
        .map(|option| format!("{} at build", one_line(option)));
    let loaders = deployment.loaders.iter().map(loader);
    known
        .map(|(_, badge)| badge)
        .chain(late)
        .chain(loaders)
        .collect()
}

/// `model: 3 models a replica`.
fn loader(loader: &Loader<'_>) -> String {
    let name = one_line(loader.name);
    match loader.max_num_models_per_replica {
        Some(1) => format!("{name}: 1 model a replica"),
        Some(max) => format!("{name}: {max} models a replica"),
        None => format!("{name}: loads models"),
    }
}

/// The batching of a deployment's methods, except of one whose box shows it. Of several methods, each has its name.
pub(super) fn batches<'a>(
    deployment: &BoundDeployment<'a>,
    shown: Option<&Method<'a>>,
) -> impl Iterator<Item = String> {
    let methods = deployment.methods.iter();
    let is_only = deployment.methods.len() == 1;
    let shown = shown.map(|method| method.name);
    let others = methods.filter(move |method| Some(method.name) != shown);
    others.filter_map(move |method| {
        let batch = batch(method.batch.as_ref()?);
        Some(match is_only {
            true => batch,
            false => format!("{}: {batch}", one_line(method.name)),
        })
    })
}

/// The batching of a method.
pub(super) fn batch(batch: &Batch) -> String {
    let Batch {
        max_batch_size,
        max_batch_cost,
        grouped,
        // The time is a maximum, and waited only if it pays off, so it is not shown.
        batch_wait_timeout: _,
    } = batch;
    let size = match max_batch_size {
        0 => "batches".to_owned(), // computed, and the crate is not compiled yet
        size => format!("batches of {size}"),
    };
    let cost = max_batch_cost.map(|cost| format!(" up to cost {cost}"));
    let groups = if *grouped { " by group" } else { "" };
    format!("{size}{}{groups}", cost.unwrap_or_default())
}

/// Says that other boxes have the same replicas; nothing if none have.
pub(super) fn shared(calls: usize) -> Option<String> {
    (calls > 1).then(|| format!("shared by {calls} calls"))
}

/// The limits of a graph, or an empty string.
pub(super) fn limits(limits: &GraphLimits) -> String {
    let GraphLimits {
        slo,
        request_timeout,
        max_ongoing_requests,
        max_cpus,
        max_gpus,
    } = limits;
    let shown = [
        slo.map(|time| format!("{} ms", milliseconds(time))),
        max_ongoing_requests.map(|n| format!("{n} ongoing per entry")),
        max_cpus.map(|n| counted(n, "cpu")),
        max_gpus.map(|n| counted(n, "gpu")),
    ];
    let shown: Vec<_> = shown.into_iter().flatten().collect();
    let at_most = (!shown.is_empty()).then(|| format!("at most {}", shown.join(" · ")));
    let ends = request_timeout.map(|time| format!("ends after {} s", time.as_secs_f64()));
    let shown: Vec<_> = at_most.into_iter().chain(ends).collect();
    shown.join(" · ")
}

/// `20` or `0.5`.
fn milliseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e6
}

/// `1 license · 0.5 fpga`.
fn named(resources: &[(&str, f64)]) -> String {
    let each = resources.iter();
    let each = each.map(|(name, amount)| format!("{amount} {}", one_line(name)));
    each.collect::<Vec<_>>().join(" · ")
}

/// In the largest unit of which it has at least one: `1.5 GiB`.
fn bytes(count: u64) -> String {
    let units = [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.into_iter().find(|(_, size)| count >= *size) {
        Some((unit, size)) => {
            let tenths = (count as f64 / size as f64 * 10.0).round() / 10.0;
            format!("{tenths} {unit}")
        }
        None => format!("{count} B"),
    }
}

/// `1..4 replicas`, both ends included.
fn replicas(config: &AutoscalingConfig) -> String {
    let AutoscalingConfig {
        min_replicas,
        max_replicas,
        ..
    } = config;
    format!("{min_replicas}..{max_replicas} replicas")
}

fn counted(count: f64, what: &str) -> String {
    let plural = if count > 1.0 || count == 0.0 { "s" } else { "" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Execution;

    const DEPLOYMENT: BoundDeployment<'_> =
        BoundDeployment::new("Classifier_1", "fruit", "models::Classifier<'static>");

    #[test]
    fn badges_show_the_options_that_are_set() {
        assert_eq!(badges(&DEPLOYMENT), [""; 0]);
        let options = Options {
            num_replicas: 2,
            num_cpus: Some(1.0),
            num_gpus: Some(0.5),
            memory: Some(3 << 29),
            resources: &[("license", 1.0), ("fpga", 0.5)],
            max_ongoing_requests: Some(64),
            max_queued_requests: Some(7),
            budget: Some(Duration::from_millis(20)),
            ..Options::DEFAULT
        };
        let set = BoundDeployment {
            options,
            ..DEPLOYMENT
        };
        let expected = [
            "2 replicas",
            "1 cpu",
            "0.5 gpu",
            "1.5 GiB",
            "1 license · 0.5 fpga",
            "max 64 ongoing",
            "max 7 queued",
            "budget 20 ms",
        ];
        assert_eq!(badges(&set), expected);
    }

    #[test]
    fn a_value_of_the_build_replaces_the_default() {
        let options = Options {
            num_cpus: Some(1.0),
            ..Options::DEFAULT
        };
        let set_at_build = &["num_replicas", "num_cpus"];
        let late = BoundDeployment {
            options,
            set_at_build,
            ..DEPLOYMENT
        };
        assert_eq!(
            badges(&late),
            ["num_replicas at build", "num_cpus at build"]
        );
    }

    #[test]
    fn replicas_that_follow_the_load_show_their_bounds() {
        let config = AutoscalingConfig {
            min_replicas: 0,
            max_replicas: 4,
            ..AutoscalingConfig::DEFAULT
        };
        let options = Options {
            autoscaling_config: Some(config),
            ..Options::DEFAULT
        };
        let scaled = BoundDeployment {
            options,
            ..DEPLOYMENT
        };
        assert_eq!(badges(&scaled), ["0..4 replicas"]);
        for option in ["num_replicas", "autoscaling_config"] {
            let late = BoundDeployment {
                set_at_build: &[option],
                ..scaled
            };
            assert_eq!(badges(&late), [format!("{option} at build")]);
        }
    }

    #[test]
    fn a_batch_shows_its_limits() {
        assert_eq!(batch(&Batch::DEFAULT), "batches of 10");
        let bounded = Batch {
            max_batch_size: 8,
            max_batch_cost: Some(512),
            grouped: true,
            ..Batch::DEFAULT
        };
        assert_eq!(batch(&bounded), "batches of 8 up to cost 512 by group");
    }

    #[test]
    fn models_are_shown_with_their_loader() {
        let kept = |max| Loader::new("model").max_num_models_per_replica(max);
        let shown = |loader| badges(&DEPLOYMENT.loaders(&[loader]));
        assert_eq!(shown(kept(3)), ["model: 3 models a replica"]);
        assert_eq!(shown(kept(1)), ["model: 1 model a replica"]);
        assert_eq!(shown(Loader::new("model")), ["model: loads models"]);
    }

    #[test]
    fn batches_of_several_methods_have_names() {
        let method = |name| Method::new(name, Execution::Compute);
        let rate = method("rate").batch(Batch::DEFAULT);
        let one = [rate];
        let one = DEPLOYMENT.methods(&one);
        assert_eq!(batches(&one, None).collect::<Vec<_>>(), ["batches of 10"]);
        let several = [rate, method("look"), method("sort").batch(Batch::DEFAULT)];
        let several = DEPLOYMENT.methods(&several);
        let all: Vec<_> = batches(&several, None).collect();
        assert_eq!(all, ["rate: batches of 10", "sort: batches of 10"]);
        let others: Vec<_> = batches(&several, Some(&rate)).collect();
        assert_eq!(others, ["sort: batches of 10"]);
    }

    #[test]
    fn limits_are_added_to_one_text() {
        assert_eq!(limits(&GraphLimits::NONE), "");
        let all = GraphLimits {
            slo: Some(Duration::from_millis(250)),
            request_timeout: Some(Duration::from_millis(2500)),
            max_ongoing_requests: Some(50),
            max_cpus: Some(4.5),
            max_gpus: Some(1.0),
        };
        let text = "at most 250 ms · 50 ongoing per entry · 4.5 cpus · 1 gpu · ends after 2.5 s";
        assert_eq!(limits(&all), text);
        let ends = GraphLimits {
            request_timeout: Some(Duration::from_secs(1)),
            ..GraphLimits::NONE
        };
        assert_eq!(limits(&ends), "ends after 1 s");
    }
}
