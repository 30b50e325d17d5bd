use serve_runtime::prelude::*;

#[derive(Clone)]
struct Clip(Vec<f32>);

#[derive(serde::Serialize)]
struct Answer {
    text: String,
    mood: f32,
}

#[deployment]
struct Resampler {
    rate: u32,
}

#[deployment]
impl Resampler {
    fn new(rate: u32) -> Self {
        Resampler { rate }
    }

    fn resample(&self, bytes: Vec<u8>) -> Clip {
        Clip(bytes.iter().map(|byte| *byte as f32 * self.rate as f32).collect())
    }
}

#[deployment(num_replicas = 2)]
struct Whisper;

#[deployment]
impl Whisper {
    fn new() -> Self {
        Whisper
    }

    fn transcribe(&self, clip: Clip, language: String) -> String {
        format!("{} samples of {language}", clip.0.len())
    }
}

#[deployment]
struct Mood;

impl Mood {
    fn new() -> Self {
        Mood
    }

    fn rate(&self, clip: Clip) -> f32 {
        clip.0.iter().sum()
    }
}

#[deployment]
async fn answer(text: String, mood: f32) -> Answer {
    Answer { text, mood }
}

#[graph(route_prefix = "/speech")]
fn speech(rate: u32) -> Answer {
    let resampler = Resampler::bind(rate);
    let whisper = Whisper::bind();
    let mood = Mood::bind();

    input(|bytes: Vec<u8>, language: String| {
        let clip = resampler.resample(bytes);
        let text = whisper.transcribe(clip, language);
        let feeling = mood.rate(clip);
        answer(text, feeling)
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(speech(16_000)).await
}
