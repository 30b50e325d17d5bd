//! The parameter types of a call, known before rustc checks its arguments.

use std::marker::PhantomData;

/// A witness of a parameter's type `T`.
pub struct Sig<T>(PhantomData<fn() -> T>);

impl<T> Sig<T> {
    /// The witness of a type that the code names.
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
        /// Returns a call with that many arguments, and the witnesses of its parameters. The closure is
        /// passed where it is written, so that rustc infers its type at once.
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
