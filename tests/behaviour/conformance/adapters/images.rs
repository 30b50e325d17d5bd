//! An image as its pixels.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;
use serve_runtime::NdArray;
use serve_runtime::ndarray::array;
use serve_runtime::prelude::*;

use crate::support::http::{Request, serve};

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
