//! A whole program: a graph, a function that computes the same, and the test that compares them.

use super::code::{Code, Ty};
use super::expr::Generator;
use super::inner::{self, Bindable, Signature};
use super::random::Random;
use super::scope::Scope;

pub(crate) struct Program {
    pub(crate) source: String,
    pub(crate) bindable: Bindable,
}

/// One entry of a graph.
struct Entry {
    params: Vec<(&'static str, Ty)>,
    body: Code,
}

const BINDINGS: [(&str, &str, &str); 6] = [
    ("worker", "Worker::bind(3)", "Worker::new(3)"),
    (
        "clerk",
        "Clerk::bind(\"c\").max_ongoing_requests(1)",
        "Clerk::new(\"c\")",
    ),
    ("miner", "Miner::bind(5).num_replicas(2)", "Miner::new(5)"),
    ("mill", "Mill::bind().num_replicas(2)", "Mill::new()"),
    ("depot", "Depot::bind()", "Depot::new()"),
    ("holder", "Holder::bind(held)", ""),
];

pub(crate) fn generate(seed: u64, bindable: &[Bindable]) -> Program {
    let mut random = Random::new(seed);
    let inner = inner::choose(bindable, &mut random);
    let mut generator = Generator {
        random,
        scope: Scope::default(),
        calls: 0,
        bound: Vec::new(),
        inner,
    };
    let routes = match seed % 5 {
        4 => vec![("first", Ty::Item), ("second", Ty::Items)],
        _ => vec![("call", [Ty::Item, Ty::Num, Ty::Items][seed as usize % 3])],
    };
    let entries: Vec<Entry> = routes
        .iter()
        .map(|(_, ty)| entry(&mut generator, *ty))
        .collect();
    let mut source = graph(seed, &generator, &routes, &entries);
    for (index, ((route, output), entry)) in routes.iter().zip(&entries).enumerate() {
        source += &plain(seed, index, *output, entry);
        source += &test(seed, index, route, entry);
    }
    let entries = routes.iter().zip(&entries).enumerate();
    let entries = entries.map(|(index, ((method, output), entry))| Signature {
        method,
        plain: plain_name(seed, index),
        params: entry.params.iter().map(|(_, ty)| *ty).collect(),
        output: *output,
    });
    let entries = entries.collect();
    let bindable = Bindable { seed, entries };
    Program { source, bindable }
}

fn entry(generator: &mut Generator<'_>, output: Ty) -> Entry {
    let all = [
        ("a", Ty::Item),
        ("b", Ty::Item),
        ("n", Ty::Num),
        ("all", Ty::Items),
    ];
    let params: Vec<_> = match generator.random.below(3) {
        0 => vec![all[0], all[2]],
        1 => vec![all[0], all[2], all[3]],
        _ => all.to_vec(),
    };
    generator.scope = Scope::default();
    generator.calls = 5 + generator.random.below(16);
    for (name, ty) in &params {
        generator.scope.declare(name, *ty);
    }
    let body = generator.body(0, output, 4).settled();
    Entry { params, body }
}

fn parameters(entry: &Entry) -> String {
    let params = entry.params.iter();
    let params: Vec<String> = params
        .map(|(name, ty)| format!("{name}: {}", ty.name()))
        .collect();
    params.join(", ")
}

fn graph(seed: u64, generator: &Generator<'_>, routes: &[(&str, Ty)], entries: &[Entry]) -> String {
    let mut lets = bindings(generator, |(name, graph, _)| {
        format!("let {name} = {graph};\n")
    });
    if generator.bound.contains(&"holder") {
        lets.insert_str(0, "let held = Worker::bind(9);\n");
    }
    let inner = generator.inner.iter();
    lets.extend(inner.clone().map(|inner| inner.bind(seed)));
    let keepers: String = inner.map(|inner| inner.declare(seed)).collect();
    let entries: Vec<String> = match entries {
        [entry] => vec![format!(
            "input(|{}| {{ {} }})",
            parameters(entry),
            entry.body.graph
        )],
        _ => routes
            .iter()
            .zip(entries)
            .map(|((route, output), entry)| {
                let (params, output) = (parameters(entry), output.name());
                let body = &entry.body.graph;
                format!("route(\"/{route}\", |{params}| -> {output} {{ {body} }});")
            })
            .collect(),
    };
    let (output, entries) = (routes[0].1.name(), entries.join("\n"));
    format!("{keepers}#[graph]\nfn program_{seed}() -> {output} {{\n{lets}{entries}\n}}\n\n")
}

/// One line for each deployment that is called.
fn bindings(generator: &Generator<'_>, line: impl Fn((&str, &str, &str)) -> String) -> String {
    let bound = BINDINGS
        .into_iter()
        .filter(|(name, ..)| generator.bound.contains(name));
    bound.map(line).collect()
}

fn plain(seed: u64, index: usize, output: Ty, entry: &Entry) -> String {
    let name = plain_name(seed, index);
    let (params, output, body) = (parameters(entry), output.name(), &entry.body.plain);
    let used = |name: &str| body.contains(&format!("{name}."));
    let mut lets: String = BINDINGS
        .into_iter()
        .filter(|(name, _, plain)| !plain.is_empty() && used(name))
        .map(|(name, _, plain)| format!("let mut {name} = {plain};\n"))
        .collect();
    if used("held") {
        lets += "let held = Worker::new(9);\n";
    }
    format!("async fn {name}({params}) -> Result<{output}> {{\n{lets}Ok({{ {body} }})\n}}\n\n")
}

fn plain_name(seed: u64, index: usize) -> String {
    match index {
        0 => format!("plain_{seed}"),
        _ => format!("plain_{seed}_{index}"),
    }
}

fn test(seed: u64, index: usize, route: &str, entry: &Entry) -> String {
    let plain = plain_name(seed, index);
    let names: Vec<&str> = entry.params.iter().map(|(name, _)| *name).collect();
    let types: Vec<&str> = entry.params.iter().map(|(_, ty)| ty.name()).collect();
    let (names, types) = (names.join(", "), types.join(", "));
    format!(
        "#[test]\nfn program_{seed}_{route}() {{\n\
         compare(async |({names},): ({types},)| {plain}({names}).await, \
         async || deploy(program_{seed}()).await, \
         async |app, ({names},): ({types},)| app.{route}({names}).await);\n}}\n\n"
    )
}
