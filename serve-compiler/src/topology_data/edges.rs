//! The edges between nodes. A plain value is not a node: its readers get edges from the nodes that it is made
//! of.

use std::collections::HashMap;

use super::{EdgeShape, End, Shape, TypeShape};
use crate::ir::graph::{Action, Arm, Choose, Entry, Operand, Region};
use crate::ir::id::{ChoiceId, EdgeId, Id, Table};
use crate::text::{name_text, tidy, type_text};

/// Adds the edges of an entry, whose nodes and choices are there already.
pub(super) fn add(shape: &mut Shape, index: usize, entry: &Entry) {
    let mut edges = Edges {
        shape,
        sources: entry.edges.map(|_| Vec::new()),
        texts: HashMap::new(),
        labels: HashMap::new(),
        parents: HashMap::new(),
        items: Vec::new(),
    };
    for (position, param) in entry.params.iter().enumerate() {
        let from = End::Input {
            entry: index,
            param: position,
        };
        let ty = TypeShape::Written(type_text(&param.ty));
        edges.sources[param.edge].push(Source::new(from, ty));
    }
    edges.region(&entry.body, None);
    edges.join(&entry.body.output, End::Output(index));
}

/// The source of a value, and the patterns and fields that it passed.
#[derive(Clone)]
struct Source {
    from: End,
    ty: TypeShape,
    label: String,
    /// The arm of a choice in which it is made.
    when: Option<Arm>,
}

impl Source {
    fn new(from: End, ty: TypeShape) -> Self {
        Source {
            from,
            ty,
            label: String::new(),
            when: None,
        }
    }

    /// A choice, which only selects an arm.
    fn choice(arm: Arm, label: &str) -> Self {
        Source {
            label: label.to_owned(),
            when: Some(arm),
            ..Source::new(
                End::Choice(arm.choice.index()),
                TypeShape::Written(String::new()),
            )
        }
    }

    /// The same after something was done with the value. A choice keeps its pattern: it says when.
    fn through(self, done: &str) -> Self {
        let label = match self.from {
            End::Input { .. } | End::Node(_) | End::Output(_) => done.to_owned(),
            End::Choice(_) => self.label,
        };
        Source { label, ..self }
    }
}

struct Edges<'s> {
    shape: &'s mut Shape,
    /// By IR edge: the nodes, inputs and choices that its value comes from.
    sources: Table<EdgeId, Vec<Source>>,
    /// By IR edge without sources: its value, as written.
    texts: HashMap<EdgeId, String>,
    /// The patterns of the choices so far.
    labels: HashMap<Arm, String>,
    /// The arms that choices are in themselves.
    parents: HashMap<ChoiceId, Option<Arm>>,
    /// The sources of the items that the calls are made for.
    items: Vec<Source>,
}

impl Edges<'_> {
    fn region(&mut self, region: &Region, outside: Option<Arm>) {
        for step in &region.steps {
            let when = step.when.or(outside);
            match &step.action {
                Action::Value { edge, value } => {
                    let made = self.made(value, when);
                    if made.is_empty() {
                        self.texts.insert(*edge, self.text(value));
                    }
                    self.sources[*edge].extend(made);
                }
                Action::TakeApart { parts, value, .. } => {
                    for part in parts {
                        self.sources[*part] = self.made(value, when);
                    }
                }
                Action::Call(call) => {
                    let to = End::Node(call.node.index());
                    let mut joined = Vec::new();
                    for (param, arg) in call.args.iter().enumerate() {
                        let sources = self.of_operand(arg);
                        if sources.is_empty() {
                            let constant = (param, self.text(arg));
                            let node = &mut self.shape.nodes[call.node.index()];
                            node.constants.push(constant);
                        }
                        let sources = sources.iter();
                        sources.clone().for_each(|it| self.add(it, to, Some(param)));
                        joined.extend(sources.cloned());
                    }
                    self.start(when, to, &joined);
                    let ty = TypeShape::OutputOf(call.node.index());
                    let source = Source {
                        when,
                        ..Source::new(to, ty)
                    };
                    self.sources[call.edge].push(source);
                }
                Action::Choose(choose) => self.choice(choose, when),
                Action::FanOut(fan_out) => {
                    for capture in &fan_out.captures {
                        self.sources[capture.inner] = self.sources[capture.outer].clone();
                        if let Some(text) = self.texts.get(&capture.outer) {
                            self.texts.insert(capture.inner, text.clone());
                        }
                    }
                    let each = format!("each {}", type_text(&fan_out.item));
                    let items = self.of_operand(&fan_out.items);
                    let items: Vec<Source> = items
                        .into_iter()
                        .map(|source| source.through(&each))
                        .collect();
                    for part in &fan_out.parts {
                        self.sources[*part] = items.clone();
                    }
                    let outside = std::mem::replace(&mut self.items, items);
                    self.region(&fan_out.body, when);
                    self.items = outside;
                    let results = self.made(&fan_out.body.output, when).into_iter();
                    let results = results.map(|result| result.through("collected"));
                    self.sources[fan_out.edge] = results.collect();
                }
            }
        }
    }

    fn choice(&mut self, choose: &Choose, when: Option<Arm>) {
        let choice = choose.choice;
        self.parents.insert(choice, when);
        let to = End::Choice(choice.index());
        let joined = self.join(&choose.value, to);
        self.start(when, to, &joined);
        for (arm, branch) in choose.branches.pairs() {
            let arm = Arm { choice, arm };
            self.labels.insert(arm, tidy(&branch.text));
            for part in &branch.parts {
                self.sources[*part] = vec![Source::choice(arm, &self.labels[&arm])];
            }
        }
    }

    /// The source of a value that is made in an arm of a choice: the choice itself, if nothing else in that arm
    /// is one.
    fn made(&self, value: &Operand, when: Option<Arm>) -> Vec<Source> {
        let mut sources = self.of_operand(value);
        let Some(arm) = when else { return sources };
        let label = self.labels.get(&arm).cloned().unwrap_or_default();
        if !sources.iter().any(|source| self.is_on(source.when, arm)) {
            match sources.is_empty() {
                true => sources.push(Source::choice(arm, &label)),
                false => sources.iter_mut().for_each(|source| {
                    source.label.clone_from(&label);
                }),
            }
        }
        sources
    }

    /// Whether a part is in an arm of a choice, at any depth.
    fn is_on(&self, mut when: Option<Arm>, arm: Arm) -> bool {
        while let Some(inner) = when {
            if inner == arm {
                return true;
            }
            when = self.parents.get(&inner.choice).copied().flatten();
        }
        false
    }

    fn of_operand(&self, operand: &Operand) -> Vec<Source> {
        let (through, edges) = match operand {
            Operand::Edge { edge, .. } => (None, vec![*edge]),
            Operand::Plain { reads, text, .. } => {
                let edges = reads.iter().map(|read| read.edge).collect();
                (Some(tidy(text)), edges)
            }
        };
        let sources = edges.iter().flat_map(|edge| &self.sources[*edge]).cloned();
        let labelled = sources.map(|source| match &through {
            Some(through) => source.through(through),
            None => source,
        });
        labelled.collect()
    }

    /// An operand without sources, as written; a variable by its value, if that is known.
    fn text(&self, operand: &Operand) -> String {
        match operand {
            Operand::Edge { edge, at } => {
                let value = self.texts.get(edge).cloned();
                value.unwrap_or_else(|| name_text(at))
            }
            Operand::Plain { text, .. } => tidy(text),
        }
    }

    /// Adds an edge from each source of an operand, and returns the sources.
    fn join(&mut self, operand: &Operand, to: End) -> Vec<Source> {
        let sources = self.of_operand(operand);
        sources.iter().for_each(|source| self.add(source, to, None));
        sources
    }

    /// A node in an arm that reads nothing of that arm starts from the choice; one that reads nothing at all,
    /// but runs for each item, starts from the items.
    fn start(&mut self, when: Option<Arm>, to: End, joined: &[Source]) {
        let Some(arm) = when else {
            if joined.is_empty() {
                let items = std::mem::take(&mut self.items);
                items.iter().for_each(|source| self.add(source, to, None));
                self.items = items;
            }
            return;
        };
        if joined.iter().any(|source| self.is_on(source.when, arm)) {
            return;
        }
        let label = self.labels.get(&arm).cloned().unwrap_or_default();
        self.add(&Source::choice(arm, &label), to, None);
    }

    fn add(&mut self, source: &Source, to: End, param: Option<usize>) {
        self.shape.edges.push(EdgeShape {
            from: source.from,
            to,
            ty: source.ty.clone(),
            label: source.label.clone(),
            param,
        });
    }
}
