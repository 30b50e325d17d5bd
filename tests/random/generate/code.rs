//! An expression in two forms: in the graph, and in plain sequential Rust.

/// The types of values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    Num,
    Item,
    Items,
    Maybe,
    Pair,
    Kind,
}

impl Ty {
    pub(crate) const ALL: [Ty; 6] = [Ty::Num, Ty::Item, Ty::Items, Ty::Maybe, Ty::Pair, Ty::Kind];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Ty::Num => "u64",
            Ty::Item => "Item",
            Ty::Items => "Vec<Item>",
            Ty::Maybe => "Option<Item>",
            Ty::Pair => "(Item, u64)",
            Ty::Kind => "Kind",
        }
    }
}

#[derive(Clone)]
pub(crate) struct Code {
    /// A variable that is not a number is marked, `@name@`, until it is known whether the plain expression
    /// around it reads it more than once and has to clone it.
    pub(crate) graph: String,
    /// Inside an `async fn` that returns a `Result`.
    pub(crate) plain: String,
    /// Whether it calls anything; if not, it is one plain expression.
    pub(crate) calls: bool,
}

impl Code {
    /// The same in both.
    pub(crate) fn same(text: impl Into<String>) -> Code {
        let graph = text.into();
        Code {
            plain: graph.clone(),
            graph,
            calls: false,
        }
    }

    /// A template with `$0`, `$1` in the places of other code.
    pub(crate) fn fill(template: &str, parts: &[&Code]) -> Code {
        Code::fill_both(template, template, parts)
    }

    /// As the receiver of a method or a field.
    pub(crate) fn receiver(&self) -> Code {
        match ["{", "match", "if"]
            .iter()
            .any(|start| self.graph.starts_with(start))
        {
            true => Code::fill("($0)", &[self]),
            false => self.clone(),
        }
    }

    pub(crate) fn fill_both(graph: &str, plain: &str, parts: &[&Code]) -> Code {
        Code {
            graph: fill(graph, parts, |code| &code.graph),
            plain: fill(plain, parts, |code| &code.plain),
            calls: parts.iter().any(|part| part.calls),
        }
    }

    /// The parts of a block or a choice: if it has calls, each part is an expression of its own.
    pub(crate) fn join(graph: &str, plain: &str, parts: &[&Code]) -> Code {
        if !parts.iter().any(|part| part.calls) {
            return Code::fill_both(graph, plain, parts);
        }
        let parts: Vec<Code> = parts.iter().map(|part| part.settled()).collect();
        Code::fill_both(graph, plain, &parts.iter().collect::<Vec<_>>())
    }

    /// Makes it an expression of its own, which clones the values that it reads more than once.
    pub(crate) fn settled(&self) -> Code {
        let pieces: Vec<&str> = self.graph.split('@').collect();
        let count = |name: &str| {
            pieces
                .iter()
                .skip(1)
                .step_by(2)
                .filter(|other| **other == name)
                .count()
        };
        let settle = |(index, piece): (usize, &&str)| match index % 2 == 1 && count(piece) > 1 {
            true => format!("{piece}.clone()"),
            false => (*piece).to_owned(),
        };
        Code {
            graph: pieces.iter().enumerate().map(settle).collect(),
            ..self.clone()
        }
    }
}

fn fill(template: &str, parts: &[&Code], of: impl Fn(&Code) -> &str) -> String {
    let mut pieces = template.split('$');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (index, rest) = piece.split_at(1);
        let index: usize = index.parse().expect("a part's number");
        filled += of(parts[index]);
        filled += rest;
    }
    filled
}
