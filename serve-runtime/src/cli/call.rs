//! `call JSON`: one request without a server.

use std::io::Read;

use futures_util::StreamExt;
use serve_topology::route::sent;
use serve_topology::{Entry, Param};

use super::output::print;
use crate::application::{Application, Deployed, deploy_within};
use crate::ingress::floats::Floats;
use crate::ingress::{Routes, Serve};
use crate::resources::{Ledger, Machine};
use crate::{Error, Result};

/// Runs one request and prints its output as JSON; the items of a stream as they arrive, one per line.
pub(super) async fn run<G: Serve>(
    application: Application<G>,
    machine: Option<Machine>,
    route: Option<&str>,
    json: Option<String>,
    floats: Floats,
) -> Result<()> {
    let (index, entry) = entry(G::TOPOLOGY.entries, route)?;
    let body = match json.as_deref() {
        Some("-") => read_stdin()?,
        Some(json) => json.as_bytes().to_vec(),
        None if entry.params.is_empty() => Vec::new(),
        None => return Err(no_body(entry.params)),
    };
    G::Entries::check(index, &body)?;
    let deployed = deploy_within(machine.map(Ledger::from), application).await?;
    let answered = async {
        let mut texts = G::Entries::call(index, Deployed::handle(&deployed), &body, floats).await?;
        while let Some(text) = texts.next().await {
            if !print(text?)? {
                break;
            }
        }
        Ok(())
    };
    let answered = answered.await;
    Deployed::shutdown(deployed).await;
    answered
}

/// The entry at a route; a graph with a single entry needs no route.
fn entry<'t>(entries: &'t [Entry<'t>], route: Option<&str>) -> Result<(usize, &'t Entry<'t>)> {
    let mut numbered = entries.iter().enumerate();
    let found = match route {
        None if entries.len() == 1 => numbered.next(),
        None => None,
        Some(route) => numbered.find(|(_, entry)| sent(entry.route) == sent(route)),
    };
    found.ok_or_else(|| {
        let routes: Vec<&str> = entries.iter().map(|entry| entry.route).collect();
        let wrong = match route {
            Some(route) => format!("nothing is served at `{route}`"),
            None => "this graph has several routes".to_owned(),
        };
        let routes = routes.join(", ");
        Error::invalid_input(format!("{wrong}; choose one with `--route`: {routes}"))
    })
}

fn no_body(params: &[Param<'_>]) -> Error {
    let wanted = match params {
        [param] => format!("a `{}`, the graph's `{}`", param.ty, param.name),
        _ => {
            let fields = params.iter().map(|param| format!("`{}`", param.name));
            let fields: Vec<String> = fields.collect();
            format!("an object with the fields {}", fields.join(", "))
        }
    };
    Error::invalid_input(format!(
        "`call` needs the request's body as JSON: {wanted}; `-` reads it from standard input"
    ))
}

fn read_stdin() -> Result<Vec<u8>> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;
    Ok(body)
}
