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

#[cfg(test)]
mod tests {
    use super::*;

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
