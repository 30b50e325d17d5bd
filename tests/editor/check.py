#!/usr/bin/env python3
"""Asks a real rust-analyzer how it shows a graph while text is typed; see CONTRIBUTING.md.

Prints each question with its answer, and exits with 1 if one is wrong.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from lsp import RustAnalyzer
from session import FIXTURE, LETTERS, MODELS, Session

REPOSITORY = Path(__file__).resolve().parent.parent.parent
# The types of variables without an annotation.
TYPES = ["segmentation: SegmentationHandle", "image: Image", "people: Mask", "safety: f32", "label: Label"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rust-analyzer", default="rust-analyzer", help="the program; by default the one in PATH")
    parser.add_argument("--sysroot-src", help="the `library` folder of Rust's sources, if it is not the component `rust-src`")
    arguments = parser.parse_args()
    # The versions of the workspace are already downloaded.
    shutil.copy(REPOSITORY / "Cargo.lock", FIXTURE / "Cargo.lock")
    analyzer = RustAnalyzer(arguments.rust_analyzer, FIXTURE, options(arguments.sysroot_src))
    try:
        session = Session(analyzer)
        status = analyzer.wait_until_loaded()
        session.report("load", f"{status['health']} {status.get('message') or ''}", status["health"] == "ok")
        questions(session)
    finally:
        analyzer.stop()
    print(f"{session.wrong} wrong" if session.wrong else "all right")
    sys.exit(session.wrong > 0)


def options(sysroot_src):
    """The settings that rust-analyzer gets at its start."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True)
    sysroot = Path(sysroot.stdout.strip())
    if not sysroot_src and not (sysroot / "lib/rustlib/src/rust/library").exists():
        sys.exit("rust-analyzer knows no type without Rust's own sources: run `rustup component add rust-src`")
    server = sysroot / "libexec/rust-analyzer-proc-macro-srv"
    return {
        "cargo": {
            "targetDir": str(REPOSITORY / "target/editor"),
            "extraArgs": ["--offline"],
            "sysrootSrc": sysroot_src,
        },
        "checkOnSave": False,
        "cachePriming": {"enable": False},
        "procMacro": {"server": str(server) if server.exists() else None},
    }


def questions(ask):
    what_is_wrong(ask)
    what_could_come(ask)
    what_it_is(ask)
    where_it_is(ask)
    what_else_it_is_called(ask)
    what_the_runtime_adds(ask)


# Pieces of the graph, and the text that replaces them.
INPUT = "input(|image_url: Url, category: Category| {"
FORWARD = "segmentation.forward(image);"
SAFETY = "let safety = integrity.forward(image, 0.5);"
ANSWER = "aggregate(people, safety, label)"
CALLED = "understanding.call(url, Category::Other)"
ARMS = "let safety = match category { Category::Fruit => %s, Category::Other => 0.5 };"


def what_is_wrong(ask):
    ask.diagnoses("a graph")
    ask.diagnoses("deployments", path=MODELS)
    wrong, untyped = "segmentation.forward(imgae);", "input(|image_url: Url, category| {"
    ask.diagnoses("a wrong name", "cannot find `imgae` in this graph", old=FORWARD, new=wrong)
    ask.diagnoses("an input without a type", "the input `category` needs a type", old=INPUT, new=untyped)


def what_could_come(ask):
    ask.completes("after `segmentation.`", FORWARD, "segmentation.$0", "forward")
    ask.completes("after `segmentation.for`", FORWARD, "segmentation.for$0", "forward")
    ask.completes("after `let x = segmentation.`", SAFETY, "let x = segmentation.$0;\n" + SAFETY, "forward")
    ask.completes("an edge as an argument", FORWARD, "segmentation.forward(im$0);", "image")
    ask.completes("an edge in an unfinished call", FORWARD, "segmentation.forward(im$0", "image")
    ask.completes("a deployment variable", FORWARD, "segm$0", "segmentation")
    ask.completes("a field of an edge", "aggregate(people,", "aggregate(people.$0,", "0")
    ask.completes("a function deployment", ANSWER, "aggr$0", "aggregate")
    ask.completes("in an arm", SAFETY, ARMS % "integrity.$0", "forward")
    unfinished = "let safety = match category { Category::Fruit => integrity.$0"
    ask.completes("in an unfinished arm", SAFETY, unfinished, "forward")
    ask.completes("in an `if`", SAFETY, "if true { integrity.$0 } else { 0.5 };", "forward")
    ask.completes("in an unfinished `map`", SAFETY, "let all = images.map(|it| integrity.$0", "forward")
    route = INPUT.replace("input(", 'route("/photos", ') + " downloader.$0"
    ask.completes("in a route", INPUT, route, "run")
    ask.completes("after a bound graph", CALLED, "understanding.$0", "call")
    ask.completes("in `map`", "integrity.forward(photo, 0.5)", "integrity.$0", "forward")
    ask.completes("`input`", INPUT, INPUT.replace("input", "inp$0"), "input")
    ask.completes("a type of the input", "category: Category", "category: Cat$0", "Category")
    ask.completes("a path before `::bind`", "Dispatcher::bind(", "Disp$0::bind(", "Dispatcher")
    ask.completes("`bind`", "Dispatcher::bind(fruit, general)", "Dispatcher::$0", "bind")
    ask.completes("an option of `bind`", ".num_replicas(2)", ".num$0", "num_replicas", "num_cpus")
    ask.completes("an argument of `bind`", "bind(weights)", "bind(we$0)", "weights")

    ask.completes("a parameter in a method", "Image { pixels }", "bytes.$0", "len", path=MODELS)
    unfinished = "let x = self.$0\n        Label(format!"
    ask.completes("`self.` in an unfinished method", "Label(format!", unfinished, "class", path=MODELS)
    ask.completes("a type of a method", "bytes: &[u8]", "bytes: &Ima$0", "Image", path=MODELS)


def what_it_is(ask):
    ask.hints("variables", *TYPES)
    ask.signs("a method", FORWARD, "segmentation.forward($0);", "forward(&self, image: Shared<Image>)")
    ask.signs("a method, at the second one", SAFETY, SAFETY.replace("0.5", "0$0.5"), "weight: f32")

    ask.hovers("an edge", "let im$0age", "image: Image")
    ask.hovers("an edge as an argument", "dispatcher.run(im$0age", "image: Image")
    ask.hovers("a part of the request", "run(image_$0url)", "image_url: Url")
    ask.hovers("a deployment variable", "people = segm$0entation", "SegmentationHandle")
    ask.hovers("a method", "segmentation.for$0ward", "The pixels that belong to people")
    ask.hovers("`input`", "inp$0ut(|image_url", "what happens to one request")
    ask.hovers("a function deployment", "aggre$0gate(people", "async fn aggregate")
    ask.hovers("what a function gives", f"let re$0port = {ANSWER}; report", "report: Report", typed=ANSWER)

    ask.hovers("an edge in an arm", ARMS % "integrity.forward(im$0age, 0.5)", "image: Image", typed=SAFETY)
    match = (ARMS % "integrity.forward(image, 0.5)").replace("safety", "saf$0ety")
    ask.hovers("what a `match` with calls gives", match, "safety: f32", typed=SAFETY)
    ask.hovers("what a `match` gives", "let ver$0dict", "verdict: Option<bool>")
    ask.hovers("an item", "urls.map(|u$0rl|", "url: Url")
    ask.hovers("an edge for each item", "let pho$0to", "photo: Image")
    ask.hovers("what a fan-out gives", "let first_re$0port", "first_report: Option<Report>")


def where_it_is(ask):
    looks = "pub fn forward(&self, image: &Image) -> Result<Mask>"
    rates = "pub fn forward(&self, image: &Image, weight: f32) -> f32"
    ask.defines("a method", "segmentation.for$0ward", looks)
    ask.defines("a method for each item", "integrity.for$0ward(photo", rates)
    ask.defines("a bound graph", "content_under$0standing::bind", "pub fn content_understanding")
    ask.defines("a call of a bound graph", "understanding.ca$0ll(url", "pub fn content_understanding")
    ask.defines("a deployment variable", "people = segm$0entation", "let segmentation")
    ask.defines("an edge", "integrity.forward(im$0age", "let image")
    ask.defines("a function deployment", "aggre$0gate(people", "pub async fn aggregate")
    ask.defines("a type of the input", "category: Cat$0egory", "pub enum Category")
    ask.defines("a deployment's type", "Segm$0entation::bind", "pub struct Segmentation")
    ask.defines("the output's type", "-> Rep$0ort {", "pub struct Report")
    ask.refers("an edge", "let im$0age", 4)
    ask.refers("a deployment variable", "let segm$0entation", 2)


def what_else_it_is_called(ask):
    graph = r"#\[graph\].*?\n\}"
    ask.renames("an edge", "let im$0age", "image", "photo", graph)
    ask.renames("a part of the request", "run(image_$0url", "image_url", "url", graph)
    ask.renames("a deployment variable", "people = segm$0entation", "segmentation", "segmenter", graph)
    ask.renames("a function deployment", "aggre$0gate(people", "aggregate", "summarise", "aggregate")
    ask.renames("a type of the input", "category: Cate$0gory", "Category", "Kind", r"\bCategory\b")
    named = r"\bcontent_understanding\b"
    ask.renames("a graph", "pub fn content_under$0standing", "content_understanding", "understand", named)
    method = [r"dispatcher\.run", r"\brun\(&self, image"]
    ask.renames("a method", "dispatcher.ru$0n(", "run", "ask", *method)
    of_method = r"fn process.*?\}"
    ask.renames("a parameter of a method", "by$0tes: &[u8]", "bytes", "encoded", of_method, path=MODELS)


def what_the_runtime_adds(ask):
    ask.diagnoses("batches, models and streams", path=LETTERS)
    rated = "rater.rate(draft);"
    ask.completes("a batched method", rated, "rater.$0", "rate", path=LETTERS)
    ask.completes("an edge for a batched method", rated, "rater.rate(dr$0);", "draft", path=LETTERS)
    ask.signs("a batched method", rated, "rater.rate($0);", "rate(&self, letters: Letter)", path=LETTERS)
    ask.hovers("a batched method", "rater.ra$0te(", "How friendly each letter is", path=LETTERS)
    ask.hovers("what a batched method gives", "let friend$0liness", "friendliness: f32", path=LETTERS)
    ask.defines("a batched method", "rater.ra$0te(", "pub fn rate(&self, letters: Vec<Letter>)", path=LETTERS)
    ask.completes("the items of a batch", "letters.iter()", "letters.$0", "iter", path=LETTERS)
    loaded = 'self.dictionary("fr").await?;'
    ask.completes("a loader", loaded, "self.dict$0", "dictionary", path=LETTERS)
    ask.completes("a field of a loaded model", "&dictionary.language", "&dictionary.$0", "language", path=LETTERS)
    ask.hovers("a loaded model", "let dict$0ionary", "Dictionary", path=LETTERS)
    ask.hovers("a stream on an edge", "let wo$0rds = read", "Streaming<String>", path=LETTERS)
    ask.completes("a function that streams", "read(translated, friendliness)", "rea$0", "read", path=LETTERS)


if __name__ == "__main__":
    main()
