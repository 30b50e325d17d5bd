//! The expansion that rust-analyzer reads in place of the executor: the user's function, half typed or not,
//! with every token where it was. `tests/editor/check.py` tests it with rust-analyzer itself.

use proc_macro2::{TokenStream, TokenTree};

use super::{expand_in_editor, pretty, snapshot};

/// The body that an editor sees in place of a graph's body.
fn shadow(body: &str) -> TokenStream {
    let item = format!("fn photo(models: PathBuf) -> Report {{ {body} }}");
    let expansion = expand_in_editor("graph", &item);
    let shadow = expansion.into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.to_string().starts_with("{ #") => Some(group.stream()),
        _ => None,
    });
    shadow.unwrap()
}

fn flat(tokens: TokenStream) -> Vec<String> {
    let flat = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => {
            let text = group.to_string();
            let (open, close) = (text[..1].to_owned(), text[text.len() - 1..].to_owned());
            [vec![open], flat(group.stream()), vec![close]].concat()
        }
        token => vec![token.to_string()],
    });
    flat.collect()
}

/// Whether all of the user's tokens are there, in their order.
fn keeps(shadow: &TokenStream, body: &str) -> bool {
    let mut shadow = flat(shadow.clone()).into_iter();
    let wanted = flat(body.parse().unwrap());
    wanted
        .iter()
        .all(|token| shadow.any(|other| other == *token))
}

/// The statements of a shadow, one a line, without the code around every one.
fn lines(shadow: &TokenStream) -> String {
    let shadow = shadow.to_string();
    let (_, body) = shadow.split_once("route , } ; ").unwrap();
    let body = body.replace(" ; :: core :: unreachable ! ()", "");
    body.replace("; ", ";\n    ")
}

const BOUND: &str = "let downloader = Downloader::bind(); \
     let segmentation = Segmentation::bind(models.join(\"a\")).num_replicas(2); ";

/// The shadows of these input blocks; the shadow of a complete block must be complete as well.
fn report(blocks: &[&str]) -> String {
    let mut report = String::new();
    for block in blocks {
        let body = format!("{BOUND}{block}");
        let shadow = shadow(&body);
        assert!(keeps(&shadow, &body), "`{block}` has become `{shadow}`");
        let is_complete = |tokens: &str| syn::parse_str::<syn::Block>(tokens).is_ok();
        if is_complete(&format!("{{ {body} }}")) {
            assert!(is_complete(&format!("{{ {shadow} }}")), "`{shadow}`");
        }
        let bound = "num_replicas (2) . __handle () ;\n    ";
        let lines = lines(&shadow);
        let (_, lines) = lines.split_once(bound).unwrap();
        report += &format!("{block}\n    {lines}\n\n");
    }
    report
}

#[test]
fn a_graph() {
    let item = r#"
        /// What a photo shows.
        pub fn photo(models: PathBuf) -> Report {
            let mut weights = models.join("a");
            #[allow(unused)]
            let model = some::Model::<f32>::bind(weights).num_replicas(2);
            let dispatcher = Dispatcher::bind(vec![model]);
            input(|url: Url, limit: usize| {
                let image = downloader::run(url.trim());
                let (label, score) = dispatcher.look(image, limit + 1, 3);
                aggregate(label, image.size, dispatcher.look(score))
            })
        }"#;
    snapshot!(pretty(expand_in_editor("graph", item)));
}

#[test]
fn half_typed_blocks() {
    // Open brackets are closed: an editor does that before it calls a macro.
    snapshot!(report(&[
        "input(|url: Url| { segmentation. })",
        "input(|url: Url| { segmentation.\n let image = downloader.run(url); image })",
        "input(|url: Url| { let x = segmentation.for })",
        "input(|url: Url| { let x = segmentation.forward(downloader.run(url), ) })",
        "input(|url: Url| { let x = segmentation.forward(url. ) })",
        "input(|url: Url| { match url { Url::Http => segmentation. } })",
        "input(|url: Url| { match url { Url::Http => segmentation.forward(url), Url:: } })",
        "input(|url: Url| { let })",
        "input(|url: Url| { let image = })",
        "input(|url: Url, category: Cat| downloader.run(url))",
        "input(|url: )",
        "input",
    ]));
}

#[test]
fn every_construct_of_an_input_block() {
    snapshot!(report(&[
        "input(|url: Url| match url.kind { A => segmentation.forward(url), b => other(b) })",
        "input(|urls: Vec<Url>| urls.map(|it| segmentation.forward(it)))",
        "input(|url: Url| if downloader.is_there(url) { segmentation.forward(url) } else { None })",
        "route(\"/a\", |url: Url| -> Image { downloader.run(url) }); route(\"/b\", |x: X| -> X { x })",
        "let ocr = ocr_graph::bind(3); input(|url: Url| ocr.call(url))",
        "input(|url: Url| add(ocr::read::<Vec<u8>, 2>(url), 3))",
        "input(|url: Url| Some(std::mem::take(f32::from(url))))",
        "input(|url: Url| format!(\"{}\", downloader.run(url)))",
    ]));
}

/// An editor completes in the expansion of a text that has one more word at the cursor, and compares it with
/// the expansion of the text itself: up to the cursor they must be equal.
#[test]
fn tokens_before_the_cursor_do_not_depend_on_the_word_at_it() {
    let call =
        "let x = segmentation.forward(image, downloader.run(url).size, 1 + n); aggregate(x, f(x))";
    let words = call.char_indices().filter(|(i, c)| {
        let next = call[i + 1..].chars().next();
        c.is_alphanumeric() && next.is_some_and(|next| !next.is_alphanumeric() && next != ' ')
    });
    let typed = words.map(|(i, _)| format!("{}$0{}", &call[..=i], &call[i + 1..]));
    let half = [
        "$0",
        "segmentation.$0",
        "segmentation.$0; let y = downloader.run(url);",
        "segmentation.forward($0)",
        "segmentation.forward(image.$0)",
        "segmentation.forward(image, $0)",
        "segmentation.forward(&$0)",
        "segmentation.forward(1 + $0)",
        "aggregate(segmentation.$0)",
        "aggregate($0)",
        "let x = $0",
        "let x: $0 = downloader.run(url);",
        "match url { A => segmentation.$0, B => downloader.run(url) }",
        "urls.map(|it| segmentation.$0)",
    ];
    for block in half.map(str::to_owned).into_iter().chain(typed) {
        let body = format!("{BOUND}input(|url: Url| {{ {block} }})");
        let before = flat(shadow(&body.replace("$0", "")));
        let typed = flat(shadow(&body.replace("$0", "Word")));
        let cursor = typed.iter().position(|token| token.contains("Word"));
        let cursor = cursor.unwrap();
        assert_eq!(typed[..cursor], before[..cursor], "{block}");
    }
}

/// From a new `let` on, the variable is a value, as in Rust.
#[test]
fn shadowing() {
    snapshot!(report(&[
        "input(|downloader: Url| downloader.run(1))",
        "input(|url: Url| { let downloader = downloader.run(url); downloader.trim(1) })",
        "input(|url: Url| { { let (downloader, x) = url; x } downloader.run(url) })",
        "input(|url: Url| { let f = g(|downloader| downloader.run(1)); downloader.run(f) })",
    ]));
}

/// The macro leaves the parts that it cannot read where they were.
#[test]
fn an_unfinished_signature_is_kept() {
    for item in ["fn photo(models: ) -> Report { }", "fn photo()", "struct"] {
        let expansion = expand_in_editor("graph", item);
        assert!(keeps(&expansion, item), "`{item}` has become `{expansion}`");
    }
}

#[test]
fn a_half_typed_body_keeps_the_handle() {
    let items = [
        "impl Model { fn new() -> Self { Self {} } fn look(&self, image: Image) -> Vec<Label> { self. } }",
        "fn look(image: Image) -> impl Sized { image. }",
        "struct Model { weights: }",
    ];
    for item in items {
        let expansion = expand_in_editor("deployment", item);
        assert!(keeps(&expansion, item), "`{item}` has become `{expansion}`");
        let expansion = expansion.to_string();
        let handle = [
            "impl __ModelHandle", // its handle, by an alias
            "struct LookFnHandle",
            "struct ModelHandle",
        ];
        assert!(
            handle.iter().any(|it| expansion.contains(it)),
            "{expansion}"
        );
    }
}

#[test]
fn a_function_shows_its_result_type() {
    let item = "pub async fn look(image: &Image) -> Result<Vec<Label>> { find(image) }";
    let expansion = pretty(expand_in_editor("deployment", item));
    let (_, outcome) = expansion
        .split_once("impl ::serve_runtime::private::editor")
        .unwrap();
    snapshot!(outcome);
}

#[test]
fn a_loader_returns_a_shared_model() {
    let item = r#"
        impl Translator {
            fn new() -> Self { Translator }

            /// Loads a dictionary.
            #[multiplexed(max_num_models_per_replica = 3)]
            async fn dictionary(&self, model_id: &str) -> Result<Dictionary> {
                load(model_id).await
            }

            #[multiplexed]
            fn grammar(&self, model_id: &str) -> Grammar { Grammar::of(model_id) }

            async fn run(&self, text: String) -> Result<String> {
                Ok(self.dictionary("fr").await?.of(text))
            }
        }
    "#;
    let expansion = pretty(expand_in_editor("deployment", item));
    let block = expansion.split_once("\n}\n").map_or("", |(block, _)| block);
    snapshot!(block);
}

/// A graph passes on the stream, in whatever form the function returns it.
#[test]
fn a_streaming_function_shows_a_streaming() {
    for item in [
        "fn write(prompt: String) -> impl Iterator<Item = Word> { words(prompt) }",
        "fn write(prompt: String) -> Result<impl Iterator<Item = Result<Word>>> { words(prompt) }",
        "async fn write(prompt: String) -> Result<impl Stream<Item = Word>> { words(prompt) }",
    ] {
        let expansion = expand_in_editor("deployment", item).to_string();
        let expected = "type Output = :: serve_runtime :: Streaming < Word > ;";
        assert!(expansion.contains(expected), "{expansion}");
    }
    let body = format!("{BOUND}input(|url: Url| {{ let words = write(url); shout(words) }})");
    let item = format!("fn photo(models: PathBuf) -> Streaming<Word> {{ {body} }}");
    assert!(keeps(&expand_in_editor("graph", &item), &body));
}
