//! Features with the chance taken out: along fixed orthonormal directions FAVOR+ is exp, with a weight on every key.

use crate::algorithms::feature_map::elu1;
use crate::algorithms::linear_attention::{Guard, Mapped};
use crate::algorithms::performer::Weight;
use crate::algorithms::{Real, Scalar};
use ndarray::{Array1, Array2, Axis, Zip};

/// An activation on the way from e^x (t = 0) over 1 + x (t = 1/2) to elu(x) + 1 (t = 1), in straight lines.
///
/// 1 + x is the tangent of e^x at 0; elu(x) + 1 keeps it above 0 and returns to e^x below.
pub fn morph<F: Scalar>(t: f64, x: F) -> F {
    let one = F::from_f64(1.0);
    // listing: morph
    if t <= 0.5 { mix(2.0 * t, x.exp(), one + x) } // @exp
    else { mix(2.0 * t - 1.0, one + x, elu1(x)) } // @elu1
    // end listing
}

/// Between two numbers; at either end exactly that one.
fn mix<F: Scalar>(t: f64, a: F, b: F) -> F {
    match t {
        0.0 => a,
        1.0 => b,
        _ => a * F::from_f64(1.0 - t) + b * F::from_f64(t),
    }
}

/// e^(-|k|^2/2) of each key `[n]`: what FAVOR+ multiplies it by. The same factor of a query cancels in its row.
pub fn key_weights<F: Real>(k: &Array2<F>) -> Array1<F> {
    k.map_axis(Axis(1), |row| Scalar::exp(-(row.dot(&row) * F::from_f64(0.5))))
}

/// Linear attention with [`morph`] at `t` as activation of W q and W k, where `w` `[d, d]` has orthonormal rows, and
/// with or without the weights of the keys. At t = 0 with weights it equals FAVOR+ along `w`, to rounding.
pub fn map<F: Real>(q: &Array2<F>, k: &Array2<F>, v: &Array2<F>, w: &Array2<F>, t: f64, weights: Weight) -> Mapped<F> {
    let features = |x: &Array2<F>| x.dot(&w.t()).mapv(|x| morph(t, x));
    let mut keys = features(k);
    if weights == Weight::On {
        Zip::from(keys.rows_mut()).and(&key_weights(k)).for_each(|mut row, &weight| row.mapv_inplace(|x| x * weight));
    }
    Mapped { q: features(q), k: keys, v: v.clone(), guard: Guard::none() }
}
