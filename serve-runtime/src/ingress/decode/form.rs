//! A form, `multipart/form-data`: a part for each input, each with a content type of its own.

use std::collections::BTreeMap;

use axum::body::Bytes;
use futures_util::{FutureExt, stream};
use multer::Multipart;
use serve_topology::Param;

use super::bad_body::{BadBody, Fault};
use super::content::{Content, ContentType};
use super::from_body::{FromBody, read};
use super::inputs::{check_name, left_out};
use super::part::Part;

/// The parts of a form by their names.
pub(super) struct Form(BTreeMap<String, Owned>);

struct Owned {
    content_type: ContentType,
    bytes: Bytes,
}

impl Form {
    /// The parts of a body that is a form.
    pub(super) fn of(params: &[Param<'_>], body: &Content) -> Option<Result<Self, BadBody>> {
        match &body.content_type {
            ContentType::Other { essence, whole } if essence == "multipart/form-data" => {
                Some(parts(params, whole, body.bytes.clone()))
            }
            _ => None,
        }
    }

    pub(super) fn take<T: FromBody>(&self, param: Option<&Param<'_>>) -> Result<T, BadBody> {
        let name = param.map_or("", |param| param.name);
        match self.0.get(name) {
            Some(part) => read(&Part {
                field: name,
                content_type: part.content_type.essence(),
                bytes: &part.bytes,
            }),
            None => left_out(name),
        }
    }
}

fn parts(params: &[Param<'_>], content_type: &str, body: Bytes) -> Result<Form, BadBody> {
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    // The whole body is there, so that nothing is waited for.
    read_all(params, Multipart::new(body, boundary))
        .now_or_never()
        .unwrap_or_else(|| Err(broken("it ends within a part")))
}

async fn read_all(params: &[Param<'_>], mut form: Multipart<'_>) -> Result<Form, BadBody> {
    let mut parts = BTreeMap::new();
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().ok_or_else(|| broken("a part has no name"))?;
        check_name(params, name, parts.contains_key(name))?;
        let name = name.to_owned();
        let content_type = match part.content_type() {
            Some(given) => given.as_ref(),
            // What some clients send a file with.
            None if part.file_name().is_some() => "application/octet-stream",
            None => "text/plain",
        };
        let content_type = ContentType::read(content_type);
        let bytes = part.bytes().await.map_err(broken)?;
        let part = Owned {
            content_type,
            bytes,
        };
        parts.insert(name, part);
    }
    Ok(Form(parts))
}

fn broken(error: impl std::fmt::Display) -> BadBody {
    BadBody::of(
        Fault::Syntax,
        "",
        format!("the body is not a form: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingress::decode::Inputs;

    const PARAMS: &[Param<'_>] = &[
        Param {
            name: "photo",
            ty: "Vec<u8>",
        },
        Param {
            name: "top",
            ty: "Option<u8>",
        },
    ];

    const BODY: &str = "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\
        \r\n\x01\x02\r\n--b\r\nContent-Disposition: form-data; name=\"top\"\r\n\r\n3\r\n--b--\r\n";

    fn decode(body: &str) -> Result<(Vec<u8>, Option<u8>), BadBody> {
        let body = Content {
            content_type: ContentType::read("multipart/form-data; boundary=b"),
            bytes: Bytes::copy_from_slice(body.as_bytes()),
        };
        Inputs::decode(PARAMS, &body)
    }

    #[test]
    fn each_input_is_a_part() {
        assert_eq!(decode(BODY), Ok((vec![1, 2], Some(3))));
    }

    #[test]
    fn names_are_refused_in_the_words_of_json() {
        for (body, field, message) in [
            (
                BODY.replace("top", "photo"),
                "photo",
                "the field is there twice",
            ),
            (
                BODY.replace("top", "to"),
                "to",
                "unknown field; the fields are `photo`, `top`",
            ),
            ("--b--\r\n".to_owned(), "photo", "missing field"),
            (
                BODY.replace('3', "x"),
                "top",
                "`x` is not a u8: invalid digit found in string",
            ),
        ] {
            let bad = decode(&body).unwrap_err();
            assert_eq!((bad.field(), bad.message()), (field, message), "{body}");
        }
    }

    #[test]
    fn a_form_that_ends_too_soon_or_is_garbled_is_an_error() {
        for end in 0..BODY.len() - 4 {
            let cut = decode(&BODY[..end]);
            assert_eq!(cut.unwrap_err().fault(), Fault::Syntax, "{end}");
        }
        for position in 0..BODY.len() {
            let mut garbled = BODY.to_owned().into_bytes();
            garbled[position] ^= 0x15;
            // Some are forms all the same.
            let _ = decode(&String::from_utf8_lossy(&garbled));
        }
    }

    #[test]
    fn without_a_boundary_it_is_no_form() {
        let bad = parts(PARAMS, "multipart/form-data", Bytes::new()).err();
        let message = bad.map(|bad| bad.message().to_owned()).unwrap_or_default();
        assert!(message.contains("boundary"), "{message}");
    }
}
