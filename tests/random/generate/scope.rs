//! The variables of a program: those that can be read, and those that have not been read yet.

use super::code::{Code, Ty};
use super::random::Random;

pub(crate) struct Variable {
    name: String,
    ty: Ty,
    used: bool,
}

#[derive(Default)]
pub(crate) struct Scope {
    variables: Vec<Variable>,
    named: usize,
}

impl Scope {
    pub(crate) fn mark(&self) -> usize {
        self.variables.len()
    }

    /// Ends the scope that began at a mark.
    pub(crate) fn leave(&mut self, mark: usize) {
        assert!(self.variables[mark..].iter().all(|variable| variable.used));
        self.variables.truncate(mark);
    }

    /// A name for a new variable; sometimes the name of one that has been used, which it shadows.
    pub(crate) fn name(&mut self, random: &mut Random) -> String {
        let used: Vec<usize> = self.visible().into_iter().collect();
        let used: Vec<usize> = used
            .into_iter()
            .filter(|index| self.variables[*index].used)
            .collect();
        if !used.is_empty() && random.one_in(4) {
            return self.variables[used[random.below(used.len())]].name.clone();
        }
        self.named += 1;
        format!("v{}", self.named)
    }

    pub(crate) fn declare(&mut self, name: &str, ty: Ty) {
        self.variables.push(Variable {
            name: name.to_owned(),
            ty,
            used: false,
        });
    }

    /// Reads a variable of a type, if there is one; preferably one that has not been read.
    pub(crate) fn read(&mut self, ty: Ty, random: &mut Random) -> Option<Code> {
        let mut found = self.visible();
        found.retain(|index| self.variables[*index].ty == ty);
        let unused = found.iter().filter(|index| !self.variables[**index].used);
        let unused: Vec<usize> = unused.copied().collect();
        let from = match unused.is_empty() || random.one_in(3) {
            true => found,
            false => unused,
        };
        (!from.is_empty()).then(|| self.read_at(from[random.below(from.len())]))
    }

    /// Reads a variable of this scope that has not been read.
    pub(crate) fn read_unused(&mut self, mark: usize) -> Option<(Ty, Code)> {
        let mut variables = self.variables.iter().enumerate().skip(mark);
        let (index, variable) = variables.find(|(_, variable)| !variable.used)?;
        Some((variable.ty, self.read_at(index)))
    }

    fn read_at(&mut self, index: usize) -> Code {
        let variable = &mut self.variables[index];
        variable.used = true;
        let name = Code::same(&variable.name);
        match variable.ty {
            Ty::Num => name,
            _ => Code::fill_both("@$0@", "$0.clone()", &[&name]),
        }
    }

    /// Those that no later one shadows.
    fn visible(&self) -> Vec<usize> {
        let mut names = Vec::new();
        let mut visible = Vec::new();
        for (index, variable) in self.variables.iter().enumerate().rev() {
            if !names.contains(&&variable.name) {
                names.push(&variable.name);
                visible.push(index);
            }
        }
        visible
    }
}
