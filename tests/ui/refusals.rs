//! The page of compile errors, made from the cases beside this file.
#![allow(clippy::unwrap_used)] // a case that cannot be read fails the test

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, iter};

const HEAD: &str = "\
# Compile errors

Each case under [`tests/ui`](../tests/ui) has one row. `TRYBUILD=overwrite cargo test` in that folder
rewrites the expected messages there and this page. A message with a code, such as `E0004`, comes from
rustc; many of those with `E0277` or `E0080` have the project's own text. The messages that begin with `future`,
`unused` or `use of deprecated` come from rustc as well; the last two are warnings, which their cases deny.
";

#[test]
fn the_page_of_compile_errors_matches_the_cases() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = cases.join("../../docs/diagnostics.md");
    let made = page_of(cases);
    if env::var("TRYBUILD").as_deref() == Ok("overwrite") {
        fs::write(&page, &made).unwrap();
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    let differs = written.lines().zip(made.lines()).find(|(a, b)| a != b);
    assert!(
        written == made,
        "docs/diagnostics.md is not up to date: {differs:?}; run TRYBUILD=overwrite cargo test in tests/ui"
    );
}

fn page_of(cases: &Path) -> String {
    let mut page = HEAD.to_owned();
    for area in areas(cases) {
        let title = words(&area);
        write!(
            page,
            "\n## {title}\n\n| mistake | at | message |\n|---|---|---|\n"
        )
        .unwrap();
        for case in entries(&area) {
            if case
                .extension()
                .is_some_and(|extension| extension == "stderr")
            {
                page.push_str(&row(&case, &title));
            }
        }
    }
    page
}

/// The folders of cases: all but hidden ones.
fn areas(cases: &Path) -> Vec<PathBuf> {
    let is_hidden = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|it| it.as_encoded_bytes()[0] == b'.')
    };
    let mut areas = entries(cases);
    areas.retain(|path| path.is_dir() && !is_hidden(path));
    areas
}

/// The entries of a folder, sorted by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// A file's name as words.
fn words(path: &Path) -> String {
    let stem = path.file_stem().unwrap().to_string_lossy();
    stem.replace(['-', '_'], " ")
}

fn row(case: &Path, area: &str) -> String {
    let stderr = fs::read_to_string(case).unwrap();
    let errors = errors(&stderr);
    assert!(!errors.is_empty(), "{} has no error", case.display());
    let guilty: Vec<String> = errors.iter().map(|error| code(&error.guilty)).collect();
    let messages: Vec<String> = errors.iter().map(|error| text(&error.message)).collect();
    let (folder, name) = (area.replace(' ', "_"), words(case));
    let file = case.file_stem().unwrap().to_string_lossy();
    format!(
        "| [{name}](../tests/ui/{folder}/{file}.rs) | {} | {} |\n",
        guilty.join("<br>"),
        messages.join("<br><br>")
    )
}

/// One error of rustc: its message, and the first line that it points at.
struct Refusal {
    message: Vec<String>,
    guilty: String,
}

/// The errors, which empty lines separate; warnings beside them are left out.
fn errors(stderr: &str) -> Vec<Refusal> {
    stderr.split("\n\n").filter_map(refusal).collect()
}

fn refusal(block: &str) -> Option<Refusal> {
    let (first, rest) = block.trim_start_matches('\n').split_once('\n')?;
    let said = first.strip_prefix("error: ").map(str::to_owned);
    let said = said.or_else(|| Some(first.strip_prefix("error[")?.replacen("]: ", ": ", 1)))?;
    let lines: Vec<&str> = rest.lines().collect();
    let ours = lines.iter().map(|line| line.trim_start());
    let ours = ours.take_while(|line| line.starts_with("help: ") || line.starts_with("note: "));
    let caret = lines.iter().position(|line| line.contains('^'));
    let (above, below) = lines.split_at(caret.unwrap_or(lines.len()));
    let label = label(below).filter(|_| said == "E0308: mismatched types");
    let mut message = vec![match label {
        Some(label) => format!("{said}: {label}"),
        None => said,
    }];
    message.extend(ours.map(str::to_owned));
    message.extend(notes(&lines));
    let guilty = above.iter().rev().find_map(|line| source(line));
    Some(Refusal {
        message,
        guilty: guilty.filter(|_| caret.is_some()).unwrap_or_default(),
    })
}

/// The user's code in a line such as `12 |     input(..)`.
fn source(line: &str) -> Option<String> {
    let (number, source) = line.split_once(" |")?;
    number.trim().parse::<usize>().ok()?;
    Some(source.trim().to_owned())
}

/// The label of the first `^^^`: behind it, or in a line below it.
fn label(lines: &[&str]) -> Option<String> {
    let (carets, below) = lines.split_first()?;
    let column = carets.find('^')?;
    let behind = carets.get(column..)?.trim_start_matches('^');
    if behind.starts_with(' ') && !behind.trim_start().starts_with('-') {
        return Some(behind.trim().to_owned());
    }
    let under = below.iter().map_while(|line| line.get(column..));
    let mut words = under.filter(|rest| !rest.starts_with(['|', ' ', '-', '^']));
    Some(words.next()?.trim().to_owned())
}

/// What rustc adds after `= note:`, without what it says of itself.
fn notes(lines: &[&str]) -> Vec<String> {
    const NOT_SHOWN: [&str; 4] = [
        "this error originates",
        "this note originates",
        "required for",
        "see https",
    ];
    let mut notes: Vec<String> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(note) = line.trim_start().strip_prefix("= note: ") else {
            continue;
        };
        if NOT_SHOWN.iter().any(|it| note.starts_with(it)) {
            continue;
        }
        let more = lines[index + 1..].iter();
        let more = more.take_while(|line| line.starts_with("     ") && !line.contains(" |"));
        let whole: Vec<&str> = iter::once(note)
            .chain(more.map(|line| line.trim()))
            .collect();
        notes.push(format!("note: {}", whole.join(", ")));
    }
    notes
}

/// As code in a cell.
fn code(source: &str) -> String {
    match source.is_empty() {
        true => String::new(),
        false => format!("`{}`", source.replace('|', "\\|")),
    }
}

/// As text in a cell.
fn text(lines: &[String]) -> String {
    let escape = |line: &String| {
        let mut inside = false;
        let mut escaped = String::new();
        for character in line.chars() {
            inside ^= character == '`';
            match character {
                '|' => escaped.push_str("\\|"),
                '<' if !inside => escaped.push_str("&lt;"),
                other => escaped.push(other),
            }
        }
        escaped
    };
    lines.iter().map(escape).collect::<Vec<_>>().join("<br>")
}
