//! Graphs that are bound in another one, by the graph itself or by a deployment that keeps a handle to it.

use super::code::{Code, Ty};
use super::expr::{Generator, call};
use super::functions::By;
use super::random::Random;

/// A program that others may bind.
pub(crate) struct Bindable {
    pub(crate) seed: u64,
    pub(crate) entries: Vec<Signature>,
}

/// One entry.
pub(crate) struct Signature {
    /// The method of the handle, and the function in plain Rust.
    pub(crate) method: &'static str,
    pub(crate) plain: String,
    pub(crate) params: Vec<Ty>,
    pub(crate) output: Ty,
}

/// A graph that may be bound.
pub(crate) struct Inner<'b> {
    graph: &'b Bindable,
    variable: &'static str,
    is_kept: bool,
    is_called: bool,
}

/// Some of those that there are; the same one may be bound twice.
pub(crate) fn choose<'b>(bindable: &'b [Bindable], random: &mut Random) -> Vec<Inner<'b>> {
    // Only the first ones: the later ones have more and more graphs in them.
    let bindable = &bindable[..bindable.len().min(8)];
    let count = match bindable.is_empty() {
        true => 0,
        false => random.weighted(&[(2, 0), (3, 1), (2, 2)]),
    };
    let variables = ["inner", "other"].into_iter().take(count);
    let chosen = variables.map(|variable| Inner {
        graph: &bindable[random.below(bindable.len())],
        variable,
        is_kept: random.one_in(3),
        is_called: false,
    });
    chosen.collect()
}

impl Inner<'_> {
    /// Whether an entry returns that type.
    pub(crate) fn has(&self, ty: Ty) -> bool {
        self.graph.entries.iter().any(|entry| entry.output == ty)
    }

    /// Binds it, if it is called.
    pub(crate) fn bind(&self, seed: u64) -> String {
        let (variable, inner) = (self.variable, self.graph.seed);
        match (self.is_called, self.is_kept) {
            (false, _) => String::new(),
            (true, false) => format!("let {variable} = program_{inner}::bind();\n"),
            (true, true) => format!(
                "let kept_{variable} = program_{inner}::bind();\n\
                 let {variable} = {}::bind(kept_{variable});\n",
                self.keeper(seed),
            ),
        }
    }

    /// The deployment that keeps it.
    pub(crate) fn declare(&self, seed: u64) -> String {
        if !(self.is_called && self.is_kept) {
            return String::new();
        }
        let (keeper, inner) = (self.keeper(seed), self.graph.seed);
        let methods: String = self.graph.entries.iter().map(method).collect();
        format!(
            "#[deployment]\nstruct {keeper}(Handle<program_{inner}>);\n\n\
             #[deployment]\nimpl {keeper} {{\n\
             fn new(graph: Handle<program_{inner}>) -> Self {{ {keeper}(graph) }}\n\
             {methods}}}\n\n"
        )
    }

    fn keeper(&self, seed: u64) -> String {
        format!("KeepsFor{seed}As{}", self.variable)
    }
}

/// A method that passes a call on.
fn method(entry: &Signature) -> String {
    let names = (0..entry.params.len()).map(|index| format!("p{index}"));
    let names: Vec<String> = names.collect();
    let params = names.iter().zip(&entry.params);
    let params: Vec<String> = params
        .map(|(name, ty)| format!("{name}: {}", ty.name()))
        .collect();
    let (method, output) = (entry.method, entry.output.name());
    let (params, names) = (params.join(", "), names.join(", "));
    format!(
        "async fn {method}(&self, {params}) -> Result<{output}> {{ self.0.{method}({names}).await }}\n"
    )
}

impl Generator<'_> {
    /// A call of a graph that may be bound, and that has an entry of that type.
    pub(crate) fn call_inner(&mut self, ty: Ty, depth: usize) -> Code {
        let mut inner: Vec<_> = self.inner.iter_mut().filter(|one| one.has(ty)).collect();
        let inner = inner.swap_remove(self.random.below(inner.len()));
        inner.is_called = true;
        let mut entries = inner.graph.entries.iter();
        let entry = entries.find(|entry| entry.output == ty);
        let entry = entry.expect("it has one");
        let graph = format!("{}.{}", inner.variable, entry.method);
        self.calls = self.calls.saturating_sub(1);
        let args = entry.params.iter();
        let args: Vec<Code> = args
            .map(|ty| self.expr(*ty, depth.saturating_sub(1)))
            .collect();
        let (plain, by) = (
            format!("inside({}", entry.plain),
            args.iter().map(|_| By::Value),
        );
        call(&graph, &plain, ").await?", &args, by)
    }
}
