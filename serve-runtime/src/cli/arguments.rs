//! The arguments, as clap reads them.

use std::fmt;
use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use listenfd::ListenFd;
use serve_topology::options::Kind;
use serve_topology::render::Format;
use serve_topology::seconds;

use super::config::Configured;
#[cfg(feature = "control")]
use super::control::{Control, State};
#[cfg(feature = "control")]
use super::remote;
use super::simulate::Simulate;
use crate::Machine;
use crate::ingress::ServerOptions;
use crate::ingress::floats::Floats;

/// The command line of [`run`](super::run) and nothing else.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Parsed {
    #[command(flatten)]
    pub(super) arguments: Arguments,
}

/// The commands and flags of [`run`](super::run), for a parser of the program's own to flatten:
/// [`Server::cli_with`](crate::ingress::Server::cli_with) has an example.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: Serve,
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments").finish_non_exhaustive()
    }
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Serve over HTTP (the default command)
    Run(Serve),
    /// Run one request in this process and print its output
    Call {
        /// The request's body; `-` reads it from standard input
        json: Option<String>,
        /// The route to call, if there are several
        #[arg(long)]
        route: Option<String>,
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        machine: Resources,
        #[command(flatten)]
        answers: Answers,
    },
    /// Print the options of the applications as YAML, for `--config`
    Build {
        /// Where to write it instead of standard output
        #[arg(long, short)]
        output: Option<PathBuf>,
        /// Write the options that have their defaults as well, as comments
        #[arg(long)]
        all: bool,
        /// The application, if there are several
        #[arg(long)]
        app: Option<String>,
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
        /// The application, if there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Print what a deployment's autoscaling would do under some load
    Simulate(Simulate),
    /// Bring a file of applications into force at a server that runs
    #[cfg(feature = "control")]
    Deploy(remote::Deploy),
    /// Print the state of a server that runs
    #[cfg(feature = "control")]
    Status(remote::Status),
    /// Print the configuration of a server that runs
    #[cfg(feature = "control")]
    Config(remote::Configuration),
    /// Set the number of replicas of a deployment of a server that runs
    #[cfg(feature = "control")]
    Scale(remote::Scale),
    /// Delete the applications of a server that runs, once their requests are answered
    #[cfg(feature = "control")]
    Shutdown(remote::Shutdown),
}

/// What is not given is as the program sets it.
#[derive(Args)]
pub(super) struct Serve {
    /// Address to listen on, or a name of one
    #[arg(long, env = "SERVE_HOST", value_parser = ServerOptions::address)]
    host: Option<IpAddr>,
    /// Port to listen on; 0 takes any free port
    #[arg(long, env = "SERVE_PORT")]
    port: Option<u16>,
    /// Largest request body accepted, in bytes
    #[arg(long, env = "SERVE_MAX_BODY_BYTES")]
    max_body_bytes: Option<usize>,
    /// Maximum number of requests in flight; the next one is answered with 503
    #[arg(long, env = "SERVE_MAX_ONGOING_REQUESTS")]
    max_ongoing_requests: Option<usize>,
    /// Maximum number of open connections; the next one has to wait
    #[arg(long, env = "SERVE_MAX_CONNECTIONS")]
    max_connections: Option<usize>,
    /// Bytes per second that a client has to send of a body or take of an answer, over 30 s; 0 for no limit
    #[arg(long, value_name = "BYTES", env = "SERVE_MIN_DATA_RATE")]
    min_data_rate: Option<u64>,
    /// Seconds that a client may take to send a body, and to take an answer that is not a stream
    #[arg(long = "transfer-timeout-s", value_name = "SECONDS", env = "SERVE_TRANSFER_TIMEOUT_S", value_parser = timeout)]
    transfer_timeout: Option<Duration>,
    /// Seconds that a stream's status waits for the first item, which may be an error
    #[arg(long = "stream-head-timeout-s", value_name = "SECONDS", env = "SERVE_STREAM_HEAD_TIMEOUT_S", value_parser = timeout)]
    stream_head_timeout: Option<Duration>,
    #[command(flatten)]
    answers: Answers,
    #[command(flatten)]
    pub(super) configured: Configured,
    #[command(flatten)]
    pub(super) machine: Resources,
    #[cfg(feature = "control")]
    #[command(flatten)]
    pub(super) control: Control,
    #[cfg(feature = "control")]
    #[command(flatten)]
    pub(super) state: State,
    /// Seconds that the server goes on when it is told to stop, with 503 at `/-/healthz`, for load balancers to notice
    #[arg(long = "shutdown-delay-s", value_name = "SECONDS", env = "SERVE_SHUTDOWN_DELAY_S", value_parser = timeout)]
    shutdown_delay: Option<Duration>,
    /// Seconds that requests in flight may take after the server begins to shut down
    #[arg(long = "graceful-shutdown-timeout-s", value_name = "SECONDS", env = "SERVE_GRACEFUL_SHUTDOWN_TIMEOUT_S", value_parser = timeout)]
    graceful_shutdown_timeout: Option<Duration>,
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

impl Serve {
    /// The socket that the process was started with, unless another address is asked for.
    pub(super) fn inherited(&self) -> crate::Result<Option<TcpListener>> {
        match (self.host, self.port) {
            (None, None) => Ok(ListenFd::from_env().take_tcp_listener(0)?),
            _ => Ok(None),
        }
    }

    /// The options, where an argument does not set another value.
    pub(super) fn options(&self, mut options: ServerOptions) -> ServerOptions {
        set(&mut options.host, self.host);
        set(&mut options.port, self.port);
        set(&mut options.max_body_bytes, self.max_body_bytes);
        set(&mut options.max_ongoing_requests, self.max_ongoing_requests);
        set(&mut options.max_connections, self.max_connections);
        set(&mut options.min_data_rate, self.min_data_rate);
        set(&mut options.transfer_timeout, self.transfer_timeout);
        set(&mut options.stream_head_timeout, self.stream_head_timeout);
        options.refuse_non_finite |= self.answers.refuse_non_finite;
        set(&mut options.shutdown_delay, self.shutdown_delay);
        let timeout = &mut options.graceful_shutdown_timeout;
        set(timeout, self.graceful_shutdown_timeout);
        options
    }
}

fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
}

/// The command line, whose help shows the values of the arguments that are not given. They are no defaults of the arguments:
/// a file comes before the program, and the arguments before both.
pub(super) fn with_defaults(command: clap::Command, options: &ServerOptions) -> clap::Command {
    let seconds = |duration: &Duration| duration.as_secs_f64().to_string();
    let defaults = [
        ("host", options.host.to_string()),
        ("port", options.port.to_string()),
        ("max_body_bytes", options.max_body_bytes.to_string()),
        (
            "max_ongoing_requests",
            options.max_ongoing_requests.to_string(),
        ),
        ("max_connections", options.max_connections.to_string()),
        ("min_data_rate", options.min_data_rate.to_string()),
        ("transfer_timeout", seconds(&options.transfer_timeout)),
        ("stream_head_timeout", seconds(&options.stream_head_timeout)),
        ("shutdown_delay", seconds(&options.shutdown_delay)),
        (
            "graceful_shutdown_timeout",
            seconds(&options.graceful_shutdown_timeout),
        ),
    ];
    let with_defaults = |command: clap::Command| {
        let arguments = defaults.iter();
        arguments.fold(command, |command, (argument, value)| {
            command.mut_arg(argument, |it| {
                let help = it.get_help().map(ToString::to_string);
                let help = help.unwrap_or_default();
                it.help(format!("{help} [default: {value}]"))
            })
        })
    };
    with_defaults(command).mut_subcommand("run", with_defaults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(command_line: &str) -> Result<Option<Machine>, clap::Error> {
        let arguments = Parsed::try_parse_from(command_line.split(' '))?.arguments;
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
            let arguments = Parsed::try_parse_from(["hello", "--host", text])?.arguments;
            let options = arguments.serve.options(ServerOptions::new());
            Ok::<_, clap::Error>(options.host.to_string())
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
            let arguments = Parsed::try_parse_from(command_line.split(' '))?.arguments;
            Ok::<_, clap::Error>(arguments.serve.options(ServerOptions::new()))
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
