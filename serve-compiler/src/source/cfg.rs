//! The `#[cfg]`s that hold, as far as that is known before rustc runs.

use std::collections::HashMap;

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaList, Token};

/// The known part of the configuration that a crate is compiled in.
///
/// An unknown condition counts as true. `test` is always false: the graphs of tests have no pictures.
#[derive(Debug, Clone, Default)]
pub struct Cfg {
    /// The variables that cargo sets for a build script, if they are known.
    variables: Option<HashMap<String, String>>,
}

impl Cfg {
    /// The configuration that cargo passes to a build script: `CARGO_FEATURE_..` and `CARGO_CFG_..` among its
    /// environment variables.
    pub fn of_build_script(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Cfg {
            variables: Some(variables.into_iter().collect()),
        }
    }

    /// Whether an item with these attributes is compiled.
    pub(super) fn keeps(&self, attrs: &[Attribute]) -> bool {
        let predicates = attrs.iter().filter_map(|attr| match &attr.meta {
            Meta::List(list) if list.path.is_ident("cfg") => list.parse_args::<Meta>().ok(),
            _ => None,
        });
        let mut held = predicates.map(|predicate| self.holds(&predicate));
        held.all(|holds| holds != Some(false))
    }

    /// The attributes; a `#[cfg_attr(..)]` is replaced by its attributes if its condition holds.
    pub(super) fn attributes(&self, attrs: &[Attribute]) -> Vec<Attribute> {
        let expand = |attr: &Attribute| match &attr.meta {
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                self.attributes(&self.conditional(attr, list))
            }
            _ => vec![attr.clone()],
        };
        attrs.iter().flat_map(expand).collect()
    }

    fn conditional(&self, attr: &Attribute, list: &MetaList) -> Vec<Attribute> {
        let mut metas = nested(list).into_iter();
        let holds = metas.next().and_then(|condition| self.holds(&condition));
        if holds == Some(false) {
            return Vec::new();
        }
        let with = |meta| Attribute {
            meta,
            ..attr.clone()
        };
        metas.map(with).collect()
    }

    /// `None` if it is not known.
    fn holds(&self, predicate: &Meta) -> Option<bool> {
        match predicate {
            Meta::Path(name) => self.is_set(&name.get_ident()?.to_string()),
            Meta::List(list) => self.combined(list),
            Meta::NameValue(pair) => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(value),
                    ..
                }) => self.has_value(&pair.path.get_ident()?.to_string(), &value.value()),
                _ => None,
            },
        }
    }

    fn combined(&self, list: &MetaList) -> Option<bool> {
        let all: Vec<Option<bool>> = nested(list).iter().map(|it| self.holds(it)).collect();
        let decided_by = |value| all.contains(&Some(value)).then_some(value);
        let same = |value| all.iter().all(|it| *it == Some(value)).then_some(value);
        match list.path.get_ident()?.to_string().as_str() {
            "all" => decided_by(false).or_else(|| same(true)),
            "any" => decided_by(true).or_else(|| same(false)),
            "not" => all.first()?.map(|holds| !holds),
            _ => None,
        }
    }

    fn is_set(&self, name: &str) -> Option<bool> {
        if name == "test" {
            return Some(false);
        }
        let variables = self.variables.as_ref()?;
        Some(variables.contains_key(&format!("CARGO_CFG_{}", name.to_uppercase())))
    }

    fn has_value(&self, key: &str, value: &str) -> Option<bool> {
        let variables = self.variables.as_ref()?;
        if key == "feature" {
            let feature = value.to_uppercase().replace('-', "_");
            return Some(variables.contains_key(&format!("CARGO_FEATURE_{feature}")));
        }
        let values = variables.get(&format!("CARGO_CFG_{}", key.to_uppercase()));
        Some(values.is_some_and(|values| values.split(',').any(|it| it == value)))
    }
}

fn nested(list: &MetaList) -> Punctuated<Meta, Token![,]> {
    let parser = Punctuated::parse_terminated;
    list.parse_args_with(parser).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{ItemStruct, parse_str};

    fn linux_with_gpu() -> Cfg {
        let variables = [
            ("CARGO_FEATURE_FAST_GPU", "1"),
            ("CARGO_CFG_UNIX", ""),
            ("CARGO_CFG_TARGET_OS", "linux"),
            ("CARGO_CFG_TARGET_HAS_ATOMIC", "8,16,ptr"),
        ];
        Cfg::of_build_script(variables.map(|(key, value)| (key.to_owned(), value.to_owned())))
    }

    fn keeps(cfg: &Cfg, predicate: &str) -> bool {
        let item: ItemStruct = parse_str(&format!("#[cfg({predicate})] struct X;")).unwrap();
        cfg.keeps(&item.attrs)
    }

    #[test]
    fn a_build_script_knows_what_is_compiled() {
        let cfg = linux_with_gpu();
        for holds in [
            "unix",
            "feature = \"fast-gpu\"",
            "target_os = \"linux\"",
            "target_has_atomic = \"16\"",
            "all(unix, not(windows))",
            "any(windows, feature = \"fast-gpu\")",
            "all()",
        ] {
            assert!(keeps(&cfg, holds), "{holds}");
        }
        for does_not in ["windows", "feature = \"gpu\"", "test", "any()", "not(unix)"] {
            assert!(!keeps(&cfg, does_not), "{does_not}");
        }
    }

    #[test]
    fn an_unknown_condition_holds_unless_it_is_test() {
        let cfg = Cfg::default();
        for kept in ["unix", "not(unix)", "feature = \"x\"", "not(test)"] {
            assert!(keeps(&cfg, kept), "{kept}");
        }
        for left_out in ["test", "all(unix, test)", "not(not(test))"] {
            assert!(!keeps(&cfg, left_out), "{left_out}");
        }
    }

    #[test]
    fn conditional_attributes_apply_if_their_condition_holds() {
        let item = "#[cfg_attr(unix, a, b(1))] #[cfg_attr(windows, c)] #[d] struct X;";
        let item: ItemStruct = parse_str(item).unwrap();
        let attrs = linux_with_gpu().attributes(&item.attrs);
        let names = attrs
            .iter()
            .map(|it| it.path().get_ident().unwrap().to_string());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "b", "d"]);
    }
}
