//! Arrays as JSON, as `.npy`, and several of them.

use std::collections::BTreeMap;

use serde_json::json;
use serve_runtime::NdArray;
use serve_runtime::ndarray::{Ix2, Ix3, array};
use serve_runtime::prelude::*;

use super::{floats, npy, refused};
use crate::support::http::{Request, serve};

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
    // The answer can be sent as a request.
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
    let message = "`text/plain` cannot be read as an array of float32; send `application/json` or \
         `application/octet-stream` or `application/x-npy` or `multipart/form-data`";
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
fn several() -> BTreeMap<String, Vec<usize>> {
    route(
        "/fields",
        |left: NdArray<f32>, right: NdArray<u8, Ix3>| -> (NdArray<u8, Ix3>, NdArray<f32>) {
            pair(left, right)
        },
    );
    route("/map", |features: Features| shapes(features));
}

#[tokio::test]
async fn several_arrays_each_keep_shape_and_dtype() {
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
async fn arrays_by_name_each_keep_shape_and_dtype() {
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

/// The body is too large to be decoded in place; the answer is the same from another thread.
#[tokio::test]
async fn a_large_body_is_read_as_a_small_one() {
    let server = serve(several()).await;
    let large = json!({ "a": vec![vec![0.5; 300]; 200] });
    assert!(large.to_string().len() > serve_runtime::ingress::MAX_BYTES_IN_PLACE);
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
