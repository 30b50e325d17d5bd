//! The room of a request: for each node its future, its output, and at most 48 bytes more.

use serve_runtime::prelude::*;
use serve_runtime::testing::handle;

#[deployment]
async fn inc(number: u64) -> u64 {
    number + 1
}

#[deployment]
async fn pause(number: u64) -> u64 {
    tokio::task::yield_now().await;
    number + 1
}

#[deployment]
async fn copied(page: [u64; 30]) -> [u64; 30] {
    tokio::task::yield_now().await;
    page
}

#[deployment]
struct Step;

#[deployment]
impl Step {
    fn new() -> Self {
        Step
    }

    async fn next(&self, number: u64) -> u64 {
        number + 1
    }
}

/// Chains of four nodes and of twelve.
macro_rules! chains {
    ($($four:ident $twelve:ident: $ty:ty, $call:ident;)*) => {$(
        #[graph]
        fn $four() -> $ty {
            input(|x: $ty| $call($call($call($call(x)))))
        }

        #[graph]
        fn $twelve() -> $ty {
            input(|x: $ty| {
                let x = $call($call($call($call(x))));
                let x = $call($call($call($call(x))));
                $call($call($call($call(x))))
            })
        }
    )*};
}

chains! {
    four_incs twelve_incs: u64, inc;
    four_pauses twelve_pauses: u64, pause;
    four_copies twelve_copies: [u64; 30], copied;
}

#[graph]
fn four_steps() -> u64 {
    let step = Step::bind();
    input(|x: u64| step.next(step.next(step.next(step.next(x)))))
}

#[graph]
fn twelve_steps() -> u64 {
    let step = Step::bind();
    input(|x: u64| {
        let x = step.next(step.next(step.next(step.next(x))));
        let x = step.next(step.next(step.next(step.next(x))));
        step.next(step.next(step.next(step.next(x))))
    })
}

fn check(name: &str, future: usize, output: usize, four: usize, twelve: usize) {
    let (node, limit) = ((twelve - four) / 8, future + output + 48);
    assert!(
        node <= limit,
        "{name}: {node} bytes for each node; at most {limit} are due"
    );
}

#[tokio::test]
async fn a_node_takes_its_future_its_output_and_48_bytes() {
    macro_rules! check {
        ($four:ident $twelve:ident $future:expr, $input:expr) => {{
            let (four, twelve) = (
                deploy($four()).await.unwrap(),
                deploy($twelve()).await.unwrap(),
            );
            check(
                stringify!($four),
                size_of_val(&$future),
                size_of_val(&$input),
                size_of_val(&four.call($input)),
                size_of_val(&twelve.call($input)),
            );
        }};
    }
    // The future of a node, which can also be that of a fake.
    let (inc, pause) = (handle(inc::fake(|x| x)), handle(pause::fake(|x| x)));
    let copied = handle(copied::fake(|x| x));
    check!(four_incs twelve_incs inc.in_graph(1), 1u64);
    check!(four_pauses twelve_pauses pause.in_graph(1), 1u64);
    check!(four_copies twelve_copies copied.in_graph([1; 30]), [1u64; 30]);
    let step = handle(Step::fake().next(|x| x));
    check!(four_steps twelve_steps step.next(1), 1u64);
}
