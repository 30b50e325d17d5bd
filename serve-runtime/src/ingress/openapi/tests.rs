use super::*;

#[test]
fn well_known_types_become_their_schema() {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer", "minimum": 0 });
    for (ty, expected) in [
        ("std::string::String", text.clone()),
        (
            "Option<String>",
            json!({ "anyOf": [text, { "type": "null" }] }),
        ),
        (
            "Vec<(u32, f64)>",
            json!({
                "type": "array",
                "items": {
                    "type": "array",
                    "prefixItems": [number, { "type": "number" }],
                    "minItems": 2,
                    "maxItems": 2,
                },
            }),
        ),
        (
            "HashMap<String, [u8; 2]>",
            json!({
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": number,
                    "minItems": 2,
                    "maxItems": 2,
                },
            }),
        ),
        ("()", json!({ "type": "null" })),
        ("crate::Order", json!({ "title": "crate::Order" })),
    ] {
        assert_eq!(input(ty), expected, "{ty}");
    }
}

fn content_types(params: &[Param<'_>]) -> Vec<String> {
    let body = body(params).unwrap();
    let content_types = body.as_object().unwrap().keys();
    content_types
        .filter(|content_type| *content_type != "multipart/form-data")
        .cloned()
        .collect()
}

#[test]
fn the_type_of_an_input_determines_its_content_types() {
    let content_types = |ty| content_types(&[Param::new("x", ty)]);
    let json = "application/json";
    assert_eq!(content_types("Order"), [json]);
    assert_eq!(content_types("Option<u8>"), [json, "text/plain"]);
    assert_eq!(
        content_types("bytes::Bytes"),
        [json, "application/octet-stream"]
    );
    assert_eq!(content_types("Vec<u8>"), [json, "application/octet-stream"]);
    assert_eq!(content_types("Vec<u32>"), [json]);
    let npy = [json, "application/x-npy"];
    assert_eq!(content_types("NdArray<f32, Ix2>"), npy);
    let mut images = npy.to_vec();
    if cfg!(feature = "image") {
        images.extend(["image/jpeg", "image/png", "image/webp"]);
    }
    assert_eq!(content_types("serve_runtime::NdArray<u8>"), images);
}

#[test]
fn several_inputs_are_the_fields_of_an_object() {
    let params = ["Vec<u8>", "Option<u8>"].map(|ty| Param::new(ty, ty));
    let body = body(&params).unwrap();
    let json = &body["application/json"]["schema"];
    assert_eq!(json["required"], json!(["Vec<u8>"]));
    assert_eq!(json["properties"]["Vec<u8>"]["type"], "array");
    #[cfg(feature = "multipart")]
    {
        let form = &body["multipart/form-data"];
        let encoding = &form["encoding"]["Vec<u8>"]["contentType"];
        assert_eq!(encoding, "application/octet-stream, application/json");
        assert_eq!(form["schema"]["required"], json!(["Vec<u8>"]));
        assert_eq!(form["schema"]["properties"]["Vec<u8>"], json!({}));
    }
}

#[test]
fn an_array_has_its_dtype() {
    let schema = input("NdArray<f32>");
    assert_eq!(
        schema["anyOf"][0]["properties"]["dtype"]["const"],
        "float32"
    );
}

#[test]
fn a_float_of_an_output_may_be_null_unless_that_is_refused() {
    let number = json!({ "type": "number" });
    let or_null = json!({ "type": ["number", "null"] });
    for ty in ["f32", "f64", "Shared<f64>"] {
        assert_eq!(schema(ty, Floats::OrNull), or_null);
        assert_eq!(schema(ty, Floats::Finite), number);
        assert_eq!(input(ty), number);
    }
    // However deep it is.
    for ty in [
        "Vec<T>",
        "[T; 3]",
        "HashMap<String, (u8, Vec<T>)>",
        "Option<T>",
        "NdArray<T>",
    ] {
        let float = ty.replace('T', "f32");
        let of = |floats| schema(&float, floats).to_string();
        let (or_null, number) = (of(Floats::OrNull), of(Floats::Finite));
        assert!(or_null.contains("null"), "{or_null}");
        assert_eq!(number.contains("null"), ty == "Option<T>", "{number}");
        let whole = ty.replace('T', "u32");
        assert_eq!(
            schema(&whole, Floats::OrNull),
            schema(&whole, Floats::Finite)
        );
    }
    let items = output("Streaming<f64>", Floats::OrNull);
    assert_eq!(
        items["application/x-ndjson"]["schema"],
        json!({ "type": ["number", "null"] })
    );
}
