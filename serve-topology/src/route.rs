//! The form in which clients send a path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

/// What is written as `%XX` in a segment: everything but what RFC 3986 has there as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A path as clients send it, `/caf%C3%A9` for `/café`: all that mean the same have one form.
#[must_use]
pub fn sent(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let meant: Vec<u8> = percent_decode_str(segment).collect();
        percent_encode(&meant, ESCAPED).to_string()
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Whether a path surely is in that form. Nearly all are, so that they need not be copied.
#[must_use]
pub fn is_sent_so(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
    path.bytes().all(is_plain)
}

/// Whether it is `/`, or starts with `/` and does not end with it, and has neither empty segments nor characters that a path
/// cannot have, nor the `{` and `}` of a pattern.
#[must_use]
pub fn is_valid(route: &str) -> bool {
    let is_well_formed = route == "/"
        || (route.starts_with('/')
            && !route.ends_with('/')
            && !route.contains("//")
            && !route
                .contains(|c: char| c.is_whitespace() || c.is_control() || "?#{}".contains(c)));
    // Clients resolve such segments before they send a path.
    let is_resolved = |segment| matches!(segment, "." | "..");
    is_well_formed && !sent(route).split('/').any(is_resolved)
}

/// Whether it is among the server's own, `/-/`.
#[must_use]
pub fn is_reserved(route: &str) -> bool {
    let sent = sent(route);
    sent == "/-" || sent.starts_with("/-/")
}

/// The route of an entry when its graph is served below another prefix: `/photos/thumb` for `/content/thumb`, if `/content`
/// becomes `/photos`.
#[must_use]
pub fn moved(route: &str, from: &str, to: &str) -> String {
    let below = match from {
        "/" => route,
        from => route.strip_prefix(from).unwrap_or(route),
    };
    match (to, below) {
        (to, "" | "/") => to.to_owned(),
        ("/", below) => below.to_owned(),
        (to, below) => format!("{to}{below}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_can_be_served_below_another_prefix() {
        for (route, from, to, moved_to) in [
            ("/", "/", "/photos", "/photos"),
            ("/thumb", "/", "/photos", "/photos/thumb"),
            ("/content", "/content", "/photos", "/photos"),
            ("/content/thumb", "/content", "/photos", "/photos/thumb"),
            ("/content/thumb", "/content", "/", "/thumb"),
            ("/content", "/content", "/", "/"),
        ] {
            assert_eq!(moved(route, from, to), moved_to);
        }
    }

    #[test]
    fn paths_that_mean_the_same_have_one_form() {
        for (path, form) in [
            ("/", "/"),
            ("/a-b/c.d/e:f", "/a-b/c.d/e:f"),
            ("/été/café", "/%C3%A9t%C3%A9/caf%C3%A9"),
            ("/%c3%a9t%C3%A9", "/%C3%A9t%C3%A9"),
            ("/%61%20b", "/a%20b"),
            ("/a%2fb", "/a%2Fb"),
            ("/100%", "/100%25"),
            ("/a|b", "/a%7Cb"),
            ("/%FF", "/%FF"),
        ] {
            assert_eq!(sent(path), form);
            assert_eq!(sent(form), form);
            assert_eq!(
                is_sent_so(path),
                path == form && !path.contains('%'),
                "{path}"
            );
        }
    }
}
