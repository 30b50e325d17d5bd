//! The page of compile errors, made from the cases beside this file.
#![allow(clippy::unwrap_used)] // a case that cannot be read fails the test

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

const HEAD: &str = "\
# Compile errors

Each case under [`tests/ui`](../tests/ui) has one row. `TRYBUILD=overwrite cargo test` in that folder
rewrites the expected messages there and this page. A message with a code, such as `E0004`, comes from
rustc; many of those with `E0277` or `E0080` have the project's own text.
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
#[derive(Default)]
struct Refusal {
    message: Vec<String>,
    guilty: String,
}

fn errors(stderr: &str) -> Vec<Refusal> {
    let mut errors: Vec<Refusal> = Vec::new();
    let mut shown = String::new();
    for line in stderr.lines() {
        let said = line.strip_prefix("error: ").map(str::to_owned);
        let said = said.or_else(|| Some(line.strip_prefix("error[")?.replacen("]: ", ": ", 1)));
        if let Some(said) = said {
            errors.push(Refusal {
                message: vec![said],
                guilty: String::new(),
            });
            continue;
        }
        let Some(error) = errors.last_mut() else {
            continue;
        };
        let rest = line.trim_start();
        if error.guilty.is_empty()
            && shown.is_empty()
            && ["help: ", "note: "].iter().any(|it| rest.starts_with(it))
        {
            error.message.push(rest.to_owned());
        } else if let Some((number, source)) = line.split_once(" |")
            && number.trim().parse::<usize>().is_ok()
        {
            shown = source.trim().to_owned();
        } else if line.contains('^') && error.guilty.is_empty() {
            error.guilty = std::mem::take(&mut shown);
            if let (Some((_, label)), true) = (line.rsplit_once("^ "), error.message.len() == 1)
                && error.message[0].starts_with("E0308")
                && !label.trim_start().starts_with('-')
            {
                error.message[0] = format!("{}: {label}", error.message[0]);
            }
        } else if let Some(note) = rest.strip_prefix("= note: ")
            && !note.starts_with("this error originates")
            && !note.starts_with("this note originates")
            && !note.starts_with("required for")
            && !note.starts_with("see https")
        {
            error.message.push(format!("note: {note}"));
        }
        if line.is_empty() {
            shown.clear();
        }
    }
    errors
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
