//! Text that a `const` can write.

const CAPACITY: usize = 2048;
const CUT: &str = " ..";

/// A text of bounded length: a longer one is cut and ends in ` ..`.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
    cut: bool,
}

impl Text {
    pub(crate) const fn new() -> Self {
        Text {
            bytes: [0; CAPACITY],
            len: 0,
            cut: false,
        }
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        // Only whole `str`s are pushed.
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    pub(crate) const fn push(&mut self, text: &str) {
        if self.cut {
            return;
        }
        self.cut = self.len + text.len() + CUT.len() > CAPACITY;
        let text = if self.cut { CUT } else { text };
        let end = self.len + text.len();
        let (_, free) = self.bytes.split_at_mut(self.len);
        free.split_at_mut(text.len())
            .0
            .copy_from_slice(text.as_bytes());
        self.len = end;
    }

    pub(crate) const fn push_number(&mut self, number: u64) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        let digits = "0123456789".split_at((number % 10) as usize).1;
        self.push(digits.split_at(1).0);
    }

    /// Writes `2`, `0.5` or `1.25`.
    pub(crate) const fn push_millionths(&mut self, millionths: u64) {
        const WHOLE: u64 = 1_000_000;
        self.push_number(millionths / WHOLE);
        let mut rest = millionths % WHOLE;
        let mut digit = WHOLE / 10;
        if rest > 0 {
            self.push(".");
        }
        while rest > 0 {
            self.push_number(rest / digit);
            rest %= digit;
            digit /= 10;
        }
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Whether two texts are the same: `==` is not `const`.
pub(crate) const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether a text begins with another one.
pub(crate) const fn starts_with(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    if text.len() < start.len() {
        return false;
    }
    let mut i = 0;
    while i < start.len() {
        if text[i] != start[i] {
            return false;
        }
        i += 1;
    }
    true
}
