//! Names that generated code could have for itself: a user may have each of them, as a type, a constant, a variable,
//! a generic parameter, a lifetime, or a method of a trait.

use std::collections::HashMap;

use serve_runtime::prelude::*;

/// Every name that generated code has ever used without `__` in front.
macro_rules! types {
    ($($name:ident)*) => {$(
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(pub u64);

    )*};
}

types! { W D F R }

impl W {
    fn new(number: u64) -> Self {
        W(number)
    }
}

/// A deployment may be called so as well.
mod deployed {
    use super::*;

    #[deployment]
    pub struct T {
        added: u64,
    }

    #[deployment]
    impl T {
        pub fn new(added: u64) -> Self {
            T { added }
        }

        pub async fn add(&self, W(number): W) -> W {
            W(number + self.added)
        }

        /// Generated code has a type for the fake of a deployment.
        pub fn count(&mut self, fakes: Vec<TFake>, D(more): D) -> D {
            D(fakes.len() as u64 + more)
        }

        #[batch]
        pub fn both(&self, engine: Vec<R>, calls: Vec<u64>) -> Vec<u64> {
            engine
                .iter()
                .zip(calls)
                .map(|(R(one), two)| one + two)
                .collect()
        }
    }

    #[derive(Clone)]
    pub struct TFake;
}

use deployed::{T as Adder, TFake};

#[deployment]
async fn wrap(number: u64) -> W {
    W(number)
}

#[deployment]
async fn sum(W(w): W, D(d): D, F(f): F) -> u64 {
    w + d + f
}

#[deployment]
async fn unwrap(w: &W) -> u64 {
    w.0
}

const NODES: usize = 2;
const EDGES: u32 = 3;
const STEPS: u64 = 1;
#[deployment(max_ongoing_requests = NODES as u32)]
async fn limited(number: u64) -> u64 {
    number
}

type Later = for<'g> fn(&'g u64) -> &'g u64;

#[graph(max_cpus = 2 * NODES)]
fn named(start: u64) -> u64 {
    let adder = Adder::bind(start)
        .num_replicas(NODES as u32)
        .max_queued_requests(EDGES);
    input(|x: u64, given: W| {
        let w: W = wrap(x);
        let made = W::new(x + STEPS);
        let same: Later = |number: &u64| number;
        let lent: for<'g> fn(&'g u64) -> &'g u64 = same;
        let (d, f) = (D(*lent(&x)), F(*same(&x)));
        let counted = adder.count(vec![TFake, TFake], d);
        let looped = (0..3u64).map(|i| if i == 1 { 10 } else { i }).sum::<u64>();
        let all = sum(adder.add(w), counted, f);
        let both = adder.both(R(1), looped);
        all + unwrap(made) + unwrap(given) + limited(both)
    })
}

#[tokio::test]
async fn types_constants_and_lifetimes_of_users_are_their_own() {
    let app = deploy(named(5)).await.unwrap();
    let answer = app.call(1, W(100)).await.unwrap();
    assert_eq!(answer, (1 + 5) + (2 + 1) + 1 + 2 + 100 + (1 + 12));
}

/// A constant in lower case would be a pattern in place of a parameter of generated code.
#[allow(non_upper_case_globals, dead_code)]
mod constants {
    use serve_runtime::prelude::*;

    const handle: u64 = 1;
    const engine: u64 = 2;
    const calls: u64 = 3;
    const show: u64 = 4;
    const f: u64 = 5;
    const input: u64 = 6;
    const items: u64 = 7;
    const replica: u64 = 8;
    const of: u64 = 9;

    #[deployment]
    struct Model;

    #[deployment]
    impl Model {
        fn new() -> Self {
            Model
        }

        fn add(&self, number: u64) -> u64 {
            number + handle
        }

        #[batch]
        fn all(&self, numbers: Vec<u64>) -> Vec<u64> {
            numbers.into_iter().map(|number| number + engine).collect()
        }
    }

    #[deployment]
    async fn same(number: u64) -> u64 {
        number
    }

    #[graph]
    pub fn sums() -> Vec<u64> {
        let model = Model::bind();
        input(|number: u64, numbers: Vec<u64>| {
            let sum = same(model.add(number) + self::calls);
            numbers.map(|number| model.all(number + sum + self::items))
        })
    }
}

#[tokio::test]
async fn constants_in_lower_case_are_no_patterns_of_generated_code() {
    let app = deploy(constants::sums()).await.unwrap();
    assert_eq!(app.call(1, vec![10]).await.unwrap(), [10 + 5 + 7 + 2]);
}

mod inner {
    use super::*;

    #[deployment]
    pub async fn inc(number: u64) -> u64 {
        number + 1
    }
}

#[deployment]
struct Holder(Handle<Adder>);

#[deployment]
impl Holder {
    fn new(adder: Handle<Adder>) -> Self {
        Holder(adder)
    }

    async fn add(&self, number: u64) -> Result<u64> {
        Ok(self.0.add(W(number)).await?.0)
    }
}

/// A name of the block hides that of the deployment, which is called by its path.
#[graph]
fn hidden() -> (Vec<u64>, Vec<u64>) {
    let holder = Adder::bind(9);
    let holder = Holder::bind(holder);
    input(|numbers: Vec<u64>| {
        let holder_1 = numbers.map(|inc| inner::inc(inc));
        let more = numbers.map(|holder_1| holder.add(holder_1));
        (holder_1, more)
    })
}

#[tokio::test]
async fn an_item_may_be_named_like_the_function_that_it_goes_to() {
    let app = deploy(hidden()).await.unwrap();
    let answer = app.call(vec![1, 2]).await.unwrap();
    assert_eq!(answer, (vec![2, 3], vec![10, 11]));
}

/// A trait for all types, whose methods come before those that take `&self`.
mod everywhere {
    macro_rules! methods {
        ($($name:ident)*) => {
            #[allow(dead_code, clippy::wrong_self_convention)]
            pub trait Everywhere: Sized {
                $(
                    fn $name(self) -> Wrong {
                        Wrong
                    }
                )*
            }
        };
    }

    #[allow(dead_code)]
    pub struct Wrong;

    methods! {
        add as_mut at back begin call call_batched calls done drive engine exclusive finish forward handle hold is
        is_awaited is_here is_in_flight is_open is_waiting lend make model_permit options owned owned_permit permit
        plain poll push put read release replica share shared split start take transpose value wanted width
        with_models write blocking_read blocking_write len load clone into_iter requests bind_handle fmt write_str
    }

    impl<T> Everywhere for T {}
}

mod with_methods {
    use serve_runtime::prelude::*;

    #[allow(unused_imports)]
    use super::everywhere::Everywhere;

    #[deployment]
    async fn next(number: u64) -> u64 {
        number + 1
    }

    #[deployment]
    async fn names(number: u64) -> impl Stream<Item = u64> + Send {
        futures_util::stream::iter([number])
    }

    #[deployment(max_ongoing_requests = 2)]
    async fn shown(text: &str, number: u64) -> Result<String> {
        Ok(format!("{text}{number}"))
    }

    #[deployment]
    struct Model {
        number: u64,
    }

    #[deployment]
    impl Model {
        fn new(number: u64) -> Self {
            Model { number }
        }

        async fn current(&self) -> u64 {
            self.number
        }

        fn exclusive_of(&mut self, number: u64) -> Result<u64> {
            self.number += number;
            Ok(self.number)
        }

        #[batch]
        fn batched(&self, numbers: Vec<u64>) -> Vec<u64> {
            numbers
        }

        fn streamed(&self, number: u64) -> impl Iterator<Item = u64> {
            std::iter::once(number)
        }

        #[multiplexed]
        async fn model(&self, model_id: &str) -> Result<String> {
            Ok(model_id.to_owned())
        }

        async fn named(&self, id: String) -> Result<String> {
            let model = self.model(&id).await?;
            Ok(String::from(&*model))
        }

        fn check_health(&self) {}

        fn reconfigure(&mut self, number: u64) {
            self.number = number;
        }
    }

    #[deployment]
    async fn all(one: Streaming<u64>, two: Streaming<u64>) -> Result<u64> {
        let (one, two) = (one.collect().await?, two.collect().await?);
        Ok(one.iter().chain(&two).sum())
    }

    #[graph]
    pub fn methods(number: u64) -> (Vec<u64>, String, u64) {
        let model = Model::bind(number);
        input(|text: String, numbers: Vec<u64>| {
            let current = model.current();
            let kept = match numbers.first().copied() {
                Some(first) if first > current => next(first),
                _ => model.batched(str::len(&text) as u64),
            };
            let more = numbers.map(|number| {
                let next = next(number);
                model.exclusive_of(next + kept)
            });
            let streams = all(names(kept), model.streamed(kept));
            (more, shown(text, kept), streams)
        })
    }
}

#[tokio::test]
async fn methods_of_a_trait_for_all_types_are_not_called_by_generated_code() {
    let app = deploy(with_methods::methods(1)).await.unwrap();
    let answer = app.call("ab".into(), vec![0]).await.unwrap();
    assert_eq!(answer, (vec![4], "ab2".to_owned(), 4));
}

/// Generic parameters of a deployment may have these names as well.
#[deployment]
struct Generic<W, R = u64> {
    map: HashMap<W, R>,
}

#[deployment]
impl<W: Clone + Eq + std::hash::Hash + Send + Sync + 'static> Generic<W, u64> {
    fn new(map: HashMap<W, u64>) -> Self {
        Generic { map }
    }

    async fn get(&self, key: W) -> u64 {
        self.map.get(&key).copied().unwrap_or(0)
    }
}

#[graph]
fn generic() -> u64 {
    let generic = Generic::<W, u64>::bind(HashMap::from([(W(1), 7)]));
    input(|x: u64| generic.get(W(x)))
}

#[tokio::test]
async fn generic_parameters_may_have_any_name() {
    let app = deploy(generic()).await.unwrap();
    assert_eq!(app.call(1).await.unwrap(), 7);
}
