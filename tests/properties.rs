//! What must hold for any input: the explained version against the reference, the laws of the monoid, the player, the address.

#![allow(clippy::unwrap_used, reason = "a test stops where its data cannot be read")]

use ndarray::{Array2, Axis};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg32;
use unrolled::algorithms::flash_attention::io_model::{self, Sizes};
use unrolled::algorithms::flash_attention::{Event, Output, Rescale, Tiling, backward, fa1, fa2};
use unrolled::algorithms::online_softmax::{self, Safety, Summary};
use unrolled::algorithms::{Attention, Mask, MaskKind, Real, reference};
use unrolled::figure::{Field, Kind, Values};
use unrolled::trace::{Command, Player, SPEEDS};

const N_SEEDS: u64 = 500;

/// |f32 - f64 reference| of an output entry. Values are standard normal and the weights sum to 1, so that outputs
/// are about 1; scores reach 60, where an f32 is good to 2e-6, which exp turns into the relative error of a weight.
/// Measured over the 500 seeds: 2.9e-6 at most. Twice that, since exp and the order of sums differ between machines.
const TOLERANCE: f64 = 6e-6;

/// The same for the gradients, which add up over queries or keys and carry the size of Q and K: measured 7.5e-6.
const GRADIENT_TOLERANCE: f64 = 1.5e-5;

fn normal(rng: &mut Pcg32, n_rows: usize, n_cols: usize, size: f64) -> Array2<f64> {
    // Through f32, so that the f32 run and the reference begin with the same numbers.
    let entry = |_| f64::from((rng.sample::<f64, _>(StandardNormal) * size) as f32);
    Array2::from_shape_vec((n_rows, n_cols), (0..n_rows * n_cols).map(entry).collect()).unwrap()
}

/// A random head, tiling and masks included: 1 to 20 queries and keys, unequal, d and dv from 1 to 16.
fn random_case(seed: u64) -> (Attention<f64>, Tiling) {
    let mut rng = Pcg32::seed_from_u64(seed);
    let (n_queries, n_keys) = (rng.random_range(1..=20), rng.random_range(1..=20));
    let (d, dv) = (rng.random_range(1..=16), rng.random_range(1..=16));
    let kinds = [MaskKind::None, MaskKind::CausalBottomRight, MaskKind::CausalTopLeft];
    let kind = kinds[rng.random_range(0..kinds.len())];
    let key_keep = rng.random_bool(0.3).then(|| (0..n_keys).map(|_| rng.random_bool(0.6)).collect());
    let size = rng.random_range(0.1..3.0);
    let x = Attention {
        q: normal(&mut rng, n_queries, d, size),
        k: normal(&mut rng, n_keys, d, size),
        v: normal(&mut rng, n_keys, dv, 1.0),
        scale: f64::from((1.0 / (d as f64).sqrt()) as f32),
        mask: Mask { kind, key_keep, n_queries, n_keys },
    };
    let tiles = Tiling::new(rng.random_range(1..=24), rng.random_range(1..=24)).unwrap();
    (x, tiles)
}

/// The largest distance, or an error that names the place; a NaN or a difference of shape is an error.
fn distance<F: Real>(got: &Array2<F>, want: &Array2<f64>) -> Result<f64, String> {
    if got.dim() != want.dim() {
        return Err(format!("shape {:?} instead of {:?}", got.dim(), want.dim()));
    }
    let mut largest: f64 = 0.0;
    for ((at, got), want) in got.indexed_iter().zip(want) {
        let gap = (got.to_f64() - want).abs();
        if gap.is_nan() {
            return Err(format!("{at:?}: {got:?} instead of {want}"));
        }
        largest = largest.max(gap);
    }
    Ok(largest)
}

fn close<F: Real>(got: &Array2<F>, want: &Array2<f64>, tolerance: f64) -> Result<f64, String> {
    match distance(got, want)? {
        gap if gap <= tolerance => Ok(gap),
        gap => Err(format!("off by {gap:e}, more than {tolerance:e}")),
    }
}

#[test]
fn f32_is_near_the_f64_reference() {
    let mut worst: f64 = 0.0;
    for seed in 0..N_SEEDS {
        let (x, tiles) = random_case(seed);
        let exact = reference::attention(&x);
        let x32 = x.cast::<f32>();
        let runs = [("FA-2", fa2::forward(&x32, tiles, Rescale::On, &mut ())), ("FA-1", fa1::forward(&x32, tiles, Rescale::On, &mut ()))];
        for (order, run) in runs {
            let gap = close(&run.o, &exact.out, TOLERANCE).unwrap_or_else(|error| panic!("seed {seed}, {order}: {error}"));
            worst = worst.max(gap);
            for (row, lse) in exact.lse.iter().enumerate() {
                let want = lse.unwrap_or(f64::NEG_INFINITY);
                let got = f64::from(run.lse[row]);
                assert!(got == want || (got - want).abs() < 4e-6 * (1.0 + want.abs()), "seed {seed}, {order}: L[{row}]");
            }
        }
    }
    println!("largest difference over {N_SEEDS} seeds: {worst:e}");
}

#[test]
fn f32_gradients_are_near_the_f64_reference() {
    let mut worst: f64 = 0.0;
    for seed in 0..N_SEEDS {
        let (x, tiles) = random_case(seed);
        let d_out = normal(&mut Pcg32::seed_from_u64(seed ^ 0xd0), x.n_queries(), x.dv(), 1.0);
        let exact = reference::gradients(&x, &reference::attention(&x), &d_out);
        let x32 = x.cast::<f32>();
        let forward = fa2::forward(&x32, tiles, Rescale::On, &mut ());
        let d_out = d_out.mapv(|g| g as f32);
        let g = backward::gradients(&x32, &forward, &d_out, tiles, &mut |_: backward::Event<'_, f32>| {});
        for (name, got, want) in [("dQ", &g.dq, &exact.dq), ("dK", &g.dk, &exact.dk), ("dV", &g.dv, &exact.dv)] {
            let gap = close(got, want, GRADIENT_TOLERANCE).unwrap_or_else(|error| panic!("seed {seed}, {name}: {error}"));
            worst = worst.max(gap);
        }
    }
    println!("largest difference over {N_SEEDS} seeds: {worst:e}");
}

/// The reference's gradients are judged by difference quotients of the reference itself.
#[test]
fn reference_gradients_are_slopes() {
    const STEP: f64 = 1e-5;
    for seed in 0..20 {
        let (x, _) = random_case(seed);
        let d_out = normal(&mut Pcg32::seed_from_u64(seed ^ 0xd0), x.n_queries(), x.dv(), 1.0);
        let g = reference::gradients(&x, &reference::attention(&x), &d_out);
        let loss = |x: &Attention<f64>| (&reference::attention(x).out * &d_out).sum();
        let moved = |input: usize, at: [usize; 2], by: f64| {
            let mut x = x.clone();
            [&mut x.q, &mut x.k, &mut x.v][input][at] += by;
            loss(&x)
        };
        for (input, gradient) in [&g.dq, &g.dk, &g.dv].into_iter().enumerate() {
            for ((r, c), &slope) in gradient.indexed_iter() {
                let quotient = (moved(input, [r, c], STEP) - moved(input, [r, c], -STEP)) / (2.0 * STEP);
                assert!((slope - quotient).abs() < 1e-6, "seed {seed}, input {input}, [{r}, {c}]: {slope} {quotient}");
            }
        }
    }
}

#[test]
fn counted_traffic_is_the_formula() {
    for seed in 0..N_SEEDS {
        let (mut x, tiles) = random_case(seed);
        x.mask = Mask::new(MaskKind::None, x.n_queries(), x.n_keys());
        let sizes = Sizes { n_queries: x.n_queries(), n_keys: x.n_keys(), d: x.d(), dv: x.dv() };
        let counted = fa2::forward(&x, tiles, Rescale::On, &mut ()).traffic;
        assert_eq!(counted, io_model::fa2_traffic(sizes, tiles), "seed {seed}");
        let counted = fa1::forward(&x, tiles, Rescale::On, &mut ()).traffic;
        assert_eq!(counted, io_model::fa1_traffic(sizes, tiles), "seed {seed}");
    }
}

/// The same keys, values and padding in another order.
fn reordered(x: &Attention<f64>, order: &[usize]) -> Attention<f64> {
    let mut y = x.clone();
    y.k = x.k.select(Axis(0), order);
    y.v = x.v.select(Axis(0), order);
    y.mask.key_keep = x.mask.key_keep.as_ref().map(|keep| order.iter().map(|&key| keep[key]).collect());
    y
}

fn same_result(got: &Output<f64>, want: &Output<f64>) -> Result<(), String> {
    if got.m != want.m {
        return Err("m differs".to_string());
    }
    let (l, want_l) = (got.l.clone().insert_axis(Axis(1)), want.l.clone().insert_axis(Axis(1)));
    close(&l, &want_l, 1e-12 * 20.0).map_err(|error| format!("l {error}"))?;
    close(&got.o, &want.o, 1e-12).map_err(|error| format!("O {error}"))?;
    Ok(())
}

#[test]
fn the_order_of_key_tiles_does_not_matter() {
    for seed in 0..N_SEEDS {
        let (mut x, tiles) = random_case(seed);
        x.mask.kind = MaskKind::None;
        let want = fa2::forward(&x, tiles, Rescale::On, &mut ());
        let mut shuffled: Vec<_> = tiles.key_tiles(x.n_keys()).map(|(_, cols)| cols).collect();
        shuffled.shuffle(&mut Pcg32::seed_from_u64(seed));
        let backwards: Vec<usize> = (0..x.n_keys()).rev().collect();
        for order in [shuffled.into_iter().flatten().collect(), backwards] {
            let y = reordered(&x, &order);
            for got in [fa2::forward(&y, tiles, Rescale::On, &mut ()), fa1::forward(&y, tiles, Rescale::On, &mut ())] {
                same_result(&got, &want).unwrap_or_else(|error| panic!("seed {seed}, order {order:?}: {error}"));
            }
        }
    }
}

/// Which rows shrink a past that is not empty.
fn rows_that_rescale(x: &Attention<f64>, tiles: Tiling) -> Vec<bool> {
    let mut rows = vec![false; x.n_queries()];
    fa2::forward(x, tiles, Rescale::On, &mut |event: Event<'_, f64>| {
        if let Event::Max { i, m_old, m_new, .. } = event {
            for (r, (old, new)) in m_old.iter().zip(m_new).enumerate() {
                rows[i * tiles.br.get() + r] |= old.is_finite() && old != new;
            }
        }
    });
    rows
}

#[test]
fn without_rescaling_right_exactly_where_no_factor_differs_from_one() {
    let (mut n_right, mut n_wrong) = (0, 0);
    for seed in 0..N_SEEDS {
        let (x, tiles) = random_case(seed);
        let exact = reference::attention(&x);
        let rescaled = rows_that_rescale(&x, tiles);
        for broken in [fa2::forward(&x, tiles, Rescale::Off, &mut ()), fa1::forward(&x, tiles, Rescale::Off, &mut ())] {
            for (row, &rescaled) in rescaled.iter().enumerate() {
                let gap = (&broken.o.row(row) - &exact.out.row(row)).mapv(f64::abs).into_iter().fold(0.0, f64::max);
                let right = gap < 1e-12;
                assert_eq!(right, !rescaled, "seed {seed}, row {row}: off by {gap:e}");
                n_right += usize::from(right);
                n_wrong += usize::from(!right);
            }
        }
    }
    assert!(n_right > 1000 && n_wrong > 1000, "{n_right} right and {n_wrong} wrong rows are too few to mean much");
}

#[test]
fn every_comparison_can_fail() {
    let (x, tiles) = random_case(1);
    let exact = reference::attention(&x);
    let good = fa2::forward(&x, tiles, Rescale::On, &mut ());
    assert!(close(&good.o, &exact.out, 1e-12).is_ok() && same_result(&good, &good).is_ok());
    for wrong in [1e-3, f64::NAN, f64::INFINITY] {
        let mut bad = good.clone();
        bad.o[[0, 0]] += wrong;
        assert!(close(&bad.o, &exact.out, GRADIENT_TOLERANCE).is_err() && same_result(&bad, &good).is_err());
        let mut bad = good.clone();
        bad.l[0] += wrong;
        assert!(same_result(&bad, &good).is_err());
    }
    let mut bad = good.clone();
    bad.m[0] += 1e-3;
    assert!(same_result(&bad, &good).is_err());
    let mut short = good.o.clone();
    short.remove_index(Axis(0), 0);
    assert!(close(&short, &exact.out, 1.0).is_err());
}

fn summary(xs: &[f64]) -> Summary<f64> {
    online_softmax::softmax(xs, &online_softmax::blocks(xs.len(), 0), Safety::On, &mut |_| {}).summary
}

fn near(a: Summary<f64>, b: Summary<f64>) -> bool {
    a.m == b.m && (a.d - b.d).abs() <= 1e-12 * b.d.abs()
}

fn logits() -> impl Strategy<Value = Vec<f64>> {
    let logit = prop_oneof![8 => -50.0..50.0, 1 => Just(f64::NEG_INFINITY), 1 => -1e4..1e4];
    prop::collection::vec(logit, 0..20)
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::Play),
        Just(Command::Pause),
        any::<usize>().prop_map(Command::Seek),
        (0..60usize).prop_map(Command::Seek),
        any::<isize>().prop_map(Command::StepBy),
        (-5..=5isize).prop_map(Command::StepBy),
        any::<f32>().prop_map(Command::Speed),
        any::<f32>().prop_map(|secs| Command::Tick { secs }),
        (0.0..5.0f32).prop_map(|secs| Command::Tick { secs }),
    ]
}

static FIELDS: [Field; 8] = [
    Field { name: "order", kind: Kind::Choice(&["fa2", "fa1"]), default: "fa2" },
    Field { name: "br", kind: Kind::Int(1, 16), default: "4" },
    Field { name: "shift", kind: Kind::Int(-20, 20), default: "0" },
    Field { name: "head", kind: Kind::OptInt(0, 11), default: "" },
    Field { name: "layer", kind: Kind::OptInt(0, 5), default: "5" },
    Field { name: "scale", kind: Kind::Real(-1.5, 1e4), default: "1" },
    Field { name: "x", kind: Kind::Text(30, |_| Ok(())), default: "8,10" },
    Field { name: "matrix", kind: Kind::Long(60, |_| Ok(())), default: "" },
];

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        9 => prop::sample::select(FIELDS.iter().map(|field| field.name.to_string()).collect::<Vec<_>>()),
        1 => any::<String>(),
    ];
    let text = prop_oneof![
        any::<String>(),
        any::<f64>().prop_map(|x| x.to_string()),
        any::<i64>().prop_map(|x| x.to_string()),
        (-25..25i64).prop_map(|x| x.to_string()),
        "[ +-]?[0-9]{1,3}(\\.[0-9]{0,3})?(e[+-]?[0-9]{1,3})?[ ]?",
        prop::sample::select(vec!["", "fa1", "fa2", "FA1", "NaN", "inf", "-inf", "-0", "1e400", "０", "4.0", "１"])
            .prop_map(str::to_string),
    ];
    prop::collection::vec((name, text), 0..10)
}

fn owned(pairs: Vec<(&'static str, &str)>) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn summaries_form_a_commutative_monoid(a in logits(), b in logits(), c in logits()) {
        let (sa, sb, sc) = (summary(&a), summary(&b), summary(&c));
        let nothing = Summary::nothing(Safety::On);
        prop_assert_eq!(sa.merge(nothing), sa);
        prop_assert_eq!(nothing.merge(sa), sa);
        prop_assert_eq!(sa.merge(sb), sb.merge(sa));
        prop_assert!(near(sa.merge(sb).merge(sc), sa.merge(sb.merge(sc))));
        // A summary respects it: that of both is the merge of each.
        prop_assert!(near(summary(&[a, b].concat()), sa.merge(sb)));
    }

    #[test]
    fn two_looks_give_what_three_do(xs in logits(), size in 0..9usize, seed in any::<u64>()) {
        let mut blocks = online_softmax::blocks(xs.len(), size);
        blocks.shuffle(&mut Pcg32::seed_from_u64(seed));
        let two = online_softmax::softmax(&xs, &blocks, Safety::On, &mut |_| {});
        let three = online_softmax::three_pass(&xs);
        prop_assert!(near(two.summary, three.summary));
        for (a, b) in two.probs.iter().zip(&three.probs) {
            prop_assert!((a - b).abs() <= 1e-12);
        }
        let live = xs.iter().any(|x| x.is_finite());
        let total: f64 = two.probs.iter().sum();
        prop_assert!((total - f64::from(u8::from(live))).abs() < 1e-12);
    }

    #[test]
    fn the_player_stays_in_range(start in any::<usize>(), last in 0..50usize, commands in prop::collection::vec(command(), 0..60)) {
        let mut player = Player::at(start);
        for command in commands {
            player = player.update(command, last);
            prop_assert!(player.cursor <= last, "{command:?}: {player:?}");
            prop_assert!((0.0..1.0).contains(&player.phase), "{command:?}: {player:?}");
            prop_assert!((SPEEDS[0]..=SPEEDS[SPEEDS.len() - 1]).contains(&player.speed), "{command:?}: {player:?}");
            let ticked = matches!(command, Command::Tick { secs } if secs.is_finite() && secs > 0.0);
            prop_assert!(!(ticked && player.playing) || player.cursor < last, "{command:?}: {player:?}");
        }
    }

    #[test]
    fn so_many_forward_and_back_is_where_we_were(last in 0..200usize, start in 0..200usize, n in 0..200usize) {
        let start = start.min(last);
        let n = n.min(last - start);
        let there = (0..n).fold(Player::at(start), |player, _| player.update(Command::StepBy(1), last));
        prop_assert_eq!(there, Player::at(start + n));
        let back = (0..n).fold(there, |player, _| player.update(Command::StepBy(-1), last));
        prop_assert_eq!(back, Player::at(start));
    }

    #[test]
    fn ticks_land_where_arithmetic_says(speed in 0.25..4.0f32, ticks in prop::collection::vec(0.0..0.5f32, 0..50), start in 0..50usize) {
        let last = 10_000;
        let playing = Player::at(start).update(Command::Speed(speed), last).update(Command::Play, last);
        let landed = ticks.iter().fold(playing, |player, &secs| player.update(Command::Tick { secs }, last));
        let secs: f64 = ticks.iter().map(|&secs| f64::from(secs)).sum();
        let want = start as f64 + secs * f64::from(speed) / 0.6;
        let got = landed.cursor as f64 + f64::from(landed.phase);
        // 50 ticks of at most 3.4 steps, each rounded to an f32: 50 * 3.4 * 2^-24 and a margin.
        prop_assert!((got - want).abs() < 5e-5, "{got} instead of {want}");
        prop_assert!(landed.playing);
    }

    #[test]
    fn any_address_is_read_and_written_back(pairs in pairs()) {
        let (values, problems) = Values::parse(&FIELDS, &pairs);
        prop_assert!(problems.len() <= pairs.len());
        let written = [owned(values.pairs(false)), owned(values.pairs(true))].concat();
        let (again, problems) = Values::parse(&FIELDS, &written);
        prop_assert_eq!(&again, &values);
        prop_assert!(problems.is_empty(), "{written:?}: {problems:?}");
        let real = values.real("scale");
        prop_assert!((1..=16).contains(&values.size("br")) && (-1.5..=1e4).contains(&real));
        for (name, text) in &pairs {
            prop_assert_eq!(&values.set(name, text).0, &{
                let mut all = written.clone();
                all.push((name.clone(), text.clone()));
                Values::parse(&FIELDS, &all).0
            });
        }
    }
}
