//! Blocks, choices and fan-outs.

use super::code::{Code, Ty};
use super::expr::Generator;

impl Generator<'_> {
    /// Statements, and a value at their end, which reads everything that they bind.
    pub(crate) fn block(&mut self, ty: Ty, depth: usize) -> Code {
        let mark = self.scope.mark();
        self.body(mark, ty, depth)
    }

    /// The rest of a scope that may have variables already.
    pub(crate) fn body(&mut self, mark: usize, ty: Ty, depth: usize) -> Code {
        let statements = self.statements(depth);
        let value = self.expr(ty, depth);
        let value = self.close(mark, ty, value);
        self.scope.leave(mark);
        in_order(statements, value)
    }

    fn statements(&mut self, depth: usize) -> Vec<Code> {
        (0..self.random.below(4))
            .map(|_| self.statement(depth))
            .collect()
    }

    fn statement(&mut self, depth: usize) -> Code {
        match self.random.below(8) {
            0 => {
                let value = self.expr(Ty::Pair, depth).receiver();
                let (item, number) = (self.name(), self.name());
                if item == number {
                    return self.let_of(Ty::Item, &item, "$0.0", &value);
                }
                let pattern = format!("let ({item}, {number}) = $0;");
                self.scope.declare(&item, Ty::Item);
                self.scope.declare(&number, Ty::Num);
                Code::fill(&pattern, &[&value])
            }
            1 => {
                let value = self.expr(Ty::Item, depth);
                let name = self.name();
                self.scope.declare(&name, Ty::Num);
                Code::fill(
                    &format!("let Item {{ number: {name}, .. }} = $0;"),
                    &[&value],
                )
            }
            _ => {
                let ty = Ty::ALL[self.random.below(Ty::ALL.len())];
                let value = self.expr(ty, depth);
                let name = self.name();
                self.let_of(ty, &name, "$0", &value)
            }
        }
    }

    fn let_of(&mut self, ty: Ty, name: &str, value: &str, of: &Code) -> Code {
        self.scope.declare(name, ty);
        let written = match self.random.one_in(3) {
            true => format!(": {}", ty.name()),
            false => String::new(),
        };
        Code::fill(&format!("let {name}{written} = {value};"), &[of])
    }

    pub(crate) fn name(&mut self) -> String {
        self.scope.name(&mut self.random)
    }

    /// An arm: what a pattern binds, and a block.
    fn arm(&mut self, bindings: &[(&str, Ty)], ty: Ty, depth: usize) -> Code {
        let mark = self.scope.mark();
        for (name, ty) in bindings {
            self.scope.declare(name, *ty);
        }
        Code::fill("{ $0 }", &[&self.body(mark, ty, depth)])
    }

    /// A `match` or an `if`.
    pub(crate) fn choice(&mut self, ty: Ty, depth: usize) -> Code {
        match self.random.below(5) {
            0 => self.match_kind(ty, depth),
            1 => self.match_number(ty, depth),
            2 => self.match_two(ty, depth),
            3 => self.if_else(ty, depth),
            _ => self.if_let(ty, depth),
        }
    }

    fn match_kind(&mut self, ty: Ty, depth: usize) -> Code {
        let value = self.expr(Ty::Kind, depth);
        let guard = self.expr(Ty::Num, 0);
        // The guard must not read what the pattern shadows.
        let item = loop {
            let name = self.name();
            if name != guard.graph {
                break name;
            }
        };
        let times = self.name();
        let few = self.arm(&[(&item, Ty::Item)], ty, depth);
        let even = self.arm(&[(&item, Ty::Item)], ty, depth);
        let (odd, pattern) = match item == times {
            true => (
                self.arm(&[(&item, Ty::Item)], ty, depth),
                format!("Kind::Odd {{ item: {item}, .. }}"),
            ),
            false => (
                self.arm(&[(&item, Ty::Item), (&times, Ty::Num)], ty, depth),
                format!("Kind::Odd {{ item: {item}, times: {times} }}"),
            ),
        };
        let nothing = self.arm(&[], ty, depth);
        let template = format!(
            "match ($0) {{ Kind::Even({item}) if {item}.number % 4 > ($1) % 4 => $2, \
             Kind::Even({item}) => $3, {pattern} => $4, Kind::Nothing => $5 }}"
        );
        join(&template, &[&value, &guard, &few, &even, &odd, &nothing])
    }

    fn match_number(&mut self, ty: Ty, depth: usize) -> Code {
        let value = self.expr(Ty::Num, depth);
        let (first, second) = (self.arm(&[], ty, depth), self.arm(&[], ty, depth));
        let name = self.name();
        let other = self.arm(&[(&name, Ty::Num)], ty, depth);
        let template = format!("match ($0) % 5 {{ 0 => $1, 1 | 3 => $2, {name} => $3 }}");
        join(&template, &[&value, &first, &second, &other])
    }

    fn match_two(&mut self, ty: Ty, depth: usize) -> Code {
        let (maybe, number) = (self.expr(Ty::Maybe, depth), self.expr(Ty::Num, depth));
        let both = Code::fill("($0, ($1) % 2)", &[&maybe, &number]);
        let (item, rest) = (self.name(), self.name());
        let some = self.arm(&[(&item, Ty::Item)], ty, depth);
        let none = self.arm(&[(&rest, Ty::Num)], ty, depth);
        let other = self.arm(&[], ty, depth);
        let template =
            format!("match $0 {{ (Some({item}), 0) => $1, (None, {rest}) => $2, _ => $3 }}");
        join(&template, &[&both, &some, &none, &other])
    }

    fn if_else(&mut self, ty: Ty, depth: usize) -> Code {
        let (first, second) = (self.expr(Ty::Num, depth), self.expr(Ty::Num, depth));
        let (yes, no) = (self.arm(&[], ty, depth), self.arm(&[], ty, depth));
        if self.random.one_in(2) {
            let condition = Code::fill("($0) % 3 < ($1) % 3", &[&first, &second]);
            return join("if $0 $1 else $2", &[&condition, &yes, &no]);
        }
        let last = self.arm(&[], ty, depth);
        join(
            "if ($0) % 2 == 0 $1 else if ($2) % 2 == 1 $3 else $4",
            &[&first, &yes, &second, &no, &last],
        )
    }

    fn if_let(&mut self, ty: Ty, depth: usize) -> Code {
        let maybe = self.expr(Ty::Maybe, depth);
        let name = self.name();
        let yes = self.arm(&[(&name, Ty::Item)], ty, depth);
        let no = self.arm(&[], ty, depth);
        let chain = match self.random.one_in(2) {
            true => format!(" && {name}.number % 3 > 0"),
            false => String::new(),
        };
        join(
            &format!("if let Some({name}) = ($0){chain} $1 else $2"),
            &[&maybe, &yes, &no],
        )
    }

    /// `items.map(|item| ..)` with a call for each.
    pub(crate) fn map(&mut self, ty: Ty, depth: usize) -> Code {
        let items = self.expr(ty, depth).receiver();
        let name = self.name();
        let mark = self.scope.mark();
        let (pattern, bound) = match self.random.one_in(3) {
            true => (format!("Item {{ number: {name}, .. }}"), Ty::Num),
            false => (name.clone(), Ty::Item),
        };
        self.scope.declare(&name, bound);
        let body = match self.random.one_in(2) {
            true => self.call(Ty::Item, depth),
            false => {
                let statements = self.statements(depth);
                let value = self.call(Ty::Item, depth);
                let value = self.close(mark, Ty::Item, value);
                Code::fill("{ $0 }", &[&in_order(statements, value)])
            }
        };
        let body = self.close(mark, Ty::Item, body);
        self.scope.leave(mark);
        let plain = match ty {
            Ty::Maybe => format!("match ($0) {{ Some({pattern}) => Some($1), None => None }}"),
            _ => format!(
                "{{ let mut __all = Vec::new(); for {pattern} in ($0) {{ __all.push($1); }} __all }}"
            ),
        };
        Code::join(&format!("$0.map(|{pattern}| $1)"), &plain, &[&items, &body])
    }
}

/// A form whose parts are expressions of their own.
fn join(template: &str, parts: &[&Code]) -> Code {
    Code::join(template, template, parts)
}

/// Statements, and the value after them.
fn in_order(mut parts: Vec<Code>, value: Code) -> Code {
    parts.push(value);
    let places = (0..parts.len()).map(|index| format!("${index}"));
    let template: Vec<String> = places.collect();
    join(&template.join("\n"), &parts.iter().collect::<Vec<_>>())
}
