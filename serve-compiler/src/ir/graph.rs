//! What `#[graph]` was put on, understood: indices point into the vectors of the same [`Graph`].

use proc_macro2::Span;
use syn::{Attribute, Block, Expr, FnArg, Ident, Pat, Path, Stmt, Type, Visibility};

use super::deployment::GivenOption;

/// The parts of a graph function that stand whatever is wrong with its body.
pub(crate) struct Signature {
    pub(crate) vis: Visibility,
    pub(crate) attrs: Vec<Attribute>,
    /// `content_understanding`.
    pub(crate) ident: Ident,
    /// `ContentUnderstanding`.
    pub(crate) type_ident: Ident,
    /// The configuration.
    pub(crate) inputs: Vec<FnArg>,
    pub(crate) output: Type,
    pub(crate) options: GraphOptions,
}

/// The options of `#[graph(..)]`.
pub(crate) struct GraphOptions {
    /// The path that it is served at.
    pub(crate) route: String,
    /// `slo_ms`, `max_cpus` and `max_gpus`: the ones that were given.
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

/// A graph that has no error that the macro can see.
pub(crate) struct Graph {
    pub(crate) deployments: Vec<Deployment>,
    /// The statements before the input block.
    pub(crate) config: Vec<ConfigStmt>,
    pub(crate) entry: Entry,
}

/// A statement before the input block.
pub(crate) enum ConfigStmt {
    /// `let x = Path::bind(..)`, of a deployment.
    Bind(usize, Box<Expr>),
    /// Anything else; handles in it are cloned.
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
    /// The deployments whose handles its constructor is given, and where.
    pub(crate) holds: Vec<(usize, Ident)>,
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

/// `.num_replicas(2)` behind a `bind`.
pub(crate) struct Override {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
    /// Whether the value is a literal, which the topology can show.
    pub(crate) literal: bool,
}

/// The input block.
pub(crate) struct Entry {
    pub(crate) params: Vec<Param>,
    pub(crate) edges: Vec<Edge>,
    /// In topological order.
    pub(crate) steps: Vec<Step>,
    pub(crate) output: Operand,
}

/// A part of the request.
pub(crate) struct Param {
    pub(crate) edge: usize,
    pub(crate) ty: Type,
}

/// A value on its way.
pub(crate) struct Edge {
    /// The variable, or a made-up name at the place of the call.
    pub(crate) ident: Ident,
    /// The type that its `let` names.
    pub(crate) ty: Option<Type>,
    /// How many operands read it.
    pub(crate) consumers: usize,
    /// An error was reported of what it comes from or of what reads it: other checks keep silent.
    pub(crate) excused: bool,
}

/// What happens once its inputs are there.
pub(crate) enum Step {
    Call(Call),
    /// `let pair = (a, b.score);`
    Value {
        edge: usize,
        value: Operand,
    },
    /// `let (mask, Size { width, .. }) = pair;`: each name of the pattern is an edge.
    TakeApart {
        pattern: Box<Pat>,
        parts: Vec<usize>,
        value: Operand,
    },
}

impl Step {
    /// What it reads.
    pub(crate) fn operands(&self) -> &[Operand] {
        match self {
            Step::Call(call) => &call.args,
            Step::Value { value, .. } | Step::TakeApart { value, .. } => {
                std::slice::from_ref(value)
            }
        }
    }
}

/// A call of a deployment.
pub(crate) struct Call {
    /// The edge that its result is.
    pub(crate) edge: usize,
    pub(crate) deployment: usize,
    /// The method; `call` for a function deployment.
    pub(crate) method: Ident,
    pub(crate) args: Vec<Operand>,
    /// The parentheses around them.
    pub(crate) parens: Span,
    /// `segmentation.forward`.
    pub(crate) name: String,
}

/// An argument, or the right-hand side of a `let`.
pub(crate) enum Operand {
    /// An edge as it is; the token is the user's mention of it.
    Edge { edge: usize, at: Ident },
    /// A plain expression over edges.
    Plain {
        /// With node calls taken out: a made-up variable stands in their place.
        expr: Box<Expr>,
        reads: Vec<Read>,
        /// As the user wrote it.
        text: String,
    },
}

/// An edge that a plain expression reads.
pub(crate) struct Read {
    pub(crate) edge: usize,
    /// The name that it goes by in the expression.
    pub(crate) ident: Ident,
    /// Only read through `.method()`, `.field` or `&`: it can be lent if others want it, too.
    pub(crate) lendable: bool,
}

impl Operand {
    /// The edges that have to be there.
    pub(crate) fn edges(&self) -> Vec<usize> {
        match self {
            Operand::Edge { edge, .. } => vec![*edge],
            Operand::Plain { reads, .. } => reads.iter().map(|read| read.edge).collect(),
        }
    }
}

/// The input block as syntax.
pub(crate) struct InputBlock {
    pub(crate) params: Vec<(Ident, Type)>,
    pub(crate) body: Block,
}
