//! Chains, fans and random graphs of 10, 100 and 1,000 nodes, beside the same written by hand with
//! `futures::join!`: what a node takes to expand, to check, to build and to run. Flat means that it is the
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

/// Up to here the hand-written function is built and run. rustc takes more than in proportion for it: a
/// larger one is only checked, which takes minutes as it is.
const BUILT_BY_HAND: usize = 100;

fn main() {
    let wanted = Wanted(std::env::args().skip(1).collect());
    let package = Package::new();
    let empty = Program::empty().text();
    package.build(&empty); // with the dependencies
    package.check(&empty);
    let empty = Empty {
        check: package.check(&empty),
        build: package.build(&empty),
    };
    println!(
        "an empty program takes {:.2} s of processor time to check and {:.2} s to build, which is left out below",
        empty.check, empty.build
    );
    println!("per node; in brackets, how many times what it takes by hand");
    println!(
        "by hand, what has more than {BUILT_BY_HAND} nodes is checked and not built: it would take too long\n"
    );
    println!(
        "{:<5} {:>5} {:<9} {:>9} {:>15} {:>15} {:>15} {:>15}",
        "", "nodes", "", "expand ms", "check ms", "build ms", "ready ns", "waiting ns"
    );
    for kind in Kind::ALL {
        for size in [10, 100, 1000] {
            if wanted.one(&Kind::ALL.map(Kind::name), kind.name())
                && wanted.one(&["10", "100", "1000"], &size.to_string())
            {
                lines(&package, &empty, &wanted, kind, size);
            }
        }
    }
}

/// The arguments.
struct Wanted(Vec<String>);

impl Wanted {
    /// Whether that one of several is, as it is named, or none of them is.
    fn one(&self, all: &[&str], name: &str) -> bool {
        let is_named = |name: &str| self.0.iter().any(|it| it == name);
        is_named(name) || !all.iter().any(|name| is_named(name))
    }
}

fn lines(package: &Package, empty: &Empty, wanted: &Wanted, kind: Kind, size: usize) {
    let nodes = Nodes::new(kind, size);
    assert_eq!(nodes.0.len(), size);
    let line = |name: &str, cost: &Cost, by_hand: Option<&Cost>| {
        let cells: Vec<String> = (0..cost.0.len())
            .map(
                |column| match (cost.0[column], by_hand.and_then(|it| it.0[column])) {
                    (Some(cost), Some(by_hand)) => format!("{cost:.1} ({:.1})", cost / by_hand),
                    (Some(cost), None) if column == 0 => format!("{cost:.2}"),
                    (Some(cost), None) => format!("{cost:.1}"),
                    (None, _) => "-".to_owned(),
                },
            )
            .collect();
        println!(
            "{:<5} {size:>5} {name:<9} {:>9} {:>15} {:>15} {:>15} {:>15}",
            kind.name(),
            cells[0],
            cells[1],
            cells[2],
            cells[3],
            cells[4]
        );
    };
    let by_hand = Cost::of(package, empty, &Program::by_hand(&nodes), size);
    line("by hand", &by_hand, None);
    for callee in Callee::ALL {
        if wanted.one(&Callee::ALL.map(Callee::name), callee.name()) {
            let graph = Cost::of(package, empty, &Program::graph(&nodes, callee), size);
            line(callee.name(), &graph, Some(&by_hand));
        }
    }
}

/// Seconds that a program without a graph takes.
struct Empty {
    check: f64,
    build: f64,
}

/// What a node costs: milliseconds to expand, to check and to build, and nanoseconds to run, ready at
/// once and waiting. `None` is what was not measured.
struct Cost([Option<f64>; 5]);

impl Cost {
    fn of(package: &Package, empty: &Empty, program: &Program, nodes: usize) -> Self {
        let text = program.text();
        let milliseconds = |seconds: f64| seconds * 1e3 / nodes as f64;
        let check = milliseconds(package.check(&text) - empty.check);
        let expand = program.is_graph.then(|| milliseconds(expand(program)));
        if !program.is_graph && nodes > BUILT_BY_HAND {
            return Cost([expand, Some(check), None, None, None]);
        }
        let build = milliseconds(package.build(&text) - empty.build);
        let times = package.run();
        let [ready, waiting] = [0, 1].map(|it| times[it] / nodes as f64);
        Cost([expand, Some(check), Some(build), Some(ready), Some(waiting)])
    }
}

/// Seconds that the macros take for a program, the second time: the first one is slower in any process.
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
