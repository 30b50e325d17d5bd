//! A fake in place of a deployment: `app.with(..)`.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::testing::{Fake, handle, later};

use crate::support::Count;

/// Neither `Clone` nor `Debug`.
struct Mask(u32);

/// Must not be built by any test.
#[deployment(num_replicas = 3, max_ongoing_requests = 1)]
struct Segmentation;

#[deployment]
impl Segmentation {
    fn new() -> Self {
        panic!("loads gigabytes")
    }

    fn forward(&self, image: &str) -> Result<Mask> {
        Ok(Mask(u32::try_from(image.len())?))
    }

    async fn warm(&mut self, times: u32) -> u32 {
        times
    }
}

/// Waits in place, and holds handles.
#[deployment]
struct Dispatcher {
    segmentation: Handle<Segmentation>,
    shout: Handle<shout>,
}

#[deployment]
impl Dispatcher {
    fn new(segmentation: Handle<Segmentation>, shout: Handle<shout>) -> Self {
        Dispatcher {
            segmentation,
            shout,
        }
    }

    async fn run(&self, image: Shared<String>) -> Result<String> {
        let Mask(size) = self.segmentation.forward(image.clone()).await?;
        self.shout.call(format!("{image} {size}")).await
    }
}

#[deployment]
async fn shout(text: String) -> String {
    text.to_uppercase()
}

#[deployment]
async fn size(mask: &Mask) -> u32 {
    mask.0
}

#[deployment]
fn total(size: u32, warmed: u32, text: String) -> String {
    format!("{size} {warmed} {text}")
}

#[graph]
fn pipeline() -> String {
    let segmentation = Segmentation::bind();
    let held = shout::bind();
    let dispatcher = Dispatcher::bind(segmentation.clone(), held);
    input(|image: String| {
        let mask = segmentation.forward(image);
        total(size(mask), segmentation.warm(2), dispatcher.run(image))
    })
}

fn segmentation() -> impl Fake<Deployment = Segmentation> {
    Segmentation::fake()
        .forward(|image| Ok(Mask(image.len() as u32 * 100)))
        .warm(|times| times + 40)
}

#[tokio::test]
async fn the_constructor_never_runs_and_holders_call_the_fake() {
    let app = deploy(pipeline().with("segmentation", segmentation()))
        .await
        .unwrap();
    assert_eq!(app.call("abc".into()).await.unwrap(), "300 42 ABC 300");
    Deployed::control(&app).health().unwrap();
    Deployed::shutdown(app).await;
}

#[tokio::test]
async fn functions_are_faked_by_their_name_and_bound_ones_by_their_variable() {
    let app = pipeline()
        .with("segmentation", segmentation())
        .with("size", size::fake(|mask| mask.0 + 1))
        .with("held", shout::fake(|text| format!("<{text}>")))
        .with(
            "total",
            total::fake(|size, _, text| format!("{text} of {size}")),
        );
    let app = deploy(app).await.unwrap();
    assert_eq!(app.call("abc".into()).await.unwrap(), "<abc 300> of 301");
}

#[tokio::test]
async fn a_fake_fails_panics_or_waits_like_its_node() {
    let with = async |fake| {
        let app = pipeline()
            .with("segmentation", segmentation())
            .with("size", fake);
        deploy(app).await.unwrap().call("abc".into()).await
    };
    let error = with(size::fake(|_| -> Result<u32> { Ok("x".parse()?) }));
    let error = error.await.unwrap_err();
    assert_eq!(error.node(), Some("size"));
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());

    let error = with(size::fake(|_| -> u32 { panic!("out of ink") }));
    let error = error.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(error.to_string(), "node `size`: panicked: out of ink");

    let slow = size::fake(|mask| {
        later(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(mask.0 + 9)
        })
    });
    assert_eq!(with(slow).await.unwrap(), "309 42 ABC 300");
    let broken = size::fake(|_| later(async { if true { panic!("later") } else { 0 } }));
    assert_eq!(with(broken).await.unwrap_err().kind(), ErrorKind::Panicked);
}

#[tokio::test]
async fn a_method_without_a_closure_fails_and_says_what_to_do() {
    let fake = Segmentation::fake().forward(|_| Mask(1));
    let app = deploy(pipeline().with("segmentation", fake)).await.unwrap();
    let error = app.call("abc".into()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "node `segmentation.warm`: the fake of `segmentation` has no closure for `warm`\n\
         help: give its `fake()` a closure: `.warm(|..| ..)`"
    );
}

#[tokio::test]
async fn the_last_closure_of_a_method_counts_and_calls_can_be_recorded() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let fake = Segmentation::fake()
        .warm(|_| 0)
        .forward(move |image| {
            record.lock().unwrap().push(image.to_string());
            Mask(0)
        })
        .warm(|_| 7);
    let app = deploy(pipeline().with("segmentation", fake)).await.unwrap();
    assert_eq!(app.call("abc".into()).await.unwrap(), "0 7 ABC 0");
    assert_eq!(*seen.lock().unwrap(), ["abc", "abc"]);
}

#[tokio::test]
async fn a_handle_of_a_fake_needs_no_graph() {
    let dispatcher = Dispatcher::new(handle(segmentation()), handle(shout::fake(|text| text)));
    let answer = dispatcher.run(Shared::new("ab".to_owned())).await.unwrap();
    assert_eq!(answer, "ab 200");
}

mod ocr {
    use super::*;

    #[deployment]
    pub struct Detector {
        built: Count,
    }

    #[deployment]
    impl Detector {
        fn new(built: Count) -> Self {
            built.add();
            Detector { built }
        }

        fn detect(&self, image: &str) -> Vec<usize> {
            vec![image.len(), self.built.get()]
        }
    }

    #[deployment]
    pub async fn read(at: usize) -> String {
        format!("word {at}")
    }

    #[graph]
    pub fn words(built: Count) -> Vec<String> {
        let detector = Detector::bind(built);
        input(|image: String| detector.detect(image).map(|at| read(at)))
    }
}

#[graph]
fn pages(built: Count) -> String {
    let left = ocr::words::bind(built.clone());
    let right = ocr::words::bind(built);
    input(|image: String| {
        total(
            0,
            0,
            format!("{:?} {:?}", left.call(image), right.call(image)),
        )
    })
}

#[tokio::test]
async fn deployments_of_a_bound_graph_have_its_variable_in_front() {
    let built = Count::new();
    let app = pages(built.clone())
        .with(
            "left/detector",
            ocr::Detector::fake().detect(|_| vec![7, 8]),
        )
        .with("right/detector", ocr::Detector::fake().detect(|_| vec![]));
    let app = deploy(app).await.unwrap();
    let answer = app.call("abc".into()).await.unwrap();
    assert_eq!(answer, r#"0 0 ["word 7", "word 8"] []"#);
    assert_eq!(built.get(), 0);
}

#[tokio::test]
async fn a_graph_with_a_fake_keeps_it_when_it_is_bound() {
    #[graph]
    fn outer(built: Count) -> Vec<String> {
        let inner =
            ocr::words::bind(built).with("detector", ocr::Detector::fake().detect(|_| vec![]));
        input(|image: String| inner.call(image))
    }
    let built = Count::new();
    let app = deploy(outer(built.clone())).await.unwrap();
    assert_eq!(app.call("abc".into()).await.unwrap(), [""; 0]);
    assert_eq!(built.get(), 0);
}

trait Weights: Send + Sync + 'static {
    fn weight() -> u32;
}

struct Light;

impl Weights for Light {
    fn weight() -> u32 {
        unreachable!("the fake answers")
    }
}

#[deployment]
struct Scale<W: Weights>(std::marker::PhantomData<W>);

#[deployment]
impl<W: Weights> Scale<W> {
    fn new() -> Self {
        unreachable!("a fake is put in its place")
    }

    async fn weigh(&self, things: Vec<u32>) -> u32 {
        things.iter().sum::<u32>() + W::weight()
    }
}

#[graph]
fn weighing() -> u32 {
    let scale = Scale::<Light>::bind();
    input(|things: Vec<u32>| scale.weigh(things))
}

#[tokio::test]
async fn a_generic_deployment_has_a_fake() {
    let fake = Scale::<Light>::fake().weigh(|things| things.len() as u32);
    let app = deploy(weighing().with("scale", fake)).await.unwrap();
    assert_eq!(app.call(vec![5, 5]).await.unwrap(), 2);
}

/// As many items run at a time as without a limit.
#[tokio::test]
async fn a_fake_has_no_limits() {
    let meet = Arc::new(tokio::sync::Barrier::new(20));
    let fake = ocr::Detector::fake().detect(|_| Vec::from_iter(0..20));
    let read = ocr_read(meet);
    let app = ocr::words(Count::new())
        .with("detector", fake)
        .with("read", read);
    let app = deploy(app).await.unwrap();
    let call = app.call("abc".into());
    assert_eq!(crate::support::within(call).await.unwrap().len(), 20);
}

fn ocr_read(meet: Arc<tokio::sync::Barrier>) -> impl Fake {
    ocr::read::fake(move |at| {
        let meet = Arc::clone(&meet);
        later(async move {
            meet.wait().await;
            at.to_string()
        })
    })
}

async fn refusal(app: Application<PipelineGraph>) -> String {
    let error = deploy(app).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

#[tokio::test]
async fn an_unknown_name_is_refused() {
    let app = pipeline().with("segmentatoin", Segmentation::fake());
    assert_eq!(
        refusal(app).await,
        "graph `pipeline` has no deployment `segmentatoin` to fake\nhelp: did you mean `segmentation`?"
    );
    let app = pipeline().with("model", Segmentation::fake());
    assert_eq!(
        refusal(app).await,
        "graph `pipeline` has no deployment `model` to fake\n\
         help: the deployments are `segmentation`, `held`, `dispatcher`, `total`, `size`"
    );
    let app = pages(Count::new()).with("left", ocr::Detector::fake());
    assert_eq!(
        deploy(app).await.unwrap_err().to_string(),
        "graph `pages` has no deployment `left` to fake\n\
         help: `left` is a graph of its own: fake what it binds, as in `left/detector`"
    );
}

#[tokio::test]
async fn a_fake_of_another_type_and_a_second_fake_are_refused() {
    let app = pipeline().with("segmentation", size::fake(|_| 0));
    assert_eq!(
        refusal(app).await,
        "`segmentation` is a `Segmentation`, but was given a fake of `size`"
    );
    let app = pipeline()
        .with("size", size::fake(|_| 0))
        .with("size", size::fake(|_| 1));
    assert_eq!(refusal(app).await, "`size` was given a fake already");
}
