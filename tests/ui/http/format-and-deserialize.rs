use serve_runtime::ingress::{BadBody, FromBody, Part};
use serve_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Sound(Vec<u8>);

// It is read from JSON already.
impl FromBody for Sound {
    const CONTENT_TYPES: &'static [&'static str] = &["audio/wav"];

    fn from_body(part: &Part<'_>) -> std::result::Result<Self, BadBody> {
        Ok(Sound(part.bytes().to_vec()))
    }
}

#[deployment]
async fn length(sound: Sound) -> usize {
    sound.0.len()
}

#[graph]
fn duration() -> usize {
    input(|sound: Sound| length(sound))
}

fn main() {}
