//! What a body may be: JSON, an array, several arrays, an image, a format of the user's own. Shape and dtype
//! are kept, or the request is refused.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use serve_runtime::NdArray;
use serve_runtime::ingress::{BadBody, FromBody, Part};
use serve_runtime::ndarray::{Ix2, Ix3, array};
use serve_runtime::prelude::*;

use crate::support::http::{Answer, Request, Served, serve};

/// A file as `numpy.save` writes it.
fn npy(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    let start: &[u8] = b"\x93NUMPY\x01\x00";
    [start, &length, header.as_bytes(), values].concat()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

impl Served {
    async fn post_as(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = Request::post(path).header("content-type", content_type);
        request.body(body).send(self.address).await
    }
}

/// A refusal's status, field and message.
fn refused(answer: &Answer) -> (u16, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let body = answer.json();
    (answer.status, text(&body["field"]), text(&body["error"]))
}

#[derive(serde::Deserialize, Clone)]
struct Order {
    product: String,
    amount: u32,
}

#[deployment]
async fn total(order: Order, price: f32) -> String {
    format!("{} {}", order.product, order.amount as f32 * price)
}

#[graph]
fn ordering() -> String {
    input(|order: Order, price: f32| total(order, price))
}

#[tokio::test]
async fn json_becomes_typed_values() {
    let app = deploy(ordering()).await.unwrap();
    let order = Order {
        product: "pears".into(),
        amount: 3,
    };
    assert_eq!(app.call(order, 0.5).await.unwrap(), "pears 1.5");
    let server = serve(ordering()).await;
    let order = json!({ "product": "pears", "amount": 3 });
    let answer = server.post(json!({ "order": order, "price": 0.5 })).await;
    assert_eq!(answer.ok(), "pears 1.5");
    // The same as a form, whose parts have content types of their own.
    let order = order.to_string().into_bytes();
    let form = [
        ("order", "application/json", order),
        ("price", "text/plain", b"0.5".to_vec()),
    ];
    let answer = Request::post("/").form(form).send(server.address).await;
    assert_eq!(answer.ok(), "pears 1.5");
}

#[deployment]
async fn transposed(array: NdArray<f32, Ix2>) -> NdArray<f32, Ix2> {
    array.into_inner().reversed_axes().into()
}

#[graph]
fn transposing() -> NdArray<f32, Ix2> {
    input(|array: NdArray<f32, Ix2>| transposed(array))
}

#[tokio::test]
async fn an_array_keeps_its_shape_and_dtype() {
    let app = deploy(transposing()).await.unwrap();
    let rows = array![[1.0, 2.5, 3.0], [4.0, 5.0, 6.0]];
    let columns = array![[1.0, 4.0], [2.5, 5.0], [3.0, 6.0]];
    assert_eq!(*app.call(rows.into()).await.unwrap(), columns);

    let server = serve(transposing()).await;
    let expected = json!({
        "array": [[1.0, 4.0], [2.5, 5.0], [3.0, 6.0]], "shape": [3, 2], "dtype": "float32",
    });
    let flat = [1.0, 2.5, 3.0, 4.0, 5.0, 6.0];
    for body in [
        json!([[1, 2.5, 3], [4, 5, 6]]),
        json!({ "array": [[1, 2.5, 3], [4, 5, 6]] }),
        json!({ "array": flat, "shape": [2, 3], "dtype": "float32" }),
    ] {
        assert_eq!(server.post(body).await.ok(), expected);
    }
    let file = npy("<f4", "(2, 3)", &floats(&flat));
    for content_type in ["application/x-npy", "application/octet-stream"] {
        let answer = server.post_as("/", content_type, file.clone()).await;
        assert_eq!(answer.ok(), expected);
    }
    // What is answered can be sent again.
    let back = server.post(expected).await.ok();
    assert_eq!(back["shape"], json!([2, 3]));
}

#[tokio::test]
async fn an_array_of_another_dtype_or_shape_is_refused() {
    let server = serve(transposing()).await;
    for (body, field, message) in [
        (
            json!({ "array": [[1, 2]], "dtype": "float64" }),
            "dtype",
            "expected an array of float32, but this is one of float64; send `array.astype(\"float32\")`",
        ),
        (
            json!({ "array": [1, 2, 3], "shape": [2, 2] }),
            "",
            "the shape [2, 2] has 2 * 2 = 4 values, but there are 3",
        ),
        (
            json!([[1, 2], [3]]),
            "[1]",
            "the list at [1] has 1 items, but the one at [0] has 2",
        ),
        (
            json!({ "array": [[1, 2], [3, true]] }),
            "array[1][1]",
            "true at [1, 1] is not a float32",
        ),
        (
            json!([1, 2]),
            "",
            "expected 2 dimensions, but the array's shape is [2]",
        ),
    ] {
        let answer = server.post(body).await;
        let (field, message) = (field.to_owned(), message.to_owned());
        assert_eq!(refused(&answer), (422, field, message));
    }
    let doubles = npy("<f8", "(1, 1)", &[0; 8]);
    let answer = server.post_as("/", "application/x-npy", doubles).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("one of float64"), "{answer:?}");
    let answer = server.post_as("/", "text/plain", "[[1]]").await;
    let message =
        "`text/plain` cannot be read as an array of float32; send it as `application/json`";
    assert_eq!(refused(&answer), (415, String::new(), message.to_owned()));
}

/// Some features, each with its own shape.
type Features = BTreeMap<String, NdArray<f32>>;

#[deployment]
async fn pair(left: NdArray<f32>, right: NdArray<u8, Ix3>) -> (NdArray<u8, Ix3>, NdArray<f32>) {
    (right, left)
}

#[deployment]
async fn shapes(features: Features) -> BTreeMap<String, Vec<usize>> {
    let shape = |(name, feature): (String, NdArray<f32>)| (name, feature.shape().to_vec());
    features.into_iter().map(shape).collect()
}

#[graph]
fn several() -> Value {
    route(
        "/fields",
        |left: NdArray<f32>, right: NdArray<u8, Ix3>| -> (NdArray<u8, Ix3>, NdArray<f32>) {
            pair(left, right)
        },
    );
    route(
        "/map",
        |features: Features| -> BTreeMap<String, Vec<usize>> { shapes(features) },
    );
}

#[tokio::test]
async fn several_arrays_keep_theirs_each() {
    let app = deploy(several()).await.unwrap();
    let (left, right) = (array![0.5_f32].into_dyn(), array![[[1_u8], [255]]]);
    let swapped = app.fields(left.clone().into(), right.clone().into()).await;
    assert_eq!(swapped.unwrap(), (right.into(), left.into()));

    let server = serve(several()).await;
    let left = json!({ "array": [0.5], "shape": [1], "dtype": "float32" });
    let right = json!({ "array": [[[1], [255]]], "shape": [1, 2, 1], "dtype": "uint8" });
    let body = json!({ "left": left, "right": right });
    let answer = server.post_to("/fields", body).await;
    assert_eq!(answer.ok(), json!([right, left]));

    let parts = [
        (
            "left",
            "application/x-npy",
            npy("<f4", "(1,)", &floats(&[0.5])),
        ),
        (
            "right",
            "application/octet-stream",
            npy("|u1", "(1, 2, 1)", &[1, 255]),
        ),
    ];
    let form = Request::post("/fields").form(parts.clone());
    assert_eq!(form.send(server.address).await.ok(), json!([right, left]));

    let [left, _] = parts;
    let form = Request::post("/fields").form([left]);
    let answer = form.send(server.address).await;
    let missing = (422, "right".to_owned(), "missing field".to_owned());
    assert_eq!(refused(&answer), missing);
}

#[tokio::test]
async fn arrays_by_name_keep_theirs_each() {
    let app = deploy(several()).await.unwrap();
    let feature = array![[0.0, 1.0]].into_dyn();
    let features = Features::from([("a".to_owned(), feature.into())]);
    let expected = BTreeMap::from([("a".to_owned(), vec![1, 2])]);
    assert_eq!(app.map(features).await.unwrap(), expected);

    let server = serve(several()).await;
    let body = json!({ "a": [[0, 1]], "b": { "array": [1, 2, 3, 4], "shape": [2, 1, 2] } });
    let answer = server.post_to("/map", body).await;
    assert_eq!(answer.ok(), json!({ "a": [1, 2], "b": [2, 1, 2] }));
    let parts = ["a", "b"].map(|name| (name, "application/x-npy", npy("<f4", "(2, 1)", &[0; 8])));
    let answer = Request::post("/map").form(parts).send(server.address).await;
    assert_eq!(answer.ok(), json!({ "a": [2, 1], "b": [2, 1] }));
    let body = json!({ "a": { "array": [1, 2, 3], "shape": [2, 2] } });
    let answer = server.post_to("/map", body).await;
    let message = "the shape [2, 2] has 2 * 2 = 4 values, but there are 3";
    assert_eq!(refused(&answer), (422, "a".to_owned(), message.to_owned()));
}

#[deployment]
fn corners(image: &NdArray<u8>) -> (Vec<usize>, [u8; 3], [u8; 3]) {
    let [height, width, _] = *image.shape() else {
        panic!("not an image: {:?}", image.shape());
    };
    let at = |y: usize, x: usize| [image[[y, x, 0]], image[[y, x, 1]], image[[y, x, 2]]];
    (image.shape().to_vec(), at(0, 0), at(height - 1, width - 1))
}

#[graph]
fn looking() -> (Vec<usize>, [u8; 3], [u8; 3]) {
    input(|image: NdArray<u8>| corners(image))
}

#[tokio::test]
async fn an_image_becomes_its_pixels() {
    let image = RgbImage::from_fn(5, 3, |x, y| Rgb([x as u8, y as u8, 7]));
    let encoded = |format| {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    };
    let pixels = NdArray::from(array![[[0_u8, 0, 7], [1, 0, 7]]].into_dyn());
    let app = deploy(looking()).await.unwrap();
    let expected = (vec![1, 2, 3], [0, 0, 7], [1, 0, 7]);
    assert_eq!(app.call(pixels).await.unwrap(), expected);

    let server = serve(looking()).await;
    let expected = json!([[3, 5, 3], [0, 0, 7], [4, 2, 7]]);
    let png = encoded(ImageFormat::Png);
    assert_eq!(
        server.post_as("/", "image/png", png.clone()).await.ok(),
        expected
    );
    let webp = encoded(ImageFormat::WebP);
    assert_eq!(server.post_as("/", "image/webp", webp).await.ok(), expected);
    let form = Request::post("/").form([("image", "image/png", png.clone())]);
    assert_eq!(form.send(server.address).await.ok(), expected);
    let jpeg = server
        .post_as("/", "image/jpeg", encoded(ImageFormat::Jpeg))
        .await;
    assert_eq!(jpeg.ok()[0], json!([3, 5, 3]));

    let broken = server
        .post_as("/", "image/png", &png[..png.len() / 2])
        .await;
    assert_eq!(broken.status, 422);
    assert!(
        broken.body.contains("the image cannot be read"),
        "{broken:?}"
    );
}

/// Sound of 8 bits, without a header.
struct Sound(Vec<i8>);

impl FromBody for Sound {
    const CONTENT_TYPES: &'static [&'static str] = &["audio/basic", "audio/x-raw"];

    fn from_body(part: &Part<'_>) -> Result<Self, BadBody> {
        if part.bytes().is_empty() {
            return Err(BadBody::new("silence"));
        }
        Ok(Sound(part.bytes().iter().map(|byte| *byte as i8).collect()))
    }
}

#[deployment]
async fn loudest(sound: &Sound, above: Option<u8>) -> Option<u8> {
    let loudest = sound.0.iter().map(|sample| sample.unsigned_abs()).max();
    loudest.filter(|loudest| above.is_none_or(|above| *loudest > above))
}

#[graph]
fn listening() -> Option<u8> {
    route("/", |sound: Sound| loudest(sound, None));
    route("/above", |sound: Sound, above: Option<u8>| {
        loudest(sound, above)
    });
}

#[tokio::test]
async fn a_format_of_ones_own_is_read_as_it_says() {
    let app = deploy(listening()).await.unwrap();
    assert_eq!(app.above(Sound(vec![1, -9]), None).await.unwrap(), Some(9));

    let server = serve(listening()).await;
    let answer = server.post_as("/", "audio/basic", [1, 0xf7]).await;
    assert_eq!(answer.ok(), 9);
    let parts = [
        ("sound", "audio/x-raw", vec![1, 0xf7]),
        ("above", "text/plain", b"9".to_vec()),
    ];
    let form = Request::post("/above").form(parts);
    assert_eq!(form.send(server.address).await.ok(), Value::Null);

    let answer = server.post_as("/", "audio/basic", []).await;
    assert_eq!(refused(&answer), (422, String::new(), "silence".to_owned()));
    let answer = server.post_as("/", "audio/ogg", [1]).await;
    let message = "the content type `audio/ogg` is not taken; send `audio/basic` or `audio/x-raw`";
    assert_eq!(refused(&answer), (415, String::new(), message.to_owned()));
    let answer = server.post_to("/above", json!({ "sound": [1] })).await;
    let message =
        "the content type `application/json` is not taken; send `audio/basic` or `audio/x-raw`";
    assert_eq!(
        refused(&answer),
        (415, "sound".to_owned(), message.to_owned())
    );
}

/// Larger than what is decoded in place: on another thread the answer is the same.
#[tokio::test]
async fn a_large_body_is_read_as_a_small_one() {
    let server = serve(several()).await;
    let large = json!({ "a": vec![vec![0.5; 300]; 200] });
    assert!(large.to_string().len() > serve_runtime::ingress::MAX_BYTES_DECODED_IN_PLACE);
    let answer = server.post_to("/map", large).await;
    assert_eq!(answer.ok(), json!({ "a": [200, 300] }));
    let mut ragged = vec![vec![0.5; 300]; 200];
    ragged[150].pop();
    let answer = server.post_to("/map", json!({ "a": ragged })).await;
    let message = "the list at [150] has 299 items, but the one at [0] has 300";
    assert_eq!(
        refused(&answer),
        (422, "a[150]".to_owned(), message.to_owned())
    );
}

/// Is read once another request has been answered.
struct Waiting;

static ANSWERED: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

impl FromBody for Waiting {
    const CONTENT_TYPES: &'static [&'static str] = &["application/x-waiting"];

    fn from_body(part: &Part<'_>) -> Result<Self, BadBody> {
        assert!(!part.bytes().is_empty(), "nothing to wait for");
        let answered = ANSWERED.0.lock().unwrap();
        let far = Duration::from_secs(10);
        let (answered, _) = ANSWERED
            .1
            .wait_timeout_while(answered, far, |answered| !*answered)
            .unwrap();
        answered
            .then_some(Waiting)
            .ok_or(BadBody::new("nothing else was answered"))
    }
}

#[deployment]
async fn waited(_waiting: Waiting) -> &'static str {
    "waited"
}

#[deployment]
async fn answered() -> &'static str {
    *ANSWERED.0.lock().unwrap() = true;
    ANSWERED.1.notify_all();
    "answered"
}

#[graph]
fn slow_to_read() -> &'static str {
    route("/", |waiting: Waiting| waited(waiting));
    route("/other", || answered());
}

/// All on one thread but the reading.
#[tokio::test]
async fn a_body_that_is_slow_to_read_holds_up_nobody() {
    let server = serve(slow_to_read()).await;
    let slow = server.post_as("/", "application/x-waiting", "x");
    let other = async {
        tokio::task::yield_now().await;
        server.post_to("/other", json!(null)).await
    };
    let (slow, other) = tokio::join!(slow, other);
    assert_eq!(
        (slow.ok(), other.ok()),
        (json!("waited"), json!("answered"))
    );
    // Nor does one whose reading panics.
    let panicked = server.post_as("/", "application/x-waiting", "").await;
    assert_eq!(
        refused(&panicked),
        (500, String::new(), "internal error".to_owned())
    );
    assert_eq!(server.post_to("/other", json!(null)).await.ok(), "answered");
}
