//! The tables of the documentation have every option, with its default.

use std::collections::HashMap;

use serve_runtime::topology::options::{
    BatchOption, DeploymentOption, GraphOption, Kind, MultiplexedOption, OptionSpec,
};

const REFERENCE: &str = include_str!("../../serve-runtime/src/lib.rs");
const GUIDE: &str = include_str!("../../docs/guide/deployments.md");

/// The options of a document's tables, and the default that is given for each.
fn documented(text: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for line in text.lines() {
        let line = line.trim_start_matches("///").trim();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", options, default, _, ""] = cells[..] else {
            continue;
        };
        // What is between backticks: `name`, `name = 2` or `name(..)`.
        let names = options.split('`').skip(1).step_by(2);
        let names: Vec<&str> = names.filter_map(|it| it.split([' ', '(']).next()).collect();
        let defaults: Vec<&str> = default.split(", ").collect();
        for (index, name) in names.iter().enumerate() {
            let each = match defaults.len() == names.len() {
                true => defaults[index],
                false => default,
            };
            found.insert((*name).to_owned(), each.to_owned());
        }
    }
    found
}

fn missing(text: &str, options: impl IntoIterator<Item = OptionSpec>) -> Vec<String> {
    let documented = documented(text);
    let wrong = options.into_iter().filter_map(|option| {
        let OptionSpec {
            name,
            kind,
            default,
        } = option;
        let Some(given) = documented.get(name) else {
            return Some(format!("`{name}` is not documented"));
        };
        let is_right = match default {
            Some(default) => *given == default.to_string(),
            // In words: `none`, `no limit`, `the type's name`.
            None => kind == Kind::Route || given.parse::<f64>().is_err() && !given.is_empty(),
        };
        (!is_right).then(|| format!("`{name}` is not {given} by default"))
    });
    wrong.collect()
}

#[test]
fn every_option_of_a_deployment_is_documented_with_its_default() {
    let options = || DeploymentOption::ALL.iter().map(|it| it.spec());
    assert_eq!(missing(REFERENCE, options()), [""; 0]);
    assert_eq!(missing(GUIDE, options()), [""; 0]);
}

#[test]
fn every_option_of_the_other_attributes_is_documented_with_its_default() {
    let graph = GraphOption::ALL.iter().map(|it| it.spec());
    assert_eq!(missing(REFERENCE, graph), [""; 0]);
    let batch = BatchOption::ALL.iter().map(|it| it.spec());
    assert_eq!(missing(REFERENCE, batch), [""; 0]);
    let multiplexed = MultiplexedOption::ALL.iter().map(|it| it.spec());
    assert_eq!(missing(REFERENCE, multiplexed), [""; 0]);
}
