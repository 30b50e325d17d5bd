//! The compiler's output in README and guide is complete and current: a block between
//! `<!-- says: area/case -->` and `<!-- end -->` is the `.stderr` of that case.
#![allow(clippy::unwrap_used)] // a page that cannot be read fails the test

use std::path::Path;
use std::{env, fs};

const SAYS: &str = "<!-- says: ";
const END: &str = "<!-- end -->";

/// The pages with such blocks, and the number of blocks of each.
const PAGES: [(&str, usize); 2] = [("../../README.md", 2), ("../../docs/guide/graphs.md", 1)];

#[test]
fn the_output_in_the_docs_is_current() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, count) in PAGES {
        let written = fs::read_to_string(tests.join(page)).unwrap();
        let (made, blocks) = with_output(&written, tests);
        assert_eq!(blocks, count, "{page}");
        if env::var("TRYBUILD").as_deref() == Ok("overwrite") {
            fs::write(tests.join(page), &made).unwrap();
            continue;
        }
        let differs = written.lines().zip(made.lines()).find(|(a, b)| a != b);
        assert!(
            written == made,
            "{page} is not up to date: {differs:?}; run cd tests/ui && TRYBUILD=overwrite cargo test"
        );
    }
}

/// The page with the output of each case that it names, and the number of these cases.
fn with_output(page: &str, cases: &Path) -> (String, usize) {
    let mut parts = page.split_inclusive(SAYS);
    let mut made = parts.next().unwrap_or_default().to_owned();
    let mut blocks = 0;
    for part in parts {
        let (case, rest) = part.split_once(" -->").expect("a comment that ends");
        let (_, rest) = rest.split_once(END).expect("a block that ends");
        let stderr = fs::read_to_string(cases.join(format!("{case}.stderr"))).unwrap();
        let output = stderr.trim_end();
        made += &format!("{case} -->\n```text\n{output}\n```\n{END}{rest}");
        blocks += 1;
    }
    (made, blocks)
}
