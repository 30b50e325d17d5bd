//! Random expressions of a type.

use super::code::{Code, Ty};
use super::functions::{By, FUNCTIONS, Function, named};
use super::inner::Inner;
use super::random::Random;
use super::scope::Scope;

pub(crate) struct Generator<'b> {
    pub(crate) random: Random,
    pub(crate) scope: Scope,
    /// How many more calls there may be.
    pub(crate) calls: usize,
    /// The deployments that are called.
    pub(crate) bound: Vec<&'static str>,
    /// The graphs that may be bound.
    pub(crate) inner: Vec<Inner<'b>>,
}

#[derive(Clone, Copy)]
enum Form {
    Variable,
    Call,
    Inner,
    Plain,
    Choice,
    Map,
    Block,
}

impl Generator<'_> {
    /// An expression of a type, at most `depth` forms deep.
    pub(crate) fn expr(&mut self, ty: Ty, depth: usize) -> Code {
        let deep = usize::from(depth > 1 && self.calls > 1);
        let some = usize::from(depth > 0);
        let call = usize::from(depth > 0 && self.calls > 0);
        let maps = usize::from(matches!(ty, Ty::Items | Ty::Maybe));
        let inner = self.inner.iter().any(|inner| inner.has(ty));
        let form = self.random.weighted(&[
            (6, Form::Variable),
            (8 * call, Form::Call),
            (4 * call * usize::from(inner), Form::Inner),
            (3 * some, Form::Plain),
            (3 * deep, Form::Choice),
            (6 * deep * maps, Form::Map),
            (deep, Form::Block),
        ]);
        match form {
            Form::Variable => match self.scope.read(ty, &mut self.random) {
                Some(variable) => variable,
                None => self.leaf(ty),
            },
            Form::Call => self.call(ty, depth),
            Form::Inner => self.call_inner(ty, depth),
            Form::Plain => self.plain(ty, depth - 1),
            Form::Choice => self.choice(ty, depth - 1),
            Form::Map => self.map(ty, depth - 1),
            Form::Block => Code::fill("{ $0 }", &[&self.block(ty, depth - 1)]),
        }
    }

    /// A call that returns that type.
    pub(crate) fn call(&mut self, ty: Ty, depth: usize) -> Code {
        if self.inner.iter().any(|inner| inner.has(ty)) && self.random.one_in(6) {
            return self.call_inner(ty, depth);
        }
        let functions = FUNCTIONS.iter().filter(|function| function.output == ty);
        let functions: Vec<&Function> = functions.collect();
        let function = *functions[self.random.below(functions.len())];
        let args = function.params.iter().map(|(ty, _)| *ty);
        let args: Vec<Code> = args
            .map(|ty| self.expr(ty, depth.saturating_sub(1)))
            .collect();
        self.called(function, &args)
    }

    /// A call with these arguments.
    pub(crate) fn called(&mut self, function: Function, args: &[Code]) -> Code {
        self.calls = self.calls.saturating_sub(1);
        self.bound.extend(function.binds);
        let by = function.params.iter().map(|(_, by)| *by);
        call(function.name, function.plain, function.after, args, by)
    }

    /// A form that is not a call itself, though its parts may be.
    fn plain(&mut self, ty: Ty, depth: usize) -> Code {
        let forms: &[(&str, &[Ty])] = match ty {
            Ty::Num => &[
                ("$0.number", &[Ty::Item]),
                ("($0.tag.len() as u64)", &[Ty::Item]),
                ("($0.len() as u64)", &[Ty::Items]),
                ("($0).wrapping_add($1)", &[Ty::Num, Ty::Num]),
                ("(($0) % 7 + 1)", &[Ty::Num]),
                ("(($0) ^ ($1))", &[Ty::Num, Ty::Num]),
            ],
            Ty::Item => &[
                ("Item { number: $1, tag: $0.tag }", &[Ty::Item, Ty::Num]),
                ("Item { number: $1, ..$0 }", &[Ty::Item, Ty::Num]),
                (
                    "Item { number: 1, tag: Tag::from(format!(\"{}{:?}\", $1, $0)) }",
                    &[Ty::Item, Ty::Num],
                ),
            ],
            Ty::Items => &[("vec![$0, $1]", &[Ty::Item, Ty::Item])],
            Ty::Maybe => &[("Some($0)", &[Ty::Item])],
            Ty::Pair => &[("($0, $1)", &[Ty::Item, Ty::Num])],
            Ty::Kind => &[
                ("Kind::Even($0)", &[Ty::Item]),
                ("Kind::Odd { item: $0, times: $1 }", &[Ty::Item, Ty::Num]),
            ],
        };
        let (template, parts) = forms[self.random.below(forms.len())];
        let parts = parts.iter().map(|ty| self.expr(*ty, depth).receiver());
        let parts: Vec<Code> = parts.collect();
        Code::fill(template, &parts.iter().collect::<Vec<_>>())
    }

    fn leaf(&mut self, ty: Ty) -> Code {
        let number = Code::same(self.random.below(9).to_string());
        let template = match ty {
            Ty::Num => "$0u64",
            Ty::Item => "Item { number: $0, tag: Tag::new() }",
            Ty::Items => "vec![Item { number: $0, tag: Tag::new() }]",
            Ty::Maybe => "Some(Item { number: $0, tag: Tag::new() })",
            Ty::Pair => "(Item { number: 3, tag: Tag::new() }, $0u64)",
            Ty::Kind => "Kind::Nothing",
        };
        Code::fill(template, &[&number])
    }

    /// Combines a value with the variables of a scope that have not been read.
    pub(crate) fn close(&mut self, mark: usize, ty: Ty, mut value: Code) -> Code {
        while let Some((unread, code)) = self.scope.read_unused(mark) {
            let number = self.number_of(unread, code);
            value = match ty {
                Ty::Num => Code::fill("($0).wrapping_mul($1)", &[&value, &number]),
                Ty::Item => {
                    let name = self.random.weighted(&[(2, "grow"), (1, "mill.grind")]);
                    self.called(named(name), &[value, number])
                }
                Ty::Items => self.called(named("pad"), &[value, number]),
                Ty::Pair => self.called(named("swap"), &[value, number]),
                Ty::Kind => self.called(named("change"), &[value, number]),
                Ty::Maybe => {
                    let item = self.called(named("or_else"), &[value, number]);
                    Code::fill("Some($0)", &[&item])
                }
            };
        }
        value
    }

    fn number_of(&mut self, ty: Ty, code: Code) -> Code {
        match ty {
            Ty::Num => code,
            Ty::Item if self.random.one_in(2) => Code::fill("$0.number", &[&code]),
            Ty::Item => self.called(named("weigh"), &[code]),
            Ty::Items => self.called(named("total"), &[code]),
            Ty::Pair => Code::fill("$0.1", &[&code]),
            Ty::Kind => self.called(named("rank"), &[code]),
            Ty::Maybe => {
                let item = self.called(named("or_else"), &[code, Code::same("2")]);
                Code::fill("$0.number", &[&item])
            }
        }
    }
}

/// In plain Rust the arguments are evaluated first, so that none of them borrows the callee.
pub(crate) fn call(
    graph: &str,
    plain: &str,
    after: &str,
    args: &[Code],
    by: impl Iterator<Item = By>,
) -> Code {
    let given: Vec<String> = args.iter().map(|arg| arg.settled().graph).collect();
    let values: Vec<&str> = args.iter().map(|arg| &arg.plain[..]).collect();
    let lent = by.enumerate().map(|(index, by)| match by {
        By::Value => format!("__{index}"),
        By::Reference => format!("&__{index}"),
        By::Shared => format!("Shared::new(__{index})"),
    });
    let lent: Vec<String> = lent.collect();
    let names: Vec<String> = (0..args.len()).map(|index| format!("__{index}")).collect();
    let (names, values, lent) = (names.join(", "), values.join(", "), lent.join(", "));
    Code {
        graph: match graph.contains('$') {
            true => fill_in(graph, &given),
            false => format!("{graph}({})", given.join(", ")),
        },
        plain: format!("{{ let ({names},) = ({values},); {plain}({lent}){after} }}"),
        calls: true,
    }
}

/// A form with its arguments.
fn fill_in(form: &str, args: &[String]) -> String {
    let args = args.iter().enumerate();
    args.fold(form.to_owned(), |form, (index, arg)| {
        form.replace(&format!("${index}"), arg)
    })
}
