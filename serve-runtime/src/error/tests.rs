//! Tests of errors: raising, boxing, copying, and taking the cause out.

use super::*;

fn parse(text: &str) -> Result<i32> {
    Ok(text.parse()?)
}

#[test]
fn any_error_is_raised_with_a_question_mark() {
    let error = parse("x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
}

#[test]
fn an_error_is_raised_where_a_box_is_returned() {
    let raised = || -> Result<(), Box<dyn StdError>> {
        let number = parse("x")?;
        panic!("{number} is none");
    };
    assert_eq!(
        raised().unwrap_err().to_string(),
        "invalid digit found in string"
    );
}

#[test]
fn an_error_keeps_its_kind_and_node_through_a_box() {
    let error = Error::invalid_input("too large").at("resize.run");
    let error = Error::from_user(BoxError::from(error)).at("outer");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "node `outer/resize.run`: too large");
}

#[test]
fn a_copy_equals_the_error() {
    let error = || parse("x").unwrap_err().at("inner");
    for copy in error().copies(2) {
        assert_eq!(copy.to_string(), error().to_string());
        assert!(copy.downcast_ref::<std::num::ParseIntError>().is_some());
    }
}

/// An error with a source.
#[derive(Debug)]
struct Unreadable(std::num::ParseIntError);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl StdError for Unreadable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

fn unreadable() -> Error {
    Unreadable("x".parse::<i32>().unwrap_err()).into()
}

#[test]
fn an_error_has_the_chain_of_its_sources() {
    for error in unreadable().copies(2) {
        let source = error.source().unwrap();
        assert_eq!(source.to_string(), "invalid digit found in string");
        assert!(source.source().is_none());
    }
    assert!(Error::failed("alone").source().is_none());
}

#[test]
fn a_cause_can_be_taken_by_value() {
    let error = unreadable().at("read.run");
    let error = error.downcast::<std::num::ParseIntError>().unwrap_err();
    assert_eq!(error.to_string(), "node `read.run`: unreadable");
    let Unreadable(source) = error.downcast().unwrap();
    assert_eq!(source, "x".parse::<i32>().unwrap_err());
    for error in unreadable().copies(2) {
        let error = error.downcast::<Unreadable>().unwrap_err();
        assert!(error.downcast_ref::<Unreadable>().is_some());
    }
}

#[test]
fn a_panic_keeps_its_message() {
    let payload = std::panic::catch_unwind(|| panic!("row {}", 7)).unwrap_err();
    assert_eq!(Error::panicked(payload).message(), "panicked: row 7");
}

#[derive(Debug)]
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("no words")
    }
}

impl StdError for Unspeakable {}

#[test]
fn a_cause_that_panics_when_it_is_written_is_a_part_of_the_text() {
    let error = Error::from(Unspeakable).at("run");
    let text = "(an error that panics when it is written: no words)";
    assert_eq!(error.message(), text);
    assert_eq!(error.to_string(), format!("node `run`: {text}"));
    assert!(format!("{error:?}").contains(text));
}

#[test]
fn an_error_names_the_items_of_its_fan_outs_and_what_was_called_through_handles() {
    let failed = || Error::failed("no");
    let error = failed().at("model.run").of_item(3).of_item(0);
    assert_eq!(error.to_string(), "node `model.run[0][3]`: no");
    assert_eq!(error.node(), Some("model.run"));
    let error = error.at("ocr.call").of_item(7);
    assert_eq!(error.to_string(), "node `ocr.call[7]/model.run[0][3]`: no");
    assert_eq!(error.node(), Some("ocr.call/model.run"));
    // Called through a handle, all this is behind the node that called.
    let error = error.behind("b.run").behind("a.run").at("first.run");
    let text = "node `first.run`: `a.run/b.run/ocr.call[7]/model.run[0][3]`: no";
    assert_eq!(error.to_string(), text);
    assert_eq!((error.node(), error.message()), (Some("first.run"), "no"));
    for copy in error.copies(2) {
        assert_eq!(copy.to_string(), text);
    }
    let boxed = BoxError::from(failed().behind("b.run"));
    assert_eq!(boxed.to_string(), "`b.run`: no");
    assert_eq!(
        Error::from_user(boxed).at("a").to_string(),
        "node `a`: `b.run`: no"
    );
}

#[test]
fn a_status_of_its_own_decides_the_kind_and_that_the_message_is_sent() {
    for (status, kind) in [
        (400, ErrorKind::InvalidInput),
        (499, ErrorKind::InvalidInput),
        (500, ErrorKind::Failed),
        (599, ErrorKind::Failed),
    ] {
        let error = Error::with_status(status, unreadable()).at("read.run");
        assert_eq!((error.kind(), error.0.status), (kind, Some(status)));
        assert_eq!(error.public_message(), "unreadable");
        assert_eq!(error.node(), Some("read.run"));
    }
}

#[test]
fn an_error_keeps_its_status_in_copies_and_through_a_box() {
    let error = || {
        Error::with_status(409, "taken")
            .at("reserve.run")
            .of_item(3)
    };
    let through_a_box = Error::from_user(BoxError::from(error().behind("seats.take"))).at("outer");
    for error in error().copies(2).into_iter().chain([through_a_box]) {
        assert_eq!(error.0.status, Some(409));
        assert_eq!(error.public_message(), "taken");
    }
    let raised = || -> Result<()> { Err(error())? };
    assert_eq!(raised().unwrap_err().0.status, Some(409));
}

#[test]
fn a_number_that_is_no_status_of_an_error_is_told_in_the_log_alone() {
    for wrong in [0, 200, 399, 600, u16::MAX] {
        let error = Error::with_status(wrong, unreadable());
        assert_eq!((error.kind(), error.0.status), (ErrorKind::Failed, None));
        assert_eq!(error.public_message(), "internal error");
        let logged = format!("{error:?}");
        assert!(
            logged.contains(&format!("called with {wrong}, ")),
            "{logged}"
        );
        assert!(logged.contains("\n  caused by: unreadable\n"), "{logged}");
    }
}

#[test]
fn what_is_inside_of_the_program_is_not_public() {
    for (kind, public) in [
        (ErrorKind::Failed, "internal error"),
        (ErrorKind::Panicked, "internal error"),
        (ErrorKind::Unavailable, "unavailable"),
        (ErrorKind::InvalidInput, "the message"),
        (ErrorKind::Upstream, "the message"),
        (ErrorKind::Overloaded, "the message"),
        (ErrorKind::DeadlineExceeded, "the message"),
    ] {
        let error = Error::new(kind, "the message").at("run");
        assert_eq!(error.public_message(), public, "{kind:?}");
    }
}

#[cfg(feature = "http")]
#[test]
fn a_kind_has_a_status() {
    for (kind, status) in [
        (ErrorKind::Failed, 500),
        (ErrorKind::Panicked, 500),
        (ErrorKind::Unavailable, 503),
        (ErrorKind::InvalidInput, 422),
        (ErrorKind::Upstream, 502),
        (ErrorKind::Overloaded, 503),
        (ErrorKind::DeadlineExceeded, 504),
    ] {
        assert_eq!(Error::new(kind, "x").status(), status, "{kind:?}");
    }
    assert_eq!(Error::with_status(418, "a teapot").status(), 418);
}
