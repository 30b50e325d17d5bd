//! A thousand nodes of every kind, on a thread with the stack that threads have.

use serve_runtime::prelude::*;

#[deployment]
async fn inc(number: u64) -> u64 {
    number + 1
}

#[deployment]
async fn add(left: u64, right: &u64) -> Result<u64> {
    Ok(left + right)
}

#[deployment]
struct Step {
    by: u64,
}

#[deployment]
impl Step {
    fn new(by: u64) -> Self {
        Step { by }
    }

    async fn next(&self, number: u64) -> u64 {
        tokio::task::yield_now().await;
        number + self.by
    }

    async fn exclusive(&mut self, number: u64) -> u64 {
        number + self.by
    }
}

#[deployment]
struct Computing;

#[deployment]
impl Computing {
    fn new() -> Self {
        Computing
    }

    fn next(&self, number: u64) -> u64 {
        number + 1
    }
}

/// A hundred nodes for each number: of every engine, in a choice and a fan-out, and values that several read.
macro_rules! graphs {
    ($($zero:literal)*) => {
        #[graph]
        fn mixed() -> u64 {
            let step = Step::bind(1);
            let locked = Step::bind(1);
            let computing = Computing::bind();
            input(|start: u64| {
                let x = start;
                $(
                    let a = step.next(x);
                    let b = inc(x);
                    let sum = add(a, b);
                    let kept = match sum % 2 { 0 => inc(sum), _ => step.next(sum) };
                    let each = vec![kept, a].map(|item| add(inc(item), kept));
                    let last = locked.exclusive(each.len() as u64 + b - x);
                    let x = computing.next(last + x - $zero);
                    let x = step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(x))))))))))))))))))))))))))))));
                    let y = inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(step.next(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(x))))))))))))))))))))))))))))));
                    let x = add(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(0)))))))))))))))))))))))))))))), y);
                )*
                x
            })
        }

        fn expected(start: u64) -> u64 {
            let x = start;
            $(let x = x + 5 + 90 - $zero;)*
            x
        }

        #[graph]
        fn numbers() -> u64 {
            input(|x: u64| {
                $(
                    let x = inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(x + $zero))))))))))))))))))))))))))))))))))))))))))))))))));
                    let x = inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(inc(x))))))))))))))))))))))))))))))))))))))))))))))))));
                )*
                x
            })
        }
    };
}

graphs!(0 0 0 0 0 0 0 0 0 0);

/// Runs a request on a thread with 2 MB of stack.
fn on_a_thread<T: Send + 'static>(request: impl Future<Output = T> + Send + 'static) -> T {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(request)
    };
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    thread.spawn(run).unwrap().join().unwrap()
}

#[test]
fn a_thousand_mixed_nodes_run_on_two_megabytes_of_stack() {
    let answer = on_a_thread(async { deploy(mixed()).await?.call(3).await });
    assert_eq!(answer.unwrap(), expected(3));
}

#[test]
fn a_thousand_numbers_run_on_two_megabytes_of_stack() {
    let answer = on_a_thread(async { deploy(numbers()).await?.call(3).await });
    assert_eq!(answer.unwrap(), 1003);
}

/// The futures around a request's own stay small.
#[tokio::test]
async fn the_future_of_a_large_request_is_in_a_box() {
    let app = deploy(numbers()).await.unwrap();
    let size = size_of_val(&app.call(1));
    assert!(size < 16 * 1024, "{size} bytes");
}
