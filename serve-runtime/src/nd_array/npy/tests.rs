use super::*;
use ndarray::{arr0, array};

/// A file as numpy writes it, header and values.
fn file(descr: &str, fortran_order: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let line =
        format!("{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape}, }}\n");
    let length = u16::try_from(line.len()).unwrap().to_le_bytes();
    [MAGIC, &[1, 0], &length, line.as_bytes(), values].concat()
}

fn bytes<const N: usize, const M: usize>(values: [[u8; N]; M]) -> Vec<u8> {
    values.concat()
}

#[test]
fn files_become_arrays() {
    let floats = bytes([1.0_f32, 2.0, 3.0, 4.5, -5.0, 6.0].map(f32::to_le_bytes));
    let rows = array![[1.0, 2.0, 3.0], [4.5, -5.0, 6.0]].into_dyn();
    assert_eq!(
        read::<f32>(&file("<f4", "False", "(2, 3)", &floats)),
        Ok(rows.clone())
    );
    let columns = array![[1.0, 4.5], [2.0, -5.0], [3.0, 6.0]].into_dyn();
    assert_eq!(
        read::<f32>(&file("<f4", "True", "(3, 2)", &floats)),
        Ok(columns)
    );
    let swapped = bytes([1.0_f32, 2.0, 3.0, 4.5, -5.0, 6.0].map(f32::to_be_bytes));
    assert_eq!(
        read::<f32>(&file(">f4", "False", "(2, 3)", &swapped)),
        Ok(rows)
    );

    let words = bytes([-2_i16, 300].map(i16::to_le_bytes));
    assert_eq!(
        read(&file("<i2", "False", "(2,)", &words)),
        Ok(array![-2_i16, 300].into_dyn())
    );
    assert_eq!(
        read(&file("|u1", "False", "()", &[7])),
        Ok(arr0(7_u8).into_dyn())
    );
    assert_eq!(
        read(&file("|b1", "False", "(2L,)", &[0, 1])),
        Ok(array![false, true].into_dyn())
    );
    assert_eq!(
        read::<u8>(&file("|u1", "False", "(0, 5)", &[]))
            .unwrap()
            .shape(),
        [0, 5]
    );
}

#[test]
fn a_file_that_is_not_such_an_array_is_refused() {
    for (file, expected) in [
        (
            file("<f8", "False", "(1,)", &[0; 8]),
            "expected an array of uint8, but this is one of float64; send `array.astype(\"uint8\")`",
        ),
        (
            file("<U3", "False", "(1,)", &[0; 12]),
            "expected an array of uint8, but this is one of `<U3`",
        ),
        (
            file("|u1", "False", "(2, 3)", &[0; 5]),
            "the shape [2, 3] has 2 * 3 = 6 values, but there are 5",
        ),
        (
            file("|u1", "False", "(99999999999999999999,)", &[]),
            "not a header of a .npy file with an array of numbers: \
             `{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,), }`",
        ),
        (
            file("|u1", "False", "(4611686018427387904, 8)", &[]),
            "the shape [4611686018427387904, 8] has 4611686018427387904 * 8 = too many values, \
             but there are 0",
        ),
        (
            file("|u1", "False", "(0, 4611686018427387904, 8)", &[]),
            "an array cannot have the shape [0, 4611686018427387904, 8]",
        ),
        (
            file("|b1", "False", "(1,)", &[2]),
            "expected an array of uint8, but this is one of bool",
        ),
        (MAGIC.to_vec(), "the .npy file ends within its header"),
        (
            [MAGIC, &[2, 0, 255, 255, 255, 255]].concat(),
            "the .npy file ends within its header",
        ),
    ] {
        let error = read::<u8>(&file).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
    let bad = read::<bool>(&file("|b1", "False", "(2,)", &[1, 2]));
    assert_eq!(bad, Err("the byte 2 is not a bool".to_owned()));
    let cut = read::<u16>(&file("<u2", "False", "(1,)", &[1, 2, 3]));
    assert_eq!(cut, Err("the .npy file ends within a value".to_owned()));
}

#[test]
fn a_cut_or_garbled_file_does_not_panic() {
    let whole = file("<f4", "False", "(2, 3)", &[0; 24]);
    for end in 0..whole.len() {
        assert!(
            read::<f32>(&whole[..end]).is_err() || end < MAGIC.len(),
            "{end}"
        );
    }
    for position in 0..whole.len() {
        for change in 1..=255 {
            let mut garbled = whole.clone();
            garbled[position] ^= change;
            if let Ok(array) = read::<f32>(&garbled) {
                assert_eq!(array.len(), 6);
            }
        }
    }
}
