//! A recorded load as text.

use super::traffic::{Rates, Traffic};
use crate::{Error, Result};

/// Reads a trace: lines of `seconds,requests_per_second`, or of `seconds` alone, each of which is the arrival
/// of one request.
///
/// Each rate holds until the next line, the last one for as long as the one before it. Seconds must be in
/// ascending order. Empty lines, text after a `#`, and a first line of words are skipped.
///
/// # Errors
///
/// [`InvalidInput`](crate::ErrorKind::InvalidInput); its message names the line and column.
pub fn parse(text: &str) -> Result<Traffic> {
    let mut times = Vec::new();
    let mut rates = Vec::new();
    let lines = text.lines().enumerate().map(|(at, line)| Line {
        number: at + 1,
        text: line.split('#').next().unwrap_or_default(),
    });
    let mut lines = lines.filter(|line| !line.text.trim().is_empty()).peekable();
    lines.next_if(Line::is_header);
    for line in lines {
        let cells: Vec<Cell<'_>> = line.cells().collect();
        let seconds = cells[0].number("seconds")?;
        let last = rates
            .last()
            .map_or(times.last().copied(), |(at, _)| Some(*at));
        match &cells[..] {
            [_] if rates.is_empty() => {
                in_order(&cells[0], last.is_none_or(|last| last <= seconds))?;
                times.push(seconds);
            }
            [_, rate] if times.is_empty() => {
                in_order(&cells[0], last.is_none_or(|last| last < seconds))?;
                rates.push((seconds, rate.number("requests per second")?));
            }
            [_, _] => return Err(cells[1].wrong("the lines before have one column, not two")),
            [_] => return Err(cells[0].wrong("the lines before have two columns, not one")),
            [_, _, more, ..] => return Err(more.wrong("a line has at most two columns")),
            [] => {}
        }
    }
    match &rates[..] {
        [.., (before, _), (last, _)] => {
            let end = last + (last - before);
            Ok(Traffic::Rates(Rates { steps: rates, end }))
        }
        [_] => Err(Error::invalid_input(
            "one rate does not say how long it holds\nhelp: add a line with the time at which the next rate begins",
        )),
        [] if times.is_empty() => Err(Error::invalid_input(
            "no requests\nhelp: write lines of `seconds,requests_per_second`, or the `seconds` of one arrival",
        )),
        [] => Ok(Traffic::Arrivals(times)),
    }
}

fn in_order(cell: &Cell<'_>, is_in_order: bool) -> Result<()> {
    match is_in_order {
        true => Ok(()),
        false => Err(cell.wrong("seconds must ascend, but this is not after the line before")),
    }
}

struct Line<'t> {
    /// Counted from 1.
    number: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    /// Whether the cell is text, not a number.
    fn is_header(&self) -> bool {
        self.cells()
            .all(|cell| cell.text.starts_with(char::is_alphabetic))
    }

    fn cells(&self) -> impl Iterator<Item = Cell<'t>> {
        let (line, mut column) = (self.number, 1);
        self.text.split(',').map(move |cell| {
            let blank = cell.chars().take_while(|it| it.is_whitespace()).count();
            let at = column + blank;
            column += cell.chars().count() + 1;
            Cell {
                line,
                column: at,
                text: cell.trim(),
            }
        })
    }
}

struct Cell<'t> {
    line: usize,
    column: usize,
    text: &'t str,
}

impl Cell<'_> {
    fn number(&self, what: &str) -> Result<f64> {
        let number = self.text.parse().ok();
        let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
        number.ok_or_else(|| self.wrong(&format!("{what} must be a number of at least 0")))
    }

    fn wrong(&self, wrong: &str) -> Error {
        let Cell { line, column, text } = self;
        Error::invalid_input(format!("line {line}, column {column}: `{text}`: {wrong}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_hold_until_the_next_line() {
        let text = "seconds,requests_per_second # recorded\n\n0, 2.5\n10,40\n 30 ,0\n";
        let rates = Rates {
            steps: vec![(0.0, 2.5), (10.0, 40.0), (30.0, 0.0)],
            end: 50.0,
        };
        assert_eq!(parse(text).unwrap(), Traffic::Rates(rates));
    }

    #[test]
    fn one_column_is_arrivals() {
        let arrivals = Traffic::Arrivals(vec![0.5, 0.5, 2.0]);
        assert_eq!(parse("0.5\n0.5\n2").unwrap(), arrivals);
        assert_eq!(parse("arrival\r\n0.5\r\n0.5\r\n2\r\n").unwrap(), arrivals);
    }

    #[test]
    fn an_error_names_its_line_and_column() {
        for (text, wrong) in [
            (
                "0,1\n1,many",
                "line 2, column 3: `many`: requests per second must be a number of at least 0",
            ),
            (
                "0,1\n\n  x,1",
                "line 3, column 3: `x`: seconds must be a number of at least 0",
            ),
            (
                "0,-1\n1,1",
                "line 1, column 3: `-1`: requests per second must be a number of at least 0",
            ),
            (
                "0,1\n1,inf",
                "line 2, column 3: `inf`: requests per second must be a number of at least 0",
            ),
            (
                "0,1\n5,1\n5,2",
                "line 3, column 1: `5`: seconds must ascend, but this is not after the line before",
            ),
            (
                "3\n2",
                "line 2, column 1: `2`: seconds must ascend, but this is not after the line before",
            ),
            (
                "0,1\n2",
                "line 2, column 1: `2`: the lines before have two columns, not one",
            ),
            (
                "0\n2,3",
                "line 2, column 3: `3`: the lines before have one column, not two",
            ),
            (
                "0,1,2",
                "line 1, column 5: `2`: a line has at most two columns",
            ),
            (
                "0,",
                "line 1, column 3: ``: requests per second must be a number of at least 0",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), wrong);
        }
        for text in ["", "seconds,requests_per_second\n", "# nothing"] {
            let wrong = parse(text).unwrap_err().to_string();
            assert!(wrong.starts_with("no requests"), "{wrong}");
        }
        let wrong = parse("0,1").unwrap_err().to_string();
        assert!(wrong.starts_with("one rate does not say"), "{wrong}");
    }
}
