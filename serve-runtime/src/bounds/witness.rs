//! The parameter types of a call, before its arguments are looked at.

use std::marker::PhantomData;

/// Stands for a parameter of type `T`.
pub struct Sig<T>(PhantomData<fn() -> T>);

impl<T> Sig<T> {
    /// The witness of a type that is written down.
    #[inline]
    #[allow(clippy::new_without_default)] // for generated code alone
    pub const fn new() -> Self {
        Sig(PhantomData)
    }

    /// The witness of the type of a value.
    #[inline]
    pub const fn of(_value: &T) -> Self {
        Sig::new()
    }
}

macro_rules! witness {
    ($($name:ident($($P:ident)*);)*) => {$(
        /// A call with that many arguments, and its parameters. The closure is handed over where it
        /// is written: rustc knows at once what it has to be, and keeps nothing in mind about it.
        #[inline]
        #[allow(unused_parens, clippy::unused_unit, clippy::too_many_arguments)]
        pub fn $name<$($P,)* Output, Call: Fn($($P),*) -> Output>(call: Call) -> (Call, ($(Sig<$P>,)*)) {
            (call, ($(Sig::<$P>::new(),)*))
        }
    )*};
}

witness! {
    witness0();
    witness1(A);
    witness2(A B);
    witness3(A B C);
    witness4(A B C D);
    witness5(A B C D E);
    witness6(A B C D E F);
    witness7(A B C D E F G);
    witness8(A B C D E F G H);
    witness9(A B C D E F G H I);
    witness10(A B C D E F G H I J);
    witness11(A B C D E F G H I J K);
    witness12(A B C D E F G H I J K L);
}
