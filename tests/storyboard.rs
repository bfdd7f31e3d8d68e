//! Numbers that the prose of the FlashAttention chapter states, recomputed from the same data.

#![allow(clippy::unwrap_used, reason = "a test stops where its data cannot be read")]

use half::f16;
use ndarray::{Array2, s};
use unrolled::algorithms::flash_attention::io_model::{self, Sizes};
use unrolled::algorithms::flash_attention::{Event, Output, Rescale, Tiling, fa1, fa2};
use unrolled::algorithms::online_softmax::{self, Safety, Summary};
use unrolled::algorithms::{Attention, Mask, MaskKind, Scalar, reference};

const N: usize = 16;
const D: usize = 32;
const IT: usize = 10;
const STREET: usize = 8;

/// One head of the short sentence, read by hand: eight bytes of header length, a JSON header, f32 data.
fn head(layer: usize, head: usize) -> Attention<f32> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static/data/minilm/short.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let header_len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + header_len]).unwrap();
    let data = &bytes[8 + header_len..];
    let tensor = |name: &str| {
        assert_eq!(header[name]["shape"], serde_json::json!([6, 12, N, D]));
        assert_eq!(header[name]["dtype"], "F32");
        let start = header[name]["data_offsets"][0].as_u64().unwrap() as usize + (layer * 12 + head) * N * D * 4;
        let numbers = data[start..start + N * D * 4].chunks_exact(4);
        let numbers = numbers.map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        Array2::from_shape_vec((N, D), numbers).unwrap()
    };
    let scale = 1.0 / (D as f32).sqrt();
    Attention { q: tensor("q"), k: tensor("k"), v: tensor("v"), scale, mask: Mask::new(MaskKind::None, N, N) }
}

fn reversed_keys(x: &Attention<f32>) -> Attention<f32> {
    let back = |matrix: &Array2<f32>| matrix.slice(s![..;-1, ..]).to_owned();
    Attention { k: back(&x.k), v: back(&x.v), ..x.clone() }
}

fn tiles(br: usize, bc: usize) -> Tiling {
    Tiling::new(br, bc).unwrap()
}

/// Every rescale of a finite past as (row, factor), and the result.
fn rescales(x: &Attention<f32>, rescale: Rescale) -> (Vec<(usize, f32)>, Output<f32>) {
    let (mut found, mut m_old) = (Vec::new(), Vec::new());
    let out = fa2::forward(x, tiles(4, 4), rescale, &mut |event: Event<'_, f32>| match event {
        Event::Max { m_old: m, .. } => m_old = m.to_vec(),
        Event::Factor { i, alpha, .. } => {
            let rows = alpha.iter().zip(&m_old).enumerate();
            found.extend(rows.filter(|&(_, (&a, &m))| m.is_finite() && a != 1.0).map(|(r, (&a, _))| (i * 4 + r, a)));
        }
        _ => {}
    });
    (found, out)
}

fn n_rows(found: &[(usize, f32)]) -> usize {
    (0..N).filter(|row| found.iter().any(|(r, _)| r == row)).count()
}

#[track_caller]
fn near(got: f64, stated: f64, half_unit: f64) {
    assert!((got - stated).abs() <= half_unit, "stated {stated}, got {got}");
}

#[test]
fn how_often_the_past_is_rescaled() {
    for (layer, number, n_rescales, rows) in [(5, 9, 24, 15), (3, 1, 2, 2), (5, 11, 0, 0)] {
        let (found, _) = rescales(&head(layer, number), Rescale::On);
        assert_eq!((found.len(), n_rows(&found)), (n_rescales, rows), "head {layer}/{number}: {found:?}");
    }
    let x = head(3, 1);
    let (found, out) = rescales(&reversed_keys(&x), Rescale::On);
    assert_eq!((found.len(), n_rows(&found)), (26, 15));
    let (_, forward) = rescales(&x, Rescale::On);
    for (a, b) in out.o.iter().zip(&forward.o) {
        near(f64::from(*a), f64::from(*b), 2e-6);
    }
}

#[test]
fn the_row_of_it() {
    let x = head(5, 9);
    let mut path = Vec::new();
    fa2::forward(&x, tiles(4, 4), Rescale::On, &mut |event: Event<'_, f32>| match event {
        Event::Max { i: 2, m_new, .. } => path.push((f64::from(m_new[IT - 8]), 0.0)),
        Event::Factor { i: 2, alpha, .. } => path.last_mut().unwrap().1 = f64::from(alpha[IT - 8]),
        _ => {}
    });
    let stated = [(2.20, 0.0), (2.75, 0.576), (2.75, 1.0), (3.39, 0.529)];
    assert_eq!(path.len(), stated.len());
    for ((m, a), (stated_m, stated_a)) in path.into_iter().zip(stated) {
        near(m, stated_m, 0.005);
        near(a, stated_a, 0.0005);
    }
}

#[test]
fn without_rescaling() {
    let x = head(5, 9);
    let exact = reference::attention(&x.cast()).out;
    let (_, broken) = rescales(&x, Rescale::Off);
    let off_by = |row: usize| {
        let (mut gap, mut size) = (0.0, 0.0);
        for c in 0..D {
            gap += (f64::from(broken.o[[row, c]]) - exact[[row, c]]).powi(2);
            size += exact[[row, c]].powi(2);
        }
        (gap / size).sqrt()
    };
    let right: Vec<usize> = (0..N).filter(|&row| off_by(row) < 1e-5).collect();
    assert_eq!(right, [STREET]);
    near(off_by(IT), 0.37, 0.005);
}

#[test]
fn the_odometer() {
    let x = head(5, 9);
    let sizes = Sizes::square(N, D);
    assert_eq!(io_model::standard_traffic(sizes).total(), 3_072);
    for (br, fa2_total) in [(4, 5_136), (8, 3_088), (16, 2_064)] {
        let run = fa2::forward(&x, tiles(br, 4), Rescale::On, &mut ());
        assert_eq!(run.traffic, io_model::fa2_traffic(sizes, tiles(br, 4)));
        assert_eq!(run.traffic.total(), fa2_total);
    }
    let run = fa1::forward(&x, tiles(4, 4), Rescale::On, &mut ());
    assert_eq!(run.traffic, io_model::fa1_traffic(sizes, tiles(4, 4)));
    assert_eq!(run.traffic.total(), 7_968);
}

#[test]
fn traffic_at_real_sizes() {
    let sizes = Sizes::square(1024, 64);
    let fa2_total = |br| io_model::fa2_traffic(sizes, tiles(br, 200)).total();
    let fa1_of = |sram, n| io_model::fa1_traffic(Sizes::square(n, 64), io_model::paper_tiles(sram, 64, n).unwrap()).total();
    assert_eq!((fa2_total(64), fa2_total(113), fa2_total(114)), (2_229_248, 1_442_816, 1_311_744));
    assert_eq!([25_600, 51_200, 102_400, 204_800].map(|sram| fa1_of(sram, 1024)), [2_406_400, 1_402_880, 800_768, 600_064]);
    assert!(fa2_total(113) > fa1_of(51_200, 1024) && fa1_of(51_200, 1024) > fa2_total(114));
    assert_eq!(fa1_of(10_240, 512), 1_403_904);
    assert_eq!(io_model::standard_traffic(Sizes::square(512, 64)).total(), 1_179_648);
}

#[test]
fn causal_tiles_that_are_never_loaded() {
    for (size, n_skipped) in [(4, 6), (1, 120)] {
        let mut x = head(5, 9);
        x.mask = Mask::new(MaskKind::CausalBottomRight, N, N);
        let mut skipped = 0;
        fa2::forward(&x, tiles(size, size), Rescale::On, &mut |event: Event<'_, f32>| {
            skipped += usize::from(matches!(event, Event::Skip { .. }));
        });
        assert_eq!(skipped, n_skipped);
    }
}

const EIGHT: [f64; 8] = [8.0, 10.0, 9.0, 11.0, 10.0, 12.0, 7.0, 11.0];

/// The sum after each element, in the format `F`.
fn sums<F: Scalar>(xs: &[f64], safety: Safety) -> (Vec<f64>, Vec<F>) {
    let xs: Vec<F> = xs.iter().map(|&x| F::from_f64(x)).collect();
    let mut sums = Vec::new();
    let run = online_softmax::softmax(&xs, &online_softmax::blocks(xs.len(), 0), safety, &mut |event| {
        if let online_softmax::Event::Element { d, .. } = event {
            sums.push(d.to_f64());
        }
    });
    (sums, run.probs)
}

#[test]
fn eight_logits() {
    let mut moves = Vec::new();
    let whole = online_softmax::blocks(8, 0);
    let run = online_softmax::softmax(&EIGHT.map(|x| x as f32), &whole, Safety::On, &mut |event| {
        if let online_softmax::Event::Element { m_new, factor, .. } = event
            && event.rescales()
        {
            moves.push((m_new, f64::from(factor)));
        }
    });
    assert_eq!(moves.iter().map(|&(m, _)| m).collect::<Vec<_>>(), [10.0, 11.0, 12.0]);
    for ((_, factor), stated) in moves.iter().zip([0.1353, 0.3679, 0.3679]) {
        near(*factor, stated, 0.00005);
    }
    for (p, stated) in run.probs.iter().zip([0.009, 0.065, 0.024, 0.177, 0.065, 0.480, 0.003, 0.177]) {
        near(f64::from(*p), stated, 0.0005);
    }
    let (d, _) = sums::<f32>(&EIGHT, Safety::On);
    near(d[4], 1.9209, 0.00005);
    near(d[5], 1.7067, 0.00005);
}

#[test]
fn two_halves_merge_from_either_side() {
    let mut parts: Vec<Summary<f64>> = Vec::new();
    let run = online_softmax::softmax(&EIGHT, &online_softmax::blocks(8, 4), Safety::On, &mut |event| {
        if let online_softmax::Event::Merge { part, .. } = event {
            parts.push(part);
        }
    });
    for (part, (m, d)) in parts.iter().zip([(11.0, 1.5530), (12.0, 1.5100)]) {
        assert_eq!(part.m, m);
        near(part.d, d, 0.00005);
    }
    near(run.summary.d, 2.0813, 0.00005);
    assert_eq!(parts[0].merge(parts[1]), parts[1].merge(parts[0]));
}

#[test]
fn without_subtracting_the_maximum() {
    let (d, probs) = sums::<f32>(&EIGHT, Safety::Off);
    near(d[7], 338_737.0, 0.5);
    near(probs[5].to_f64(), 0.480, 0.0005);
    let (d, probs) = sums::<f16>(&EIGHT, Safety::Off);
    assert!(d[2].is_finite() && d[3].is_infinite(), "{d:?}");
    assert!(f16::from_f64(11.0_f64.exp()).is_finite());
    assert!(probs[5].is_nan() && probs[0].to_f64() == 0.0, "{probs:?}");
    let (d, _) = sums::<f32>(&EIGHT.map(|x| x * 10.0), Safety::Off);
    assert!(d[0].is_finite() && d[1].is_infinite(), "{d:?}");
    let (d, probs) = sums::<f16>(&EIGHT, Safety::On);
    near(d[7], 2.0813, 0.005);
    near(probs[5].to_f64(), 0.480, 0.001);
}
