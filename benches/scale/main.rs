//! Chains, fans and random graphs of 10, 100 and 1,000 nodes, beside the same written by hand with
//! `futures::join!`: the time of a node to expand, to check, to build and to run. Flat means that it is the
//! same for every size.
//!
//! `cargo bench -p serve-benches --bench scale`, or a part of it: `-- 100 dag struct`.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod build;
mod shape;
mod source;

use std::time::Instant;

use build::Package;
use shape::{Kind, Nodes};
use source::{Callee, Program};

/// The largest hand-written function that is built and run. rustc's time grows faster than its size: a
/// larger one is only checked, which already takes minutes.
const BUILT_BY_HAND: usize = 100;

fn main() {
    let wanted = Wanted(std::env::args().skip(1).collect());
    let package = Package::new();
    let one_node = Nodes::new(Kind::Chain, 1);
    let program = Program::by_hand(&one_node).text();
    package.build(&program); // with the dependencies
    package.check(&program);
    println!(
        "processor time to compile, and time to run; in brackets, how many times what it takes by hand\n"
    );
    println!(
        "{:<5} {:>5} {:<9} {:>9} {:>14} {:>14} {:>15} {:>15}",
        "", "nodes", "", "expand ms", "check ms", "build ms", "ready ns", "waiting ns"
    );
    let callees = Callee::ALL.map(Callee::name);
    let callees = Callee::ALL
        .into_iter()
        .filter(|callee| wanted.one(&callees, callee.name()))
        .map(Some);
    // By hand, and then as graphs.
    let ones = [None].into_iter().chain(callees);
    let ones = ones.map(|callee| {
        (
            callee,
            Cost::of(&package, &program_of(&one_node, callee), 1),
        )
    });
    let ones: Vec<(Option<Callee>, Cost)> = ones.collect();
    lines("all", 1, ones.clone());
    println!("\nmore than that, per node:");
    for kind in Kind::ALL {
        for size in [10, 100, 1000] {
            if wanted.one(&Kind::ALL.map(Kind::name), kind.name())
                && wanted.one(&["10", "100", "1000"], &size.to_string())
            {
                let nodes = Nodes::new(kind, size);
                assert_eq!(nodes.0.len(), size);
                let costs = ones.iter().map(|(callee, one)| {
                    let cost = Cost::of(&package, &program_of(&nodes, *callee), size);
                    (*callee, cost.per_node(one, size))
                });
                lines(kind.name(), size, costs);
            }
        }
    }
    println!(
        "\n-: not measured; by hand, more than {BUILT_BY_HAND} nodes are checked alone, as building them takes too long"
    );
}

fn program_of(nodes: &Nodes, callee: Option<Callee>) -> Program {
    match callee {
        Some(callee) => Program::graph(nodes, callee),
        None => Program::by_hand(nodes),
    }
}

/// Prints a line for each as soon as it is measured, compared with the first one.
fn lines(kind: &str, size: usize, costs: impl IntoIterator<Item = (Option<Callee>, Cost)>) {
    let mut by_hand = None;
    for (callee, cost) in costs {
        let by_hand = by_hand.get_or_insert(cost);
        let cell = |column: usize, digits: usize| match (cost.0[column], by_hand.0[column]) {
            (Some(cost), Some(by_hand)) if callee.is_some() => {
                format!("{cost:.digits$} ({:.1})", cost / by_hand)
            }
            (Some(cost), _) => format!("{cost:.digits$}"),
            (None, _) => "-".to_owned(),
        };
        println!(
            "{kind:<5} {size:>5} {:<9} {:>9} {:>14} {:>14} {:>15} {:>15}",
            callee.map_or("by hand", Callee::name),
            cell(0, 2),
            cell(1, 1),
            cell(2, 1),
            cell(3, 1),
            cell(4, 1),
        );
    }
}

/// The arguments.
struct Wanted(Vec<String>);

impl Wanted {
    /// Whether that one of several is selected: it is named, or none of them is.
    fn one(&self, all: &[&str], name: &str) -> bool {
        let is_named = |name: &str| self.0.iter().any(|it| it == name);
        is_named(name) || !all.iter().any(|name| is_named(name))
    }
}

/// The costs of a program: milliseconds to expand, to check and to build, and nanoseconds of a request
/// whose nodes are ready at once, and of one whose nodes wait. `None` is not measured.
#[derive(Clone, Copy)]
struct Cost([Option<f64>; 5]);

impl Cost {
    /// The median of several measurements, for few nodes, which share the noise of a measurement.
    fn of(package: &Package, program: &Program, nodes: usize) -> Self {
        let times = if nodes < 100 { 5 } else { 1 };
        let costs: Vec<Cost> = (0..times)
            .map(|_| Cost::once(package, program, nodes))
            .collect();
        let median = |column: usize| {
            let mut costs: Vec<f64> = costs.iter().filter_map(|cost| cost.0[column]).collect();
            costs.sort_by(f64::total_cmp);
            costs.get(costs.len() / 2).copied()
        };
        Cost([0, 1, 2, 3, 4].map(median))
    }

    fn once(package: &Package, program: &Program, nodes: usize) -> Self {
        let text = program.text();
        let expand = program.is_graph.then(|| expand(program) * 1e3);
        let check = Some(package.check(&text) * 1e3);
        if !program.is_graph && nodes > BUILT_BY_HAND {
            return Cost([expand, check, None, None, None]);
        }
        let build = Some(package.build(&text) * 1e3);
        let times = package.run();
        Cost([expand, check, build, Some(times[0]), Some(times[1])])
    }

    /// The time that each node after the first adds.
    fn per_node(&self, one: &Cost, nodes: usize) -> Self {
        let added = |column: usize| {
            let added = self.0[column]? - one.0[column]?;
            Some(added / (nodes - 1) as f64)
        };
        Cost([0, 1, 2, 3, 4].map(added))
    }
}

/// Seconds that the macros take for a program, the second time, as the first is slower in any process.
fn expand(program: &Program) -> f64 {
    let tokens = |text: &str| text.parse::<proc_macro2::TokenStream>().unwrap();
    let deployments = program.deployments.iter();
    let deployments: Vec<_> = deployments.map(|text| tokens(text)).collect();
    let graph = tokens(&program.graph);
    let once = || {
        let start = Instant::now();
        for deployment in &deployments {
            drop(serve_compiler::deployment(tokens(""), deployment.clone()));
        }
        drop(serve_compiler::graph(tokens(""), graph.clone()));
        start.elapsed().as_secs_f64()
    };
    once();
    once()
}
