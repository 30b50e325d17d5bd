//! Random tokens: errors, never a panic.

use super::{expand, expand_in_editor};

/// The tokens that the macros get.
const PIECES: [&str; 40] = [
    "fn", "async", "struct", "impl", "enum", "let", "input", "self", "&self", "&mut", "Self",
    "new", "bind", "Model", "model", "x", "url", "->", "=>", "=", "::", ":", ";", ",", ".", "|",
    "?", "<", ">", "&", "(", ")", "{", "}", "[", "]", "\"{x}\"", "0", "match", "Result<",
];

/// A small generator: the same soups in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }
}

fn soup(random: &mut Random) -> String {
    let length = random.below(24);
    let pieces = (0..length).map(|_| PIECES[random.below(PIECES.len())]);
    pieces.collect::<Vec<_>>().join(" ")
}

/// Runs both attributes on those of these texts that are tokens.
fn expand_if_tokens(options: &str, item: &str) {
    let is_tokens = |text: &str| text.parse::<proc_macro2::TokenStream>().is_ok();
    if is_tokens(options) && is_tokens(item) {
        for attribute in ["deployment", "graph"] {
            let _ = expand(&format!("{attribute}({options})"), item);
            let _ = expand_in_editor(attribute, item);
        }
    }
}

#[test]
fn soups_do_not_panic() {
    let random = &mut Random(1);
    for _ in 0..3_000 {
        let soup = soup(random);
        expand_if_tokens("", &soup);
        expand_if_tokens(&soup, "struct Model;");
        expand_if_tokens("", &format!("impl Model {{ {soup} }}"));
        let method = "fn look(&self, x: Vec<u8>) -> Vec<u8> { x }";
        let batched = format!("impl Model {{ #[batch({soup})] {method} }}");
        expand_if_tokens("", &batched);
        expand_if_tokens("", &format!("fn photo() -> Report {{ {soup} }}"));
        expand_if_tokens(
            "",
            &format!("fn photo() -> Report {{ input(|x: X| {{ {soup} }}) }}"),
        );
    }
}

/// A graph that lacks any one of its tokens does not cause a panic.
#[test]
fn a_graph_without_one_of_its_tokens_does_not_panic() {
    let graph = "fn photo ( models : PathBuf ) -> Report { let a = A :: bind ( models . join ( \"a\" ) ) ; \
         let b = B :: bind ( vec ! [ a ] ) . num_replicas ( 2 ) ; input ( | url : Url , n : usize | { \
         let image = a . run ( url , n + 1 ) ; let label : Label = b . see ( image , \"x\" . into ( ) ) ; \
         aggregate ( label , Some ( image . size ) , match n { 0 => None , x => Some ( x ) } ) } ) }";
    let tokens: Vec<&str> = graph.split(' ').filter(|token| !token.is_empty()).collect();
    for missing in 0..tokens.len() {
        let (before, after) = tokens.split_at(missing);
        expand_if_tokens("", &[before, &after[1..]].concat().join(" "));
    }
}
