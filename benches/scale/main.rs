//! Chains, fans and random graphs of 10, 100 and 1,000 nodes, against the same written by hand with
//! `futures::join!`: what they take to expand, to check, to build and to run.
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

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |names: &[&str], name: &str| {
        let mut given = names
            .iter()
            .filter(|name| arguments.iter().any(|it| it == *name));
        let some = given.clone().next().is_some();
        !some || given.any(|given| *given == name)
    };
    let package = Package::new();
    let empty = Program::empty().text();
    package.build(&empty); // with the dependencies
    package.check(&empty);
    let empty = Cost {
        expand: 0.0,
        check: package.check(&empty),
        build: package.build(&empty),
        ready: 0.0,
        waiting: 0.0,
    };
    println!(
        "an empty program takes {:.2} s to check and {:.2} s to build, which is left out below",
        empty.check, empty.build
    );
    println!("per node; in brackets, how many times what it takes by hand\n");
    println!(
        "{:<6} {:<10} {:>5} {:>9} {:>15} {:>15} {:>17} {:>17}",
        "", "", "nodes", "expand ms", "check ms", "build ms", "ready ns", "waiting ns"
    );
    for callee in Callee::ALL {
        for kind in Kind::ALL {
            for size in [10, 100, 1000] {
                let sizes = ["10", "100", "1000"];
                if wanted(&["functions", "struct"], callee.name())
                    && wanted(&["chain", "fan", "dag"], kind.name())
                    && wanted(&sizes, &size.to_string())
                {
                    line(&package, &empty, callee, kind, size);
                }
            }
        }
    }
}

fn line(package: &Package, empty: &Cost, callee: Callee, kind: Kind, size: usize) {
    let nodes = Nodes::new(kind, size);
    assert_eq!(nodes.0.len(), size);
    let graph = Cost::of(package, empty, &Program::graph(&nodes, callee), size);
    let by_hand = Cost::of(package, empty, &Program::by_hand(&nodes, callee), size);
    let against = |get: fn(&Cost) -> f64, digits: usize| {
        format!(
            "{:.digits$} ({:.1})",
            get(&graph),
            get(&graph) / get(&by_hand)
        )
    };
    println!(
        "{:<6} {:<10} {:>5} {:>9.2} {:>15} {:>15} {:>17} {:>17}",
        kind.name(),
        callee.name(),
        size,
        graph.expand,
        against(|cost| cost.check, 1),
        against(|cost| cost.build, 1),
        against(|cost| cost.ready, 1),
        against(|cost| cost.waiting, 1),
    );
}

/// What a node costs.
struct Cost {
    /// Milliseconds.
    expand: f64,
    check: f64,
    build: f64,
    /// Nanoseconds.
    ready: f64,
    waiting: f64,
}

impl Cost {
    fn of(package: &Package, empty: &Cost, program: &Program, nodes: usize) -> Self {
        let (text, nodes) = (program.text(), nodes as f64);
        let (check, build) = (package.check(&text), package.build(&text));
        let times = package.run();
        Cost {
            expand: expand(program) / nodes,
            check: (check - empty.check) * 1e3 / nodes,
            build: (build - empty.build) * 1e3 / nodes,
            ready: times[0] / nodes,
            waiting: times[1] / nodes,
        }
    }
}

/// Milliseconds that the macros take for a program.
fn expand(program: &Program) -> f64 {
    if !program.is_graph {
        return 0.0;
    }
    let tokens = |text: &str| text.parse::<proc_macro2::TokenStream>().unwrap();
    let deployments = program.deployments.iter();
    let deployments: Vec<_> = deployments.map(|text| tokens(text)).collect();
    let graph = tokens(&program.graph);
    let start = Instant::now();
    for deployment in deployments {
        drop(serve_compiler::deployment(tokens(""), deployment));
    }
    drop(serve_compiler::graph(tokens(""), graph));
    start.elapsed().as_secs_f64() * 1e3
}
