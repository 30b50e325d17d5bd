//! The forms of graphs and deployments.

use serve_runtime::prelude::*;

mod nodes {
    use serve_runtime::prelude::*;

    #[deployment]
    pub(crate) struct Counter {
        step: u32,
    }

    #[deployment]
    impl Counter {
        pub(crate) fn new(step: u32) -> Self {
            Counter { step }
        }

        /// Continues counting.
        pub(crate) async fn next(&self, number: u32) -> u32 {
            number + self.step
        }

        #[cfg(any())]
        pub(crate) async fn not_built(&self, unknown: Unknown) -> Unknown {
            unknown
        }
    }

    #[deployment]
    pub(crate) async fn double(number: u32) -> u32 {
        number * 2
    }

    #[cfg(any())]
    #[deployment]
    struct NotBuilt(Unknown);

    #[cfg(any())]
    #[deployment]
    impl NotBuilt {
        fn new() -> Self {
            unknown()
        }
        fn run(&self) {}
    }
}

use nodes::Counter;

#[graph]
pub(crate) fn elsewhere() -> u32 {
    let counter = nodes::Counter::bind(2);
    input(|number: u32| nodes::double(counter.next(number)))
}

#[tokio::test]
async fn deployments_of_other_modules_are_named_by_their_path() {
    let app = deploy(elsewhere()).await.unwrap();
    assert_eq!(app.call(1).await.unwrap(), 6);
}

#[graph]
fn shared_types() -> u32 {
    let counter = Counter::bind(3);
    input(|number: u32| nodes::double(counter.next(number)))
}

#[tokio::test]
async fn two_graphs_of_one_module_use_the_same_deployments() {
    let app = deploy(shared_types()).await.unwrap();
    assert_eq!(app.call(1).await.unwrap(), 8);
    assert_eq!(SharedTypesGraph::TOPOLOGY.name, "shared_types");
}

#[graph]
fn three_of_one() -> u32 {
    let one = Counter::bind(1);
    let two = Counter::bind(2);
    let three = Counter::bind(3).name("third");
    input(|number: u32| three.next(two.next(one.next(number))))
}

#[tokio::test]
async fn the_same_type_is_bound_several_times() {
    let app = deploy(three_of_one()).await.unwrap();
    assert_eq!(app.call(0).await.unwrap(), 6);
    let names = ThreeOfOneGraph::TOPOLOGY
        .deployments
        .iter()
        .map(|it| it.name);
    assert_eq!(names.collect::<Vec<_>>(), ["one", "two", "third"]);
}

#[graph]
fn function_twice() -> u32 {
    input(|number: u32| nodes::double(nodes::double(number)))
}

#[tokio::test]
async fn a_function_that_is_called_twice_is_one_deployment_and_two_nodes() {
    let app = deploy(function_twice()).await.unwrap();
    assert_eq!(app.call(3).await.unwrap(), 12);
    assert_eq!(FunctionTwiceGraph::TOPOLOGY.deployments.len(), 1);
    let nodes = FunctionTwiceGraph::TOPOLOGY
        .nodes
        .iter()
        .map(|node| node.name);
    assert_eq!(nodes.collect::<Vec<_>>(), ["double", "double_1"]);
}

#[graph]
fn echo() -> String {
    input(|text: String| text)
}

#[graph]
fn constant() -> &'static str {
    input(|| "always")
}

const LIMIT: u32 = 40;

#[graph]
fn computed() -> u32 {
    input(|number: u32| number + LIMIT)
}

#[tokio::test]
async fn a_graph_needs_no_nodes() {
    assert_eq!(
        deploy(echo())
            .await
            .unwrap()
            .call("a".into())
            .await
            .unwrap(),
        "a"
    );
    assert_eq!(
        deploy(constant()).await.unwrap().call().await.unwrap(),
        "always"
    );
    assert_eq!(deploy(computed()).await.unwrap().call(2).await.unwrap(), 42);
}

/// The type parameter of a generic deployment.
pub trait Scale: Send + Sync + 'static {
    const FACTOR: u32;
}

pub struct Ten;

impl Scale for Ten {
    const FACTOR: u32 = 10;
}

pub struct Hundred;

impl Scale for Hundred {
    const FACTOR: u32 = 100;
}

#[deployment]
pub struct Scaled<S: Scale> {
    scale: std::marker::PhantomData<S>,
}

#[deployment]
impl<S: Scale> Scaled<S> {
    fn new() -> Self {
        Scaled {
            scale: std::marker::PhantomData,
        }
    }
    async fn run(&self, number: u32) -> u32 {
        number * S::FACTOR
    }
    fn run_elsewhere(&self, number: u32) -> u32 {
        number * S::FACTOR
    }
}

#[graph]
fn generic() -> u32 {
    let ten = Scaled::<Ten>::bind();
    let hundred = Scaled::<Hundred>::bind();
    input(|number: u32| ten.run(number) + hundred.run_elsewhere(number))
}

#[tokio::test]
async fn a_deployment_can_be_generic() {
    let app = deploy(generic()).await.unwrap();
    assert_eq!(app.call(2).await.unwrap(), 220);
}

#[deployment]
async fn first<T: Send + 'static, const N: usize>(items: [T; N]) -> Option<T> {
    items.into_iter().next()
}

#[deployment]
fn scaled<S>(number: u32) -> Result<u32>
where
    S: Scale,
{
    Ok(number * S::FACTOR)
}

#[graph]
fn of_functions() -> u32 {
    input(|numbers: [u32; 2], names: [String; 1]| {
        let number = first::<u32, 2>(numbers);
        let name = first::<String, 1>(names);
        scaled::<Ten>(number.unwrap_or(0))
            + scaled::<Hundred>(name.map_or(0, |name| name.len() as u32))
    })
}

#[tokio::test]
async fn a_function_can_be_generic() {
    let app = deploy(of_functions()).await.unwrap();
    assert_eq!(app.call([3, 4], ["ab".to_owned()]).await.unwrap(), 230);
    let deployments = OfFunctionsGraph::TOPOLOGY.deployments.iter();
    let types: Vec<_> = deployments
        .map(|deployment| (deployment.name, deployment.ty))
        .collect();
    assert_eq!(
        types,
        [
            ("first", "first::<u32, 2>"),
            ("first_1", "first::<String, 1>"),
            ("scaled", "scaled::<Ten>"),
            ("scaled_1", "scaled::<Hundred>"),
        ]
    );
}

macro_rules! graph_of {
    ($name:ident, $($input:ident),*) => {
        #[graph]
        fn $name() -> u32 {
            let counter = Counter::bind(1);
            input(|$($input: u32),*| {
                let sum = 0 $(+ $input)*;
                let counted = counter.next(sum);
                let doubled = nodes::double(counted);
                doubled + counted
            })
        }
    };
}

graph_of!(from_a_macro, a, b);

#[tokio::test]
async fn a_macro_can_generate_a_graph() {
    let app = deploy(from_a_macro()).await.unwrap();
    assert_eq!(app.call(1, 2).await.unwrap(), 12);
}

#[deployment]
struct Sizes(Vec<u64>);

#[deployment]
impl Sizes {
    /// Patterns, borrows and several kinds of methods.
    async fn new(sizes: &[u64], first: &u64) -> Result<Self> {
        let mut sizes = sizes.to_vec();
        sizes.push(*first);
        Ok(Sizes(sizes))
    }
    fn sum(&self, (factor, offset): (u64, u64)) -> u64 {
        self.0.iter().sum::<u64>() * factor + offset
    }
    async fn push(&mut self, size: u64) -> usize {
        self.0.push(size);
        self.0.len()
    }
}

#[graph]
fn all_sizes(more: Vec<u64>) -> (u64, usize) {
    let start = more.len() as u64;
    let sizes = Sizes::bind(more, start);
    input(|factor: u64| {
        let count = sizes.push(factor);
        let sum = sizes.sum((factor, count as u64));
        (sum, count)
    })
}

#[tokio::test]
async fn methods_of_every_kind_share_a_replica() {
    let app = deploy(all_sizes(vec![1, 2])).await.unwrap();
    assert_eq!(app.call(10).await.unwrap(), (154, 4));
}

/// Cannot be cloned: only moving can take it out of a pair.
pub struct Half(u32);

struct Split {
    left: Half,
    right: Half,
    _rest: u32,
}

#[deployment]
async fn split(whole: u32) -> (Split, &'static str) {
    let (left, right) = (Half(whole / 2), Half(whole - whole / 2));
    let _rest = 0;
    (Split { left, right, _rest }, "parts")
}

#[deployment]
async fn larger(left: Half, right: &Half) -> u32 {
    left.0.max(right.0)
}

#[deployment]
async fn label(of: &str, parts: (u32, u32)) -> String {
    format!("{of} {} {}", parts.0, parts.1)
}

#[graph]
fn taken_apart() -> String {
    input(|whole: u32, pair: (u32, u32)| {
        let (Split { left, right, .. }, name) = split(whole);
        let (first, _) = pair;
        let most: u32 = larger(left, right);
        label(name.to_uppercase(), (most, first))
    })
}

#[tokio::test]
async fn a_value_is_taken_apart_by_a_pattern_without_being_cloned() {
    let app = deploy(taken_apart()).await.unwrap();
    assert_eq!(app.call(7, (1, 2)).await.unwrap(), "PARTS 4 1");
}

/// Holds several handles, by keys that are known when the graph is built.
#[deployment]
struct Keyed {
    counters: std::collections::HashMap<String, Handle<Counter>>,
}

#[deployment]
impl Keyed {
    fn new(counters: std::collections::HashMap<String, Handle<Counter>>) -> Self {
        Keyed { counters }
    }

    async fn next(&self, key: &str, number: u32) -> Result<u32> {
        let counter = self.counters.get(key);
        let counter = counter.ok_or_else(|| Error::invalid_input(format!("no `{key}`")))?;
        counter.next(number).await
    }
}

#[graph]
fn filled_maps() -> u32 {
    let one = nodes::Counter::bind(1);
    let two = nodes::Counter::bind(2);
    let ten = nodes::Counter::bind(10);
    let mut counters = std::collections::HashMap::new();
    counters.insert("one".to_owned(), one);
    for (key, counter) in [("two", two), ("ten", ten)] {
        counters.insert(key.to_owned(), counter);
    }
    let keyed = Keyed::bind(counters);

    input(|key: String, number: u32| keyed.next(key, u32::max(number, u32::from(3u8))))
}

#[tokio::test]
async fn handles_are_put_into_a_map_one_by_one() {
    let app = deploy(filled_maps()).await.unwrap();
    for (key, next) in [("one", 6), ("two", 7), ("ten", 15)] {
        assert_eq!(app.call(key.into(), 5).await.unwrap(), next);
    }
    assert_eq!(FilledMapsGraph::TOPOLOGY.handles.len(), 3);
    let error = app.call("six".into(), 5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

/// Its handle is another one than that of the function `join`.
#[deployment]
struct Join;

#[deployment]
impl Join {
    fn new() -> Self {
        Join
    }

    async fn run(&self, left: u32, right: u32) -> u32 {
        left * right
    }
}

#[deployment]
async fn join(left: u32, right: u32) -> u32 {
    left + right
}

#[graph]
fn both_joins() -> u32 {
    let joiner = Join::bind();
    input(|left: u32, right: u32| join(joiner.run(left, right), right))
}

#[tokio::test]
async fn a_struct_and_a_function_may_have_the_same_name() {
    let app = deploy(both_joins()).await.unwrap();
    assert_eq!(app.call(2, 3).await.unwrap(), 9);
}
