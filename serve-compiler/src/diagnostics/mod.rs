//! Every message of the macros: first the mistake, then how to fix it.

mod batch;
mod callees;
mod configuration;
mod deployment;
mod graph;
mod habits;
mod multiplexed;
mod options;

pub(crate) use self::batch::*;
pub(crate) use self::callees::*;
pub(crate) use self::configuration::*;
pub(crate) use self::deployment::*;
pub(crate) use self::graph::*;
pub(crate) use self::habits::*;
pub(crate) use self::multiplexed::*;
pub(crate) use self::options::*;
pub(crate) use serve_topology::nearest;

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("\nhelp: did you mean `{near}`?"),
        None => String::new(),
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
