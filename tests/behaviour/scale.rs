//! Graphs of a hundred nodes, which run in several parts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serve_runtime::prelude::*;
use tokio::sync::Barrier;

/// Shared by the nodes of a graph.
#[derive(Clone)]
struct Shop {
    calls: Arc<AtomicUsize>,
    together: Arc<Barrier>,
}

impl Shop {
    fn new(together: usize) -> Self {
        Shop {
            calls: Arc::default(),
            together: Arc::new(Barrier::new(together)),
        }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

#[deployment]
struct Step(Shop);

#[deployment]
impl Step {
    fn new(shop: Shop) -> Self {
        Step(shop)
    }

    /// Waits a while, so that nodes end in another order than they began.
    async fn next(&self, number: u64, x: u64) -> u64 {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        for _ in 0..number % 5 {
            tokio::task::yield_now().await;
        }
        hash(number, x)
    }

    /// Waits until all nodes that call it have arrived.
    async fn meet(&self, number: u64, x: u64) -> u64 {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        self.0.together.wait().await;
        hash(number, x)
    }

    async fn fail(&self, x: u64) -> Result<u64> {
        Err(Error::failed(format!("no {x}")))
    }

    async fn panic(&self, x: u64) -> u64 {
        panic!("no {x}")
    }

    async fn sum(&self, values: Vec<u64>) -> u64 {
        values.into_iter().fold(0, u64::wrapping_add)
    }
}

fn hash(number: u64, x: u64) -> u64 {
    (x ^ number).wrapping_mul(0x9e37_79b9)
}

/// Calls a macro with the numbers from 0 to 79.
macro_rules! eighty {
    ($with:ident) => {
        $with!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
            32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
            61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79);
    };
}

macro_rules! graphs {
    ($($n:literal)*) => {
        #[graph]
        fn chain(shop: Shop) -> u64 {
            let step = Step::bind(shop);
            input(|x: u64| {
                $(let x = step.next($n, x);)*
                x
            })
        }

        #[graph]
        fn fan(shop: Shop) -> u64 {
            let step = Step::bind(shop);
            input(|x: u64| {
                let first = step.next(1000, x);
                step.sum(vec![$(step.meet($n, first)),*])
            })
        }

        /// Its choices, its fan-outs and the reads of their values are far apart.
        #[graph]
        fn mixed(shop: Shop) -> u64 {
            let step = Step::bind(shop);
            input(|x: u64, label: String| {
                let early = match x % 3 {
                    0 => step.next(1, x),
                    1 => step.next(2, step.next(3, x)),
                    _ => x,
                };
                let y = early;
                $(let y = step.next($n, y);)*
                let each = vec![x, y, early].map(|item| {
                    let item = step.next(4, item);
                    $(let item = step.next($n, item);)*
                    step.next(label.len() as u64, item)
                });
                let late = if early > y { step.next(5, early) } else { step.next(label.len() as u64, y) };
                step.next(late, step.sum(each))
            })
        }

        /// Names that only guards and conditions look at.
        #[graph]
        fn looked_at(shop: Shop) -> u64 {
            let step = Step::bind(shop);
            input(|x: u64| {
                let y = x;
                $(let y = step.next($n, y);)*
                let z = match Some(y) {
                    Some(n) if n == x => 0,
                    Some(n) if n > x => step.next(1, y),
                    _ => y,
                };
                let found = Some((z, x));
                if let Some((n, _)) = found && n > x { step.next(2, z) } else { z }
            })
        }

        #[graph]
        fn failing(shop: Shop) -> u64 {
            let step = Step::bind(shop);
            input(|x: u64| {
                let y = x;
                $(let y = step.next($n, y);)*
                let failed = step.fail(y);
                let z = failed;
                $(let z = step.next($n, z);)*
                z
            })
        }

        #[graph]
        fn panicking(shop: Shop) -> u64 {
            let step = Step::bind(shop);
            input(|x: u64| {
                $(let x = step.next($n, x);)*
                let x = step.panic(x);
                $(let x = step.next($n, x);)*
                x
            })
        }

        fn chained(x: u64) -> u64 {
            $(let x = hash($n, x);)*
            x
        }

        fn fanned(x: u64) -> u64 {
            let first = hash(1000, x);
            [$(hash($n, first)),*].into_iter().fold(0, u64::wrapping_add)
        }
    };
}

eighty!(graphs);

#[tokio::test]
async fn a_long_chain_runs_each_node_once_in_order() {
    let shop = Shop::new(1);
    let app = deploy(chain(shop.clone())).await.unwrap();
    assert_eq!(app.call(7).await.unwrap(), chained(7));
    assert_eq!(shop.calls(), 80);
}

#[tokio::test]
async fn all_nodes_of_a_wide_fan_are_in_flight_at_once() {
    let shop = Shop::new(80);
    let app = deploy(fan(shop.clone())).await.unwrap();
    assert_eq!(app.call(7).await.unwrap(), fanned(7));
    assert_eq!(shop.calls(), 81);
}

#[tokio::test]
async fn choices_and_fan_outs_reach_across_the_parts_of_a_large_graph() {
    let shop = Shop::new(1);
    let app = deploy(mixed(shop.clone())).await.unwrap();
    for (x, chosen) in [(0, 1), (1, 2), (2, 0)] {
        let before = shop.calls();
        let early = match x % 3 {
            0 => hash(1, x),
            1 => hash(2, hash(3, x)),
            _ => x,
        };
        let y = chained(early);
        let each = [x, y, early].map(|item| hash(4, chained(hash(4, item))));
        let late = if early > y {
            hash(5, early)
        } else {
            hash(4, y)
        };
        let sum = each.into_iter().fold(0, u64::wrapping_add);
        let answer = app.call(x, "four".to_owned()).await.unwrap();
        assert_eq!(answer, hash(late, sum));
        assert_eq!(shop.calls() - before, chosen + 80 + 3 * 82 + 1 + 1);
    }
}

#[tokio::test]
async fn a_guard_of_a_large_graph_may_look_at_a_name_that_nothing_else_reads() {
    let app = deploy(looked_at(Shop::new(1))).await.unwrap();
    for x in 0..4 {
        let y = chained(x);
        let z = if y > x { hash(1, y) } else { y };
        let expected = if z > x { hash(2, z) } else { z };
        assert_eq!(app.call(x).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn an_error_in_a_large_graph_ends_the_request_and_names_its_node() {
    let shop = Shop::new(1);
    let app = deploy(failing(shop.clone())).await.unwrap();
    let error = app.call(7).await.unwrap_err();
    assert_eq!(error.node(), Some("step.fail"));
    assert_eq!(shop.calls(), 80);
}

#[tokio::test]
async fn a_panic_in_a_large_graph_names_its_node() {
    let shop = Shop::new(1);
    let app = deploy(panicking(shop.clone())).await.unwrap();
    let error = app.call(7).await.unwrap_err();
    assert_eq!(error.node(), Some("step.panic"));
    assert_eq!(shop.calls(), 80);
}
