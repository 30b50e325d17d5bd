use super::*;
use crate::ingress::decode::Inputs;

const PARAMS: &[Param<'_>] = &[
    Param::new("photo", "Vec<u8>"),
    Param::new("top", "Option<u8>"),
];

const BODY: &str = "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\
    \r\n\x01\x02\r\n--b\r\nContent-Disposition: form-data; name=\"top\"\r\n\r\n3\r\n--b--\r\n";

fn form(body: &str) -> Content {
    Content {
        content_type: ContentType::read("multipart/form-data; boundary=b"),
        bytes: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn decode(body: &str) -> Result<(Vec<u8>, Option<u8>), BadBody> {
    Inputs::decode(PARAMS, &form(body))
}

#[test]
fn each_input_is_a_part() {
    assert_eq!(decode(BODY), Ok((vec![1, 2], Some(3))));
}

#[test]
fn wrong_names_are_refused_with_the_messages_of_json() {
    for (body, field, message) in [
        (
            BODY.replace("top", "photo"),
            "photo",
            "the field is given twice",
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
fn a_cut_or_garbled_form_is_an_error() {
    for end in 0..BODY.len() - 4 {
        let cut = decode(&BODY[..end]);
        assert_eq!(cut.unwrap_err().fault(), Fault::Syntax, "{end}");
    }
    for position in 0..BODY.len() {
        let mut garbled = BODY.to_owned().into_bytes();
        garbled[position] ^= 0x15;
        // Some of them are still valid forms.
        let _ = decode(&String::from_utf8_lossy(&garbled));
    }
}

#[test]
fn a_form_without_a_boundary_is_refused() {
    let bad = parts("multipart/form-data", Bytes::new()).err();
    let message = bad.map(|bad| bad.message().to_owned()).unwrap_or_default();
    assert!(message.contains("boundary"), "{message}");
}

#[derive(serde::Deserialize, Debug, PartialEq)]
struct Request {
    photo: serde_json::Value,
    top: u8,
    #[serde(default)]
    mark: Option<char>,
}

fn decode_one<T: FromBody + Send + 'static>(body: &str) -> Result<T, BadBody> {
    let (input,) = Inputs::decode(&PARAMS[..1], &form(body))?;
    Ok(input)
}

#[test]
fn the_only_input_is_the_part_of_its_name_or_has_fields() {
    let (photo, top) = BODY.split_at(BODY.rfind("--b\r\nContent").unwrap());
    let alone = format!("{photo}--b--\r\n");
    assert_eq!(decode_one::<Vec<u8>>(&alone), Ok(vec![1, 2]));
    let json = photo.replace("\"a.png\"", "\"a.json\"\r\nContent-Type: application/json");
    let both = format!("{}{top}", json.replace("\x01\x02", "[1, 2]"));
    let expected = Request {
        photo: serde_json::json!([1, 2]),
        top: 3,
        mark: None,
    };
    assert_eq!(decode_one::<Request>(&both), Ok(expected));
    let map = decode_one::<BTreeMap<String, Vec<u8>>>(&alone.replace("photo", "left"));
    assert_eq!(map, Ok(BTreeMap::from([("left".to_owned(), vec![1, 2])])));
}

#[test]
fn a_wrong_field_is_named() {
    let both = BODY.replace("name=\"photo\"", "name=\"mark\"");
    for (bad, field, message) in [
        (
            decode_one::<Request>(&BODY.replace('3', "300")).map(drop),
            "photo",
            "`application/octet-stream` cannot be read as any valid JSON value; send `application/json`",
        ),
        (
            decode_one::<BTreeMap<String, u8>>(&both.replace("; filename=\"a.png\"", "")).map(drop),
            "mark",
            "`\u{1}\u{2}` is not a u8: invalid digit found in string",
        ),
        (
            decode_one::<Request>("--b--\r\n").map(drop),
            "",
            "missing field `photo`",
        ),
        (
            decode_one::<Vec<u8>>(BODY).map(drop),
            "top",
            "unknown field; the fields are `photo`",
        ),
        (
            decode_one::<Vec<u8>>("--b--\r\n").map(drop),
            "photo",
            "missing field",
        ),
    ] {
        let bad = bad.unwrap_err();
        assert_eq!((bad.field(), bad.message()), (field, message));
    }
}
