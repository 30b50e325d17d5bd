//! What becomes of an error that is raised, boxed, copied and taken apart.

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
fn a_copy_is_like_the_error_itself() {
    let error = || parse("x").unwrap_err().at("inner");
    for copy in error().copies(2) {
        assert_eq!(copy.to_string(), error().to_string());
        assert!(copy.downcast_ref::<std::num::ParseIntError>().is_some());
    }
}

/// What could not be read, and why.
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
fn a_cause_can_be_had_by_value() {
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
fn a_panic_says_what_it_said() {
    let payload = std::panic::catch_unwind(|| panic!("row {}", 7)).unwrap_err();
    assert_eq!(Error::panicked(payload).message(), "panicked: row 7");
}
