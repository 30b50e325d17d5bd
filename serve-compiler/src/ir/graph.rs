//! The function that `#[graph]` was put on, parsed and checked: ids point into the tables of the same
//! [`Graph`].

use proc_macro2::Span;
use syn::{Attribute, Block, Expr, FnArg, Ident, Pat, Path, Stmt, Token, Type, Visibility};

use super::deployment::GivenOption;
use super::id::{ArmId, ChoiceId, DeploymentId, EdgeId, FanOutId, NodeId, RegionId, Table};

/// The parts of a graph function that are valid even if its body has errors.
pub(crate) struct Signature {
    pub(crate) vis: Visibility,
    pub(crate) attrs: Vec<Attribute>,
    /// `content_understanding`.
    pub(crate) ident: Ident,
    /// `ContentUnderstandingGraph`.
    pub(crate) type_ident: Ident,
    /// The `async` of a function that should have none: its callers wait for it.
    pub(crate) asyncness: Option<Token![async]>,
    /// The configuration.
    pub(crate) inputs: Vec<FnArg>,
    pub(crate) options: GraphOptions,
}

/// The options of `#[graph(..)]`.
pub(crate) struct GraphOptions {
    /// The path that it is served at.
    pub(crate) route: String,
    /// `slo_ms`, `request_timeout_s`, `max_cpus` and `max_gpus`: the ones that were given.
    pub(crate) limits: Vec<GivenOption>,
}

impl Default for GraphOptions {
    fn default() -> Self {
        GraphOptions {
            route: "/".to_owned(),
            limits: Vec::new(),
        }
    }
}

/// A graph without errors that the macro can see.
pub(crate) struct Graph {
    pub(crate) deployments: Table<DeploymentId, Deployment>,
    /// The statements before the first entry.
    pub(crate) config: Vec<ConfigStmt>,
    pub(crate) entries: Vec<Entry>,
}

/// A statement before the first entry.
pub(crate) enum ConfigStmt {
    /// `let x = Path::bind(..)`, of a deployment.
    Bind(DeploymentId, Box<Expr>),
    /// Any other statement; handles in it are cloned.
    Other(Box<Stmt>),
}

/// A deployment that the graph binds.
pub(crate) struct Deployment {
    /// The variable it is bound to; a function deployment's name.
    pub(crate) variable: Ident,
    /// The type, or the function.
    pub(crate) path: Path,
    pub(crate) kind: DeploymentKind,
    /// `Classifier`, `Classifier_1`.
    pub(crate) name: String,
    /// Options that are set in the graph.
    pub(crate) overrides: Vec<Override>,
    /// The deployments whose handles its constructor takes, and the places.
    pub(crate) holds: Vec<(DeploymentId, Ident)>,
    /// Whether it is called by a node.
    pub(crate) called: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeploymentKind {
    /// Bound to a variable.
    Bound,
    /// A function that the input block calls.
    Function,
}

/// `.num_replicas(2)` after a `bind`.
#[derive(Clone)]
pub(crate) struct Override {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
    /// Whether the value is a literal, which the topology can show.
    pub(crate) literal: bool,
}

/// `input(..)`, or one of several `route(..)`s.
pub(crate) struct Entry {
    /// The method of the graph's handle for it: `call`, or the route's name.
    pub(crate) ident: Ident,
    /// Whether it is `input(..)`.
    pub(crate) is_only: bool,
    /// The path that it is served at.
    pub(crate) route: String,
    pub(crate) params: Vec<Param>,
    pub(crate) output: Type,
    /// The values of the body and of everything in it.
    pub(crate) edges: Table<EdgeId, Edge>,
    pub(crate) body: Region,
}

/// A part of the request.
pub(crate) struct Param {
    pub(crate) edge: EdgeId,
    pub(crate) ty: Type,
}

/// The code that runs as one state machine: the body of an entry, or of a fan-out for each item.
pub(crate) struct Region {
    /// The id by which its edges refer to it.
    pub(crate) id: RegionId,
    /// In topological order.
    pub(crate) steps: Vec<Step>,
    pub(crate) output: Operand,
}

/// A value between its producer and its consumers.
pub(crate) struct Edge {
    /// The variable, or a made-up name at the place of the call.
    pub(crate) ident: Ident,
    /// The type that its `let` names.
    pub(crate) ty: Option<Type>,
    /// The region that it is a value of.
    pub(crate) region: RegionId,
    /// The arm of a choice in which it is made.
    pub(crate) when: Option<Arm>,
    pub(crate) origin: Origin,
    /// The guard of its arm, or the condition that binds it, reads it.
    pub(crate) looked_at: bool,
    /// How many operands read it.
    pub(crate) consumers: usize,
    /// The maximum that reads it in one request: a request takes one arm of a choice.
    pub(crate) max_consumers: usize,
    /// Where it is read, in the order of the source.
    pub(crate) uses: Vec<Ident>,
    /// An error was reported in its producer or its consumers: other checks do not report it.
    pub(crate) excused: bool,
}

/// How a value enters its region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A step makes it, or a request brings it.
    Made,
    /// A pattern names it.
    Part,
    /// It enters with each item, as a pointer to a value that all items share.
    Captured,
}

impl Edge {
    /// An edge of which only the origin is known.
    pub(crate) fn new(ident: Ident, region: RegionId, origin: Origin) -> Self {
        Edge {
            ident,
            ty: None,
            region,
            when: None,
            origin,
            looked_at: false,
            consumers: 0,
            max_consumers: 0,
            uses: Vec::new(),
            excused: false,
        }
    }

    /// Whether it enters its region with each item.
    pub(crate) fn is_captured(&self) -> bool {
        self.origin == Origin::Captured
    }

    /// The place of the second use, at which rustc reports a value that cannot be used twice; if there is only
    /// one, each item uses it.
    pub(crate) fn second_use(&self) -> Option<Span> {
        let second = self.uses.get(1).or(self.uses.first());
        second.map(Ident::span)
    }

    /// Whether the value may have several consumers.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_captured() || self.max_consumers > 1
    }
}

/// One arm of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Arm {
    pub(crate) choice: ChoiceId,
    pub(crate) arm: ArmId,
}

/// The action of a step once its inputs are there, if the request takes its arm.
pub(crate) struct Step {
    pub(crate) when: Option<Arm>,
    pub(crate) action: Action,
}

pub(crate) enum Action {
    Call(Call),
    /// `let pair = (a, b.score);`
    Value {
        edge: EdgeId,
        value: Operand,
    },
    /// `let (mask, Size { width, .. }) = pair;`: each name of the pattern is an edge.
    TakeApart {
        pattern: Box<Pat>,
        parts: Vec<EdgeId>,
        value: Operand,
    },
    Choose(Choose),
    FanOut(FanOut),
}

impl Action {
    /// The edges that it reads, except those that the items of a fan-out share.
    pub(crate) fn operands(&self) -> &[Operand] {
        match self {
            Action::Call(call) => &call.args,
            Action::Value { value, .. } | Action::TakeApart { value, .. } => {
                std::slice::from_ref(value)
            }
            Action::Choose(choose) => std::slice::from_ref(&choose.value),
            Action::FanOut(fan_out) => std::slice::from_ref(&fan_out.items),
        }
    }

    /// The edges that it reads, once for each time.
    pub(crate) fn reads(&self) -> Vec<EdgeId> {
        let mut reads: Vec<EdgeId> = self.operands().iter().flat_map(Operand::edges).collect();
        if let Action::FanOut(fan_out) = self {
            reads.extend(fan_out.captures.iter().map(|capture| capture.outer));
        }
        reads
    }
}

/// A call of a deployment.
pub(crate) struct Call {
    pub(crate) node: NodeId,
    /// The edge that its result is.
    pub(crate) edge: EdgeId,
    pub(crate) deployment: DeploymentId,
    /// The method; `call` for a function deployment.
    pub(crate) method: Ident,
    pub(crate) args: Vec<Operand>,
    /// The parentheses around them.
    pub(crate) parens: Span,
    /// `segmentation.forward`.
    pub(crate) name: String,
}

/// A `match` or an `if` with calls in it.
pub(crate) struct Choose {
    pub(crate) choice: ChoiceId,
    pub(crate) kind: ChooseKind,
    /// The matched value, or the condition, together with the values that the guards read.
    pub(crate) value: Operand,
    /// The arms, in order.
    pub(crate) branches: Table<ArmId, Branch>,
    /// `match category`, `if is_text`.
    pub(crate) name: String,
    /// The user's `match` or `if`.
    pub(crate) span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChooseKind {
    Match,
    If,
}

/// One arm of a choice.
pub(crate) struct Branch {
    /// The arm's pattern; none of an `if`, whose condition has it.
    pub(crate) pattern: Option<Box<Pat>>,
    pub(crate) guard: Option<Box<Expr>>,
    /// The edges of the names that the pattern binds.
    pub(crate) parts: Vec<EdgeId>,
    /// The last token of the user's arm.
    pub(crate) end: Span,
    /// Its text in pictures.
    pub(crate) text: String,
    /// The values that other arms would have read, and how often: this arm releases them.
    pub(crate) releases: Vec<(EdgeId, usize)>,
}

/// `items.map(|item| ..)` with calls in it.
pub(crate) struct FanOut {
    pub(crate) fan_out: FanOutId,
    /// The edge of the results.
    pub(crate) edge: EdgeId,
    pub(crate) items: Operand,
    /// The closure's name or pattern for an item.
    pub(crate) item: Box<Pat>,
    /// The edges of the names of that pattern.
    pub(crate) parts: Vec<EdgeId>,
    pub(crate) captures: Vec<Capture>,
    pub(crate) body: Region,
    /// The user's `map`.
    pub(crate) at: Ident,
    /// The text of the items in pictures.
    pub(crate) text: String,
}

/// A value from outside that every item's calls share.
#[derive(Clone, Copy)]
pub(crate) struct Capture {
    pub(crate) outer: EdgeId,
    pub(crate) inner: EdgeId,
}

/// An argument, or the right-hand side of a `let`.
pub(crate) enum Operand {
    /// An edge as it is; the token is the user's mention of it.
    Edge { edge: EdgeId, at: Ident },
    /// A plain expression over edges.
    Plain {
        /// An expression with its node calls taken out: a made-up variable replaces each.
        expr: Box<Expr>,
        reads: Vec<Read>,
        /// As the user wrote it.
        text: String,
    },
}

/// An edge that a plain expression reads.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) edge: EdgeId,
    /// The name that it goes by in the expression.
    pub(crate) ident: Ident,
    /// Only read through `.method()`, `.field` or `&`: it can be borrowed if others use it as well.
    pub(crate) lendable: bool,
}

impl Operand {
    /// The edges that have to be there.
    pub(crate) fn edges(&self) -> Vec<EdgeId> {
        match self {
            Operand::Edge { edge, .. } => vec![*edge],
            Operand::Plain { reads, .. } => reads.iter().map(|read| read.edge).collect(),
        }
    }
}

/// An entry as syntax.
pub(crate) struct InputBlock {
    /// `call`, or the route's name as an identifier.
    pub(crate) ident: Ident,
    /// Whether it is `input(..)`.
    pub(crate) is_only: bool,
    pub(crate) route: String,
    pub(crate) params: Vec<(Ident, Type)>,
    pub(crate) output: Type,
    pub(crate) body: Block,
}
