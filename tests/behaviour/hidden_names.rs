//! Names of the standard library that a module hides or does not import: generated code needs none.

use serve_runtime::prelude::deploy;

mod hidden {
    use serve_runtime::{deployment, graph};

    #[derive(Debug, Clone, PartialEq)]
    pub struct Vec(pub i64);
    #[derive(Debug, Clone, PartialEq)]
    pub struct String(pub i64);
    #[derive(Debug, Clone, PartialEq)]
    pub enum Option {
        None,
        Some(i64),
    }
    #[allow(dead_code)]
    mod others {
        pub struct Send;
        pub struct Sync;
        pub struct Fn;
        pub struct Future;
        pub struct Box;
        pub struct Result;
        pub struct Ok;
        pub struct Err;
        pub mod core {}
        pub mod std {}
        pub mod tokio {}
    }
    #[allow(unused_imports)]
    use others::{Box, Err, Fn, Future, Ok, Result, Send, Sync, core, std, tokio};

    #[deployment]
    async fn wrap(whole: Vec) -> Option {
        Option::Some(whole.0)
    }

    #[deployment]
    fn show(whole: &Vec, text: &String) -> String {
        String(whole.0 + text.0)
    }

    #[deployment]
    struct Model {
        factor: i64,
    }

    #[deployment]
    impl Model {
        fn new(factor: i64) -> Self {
            Model { factor }
        }

        async fn unwrap(&self, part: Option) -> Vec {
            match part {
                Option::Some(part) => Vec(part * self.factor),
                Option::None => Vec(0),
            }
        }

        fn exclusive(&mut self, part: i64) -> Vec {
            Vec(part)
        }
    }

    #[graph]
    pub fn clash() -> String {
        let model = Model::bind(2);
        input(|whole: Vec, text: String| {
            let part = match whole.0 {
                0 => Option::None,
                _ => wrap(whole),
            };
            let again = model.exclusive(model.unwrap(part).0);
            show(again, text)
        })
    }
}

#[tokio::test]
async fn a_module_may_have_types_and_modules_named_like_those_of_std() {
    let app = deploy(hidden::clash()).await.unwrap();
    let answer = app.call(hidden::Vec(3), hidden::String(1)).await.unwrap();
    assert_eq!(answer, hidden::String(7));
}

mod bare {
    #![no_implicit_prelude]

    use ::core::clone::Clone;
    use ::core::option::Option;
    use ::serve_runtime::{Handle, Result, deployment, graph};
    use ::std::string::String;
    use ::std::vec::Vec;

    #[deployment]
    async fn next(number: i64) -> i64 {
        number + 1
    }

    #[deployment]
    struct Model(i64);

    #[deployment]
    impl Model {
        fn new(number: i64) -> Self {
            Model(number)
        }

        fn mark(&self, text: &str, number: Option<i64>) -> String {
            ::std::format!("{text}{number:?}{}", self.0)
        }

        async fn list(&mut self, number: i64) -> Result<Vec<i64>> {
            ::core::result::Result::Ok(::std::vec![number])
        }

        #[batch]
        fn batched(&self, numbers: Vec<i64>) -> Vec<i64> {
            numbers
        }
    }

    #[deployment]
    struct Holder {
        model: Handle<Model>,
    }

    #[deployment]
    impl Holder {
        fn new(model: Handle<Model>, _name: &str) -> Self {
            Holder { model }
        }

        async fn list(&self, number: i64) -> Result<Vec<i64>> {
            self.model.list(number).await
        }
    }

    #[graph]
    pub fn bare_graph(number: i64) -> (String, Vec<i64>, i64) {
        let model = Model::bind(number);
        let holder = Holder::bind(model, "holder");
        input(|text: String, number: i64| {
            let marked = model.mark(text, Option::Some(next(number)));
            let list = holder.list(number).map(|number| next(number));
            let batched = if number > 3 { model.batched(number) } else { 0 };
            (marked, list, batched)
        })
    }
}

#[tokio::test]
async fn a_module_may_do_without_the_prelude() {
    let app = deploy(bare::bare_graph(1)).await.unwrap();
    let answer = app.call("a".into(), 4).await.unwrap();
    assert_eq!(answer, ("aSome(5)1".to_owned(), vec![5], 4));
}
