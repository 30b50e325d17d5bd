//! `deploy`: brings a file into force at a server that runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::client::Client;
use super::{Remote, applications};
use crate::cli::output;
use crate::config::Config;
use crate::{Error, Result};

#[derive(Args)]
pub(in crate::cli) struct Deploy {
    #[command(flatten)]
    remote: Remote,
    /// File with the applications: YAML or JSON, as `build` writes it
    file: PathBuf,
    /// Refuse a file with anything that has no meaning here, in place of a warning
    #[arg(long)]
    strict: bool,
    /// Print what it would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Wait until the applications run
    #[arg(long)]
    wait: bool,
}

/// How often it is asked whether they run.
const PAUSE: Duration = Duration::from_millis(200);

impl Deploy {
    pub(in crate::cli) async fn run(self) -> Result<()> {
        let config = Config::read(&self.file)?;
        let config = if self.strict {
            config.strict()?
        } else {
            config
        };
        for warning in config.warnings() {
            output::print(format_args!("warning: {warning}"))?;
        }
        let client = self.remote.client()?;
        let text = self.text(&config)?;
        let in_file = |error: Error| {
            let file = self.file.display();
            let message = error
                .message()
                .replace("configuration:", &format!("{file}:"));
            Error::new(error.kind(), message)
        };
        if self.dry_run {
            let plan = client.send("POST", "/api/config/plan", Some(text)).await;
            return print_plan(&plan.map_err(in_file)?);
        }
        let path = "/api/serve/applications/";
        let sent = client.send("PUT", path, Some(text)).await;
        sent.map_err(in_file)?;
        match self.wait {
            true => wait(&client).await,
            false => output::print("accepted; `status` shows how far it is").map(drop),
        }
    }

    /// As it stands, so that the server's errors tell the places in the file; with the values of variables, which are this
    /// process's, if there are any.
    fn text(&self, config: &Config) -> Result<String> {
        let text = std::fs::read_to_string(&self.file)?;
        match text.contains("${") {
            true => config.expanded().to_yaml(),
            false => Ok(text),
        }
    }
}

/// A line for each step.
fn print_plan(plan: &str) -> Result<()> {
    let plan: Value = serde_json::from_str(plan)?;
    let steps = plan["steps"].as_array().map_or(&[][..], Vec::as_slice);
    if steps.is_empty() {
        return output::print("nothing changes").map(drop);
    }
    for step in steps {
        let text = |key: &str| step[key].as_str().unwrap_or_default();
        let changes = step["changes"].as_array().into_iter().flatten();
        let changes: Vec<&str> = changes.filter_map(Value::as_str).collect();
        let what = match text("deployment") {
            "" => text("app").to_owned(),
            deployment => format!("{} {deployment}", text("app")),
        };
        output::print(
            format_args!("{what}: {} {}", text("how"), changes.join(", "))
                .to_string()
                .trim_end(),
        )?;
    }
    Ok(())
}

/// Waits until nothing is being deployed. Fails with the reasons if something could not be.
async fn wait(client: &Client) -> Result<()> {
    loop {
        let details = applications(client).await?;
        let all = details["applications"].as_object().into_iter().flatten();
        let all: Vec<(&String, &str, &str)> = all
            .map(|(name, application)| {
                let text = |key: &str| application[key].as_str().unwrap_or_default();
                (name, text("status"), text("message"))
            })
            .collect();
        let is_moving = |status: &str| matches!(status, "DEPLOYING" | "DELETING");
        if all.iter().any(|(_, status, _)| is_moving(status)) {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let mut failed = Vec::new();
        for (name, status, message) in all {
            match status {
                "RUNNING" => drop(output::print(format_args!("{name}: running"))?),
                _ => failed.push(format!("{name}: {status}: {message}")),
            }
        }
        return match failed.is_empty() {
            true => Ok(()),
            false => Err(Error::failed(failed.join("\n"))),
        };
    }
}
