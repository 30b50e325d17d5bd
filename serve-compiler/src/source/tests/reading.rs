//! The facts that are read from definitions and graphs.

use std::time::Duration;

use super::{Bound, GRAPH, read};
use bumpalo::Bump;
use serve_topology::AutoscalingConfig;

#[test]
fn facts_come_from_the_definition() {
    let root = format!(
        "#[deployment(num_replicas = 2, num_cpus = 1, num_gpus = 0.5, max_queued_requests = 1 + 1, name = \"m\")]
         pub enum Model {{ A }}
         #[deployment] impl Model {{
             fn new() -> Self {{ Model::A }}
             async fn run(&self, image: &Image, n: Vec<Label>) -> Result<Vec<Label>, Oops> {{ x }}
             fn train(&mut self, m: Self) {{}}
             #[cfg(test)] fn probe(&self) {{}}
         }}
         #[serve_runtime::deployment(max_ongoing_requests = 3)]
         fn join((a, b): (u8, u8)) -> std::result::Result<u16, Oops> {{ x }} {GRAPH}"
    );
    let (_folder, sources) = read(&[("src/lib.rs", &root)]);
    let graph = sources.graphs().next().unwrap();
    let bump = Bump::new();
    let facts = |path: &str| match graph.bound(&syn::parse_str(path).unwrap(), &bump) {
        Some(Bound::Deployment(facts)) => facts,
        _ => panic!("{path}"),
    };

    let model = facts("Model");
    assert_eq!(model.options.num_replicas, 2);
    assert_eq!(model.options.num_cpus, Some(1.0));
    assert_eq!(model.options.num_gpus, Some(0.5));
    assert_eq!(model.options.name, Some("m"));
    assert_eq!(model.computed, ["max_queued_requests"]);
    let shown: Vec<_> = model.methods.iter().map(signature).collect();
    assert_eq!(
        shown,
        [
            "InPlace run(image: &Image, n: Vec<Label>) -> Vec<Label>",
            "Compute train(m: Model) -> ()",
        ]
    );

    let join = facts("join");
    assert_eq!(join.options.max_ongoing_requests, Some(3));
    assert_eq!(
        signature(&join.methods[0]),
        "Compute call(argument_0: (u8, u8)) -> u16"
    );
}

#[test]
fn a_scaling_deployment_is_read_from_either_spelling() {
    let root = format!(
        "const MOST: u32 = 3;
         #[deployment(autoscaling_config(min_replicas = 0, max_replicas = 4, initial_replicas = 2))]
         pub fn list(n: u32) -> u32 {{ n }}
         #[deployment(autoscaling_config = AutoscalingConfig::new()
             .max_replicas(9).initial_replicas(3).target_ongoing_requests(0.5)
             .upscale_delay(Duration::from_millis(500)))]
         pub fn written(n: u32) -> u32 {{ n }}
         #[deployment(autoscaling_config(max_replicas = MOST))]
         pub fn computed(n: u32) -> u32 {{ n }}
         #[deployment(autoscaling_config = OTHER.max_replicas(9))]
         pub fn based(n: u32) -> u32 {{ n }} {GRAPH}"
    );
    let (_folder, sources) = read(&[("src/lib.rs", &root)]);
    let graph = sources.graphs().next().unwrap();
    let bump = Bump::new();
    let facts = |path: &str| match graph.bound(&syn::parse_str(path).unwrap(), &bump) {
        Some(Bound::Deployment(facts)) => facts,
        _ => panic!("{path}"),
    };
    let list = AutoscalingConfig::new()
        .min_replicas(0)
        .max_replicas(4)
        .initial_replicas(2);
    assert_eq!(facts("list").options.autoscaling_config, Some(list));
    let written = AutoscalingConfig::new()
        .max_replicas(9)
        .initial_replicas(3)
        .target_ongoing_requests(0.5)
        .upscale_delay(Duration::from_millis(500));
    assert_eq!(facts("written").options.autoscaling_config, Some(written));
    for computed in ["computed", "based"] {
        assert_eq!(facts(computed).computed, ["autoscaling_config"]);
    }
}

fn signature(method: &serve_topology::Method<'_>) -> String {
    let params = method
        .params
        .iter()
        .map(|it| format!("{}: {}", it.name, it.ty));
    let params = params.collect::<Vec<_>>().join(", ");
    format!(
        "{:?} {}({params}) -> {}",
        method.execution, method.name, method.output
    )
}

#[test]
fn a_wrong_graph_is_reported_at_its_tokens() {
    let root = "fn before() {}\n\n#[graph(rout = \"/\")]\nfn shop() -> u32 {\n    input(|x: u32| nothing.at(x))\n}\n#[graph]\nfn empty() {}\n";
    let (_folder, sources) = read(&[("src/lib.rs", root)]);
    let problems = sources
        .graphs()
        .flat_map(|graph| graph.topology(&Bump::new()).unwrap_err());
    let shown: Vec<_> = problems
        .map(|problem| {
            let place = problem.place.unwrap();
            let text = &place.text[place.bytes];
            let first = problem.message.lines().next().unwrap();
            format!("{:?} `{text}` {first}", place.line_column)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "(3, 9) `rout` unknown option `rout`",
            "(5, 20) `nothing` cannot find `nothing` in this graph",
            "(8, 4) `empty` a graph ends with its input block",
        ]
    );
}

#[test]
fn a_bound_graph_has_its_own_shape_and_none_within_itself() {
    let root = "#[deployment] fn look(n: u32) -> Text { x }
        #[graph] fn ocr() -> Text { let again = shop::bind(); input(|n: u32| again.call(look(n))) }
        #[graph] fn shop() -> Text { let ocr = ocr::bind(); input(|n: u32| ocr.call(n)) }";
    let (_folder, sources) = read(&[("src/lib.rs", root)]);
    let shop = sources.graphs().find(|graph| graph.name() == "shop");
    let bump = Bump::new();
    let shop = shop.unwrap().topology(&bump).unwrap();
    let ocr = shop.deployments[0].graph.unwrap();
    assert_eq!(ocr.name, "ocr");
    assert_eq!(ocr.nodes[0].method.output, "Text");
    assert_eq!(ocr.deployments[0].graph, None);
}
