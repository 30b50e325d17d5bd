//! The programs: a graph, and the same program written by hand.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::shape::Nodes;

/// The deployments that the nodes call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Callee {
    /// Methods of one struct deployment, one for each number of arguments.
    Struct,
    /// A function deployment of its own for each node.
    Functions,
}

impl Callee {
    /// Both.
    pub const ALL: [Callee; 2] = [Callee::Struct, Callee::Functions];

    /// Its name, as tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Callee::Functions => "functions",
            Callee::Struct => "struct",
        }
    }
}

/// A program in the parts that macros see one by one.
pub struct Program {
    /// The items with `#[deployment]`.
    pub deployments: Vec<String>,
    /// The function with `#[graph]`, or the function by hand.
    pub graph: String,
    /// How a request is run.
    run: &'static str,
    /// Whether the attributes are there.
    pub is_graph: bool,
}

impl Program {
    /// As a graph.
    pub fn graph(nodes: &Nodes, callee: Callee) -> Self {
        let mut body = String::new();
        if callee == Callee::Struct {
            body += "    let step = Step::bind();\n";
        }
        body += "    input(|x: u64| {\n";
        let calls = Calls { nodes, callee };
        let last = nodes.0.len() - 1;
        for node in 0..last {
            let _ = writeln!(body, "        let n{node} = {};", calls.call(node));
        }
        let _ = writeln!(body, "        {}\n    }})", calls.call(last));
        Program {
            deployments: deployments(nodes, callee),
            graph: format!("fn pipeline() -> u64 {{\n{body}}}\n"),
            run: "    let app = runtime.block_on(deploy(pipeline())).unwrap();\n    \
                  common::measure(&runtime, |x| app.call(x));\n",
            is_graph: true,
        }
    }

    /// By hand, level by level, of plain functions.
    pub fn by_hand(nodes: &Nodes) -> Self {
        let callee = Callee::Functions;
        let calls = Calls { nodes, callee };
        let mut body = String::new();
        for level in nodes.levels() {
            let names: Vec<String> = level.iter().map(|node| format!("n{node}")).collect();
            let awaited: Vec<String> = level.iter().map(|node| calls.call(*node)).collect();
            if let ([name], [call]) = (&names[..], &awaited[..]) {
                let _ = writeln!(body, "    let {name} = {call}.await?;");
                continue;
            }
            let (names, calls) = (names.join(", "), awaited.join(", "));
            let results = names.replace(',', "?,");
            let _ = writeln!(
                body,
                "    let ({names}) = futures::join!({calls});\n    let ({names}) = ({results}?);"
            );
        }
        let _ = writeln!(body, "    Ok(n{})", nodes.0.len() - 1);
        Program {
            deployments: deployments(nodes, callee),
            graph: format!("async fn pipeline(x: u64) -> Result<u64> {{\n{body}}}\n"),
            run: BY_HAND,
            is_graph: false,
        }
    }

    /// The whole program.
    pub fn text(&self) -> String {
        let (deployment, graph) = match self.is_graph {
            true => ("#[deployment]\n", "#[graph]\n"),
            false => ("", ""),
        };
        let mut text = "#![allow(dead_code)]\nmod common;\nuse common::work;\nuse serve_runtime::prelude::*;\n\n".to_owned();
        for item in &self.deployments {
            let _ = writeln!(text, "{deployment}{item}");
        }
        let _ = writeln!(text, "{graph}{}", self.graph);
        let _ = writeln!(
            text,
            "fn main() {{\n    let runtime = common::runtime();\n{}}}",
            self.run
        );
        text
    }
}

const BY_HAND: &str = "    common::measure(&runtime, pipeline);\n";

struct Calls<'n> {
    nodes: &'n Nodes,
    callee: Callee,
}

impl Calls<'_> {
    fn call(&self, node: usize) -> String {
        let mut takes: Vec<String> = self.nodes.0[node].iter().map(|n| format!("n{n}")).collect();
        if takes.is_empty() {
            takes.push("x".to_owned());
        }
        let arguments = takes.join(", ");
        match self.callee {
            Callee::Functions => format!("step_{node}({arguments})"),
            Callee::Struct => format!("step.take_{}({arguments})", takes.len()),
        }
    }
}

fn deployments(nodes: &Nodes, callee: Callee) -> Vec<String> {
    let numbers = nodes.0.iter().map(|takes| takes.len().max(1));
    match callee {
        Callee::Functions => {
            let functions = numbers.enumerate();
            let functions = functions.map(|(node, n)| function("", &format!("step_{node}"), n));
            functions.collect()
        }
        Callee::Struct => {
            let numbers: BTreeSet<usize> = numbers.collect();
            let methods = numbers.into_iter();
            let methods = methods.map(|n| function("&self, ", &format!("take_{n}"), n));
            let methods: String = methods.collect();
            vec![
                "struct Step;\n".to_owned(),
                format!("impl Step {{\n    fn new() -> Self {{ Step }}\n{methods}}}\n"),
            ]
        }
    }
}

fn function(receiver: &str, name: &str, arguments: usize) -> String {
    let params: Vec<String> = (0..arguments).map(|i| format!("a{i}: u64")).collect();
    let rest: String = (1..arguments).map(|i| format!(" + a{i}")).collect();
    let params = params.join(", ");
    format!("async fn {name}({receiver}{params}) -> Result<u64> {{ Ok(work(a0).await{rest}) }}\n")
}
