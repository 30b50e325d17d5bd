//! The arguments, as clap reads them.

use std::net::{IpAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use serve_topology::options::Kind;
use serve_topology::render::Format;
use serve_topology::seconds;

use super::config::Configured;
use super::simulate::Simulate;
use crate::Machine;
use crate::ingress::ServerOptions;
use crate::ingress::floats::Floats;

#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: Serve,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Serve the graph over HTTP (the default command)
    Run(Serve),
    /// Run one request in this process and print its output
    Call {
        /// The request's body; `-` reads it from standard input
        json: Option<String>,
        /// The route to call, if the graph has several
        #[arg(long)]
        route: Option<String>,
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        machine: Resources,
        #[command(flatten)]
        answers: Answers,
    },
    /// Print every deployment's options as YAML, for `--config`
    Build {
        /// Where to write it instead of standard output
        #[arg(long, short)]
        output: Option<PathBuf>,
        /// Write the options that have their defaults as well, as comments
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        configured: Configured,
    },
    /// Print a picture of the graph
    Graph {
        /// The format: svg, mermaid, dot or json
        #[arg(long, default_value = "svg", value_parser = super::picture::format)]
        format: Format,
        /// Where to write it instead of standard output
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Print what a deployment's autoscaling would do under some load
    Simulate(Simulate),
}

#[derive(Args)]
pub(super) struct Serve {
    /// Address to listen on, or a name of one
    #[arg(long, default_value = "127.0.0.1", value_parser = host)]
    host: IpAddr,
    /// Port to listen on; 0 takes any free port
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Largest request body accepted, in bytes
    #[arg(long, default_value_t = ServerOptions::default().max_body_bytes)]
    max_body_bytes: usize,
    /// Maximum number of requests in flight; the next one is answered with 503
    #[arg(long, default_value_t = ServerOptions::default().max_ongoing_requests)]
    max_ongoing_requests: usize,
    /// Maximum number of open connections; the next one has to wait
    #[arg(long, default_value_t = ServerOptions::default().max_connections)]
    max_connections: usize,
    /// Bytes per second that a client has to send of a body or take of an answer, over 30 s; 0 for no limit
    #[arg(long, value_name = "BYTES", default_value_t = ServerOptions::default().min_data_rate)]
    min_data_rate: u64,
    /// Seconds that a client may take to send a body, and to take an answer that is not a stream
    #[arg(long = "transfer-timeout-s", value_name = "SECONDS", default_value = "300", value_parser = timeout)]
    transfer_timeout: Duration,
    /// Seconds that a stream's status waits for the first item, which may be an error
    #[arg(long = "stream-head-timeout-s", value_name = "SECONDS", default_value = "1", value_parser = timeout)]
    stream_head_timeout: Duration,
    #[command(flatten)]
    answers: Answers,
    #[command(flatten)]
    pub(super) configured: Configured,
    #[command(flatten)]
    pub(super) machine: Resources,
    /// Seconds that the server goes on when it is told to stop, with 503 at `/-/healthz`, for load balancers to notice
    #[arg(long = "shutdown-delay-s", value_name = "SECONDS", default_value = "0", value_parser = timeout)]
    shutdown_delay: Duration,
    /// Seconds that requests in flight may take after the server begins to shut down
    #[arg(long = "graceful-shutdown-timeout-s", value_name = "SECONDS", default_value = "20", value_parser = timeout)]
    graceful_shutdown_timeout: Duration,
}

/// How answers are written.
#[derive(Args)]
pub(super) struct Answers {
    /// Fail, over HTTP with 500, where an answer has a NaN or an infinity; otherwise it is written as `null`
    #[arg(long)]
    refuse_non_finite: bool,
}

impl Answers {
    pub(super) fn floats(&self) -> Floats {
        Floats::new(self.refuse_non_finite)
    }
}

/// The resources that replicas may take, where they differ from what is detected.
#[derive(Args)]
pub(super) struct Resources {
    /// CPUs that all replicas together may take [default: as many as there are]
    #[arg(long, value_parser = amount_of)]
    num_cpus: Option<f64>,
    /// GPUs that all replicas together may take [default: as many as NVML finds]
    #[arg(long)]
    num_gpus: Option<usize>,
    /// Bytes of memory that all replicas together may take [default: as many as there are]
    #[arg(long)]
    memory: Option<u64>,
    /// Another resource that replicas may take, and its amount, as in `license=3`; may be repeated
    #[arg(long = "resource", value_name = "NAME=AMOUNT", value_parser = resource)]
    resources: Vec<(String, f64)>,
}

/// An address, or the one that a name has; of several an IPv4 address, as the default is one.
fn host(text: &str) -> Result<IpAddr, String> {
    let found = (text, 0).to_socket_addrs();
    let found = found.map_err(|error| format!("no address is found: {error}"))?;
    let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    let first = found.iter().find(|address| address.is_ipv4());
    let first = first.or(found.first()).copied();
    first.ok_or_else(|| "it has no address".to_owned())
}

fn resource(text: &str) -> Result<(String, f64), String> {
    let wrong = || format!("`{text}` is not a name and an amount, as in `license=3`");
    let (name, amount) = text.split_once('=').ok_or_else(wrong)?;
    let amount = amount_of(amount).map_err(|_| wrong())?;
    match name {
        "" => Err(wrong()),
        name => Ok((name.to_owned(), amount)),
    }
}

fn amount_of(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(amount) if Kind::Amount.admits(amount) => Ok(amount),
        _ => Err(format!("must be {}", Kind::Amount.must())),
    }
}

fn timeout(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(number) if Kind::Timeout.admits(number) => Ok(seconds(number)),
        _ => Err(format!("must be {}", Kind::Timeout.must())),
    }
}

impl Resources {
    /// The machine, if an argument differs from what is detected.
    pub(super) fn machine(&self) -> Option<Machine> {
        let Resources {
            num_cpus,
            num_gpus,
            memory,
            resources,
        } = self;
        if (num_cpus, num_gpus, memory) == (&None, &None, &None) && resources.is_empty() {
            return None;
        }
        let mut machine = Machine::detect();
        if let Some(num_cpus) = num_cpus {
            machine = machine.num_cpus(*num_cpus);
        }
        if let Some(num_gpus) = num_gpus {
            machine = machine.num_gpus(*num_gpus);
        }
        if let Some(bytes) = memory {
            machine = machine.memory(*bytes);
        }
        let resources = resources.iter();
        Some(machine.resources(resources.map(|(name, amount)| (name.as_str(), *amount))))
    }
}

impl From<Serve> for ServerOptions {
    fn from(serve: Serve) -> Self {
        ServerOptions::new()
            .host(serve.host)
            .port(serve.port)
            .max_body_bytes(serve.max_body_bytes)
            .max_ongoing_requests(serve.max_ongoing_requests)
            .max_connections(serve.max_connections)
            .min_data_rate(serve.min_data_rate)
            .transfer_timeout(serve.transfer_timeout)
            .stream_head_timeout(serve.stream_head_timeout)
            .refuse_non_finite(serve.answers.refuse_non_finite)
            .shutdown_delay(serve.shutdown_delay)
            .graceful_shutdown_timeout(serve.graceful_shutdown_timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(command_line: &str) -> Result<Option<Machine>, clap::Error> {
        let arguments = Arguments::try_parse_from(command_line.split(' '))?;
        Ok(match arguments.command {
            Some(Command::Call { machine, .. }) => machine.machine(),
            Some(Command::Run(serve)) => serve.machine.machine(),
            _ => arguments.serve.machine.machine(),
        })
    }

    #[test]
    fn the_machine_is_as_detected_except_for_the_arguments() {
        assert_eq!(machine("hello run --port 80").unwrap(), None);
        let all =
            "--num-cpus 2.5 --num-gpus 3 --memory 4096 --resource license=3 --resource fpga=0.5";
        let expected = Machine::detect()
            .num_cpus(2.5)
            .num_gpus(3)
            .memory(4096)
            .resources([("license", 3.0), ("fpga", 0.5)]);
        for command in ["hello", "hello run", "hello call 1"] {
            let said = machine(&format!("{command} {all}")).unwrap();
            assert_eq!(said, Some(expected.clone()), "{command}");
        }
    }

    #[test]
    fn a_host_is_an_address_or_a_name() {
        let host = |text: &str| {
            let arguments = Arguments::try_parse_from(["hello", "--host", text])?;
            Ok::<_, clap::Error>(ServerOptions::from(arguments.serve).host.to_string())
        };
        for (text, address) in [
            ("0.0.0.0", "0.0.0.0"),
            ("::1", "::1"),
            ("localhost", "127.0.0.1"),
        ] {
            assert_eq!(host(text).unwrap(), address);
        }
        let error = host("two words").unwrap_err().to_string();
        assert!(error.contains("no address is found"), "{error}");
    }

    #[test]
    fn a_timeout_is_a_number_of_seconds() {
        let options = |command_line: &str| {
            let arguments = Arguments::try_parse_from(command_line.split(' '))?;
            Ok::<_, clap::Error>(ServerOptions::from(arguments.serve))
        };
        let timeout = |text: &str| {
            let command_line = format!("hello --graceful-shutdown-timeout-s={text}");
            options(&command_line).map(|options| options.graceful_shutdown_timeout)
        };
        let default = ServerOptions::default().graceful_shutdown_timeout;
        assert_eq!(options("hello").unwrap().graceful_shutdown_timeout, default);
        let default = ServerOptions::default();
        let unsaid = options("hello").unwrap();
        assert_eq!(unsaid.stream_head_timeout, default.stream_head_timeout);
        assert_eq!(unsaid.transfer_timeout, default.transfer_timeout);
        assert_eq!(unsaid.shutdown_delay, default.shutdown_delay);
        let given = options("hello --stream-head-timeout-s 0.2").unwrap();
        assert_eq!(given.stream_head_timeout, Duration::from_millis(200));
        assert_eq!(timeout("0.5").unwrap(), Duration::from_millis(500));
        assert_eq!(timeout("inf").unwrap(), Duration::MAX);
        let error = timeout("-1").unwrap_err().to_string();
        assert!(error.contains("must be a number of at least 0"), "{error}");
    }

    #[test]
    fn a_resource_is_a_name_and_an_amount() {
        for wrong in [
            "license",
            "=3",
            "license=",
            "license=three",
            "license=-1",
            "license=inf",
        ] {
            let error = machine(&format!("hello --resource {wrong}")).unwrap_err();
            let message = format!("`{wrong}` is not a name and an amount, as in `license=3`");
            assert!(error.to_string().contains(&message), "{error}");
        }
        machine("hello --num-cpus -1").unwrap_err();
    }
}
