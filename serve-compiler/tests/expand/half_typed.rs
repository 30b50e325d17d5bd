//! Text that an editor sends while a user types: there is always a message, never a panic, and the complete
//! parts keep their names.

use super::{expand, messages, snapshot};

/// The messages for each text, and the items that are left.
fn report(attribute: &str, items: &[&str]) -> String {
    let mut report = String::new();
    for item in items {
        let expansion = expand(attribute, item);
        report += &format!("{item}\n");
        for message in messages(&expansion) {
            report += &format!("    {}\n", message.replace('\n', "\n    "));
        }
        let names = match syn::parse2::<syn::File>(expansion) {
            Ok(file) => names(&file),
            Err(_) => "what the user wrote".to_owned(),
        };
        report += &format!("    => {names}\n\n");
    }
    report
}

fn names(file: &syn::File) -> String {
    let names = file.items.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(format!("struct {}", item.ident)),
        syn::Item::Type(item) => Some(format!("type {}", item.ident)),
        syn::Item::Fn(item) => Some(format!("fn {}", item.sig.ident)),
        syn::Item::Impl(item) => {
            let ty = &item.self_ty;
            let ty = quote::quote!(#ty);
            item.trait_
                .is_none()
                .then(|| format!("impl {}", ty.to_string().replace(' ', "")))
        }
        _ => None,
    });
    names.collect::<Vec<_>>().join(", ")
}

#[test]
fn graphs() {
    snapshot!(report(
        "graph",
        &[
            "fn photo() -> Report {}",
            "fn photo()",
            "fn photo() -> Report { let downloader = }",
            "fn photo() -> Report { let downloader = Downloader }",
            "fn photo() -> Report { let downloader = Downloader:: }",
            "fn photo() -> Report { let downloader = Downloader::bind(); }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input() }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url|) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url: |) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url: Url| {}) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url: Url| { downloader }) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url: Url| { downloader. }) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url: Url| { downloader.run }) }",
            "fn photo() -> Report { let downloader = Downloader::bind(); input(|url: Url| { let x = downloader.run(url); }) }",
        ]
    ));
}

#[test]
fn batches() {
    snapshot!(report(
        "deployment",
        &[
            "impl Model { fn new() -> Self { } #[batch] }",
            "impl Model { fn new() -> Self { } #[batch(max_batch_size)] fn look(&self, x: Vec<u8>) -> Vec<u8> { x } }",
            "impl Model { fn new() -> Self { } #[batch(max_batch_size = )] fn look(&self, x: Vec<u8>) -> Vec<u8> { x } }",
            "impl Model { fn new() -> Self { } #[batch(cost = )] fn look(&self, x: Vec<u8>) -> Vec<u8> { x } }",
            "impl Model { fn new() -> Self { } #[batch(cost = self::, max_batch_cost = 2)] fn look(&self, x: Vec<u8>) -> Vec<u8> { x } }",
            "impl Model { fn new() -> Self { } #[batch] fn look(&self, x: ) {} }",
            "impl Model { fn new() -> Self { } #[batch] fn look(&self, x: Vec) -> Vec {} }",
            "impl Model { fn new() -> Self { } #[batch] fn look(&self, x: Vec<u8>) -> Vec<u8> { x. } }",
            "#[batch] fn look(x: Vec<u8>) -> Vec<Result<>> { x }",
        ]
    ));
}

#[test]
fn deployments() {
    snapshot!(report(
        "deployment",
        &[
            "struct",
            "struct Model",
            "impl Model",
            "impl Model {}",
            "impl Model { fn }",
            "impl Model { fn new }",
            "impl Model { fn new() -> Self { } }",
            "impl Model { fn new() -> Self { } fn look(&self, image) }",
            "impl Model { fn new() -> Self { } fn look(&self, image: &) {} }",
            "async fn",
            "async fn aggregate",
            "async fn aggregate(labels: ) -> Report {}",
        ],
    ));
}

#[test]
fn options() {
    let given = [
        "",
        "num_",
        "num_replicas",
        "num_replicas =",
        "num_replicas = 2,",
        ", ,",
        "= 2",
        "\"x\"",
    ];
    let reports = given.map(|options| {
        let attribute = format!("deployment({options})");
        format!("#[{attribute}] {}", report(&attribute, &["struct Model;"]))
    });
    snapshot!(reports.concat());
}
