//! How a stream ends, in each order in which a thread's news arrive: that it has begun, that it makes no further items,
//! and its answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::coop::{consume_budget, has_budget_remaining};
use tokio::time::Instant;

use super::*;
use crate::ErrorKind;
use crate::engine::{Access, CallingThread, CurrentCall, Job, Panicked, ReplicaId, job};

type Opening<'a> = Pin<Box<dyn Future<Output = Result<Streaming<u32>>> + Send + 'a>>;

/// A call of a streaming method on a thread, and the job that the thread takes.
fn call(
    function: impl FnOnce(Yielder<u32>) -> Result<()> + Send + 'static,
) -> (Opening<'static>, Job<()>) {
    let (sent, taken) = std::sync::mpsc::channel();
    let mut call: Opening<'static> =
        Box::pin(streaming("node".to_owned(), move |yielder| async move {
            let (job, answer) = job(Access::Any, move |_: &mut ()| function(yielder));
            let _ = sent.send(job);
            answer.await.map_err(Error::unavailable)?
        }));
    assert!(poll(&mut call).is_pending());
    (call, taken.recv().unwrap())
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn error<T>(polled: Poll<Result<T>>) -> Error {
    match polled {
        Poll::Ready(Err(error)) => error,
        _ => panic!("it has not failed"),
    }
}

/// A thread that does something between the end of a call and its answer.
struct Between<F>(F);

impl<F: Fn()> CallingThread for Between<F> {
    fn before_answer(&self, _outcome: &Result<(), Panicked>) {
        (self.0)();
    }

    fn drop_rest(&self, rest: &mut dyn FnMut()) {
        rest();
    }
}

/// Runs the job. Between the end of the function, with which its end of the stream is dropped, and its answer, the
/// call is polled that often.
fn run(job: Job<()>, call: &mut Opening<'_>, polls_between: usize) {
    let call = Mutex::new(call);
    let between = Between(|| {
        for _ in 0..polls_between {
            assert!(poll(&mut **call.lock().unwrap()).is_pending());
        }
    });
    let _ = job.run(&mut (), &CurrentCall::new(ReplicaId(1)), &between);
}

#[tokio::test]
async fn an_error_before_the_stream_has_begun_is_the_call_s_own_however_often_it_is_polled() {
    for polls_between in 0..3 {
        let (mut call, job) = call(|_| Err(Error::invalid_input("not that")));
        run(job, &mut call, polls_between);
        let error = error(poll(&mut call));
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), "not that");
    }
}

#[tokio::test]
async fn a_panic_before_the_stream_has_begun_is_the_call_s_own_however_often_it_is_polled() {
    for polls_between in 0..3 {
        let (mut call, job) = call(|_| panic!("my own panic"));
        run(job, &mut call, polls_between);
        let error = error(poll(&mut call));
        assert_eq!(error.to_string(), "panicked: my own panic");
    }
}

#[tokio::test]
async fn a_job_that_is_refused_fails_the_call() {
    let (mut call, job) = call(|_| Ok(()));
    job.refuse(Error::unavailable("no replica"));
    assert_eq!(error(poll(&mut call)).kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_job_that_is_dropped_fails_the_call() {
    let (mut call, job) = call(|_| Ok(()));
    drop(job);
    assert_eq!(error(poll(&mut call)).kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_call_that_is_dropped_abandons_its_job() {
    let (call, job) = call(|_| Ok(()));
    drop(call);
    assert!(job.is_abandoned());
}

/// The end may be there before the first look at the stream.
#[tokio::test]
async fn a_stream_that_began_ends_with_its_error_after_its_items() {
    for polls_before in [true, false] {
        let (mut call, job) =
            call(|yielder| yielder.drive([Ok(1), Err(Error::failed("bad luck"))].into_iter()));
        let between = Mutex::new((&mut call, None));
        let poll_once = Between(|| {
            let (call, stream) = &mut *between.lock().unwrap();
            if polls_before {
                *stream = Some(poll(call));
            }
        });
        let _ = job.run(&mut (), &CurrentCall::new(ReplicaId(1)), &poll_once);
        let (call, opened) = between.into_inner().unwrap();
        let Poll::Ready(Ok(mut stream)) = opened.unwrap_or_else(|| poll(call)) else {
            panic!("it has begun");
        };
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "node `node`: bad luck");
        for _ in 0..2 {
            assert!(stream.next().await.is_none());
        }
    }
}

/// What else the task did must not decide how the call fails.
#[tokio::test]
async fn a_task_without_a_budget_sees_that_the_stream_has_begun() {
    let (mut call, job) =
        call(|yielder| yielder.drive([Err(Error::failed("bad luck"))].into_iter()));
    run(job, &mut call, 0);
    let opened = poll_fn(|cx| {
        while has_budget_remaining() {
            let _ = Box::pin(consume_budget()).as_mut().poll(cx);
        }
        Poll::Ready(call.as_mut().poll(cx))
    });
    let Poll::Ready(Ok(mut stream)) = opened.await else {
        panic!("it has begun");
    };
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "node `node`: bad luck");
}

/// The thread has failed, but its answer is late.
#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_stream_that_will_not_begin() {
    let deadline = Instant::now() + Duration::from_millis(10);
    let (_answer, answered) = oneshot::channel::<Result<()>>();
    let call = Request::new("late")
        .with_deadline(deadline)
        .scope(streaming("node".to_owned(), |yielder: Yielder<u32>| {
            drop(yielder);
            async { answered.await? }
        }));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(Instant::now(), deadline);
}

/// A thread drops its end first, and its answer comes through another channel.
#[tokio::test]
async fn the_end_of_the_items_waits_for_the_producer_s_result() {
    let (answer, answered) = oneshot::channel();
    let produce = |yielder: Yielder<u32>| async move {
        yielder.drive([Ok(1)].into_iter())?;
        answered.await?
    };
    let mut numbers = streaming("node".to_owned(), produce).await.unwrap();
    assert_eq!(numbers.next().await.unwrap().unwrap(), 1);
    assert!(numbers.next().now_or_never().is_none());
    answer.send(Err(Error::failed("bad luck"))).unwrap();
    let error = numbers.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "node `node`: bad luck");
    assert!(numbers.next().await.is_none());
}

/// Streams of the crate `futures` panic then.
#[tokio::test]
async fn a_stream_can_be_polled_after_its_end() {
    let one = futures_util::stream::unfold(0, |n| async move { (n < 1).then_some((n, n + 1)) });
    let mut one = Streaming::new(one);
    assert_eq!(one.next().await.unwrap().unwrap(), 0);
    for _ in 0..2 {
        assert!(one.next().await.is_none());
    }
}
