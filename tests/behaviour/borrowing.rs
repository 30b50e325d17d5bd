//! What expressions copy of a value that other nodes read as well: nothing that they only look at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serve_runtime::prelude::*;

/// Counts its clones.
#[derive(Debug)]
pub struct Image {
    size: u64,
    clones: Arc<AtomicUsize>,
}

impl Clone for Image {
    fn clone(&self) -> Self {
        self.clones.fetch_add(1, Ordering::Relaxed);
        Image {
            size: self.size,
            clones: Arc::clone(&self.clones),
        }
    }
}

impl PartialEq for Image {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size
    }
}

impl Image {
    fn consume(self) -> u64 {
        self.size
    }
}

/// Not `Clone`, as is a struct with it.
pub struct Ticket(u64);

pub enum Kind {
    Photo(Image, Ticket),
    #[allow(dead_code)]
    Text,
}

pub struct Request {
    images: Vec<Image>,
    one: Image,
    pair: (Image, u64),
    maybe: Option<Image>,
    kind: Kind,
    ticket: Ticket,
    flag: bool,
}

type Clones = Arc<AtomicUsize>;

#[deployment]
struct Maker(Clones);

#[deployment]
impl Maker {
    fn new(clones: Clones) -> Self {
        Maker(clones)
    }

    async fn make(&self, size: u64) -> Request {
        let image = |size| Image {
            size,
            clones: Arc::clone(&self.0),
        };
        Request {
            images: (0..100).map(|index| image(size + index)).collect(),
            one: image(size),
            pair: (image(size), size),
            maybe: Some(image(size)),
            kind: Kind::Photo(image(size), Ticket(size)),
            ticket: Ticket(size),
            flag: true,
        }
    }

    async fn image(&self, size: u64) -> Image {
        Image {
            size,
            clones: Arc::clone(&self.0),
        }
    }
}

#[deployment]
async fn see(request: &Request) -> u64 {
    request.images.len() as u64
}

#[deployment]
async fn number(number: u64) -> u64 {
    number
}

#[deployment]
async fn take(image: Image) -> u64 {
    image.size
}

/// An expression beside a node that reads the same value, and how often it clones an image.
macro_rules! expressions {
    ($($name:ident($request:ident): $expr:expr => $value:expr, $clones:expr;)*) => {
        $(
            #[graph]
            fn $name(clones: Clones) -> (u64, u64) {
                let maker = Maker::bind(clones);
                input(|size: u64| {
                    let $request = maker.make(size);
                    (number($expr), see($request))
                })
            }
        )*

        #[tokio::test]
        async fn places_comparisons_patterns_and_methods_borrow() {
            $(
                let clones = Clones::default();
                let app = deploy($name(clones.clone())).await.unwrap();
                let answer = app.call(5).await.unwrap();
                let name = stringify!($name);
                assert_eq!((name, answer), (name, ($value, 100)));
                assert_eq!((name, clones.load(Ordering::Relaxed)), (name, $clones));
            )*
        }
    };
}

expressions! {
    index(r): r.images[3].size => 8, 0;
    computed_index(r): r.images[r.pair.1 as usize].size => 10, 0;
    range(r): r.images[..2].len() as u64 => 2, 0;
    equal(r): u64::from(r.one == r.images[0]) => 1, 0;
    equal_to_a_number(r): u64::from(r.one.size >= 5 && r.images[1].size != 5) => 1, 0;
    method(r): r.images.len() as u64 => 100, 0;
    iterator(r): r.images.iter().map(|image| image.size).sum::<u64>() => 5450, 0;
    field(r): r.one.size => 5, 0;
    reference(r): (*(&r.one)).size => 5, 0;
    reference_of_an_item(r): (&r.images[0]).size => 5, 0;
    in_a_closure(r): (0..3usize).map(|i| r.images[i].size).sum::<u64>() => 18, 0;
    matched(r): match r.pair { (_, n) => n } => 5, 0;
    matched_by_parts(r): match r.kind { Kind::Photo(image, Ticket(n)) if n > 4 => image.size + n, _ => 0 } => 10, 0;
    matched_and_moved(r): match r.kind { Kind::Photo(image, _) => Box::new(image).size, Kind::Text => 0 } => 5, 1;
    shadowed(r): match r.pair { (r, n) if r.size == n => (|r: u64| r.pow(2))(n), (_, n) => n } => 25, 0;
    bound(r): { let Request { images, .. } = &r; images.len() as u64 } => 100, 0;
    taken_apart(r): { let (image, n) = r.pair; image.size + n } => 10, 0;
    in_a_condition(r): if let Kind::Photo(_, ticket) = r.kind && ticket.0 == 5 { ticket.0 + 1 } else { 0 } => 6, 0;
    only_matched(r): if let Kind::Photo(..) = r.kind { 1 } else { 0 } => 1, 0;
    with_matches(r): u64::from(matches!(r.kind, Kind::Photo(_image, Ticket(n)) if n == 5)) => 1, 0;
    formatted(r): format!("{:?}", r.one.size).len() as u64 => 1, 0;
    negated(r): u64::from(!r.flag) + r.ticket.0 => 5, 0;
    numbers(r): r.one.size.max(7) + r.ticket.0.pow(2) => 32, 0;
    one_part_is_moved(r): Box::new(r.one).size => 5, 1;
    one_item_is_moved(r): Box::new(r.images[2]).size => 7, 1;
    unwrapped(r): r.maybe.unwrap().size => 5, 1;
    mapped(r): r.maybe.map(|image| image.size).unwrap_or(0) => 5, 1;
    cloned_for_a_method(r): r.one.clone().consume() => 5, 1;
    cloned_as_rustc_suggests(r): <Image as Clone>::clone(&r.one).consume() => 5, 1;
    by_reference(r): r.maybe.as_ref().map_or(0, |image| image.size) => 5, 0;
}

#[graph]
fn in_items(clones: Clones) -> Vec<u64> {
    let maker = Maker::bind(clones);
    input(|size: u64| {
        let request = maker.make(size);
        let indices = vec![0, 1, 2];
        indices.map(|index| number(request.images[index].size))
    })
}

/// A node is called in each arm.
#[graph]
fn in_choices(clones: Clones) -> (u64, u64, u64) {
    let maker = Maker::bind(clones);
    input(|size: u64| {
        let request = maker.make(size);
        let ticket = match request.kind {
            Kind::Photo(image, Ticket(n)) if image.size == n => number(n),
            Kind::Photo(_, Ticket(n)) => n,
            Kind::Text => 0,
        };
        let size = if let Some(Image { size, .. }) = request.maybe
            && size > 3
        {
            number(size)
        } else {
            see(request)
        };
        let (_, second) = request.pair;
        (ticket, size, second)
    })
}

#[tokio::test]
async fn choices_and_items_borrow_what_they_look_at() {
    let clones = Clones::default();
    let app = deploy(in_items(clones.clone())).await.unwrap();
    assert_eq!(app.call(5).await.unwrap(), [5, 6, 7]);
    let app = deploy(in_choices(clones.clone())).await.unwrap();
    assert_eq!(app.call(5).await.unwrap(), (5, 5, 5));
    assert_eq!(app.call(2).await.unwrap(), (2, 100, 2));
    assert_eq!(clones.load(Ordering::Relaxed), 0);
}

/// Two nodes take the value, and an expression after them looks at it.
#[graph]
fn looked_at_last(clones: Clones) -> u64 {
    let maker = Maker::bind(clones);
    input(|size: u64| {
        let image = maker.image(size);
        take(image) + take(image) + number(image.size)
    })
}

/// Of one call, an argument takes the value, and a later one looks at it.
#[graph]
fn looked_at_in_one_call(clones: Clones) -> u64 {
    let maker = Maker::bind(clones);
    input(|size: u64| {
        let image = maker.image(size);
        both(image, image.size)
    })
}

#[deployment]
async fn both(image: Image, size: u64) -> u64 {
    image.size + size
}

#[tokio::test]
async fn an_expression_that_looks_at_a_value_comes_before_the_nodes_that_take_it() {
    let clones = Clones::default();
    let app = deploy(looked_at_last(clones.clone())).await.unwrap();
    assert_eq!(app.call(5).await.unwrap(), 15);
    assert_eq!(
        clones.load(Ordering::Relaxed),
        1,
        "one for the two that take it"
    );
    let app = deploy(looked_at_in_one_call(clones.clone())).await.unwrap();
    assert_eq!(app.call(5).await.unwrap(), 10);
    assert_eq!(clones.load(Ordering::Relaxed), 1);
}

#[deployment]
async fn apply(function: Box<dyn Fn(u64) -> u64 + Send>) -> u64 {
    function(1)
}

/// A closure that outlives the expression takes what it reads.
#[graph]
fn in_a_moved_closure(clones: Clones) -> (u64, u64) {
    let maker = Maker::bind(clones);
    input(|size: u64| {
        let image = maker.image(size);
        let numbers = number(image.size);
        (apply(Box::new(move |x| x + image.size)), numbers)
    })
}

#[tokio::test]
async fn a_closure_that_moves_takes_the_value() {
    let clones = Clones::default();
    let app = deploy(in_a_moved_closure(clones.clone())).await.unwrap();
    assert_eq!(app.call(5).await.unwrap(), (6, 5));
    assert_eq!(
        clones.load(Ordering::Relaxed),
        0,
        "it is the last that reads it"
    );
}

#[graph]
fn of_one_reader() -> u64 {
    input(|image: Option<u64>, other: Option<u64>| {
        let is_some = matches!(image, Some(_inner));
        number(u64::from(is_some && matches!(other, Some(1 | 2) | None)))
    })
}

#[tokio::test]
async fn matches_is_as_in_rust() {
    let app = deploy(of_one_reader()).await.unwrap();
    assert_eq!(app.call(Some(1), Some(2)).await.unwrap(), 1);
    assert_eq!(app.call(Some(1), Some(3)).await.unwrap(), 0);
    assert_eq!(app.call(None, None).await.unwrap(), 0);
}
