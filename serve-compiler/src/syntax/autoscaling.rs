//! `autoscaling_config`, written as a list in an attribute or as an `AutoscalingConfig` in Rust.
//!
//! `autoscaling_config(max_replicas = 4)` becomes the expression `autoscaling_config { max_replicas: 4 }`, so
//! that an option is a name and an expression. `AutoscalingConfig::new().max_replicas(4)` is parsed the same.
//! In the list, values are short: `2` is accepted for `2.0`, and a time is in seconds.

use quote::quote;
use serve_topology::options::AutoscalingOption;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{
    Expr, ExprCall, ExprLit, ExprMethodCall, ExprPath, ExprStruct, Ident, Lit, Member, Token,
    parenthesized, parse_quote,
};

use super::time;
use crate::ir::deployment::GivenOption;

/// The option.
pub(crate) const KEY: &str = "autoscaling_config";

/// Reads the tokens after the option's name: `(field = value, ..)`.
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
pub(crate) struct Config {
    /// Whether it is a list in an attribute.
    pub(crate) is_list: bool,
    pub(crate) fields: Vec<Field>,
    /// Whether the other fields have their defaults.
    pub(crate) has_defaults: bool,
}

/// A field that is set.
pub(crate) struct Field {
    /// As written.
    pub(crate) name: Ident,
    /// `None` if the name is unknown.
    pub(crate) option: Option<AutoscalingOption>,
    /// Its value; a time is in seconds, if it is known.
    pub(crate) value: Expr,
    /// Whether the value is a `Duration` that is computed.
    pub(crate) is_duration: bool,
}

impl Config {
    /// `None` if the value is not in the attribute.
    pub(crate) fn read(value: &Expr) -> Option<Self> {
        match value {
            Expr::Struct(list) if list.path.is_ident(KEY) => Some(Self::of_list(list)),
            Expr::MethodCall(call) => Self::of_setters(call),
            _ => None,
        }
    }

    fn of_list(list: &ExprStruct) -> Self {
        let fields = list.fields.iter().filter_map(|field| match &field.member {
            Member::Named(name) => Some(Field {
                name: name.clone(),
                option: AutoscalingOption::named(&name.to_string()),
                value: field.expr.clone(),
                is_duration: false,
            }),
            Member::Unnamed(_) => None,
        });
        Config {
            is_list: true,
            fields: fields.collect(),
            has_defaults: true,
        }
    }

    fn of_setters(call: &ExprMethodCall) -> Option<Self> {
        let option = AutoscalingOption::built_by(&call.method.to_string())?;
        let (1, Some(given)) = (call.args.len(), call.args.first()) else {
            return None;
        };
        let mut config = match &*call.receiver {
            Expr::MethodCall(before) => Self::of_setters(before)?,
            first => Config {
                is_list: false,
                fields: Vec::new(),
                has_defaults: is_default(first),
            },
        };
        let kind = option.spec().kind;
        let value = match kind.is_time() {
            true => time::in_unit_of(kind, given),
            false => Some(given.clone()),
        };
        // Of a field that is set twice, the later value counts.
        config.fields.retain(|field| field.option != Some(option));
        config.fields.push(Field {
            name: call.method.clone(),
            option: Some(option),
            is_duration: value.is_none(),
            value: value.unwrap_or_else(|| given.clone()),
        });
        Some(config)
    }

    /// The value of a field that is set.
    pub(crate) fn value(&self, option: AutoscalingOption) -> Option<&Expr> {
        let mut fields = self.fields.iter();
        let field = fields.find(|field| field.option == Some(option))?;
        Some(&field.value)
    }
}

/// `AutoscalingConfig::new()`, `AutoscalingConfig::default()` or `AutoscalingConfig::DEFAULT`.
fn is_default(first: &Expr) -> bool {
    let path = match first {
        Expr::Call(ExprCall { func, args, .. }) if args.is_empty() => &**func,
        other => other,
    };
    let Expr::Path(ExprPath { path, .. }) = path else {
        return false;
    };
    let mut last = path.segments.iter().rev().map(|segment| &segment.ident);
    let (Some(name), Some(of)) = (last.next(), last.next()) else {
        return false;
    };
    let makes_one = name == "new" || name == "default" || name == "DEFAULT";
    makes_one && of == "AutoscalingConfig"
}

/// Whether it is a configuration of literals of the right types: known at expansion, and without an error that
/// rustc would report in every copy.
pub(crate) fn is_literal(value: &Expr) -> bool {
    Config::read(value)
        .is_some_and(|config| config.has_defaults && config.fields.iter().all(Field::is_literal))
}

impl Field {
    fn is_literal(&self) -> bool {
        let Some(option) = self.option else {
            return false;
        };
        let kind = option.spec().kind;
        let Expr::Lit(ExprLit { lit, .. }) = &self.value else {
            return false;
        };
        match lit {
            _ if self.is_duration => false,
            _ if kind.is_time() => true,
            Lit::Int(int) => kind.is_whole() && ["", "u32"].contains(&int.suffix()),
            Lit::Float(float) => !kind.is_whole() && ["", "f64"].contains(&float.suffix()),
            _ => false,
        }
    }
}
