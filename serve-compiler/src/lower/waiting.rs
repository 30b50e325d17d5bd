//! Values that are used above their `let`, and whether those wait for each other in a cycle.

use std::collections::HashSet;

use quote::ToTokens;
use syn::{Block, Ident, Stmt};

use crate::diagnostics;
use crate::syntax::{pattern, tokens};
use crate::text::name_text;

/// The `let`s of a block that is being lowered.
pub(super) struct Lets {
    /// For each statement, the names that it defines and those that it mentions.
    stmts: Vec<(Vec<String>, Vec<String>)>,
    /// The statement that is being lowered.
    pub(super) at: usize,
}

impl Lets {
    pub(super) fn of(block: &Block) -> Self {
        let stmts = block.stmts.iter().map(|stmt| match stmt {
            Stmt::Local(local) => (
                texts(&pattern::names(&local.pat)),
                texts(&tokens::variables(
                    local
                        .init
                        .as_ref()
                        .map_or_else(Default::default, |init| init.expr.to_token_stream()),
                )),
            ),
            _ => Default::default(),
        });
        Lets {
            stmts: stmts.collect(),
            at: 0,
        }
    }

    /// The names from the statement that is being lowered back to itself, by way of a name that it uses.
    fn cycle(&self, used: &str) -> Option<Vec<String>> {
        let (own, _) = self.stmts.get(self.at)?;
        let mut path = vec![own.first()?.clone(), used.to_owned()];
        self.leads_back(&mut path, &mut HashSet::new())
            .then_some(path)
    }

    /// Extends the path until its last name is one of the statement that is being lowered.
    fn leads_back<'l>(&'l self, path: &mut Vec<String>, seen: &mut HashSet<&'l str>) -> bool {
        let Some(last) = path.last().cloned() else {
            return false;
        };
        let mut later = self.stmts.iter().skip(self.at + 1);
        let Some((_, mentioned)) = later.find(|(names, _)| names.contains(&last)) else {
            return false;
        };
        let (own, _) = &self.stmts[self.at];
        if let Some(back) = mentioned.iter().find(|name| own.contains(name)) {
            path[0] = back.clone();
            path.push(back.clone());
            return true;
        }
        for name in mentioned {
            if seen.insert(name) {
                path.push(name.clone());
                if self.leads_back(path, seen) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
}

/// The message about a name that is used above its `let`, in blocks from the outermost to the innermost one.
pub(super) fn used_before_definition(name: &Ident, blocks: &[Lets]) -> String {
    let text = name_text(name);
    match blocks.iter().rev().find_map(|lets| lets.cycle(&text)) {
        Some(chain) => diagnostics::cycle_of_values(&chain),
        None => diagnostics::used_before_definition(name),
    }
}

fn texts(names: &[Ident]) -> Vec<String> {
    names.iter().map(name_text).collect()
}
