//! A function deployment may have any name: that of a macro, an attribute, a tool or a crate as well.

use serve_runtime::prelude::*;

macro_rules! named {
    ($($name:ident)*) => {
        $(
            mod $name {
                use serve_runtime::prelude::*;

                #[deployment]
                pub(super) async fn $name(number: u64) -> u64 {
                    number + 1
                }

                #[graph]
                pub(super) fn of_it() -> u64 {
                    input(|number: u64| $name(number))
                }
            }
        )*

        #[tokio::test]
        async fn a_function_may_have_any_name() {
            $(
                let app = deploy($name::of_it()).await.unwrap();
                assert_eq!(app.call(1).await.unwrap(), 2, stringify!($name));
            )*
        }
    };
}

named!(
    clippy diagnostic drop expect feature format futures_util image link path rustfmt size_of spawn test time timeout
    vec write
);
