//! `autoscaling_config`, written out: as a list in an attribute, or as a struct.
//!
//! `autoscaling_config(max_replicas = 4)` becomes the expression `autoscaling_config { max_replicas: 4 }`,
//! so that an option is a name and an expression, and both spellings are understood alike. In the list
//! a value is what people mean by it: `2` does for `2.0`, and `2` for `Some(2)`.

use quote::quote;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{
    Expr, ExprCall, ExprLit, ExprPath, ExprUnary, Ident, Lit, Member, Token, parenthesized,
    parse_quote,
};

use crate::ir::deployment::GivenOption;

/// The option.
pub(crate) const KEY: &str = "autoscaling_config";

/// What a field takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A whole number from 0.
    Whole,
    /// A whole number from 1.
    Count,
    /// A number of more than 0.
    Positive,
    /// A number from 0.
    Seconds,
}

/// A field: its name, what it takes, and whether it may be left open.
pub(crate) type Field = (&'static str, Takes, bool);

/// The fields of an `AutoscalingConfig`.
pub(crate) const FIELDS: [Field; 11] = [
    ("min_replicas", Takes::Whole, false),
    ("initial_replicas", Takes::Whole, true),
    ("max_replicas", Takes::Count, false),
    ("target_ongoing_requests", Takes::Positive, false),
    ("metrics_interval_s", Takes::Positive, false),
    ("look_back_period_s", Takes::Positive, false),
    ("upscaling_factor", Takes::Positive, false),
    ("downscaling_factor", Takes::Positive, false),
    ("upscale_delay_s", Takes::Seconds, false),
    ("downscale_delay_s", Takes::Seconds, false),
    ("downscale_to_zero_delay_s", Takes::Seconds, true),
];

/// The field of that name.
pub(crate) fn field(name: &Ident) -> Option<Field> {
    FIELDS.into_iter().find(|(known, ..)| name == known)
}

/// Reads what comes after the option's name: `(field = value, ..)`.
pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    let content;
    parenthesized!(content in input);
    let fields = Punctuated::<GivenOption, Token![,]>::parse_terminated(&content)?;
    let fields = fields
        .iter()
        .map(|GivenOption { key, value }| quote!(#key: #value));
    Ok(parse_quote!(#key { #(#fields),* }))
}

/// A configuration whose fields can be read.
pub(crate) struct Config<'e> {
    /// Whether it is a list in an attribute.
    pub(crate) is_list: bool,
    pub(crate) fields: Vec<(&'e Ident, &'e Expr)>,
    /// Whether the other fields have their defaults.
    pub(crate) has_defaults: bool,
}

impl<'e> Config<'e> {
    /// `None` if the value comes from elsewhere.
    pub(crate) fn read(value: &'e Expr) -> Option<Self> {
        let Expr::Struct(value) = value else {
            return None;
        };
        let is_list = value.path.is_ident(KEY);
        let fields = value.fields.iter().filter_map(|field| match &field.member {
            Member::Named(name) => Some((name, &field.expr)),
            Member::Unnamed(_) => None,
        });
        Some(Config {
            is_list,
            fields: fields.collect(),
            has_defaults: is_list || value.rest.as_deref().is_none_or(is_default),
        })
    }

    /// The value of a field: what is in `Some(..)`, if it is in one.
    pub(crate) fn value(&self, name: &str) -> Option<&'e Expr> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(field, _)| *field == name)?;
        Some(self.inner(value))
    }

    /// What is in `Some(..)` where a struct is written.
    pub(crate) fn inner(&self, value: &'e Expr) -> &'e Expr {
        match value {
            Expr::Call(ExprCall { func, args, .. }) if !self.is_list && args.len() == 1 => {
                match &**func {
                    Expr::Path(ExprPath { path, .. }) if path.is_ident("Some") => &args[0],
                    _ => value,
                }
            }
            _ => value,
        }
    }
}

/// `Default::default()`, `AutoscalingConfig::default()` or `AutoscalingConfig::DEFAULT`.
fn is_default(rest: &Expr) -> bool {
    let path = match rest {
        Expr::Call(ExprCall { func, args, .. }) if args.is_empty() => &**func,
        other => other,
    };
    let Expr::Path(ExprPath { path, .. }) = path else {
        return false;
    };
    path.segments
        .last()
        .is_some_and(|it| it.ident == "default" || it.ident == "DEFAULT")
}

/// Whether it is a struct of literals of the right types: known without running anything, and nothing
/// that rustc would have to refuse in every copy.
pub(crate) fn is_literal(value: &Expr) -> bool {
    Config::read(value).is_some_and(|config| {
        let mut fields = config.fields.iter();
        config.has_defaults && fields.all(|(name, value)| is_literal_field(name, value, &config))
    })
}

fn is_literal_field(name: &Ident, value: &Expr, config: &Config<'_>) -> bool {
    let Some((_, takes, may_be_open)) = field(name) else {
        return false;
    };
    let inner = config.inner(value);
    let is_in_some = !std::ptr::eq(inner, value);
    (may_be_open && is_none(value)) || (is_in_some == may_be_open && takes.fits(inner))
}

impl Takes {
    /// Whether it is a literal of that type.
    fn fits(self, value: &Expr) -> bool {
        match value {
            Expr::Unary(ExprUnary { expr, .. }) => self.fits(expr),
            Expr::Lit(ExprLit { lit, .. }) => match (self, lit) {
                (Takes::Whole | Takes::Count, Lit::Int(int)) => ["", "u32"].contains(&int.suffix()),
                (Takes::Positive | Takes::Seconds, Lit::Float(float)) => {
                    ["", "f64"].contains(&float.suffix())
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// `None`.
pub(crate) fn is_none(value: &Expr) -> bool {
    matches!(value, Expr::Path(ExprPath { path, .. }) if path.is_ident("None"))
}
