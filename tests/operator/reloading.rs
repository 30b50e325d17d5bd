//! SIGHUP: files with options that are wrong, each in another manner, and good ones after them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::process::{Process, program};

const FIRST: &str = "deployments:\n- name: greeter\n  user_config: { greeting: first, marks: 0 }\n";
const LAST: &str = "deployments:\n- name: greeter\n  num_replicas: 3\n  user_config: { greeting: last, marks: 2 }\n";

/// What is where the file should be.
enum There {
    Text(String),
    Bytes(Vec<u8>),
    Directory,
    Nothing,
    Unreadable,
}

use There::{Bytes, Directory, Nothing, Unreadable};

fn text(text: impl Into<String>) -> There {
    There::Text(text.into())
}

/// A file that sets one option of `greeter`, on its third line.
fn option(line: &str) -> There {
    text(format!("deployments:\n- name: greeter\n  {line}\n"))
}

/// Lists of lists, of which each is ten times as long as the one before.
fn billion_laughs() -> String {
    let mut laughs = "user_config:\n    a0: &a0 lol\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        laughs += &format!("    a{level}: &a{level} [{before}]\n");
    }
    laughs
}

/// The wrong files, and what the log says of each after its name.
fn wrong_files() -> Vec<(&'static str, There, &'static str)> {
    let whole = ":3:17: `deployments[0].num_replicas` must be a whole number from 1 to 10000";
    let deep = format!("user_config: {}", "[".repeat(100_000));
    let deep_in_blocks = format!("user_config:\n    {}", "- ".repeat(100_000));
    vec![
        ("no end", text("deployments: [\n"), ":1:14: "),
        ("tabs", text("deployments:\n\t- name: greeter\n"), ":2:2: "),
        (
            "an unknown key",
            option("num_replica: 3"),
            ":3:3: unknown field `num_replica`",
        ),
        (
            "an unknown deployment",
            text("deployments:\n- name: greeters\n"),
            ":2:9: ",
        ),
        (
            "a deployment twice",
            text("deployments:\n- name: greeter\n- name: greeter\n"),
            ":3:9: ",
        ),
        (
            "a key twice",
            option("num_replicas: 1\n  num_replicas: 2"),
            ":4:3: ",
        ),
        (
            "another graph",
            text("name: other\ndeployments: []\n"),
            ":1:7: ",
        ),
        ("a number in words", option("num_replicas: three"), whole),
        ("less than none", option("num_replicas: -1"), whole),
        ("half of one", option("num_replicas: 0.5"), whole),
        ("far too many", option("num_replicas: 1e18"), ":3:17: "),
        ("too many", option("num_replicas: 10001"), ":3:17: "),
        ("no calls", option("max_ongoing_requests: 0"), ":3:25: "),
        (
            "more than the machine has",
            option("num_cpus: 100000"),
            ": the replicas do not fit",
        ),
        (
            "a maximum below the minimum",
            option("autoscaling_config: { min_replicas: 3, max_replicas: 2 }"),
            ":3:23: ",
        ),
        ("nothing in it", text(""), ": it is empty"),
        ("a comment", text("# deployments\n"), ": it is empty"),
        ("null", text("null\n"), ": it is empty"),
        ("a list", text("- name: greeter\n"), ":1:1: "),
        (
            "two documents",
            text("name: operated\n---\nname: operated\n"),
            ":3:1: ",
        ),
        ("a directory", Directory, ": Is a directory"),
        (
            "bytes",
            Bytes(b"deployments:\n- name: \xff\xfe\n".to_vec()),
            "valid UTF-8",
        ),
        ("zeros", Bytes(vec![0; 1000]), ":1:1: "),
        ("nothing there", Nothing, ": No such file"),
        ("no permission", Unreadable, ": Permission denied"),
        ("cut off", text(&FIRST[..FIRST.len() - 12]), ":3:16: "),
        (
            "100 MB",
            text("garbage\n".repeat(12_500_000)),
            ": it is larger than 10 MiB",
        ),
        ("another form", option("user_config: [1, 2]"), ":3:16: "),
        (
            "a wrong field",
            option("user_config: { greeting: hi, marks: 300 }"),
            ":3:16: ",
        ),
        (
            "refused",
            option("user_config: { greeting: '', marks: 1 }"),
            ":3:16: ",
        ),
        (
            "a panic",
            option("user_config: { greeting: panic, marks: 1 }"),
            ":3:16: ",
        ),
        ("deep", text("[".repeat(100_000)), ":1:"),
        ("deep inside", option(&deep), ":3:"),
        ("deep in blocks", option(&deep_in_blocks), ":4:"),
        (
            "a billion laughs",
            option(&billion_laughs()),
            ":10:19: `deployments[0].user_config.a6",
        ),
    ]
}

/// Makes it in place of what is there; `false` if this user cannot.
fn put(there: &There, path: &Path) -> bool {
    let _ = fs::remove_dir(path);
    let _ = fs::remove_file(path);
    match there {
        There::Text(text) => fs::write(path, text).unwrap(),
        Bytes(bytes) => fs::write(path, bytes).unwrap(),
        Directory => fs::create_dir(path).unwrap(),
        Nothing => {}
        Unreadable => {
            fs::write(path, LAST).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
            return fs::read(path).is_err(); // root reads it
        }
    }
    true
}

struct Reloaded {
    process: Process,
    file: PathBuf,
    _directory: tempfile::TempDir,
}

impl Reloaded {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("options.yaml");
        fs::write(&file, FIRST).unwrap();
        let mut command = Command::new(program("operated"));
        command.args(["--port", "0", "--config"]).arg(&file);
        let process = Process::start(&mut command).await;
        Reloaded {
            process,
            file,
            _directory: directory,
        }
    }

    /// Sends SIGHUP, and waits for what the log says at the end.
    async fn reload(&self, said: &str) -> String {
        let start = self.process.log.len();
        self.process.signal("-HUP").await;
        self.process.log.wait(start, 1, said).await
    }
}

const REFUSED: &str = "the configuration could not be applied";
const APPLIED: &str = "the configuration has been applied";

#[tokio::test]
async fn a_wrong_file_changes_nothing_and_is_named_in_the_log() {
    let reloaded = Reloaded::start().await;
    let Reloaded { process, file, .. } = &reloaded;
    let (mut reloads, mut wrong) = (0, Vec::new());
    for (what, there, said) in wrong_files() {
        if !put(&there, file) {
            eprintln!("skipped, as this user may read every file: {what}");
            continue;
        }
        let line = reloaded.reload(REFUSED).await;
        reloads += 1;
        let expected = format!("{}{said}", file.display());
        let is_named = match there {
            Bytes(_) => line.contains(&file.display().to_string()) && line.contains(said),
            _ => line.contains(&expected),
        };
        let greeting = process.greeting().await;
        if !(line.contains(" ERROR ") && is_named && greeting == "first, Ada") {
            wrong.push((what, greeting, line));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // One line for each.
    assert_eq!(process.log.with(0, REFUSED).len(), reloads);

    put(&text(LAST), file);
    let start = process.log.len();
    reloaded.reload(APPLIED).await;
    assert_eq!(process.greeting().await, "last, Ada!!");
    let changes = process.log.with(start, "its options change");
    assert_eq!(changes.len(), 1, "{changes:#?}");
    let change = "its options change: num_replicas: 2 -> 3, user_config ";
    assert!(changes[0].contains(change), "{changes:#?}");

    // Nothing is left of the others: the same file has nothing to change.
    let start = process.log.len();
    reloaded.reload(APPLIED).await;
    assert_eq!(process.log.with(start, "its options change"), [""; 0]);
}
