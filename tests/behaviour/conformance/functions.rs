//! Functions of the input, and of each other.

use super::assert_answers;
use crate::support::http::serve;
use serde_json::json;
use serve_runtime::prelude::*;

#[deployment]
async fn hello() -> &'static str {
    "hello"
}

#[graph]
fn one_function() -> &'static str {
    input(|| hello())
}

#[tokio::test]
async fn one_function_without_input() {
    assert_answers!(one_function(), (), null => "hello");
}

#[deployment]
async fn sum(left: i64, right: i64, constant: i64) -> i64 {
    left + right + constant
}

#[graph]
fn parts_and_a_constant() -> i64 {
    input(|numbers: Vec<i64>| sum(numbers[0], numbers[1], 1))
}

#[tokio::test]
async fn a_function_of_two_parts_of_the_input_and_a_constant() {
    assert_answers!(parts_and_a_constant(), (vec![1, 2]), [1, 2] => 4);
}

#[deployment]
async fn double(number: i64) -> i64 {
    number * 2
}

#[deployment]
fn triple(number: i64) -> i64 {
    number * 3
}

#[deployment]
async fn plus_two(number: i64) -> Result<i64> {
    Ok(number + 2)
}

#[graph]
fn functions() -> i64 {
    input(|number: i64| {
        let first = double(number);
        let second = triple(number);
        let third = plus_two(second);
        sum(first, second, third)
    })
}

#[tokio::test]
async fn functions_of_the_input_and_of_each_other_combined() {
    assert_answers!(functions(), (2), 2 => 18);
}
