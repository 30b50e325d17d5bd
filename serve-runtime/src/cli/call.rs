//! `call JSON`: one request without a server.

use std::io::Read;

use serde::Serialize;
use serve_topology::Param;

use crate::application::{Application, deploy};
use crate::graph::Graph;
use crate::ingress::{BadBody, Inputs};
use crate::{Error, ErrorKind, Result};

/// Runs one request and prints its output as JSON.
pub(super) async fn run<G>(application: Application<G>, json: Option<String>) -> Result<()>
where
    G: Graph<Input: Inputs, Output: Serialize>,
{
    let params = G::TOPOLOGY
        .entries
        .first()
        .map_or(&[][..], |entry| entry.params);
    let body = match json.as_deref() {
        Some("-") => read_stdin()?,
        Some(json) => json.as_bytes().to_vec(),
        None if params.is_empty() => Vec::new(),
        None => return Err(no_body(params)),
    };
    let input = G::Input::decode(params, &body).map_err(explain)?;
    let deployed = deploy(application).await?;
    let output = G::call(deployed.handle(), input).await;
    deployed.shutdown().await;
    println!("{}", serde_json::to_string_pretty(&output?)?);
    Ok(())
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

fn explain(bad: BadBody) -> Error {
    Error::new(ErrorKind::InvalidInput, bad)
}
