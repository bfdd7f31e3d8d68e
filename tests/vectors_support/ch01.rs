//! Attention and FlashAttention: the reference, and the explained version in f64 and in f32.

use super::check::{Case, Check, Null, Tolerance, applies};
use ndarray::{Array1, Array2};
use serde_json::Value;
use unrolled::algorithms::flash_attention::backward::{self, Table};
use unrolled::algorithms::flash_attention::io_model::{self, Sizes};
use unrolled::algorithms::flash_attention::{Event, Output, Rescale, Tiling, Traffic, fa1, fa2, standard};
use unrolled::algorithms::online_softmax::{self, Safety, Softmax, Summary};
use unrolled::algorithms::{Attention, Mask, MaskKind, Real, Scalar, reference};

fn wide<F: Real>(matrix: &Array2<F>) -> Array2<f64> {
    matrix.mapv(F::to_f64)
}

fn wide_list<F: Scalar>(list: impl IntoIterator<Item = F>) -> Vec<f64> {
    list.into_iter().map(F::to_f64).collect()
}

fn or_neg_infinity(list: &[Option<f64>]) -> Vec<f64> {
    list.iter().map(|x| x.unwrap_or(f64::NEG_INFINITY)).collect()
}

/// Tilings that cut the inputs in various ways, one of them not at all.
fn tilings(x: &Attention<f64>) -> Vec<Tiling> {
    let sizes = [(1, 1), (2, 3), (3, 2), (x.n_queries(), x.n_keys()), (64, 64)];
    sizes.into_iter().filter_map(|(br, bc)| Tiling::new(br, bc)).collect()
}

pub fn softmax_attention(case: &Case, check: &mut Check) {
    let Some(x) = check.inputs(case.attention()) else { return };
    let (tolerances, want) = (check.tolerances, case.expected);
    let exact = reference::attention(&x);
    check.matrix("out", &want["out"], &exact.out, tolerances.f64);
    check.list("lse", &want["lse"], &or_neg_infinity(&exact.lse), tolerances.f64, Null::NegInfinity);
    check.matrix("probs", &want["probs"], &exact.probs, tolerances.f64);
    if applies(&want["row_live"]) {
        let live = want["row_live"].as_array().map(Vec::as_slice).unwrap_or_default();
        let live: Vec<bool> = live.iter().map(|bit| bit.as_bool().unwrap_or(bit.as_f64() == Some(1.0))).collect();
        check.same("row_live", live, exact.row_live);
    }
    for tiles in tilings(&x) {
        attention_in(&x, tiles, want, tolerances.f64, check);
        attention_in(&x.cast::<f32>(), tiles, want, tolerances.f32, check);
    }
}

fn attention_in<F: Real>(x: &Attention<F>, tiles: Tiling, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    let mut scores = Array2::from_elem((x.n_queries(), x.n_keys()), F::neg_infinity());
    let mut keep = |event: Event<'_, F>| {
        if let Event::Scores { i, j, s } = event {
            for ((r, c), &entry) in s.indexed_iter() {
                scores[[i * tiles.br.get() + r, j * tiles.bc.get() + c]] = entry;
            }
        }
    };
    let two = fa2::forward(x, tiles, Rescale::On, &mut keep);
    let one = fa1::forward(x, tiles, Rescale::On, &mut ());
    for (order, run) in [("FA-2", &two), ("FA-1", &one)] {
        let name = |field: &str| format!("{order} {format} {}x{} {field}", tiles.br, tiles.bc);
        check.matrix(&name("out"), &want["out"], &wide(&run.o), tolerance);
        let lse = wide_list(run.lse.iter().copied());
        check.list(&name("lse"), &want["lse"], &lse, tolerance, Null::NegInfinity);
    }
    let probs = Array2::from_shape_fn(scores.dim(), |(r, c)| {
        // By m and l, not by their sum L: at a score of 1e4 an f32 L is off by 5e-4.
        let s = scores[[r, c]];
        if s == F::neg_infinity() { 0.0 } else { ((s - two.m[r]).exp() / two.l[r]).to_f64() }
    });
    check.matrix(&format!("FA-2 {format} probs"), &want["probs"], &probs, tolerance);
}

pub fn online_softmax_trace(case: &Case, check: &mut Check) {
    if !case.inputs["x"].is_array() {
        return check.fail("input `x` is not a list");
    }
    let xs = super::check::numbers(&case.inputs["x"]);
    let tolerances = check.tolerances;
    online_in::<f64>(&xs, case.expected, tolerances.f64, check);
    online_in::<f32>(&xs, case.expected, tolerances.f32, check);
}

fn online_in<F: Scalar>(xs: &[f64], want: &Value, tolerance: Tolerance, check: &mut Check) {
    let xs: Vec<F> = xs.iter().map(|&x| F::from_f64(x)).collect();
    let format = std::any::type_name::<F>();
    let name = |field: &str| format!("{format} {field}");
    let (mut trace_m, mut trace_d, mut n_rescales) = (Vec::new(), Vec::new(), 0u64);
    let whole = online_softmax::blocks(xs.len(), 0);
    let run = online_softmax::softmax(&xs, &whole, Safety::On, &mut |event| {
        n_rescales += u64::from(event.rescales());
        if let online_softmax::Event::Element { m_new, d, .. } = event {
            trace_m.push(m_new.to_f64());
            trace_d.push(d.to_f64());
        }
    });
    check.list(&name("trace_m"), &want["trace_m"], &trace_m, tolerance, Null::NegInfinity);
    check.list(&name("trace_d"), &want["trace_d"], &trace_d, tolerance, Null::Skip);
    if let Some(expected) = want["rescale_events"].as_u64() {
        check.same(&name("rescale_events"), expected, n_rescales);
    }
    final_values(&name("two looks"), &xs, &run, want, tolerance, check);
    final_values(&name("three looks"), &xs, &online_softmax::three_pass(&xs), want, tolerance, check);
    for merges in want["block_merges"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let Some(size) = merges["block"].as_u64() else { continue };
        let (mut parts, mut sums): (Vec<Summary<F>>, Vec<Summary<F>>) = (Vec::new(), Vec::new());
        let blocks = online_softmax::blocks(xs.len(), size as usize);
        let run = online_softmax::softmax(&xs, &blocks, Safety::On, &mut |event| {
            if let online_softmax::Event::Merge { part, after, .. } = event {
                parts.push(part);
                sums.push(after);
            }
        });
        let field = |field: &str| format!("{format} block_merges (block {size}) {field}");
        for (kind, list) in [("block", &parts), ("acc", &sums)] {
            let (m, d) = (format!("{kind}_m"), format!("{kind}_d"));
            check.list(&field(&m), &merges[&m], &wide_list(list.iter().map(|s| s.m)), tolerance, Null::NegInfinity);
            check.list(&field(&d), &merges[&d], &wide_list(list.iter().map(|s| s.d)), tolerance, Null::Skip);
        }
        final_values(&field("result"), &xs, &run, want, tolerance, check);
    }
}

fn final_values<F: Scalar>(name: &str, xs: &[F], run: &Softmax<F>, want: &Value, tolerance: Tolerance, check: &mut Check) {
    check.list(&format!("{name} softmax"), &want["softmax"], &wide_list(run.probs.iter().copied()), tolerance, Null::Skip);
    if let Some(d) = want["final_d"].as_f64() {
        check.number(&format!("{name} final_d"), d, run.summary.d.to_f64(), tolerance);
    }
    let all_masked = xs.iter().all(|&x| x == F::neg_infinity());
    for (field, got) in [("final_m", run.summary.m), ("logsumexp", run.logsumexp())] {
        match want[field].as_f64() {
            Some(expected) => check.number(&format!("{name} {field}"), expected, got.to_f64(), tolerance),
            // Of nothing, both are -inf, which is written null; else null is "not applicable".
            None if all_masked => check.number(&format!("{name} {field}"), f64::NEG_INFINITY, got.to_f64(), tolerance),
            None => {}
        }
    }
}

/// One entry of a tile trace.
#[derive(Debug, Default)]
struct TileStep {
    i: usize,
    j: usize,
    skipped: bool,
    m: Vec<f64>,
    l: Vec<f64>,
    alpha: Vec<f64>,
    o: Array2<f64>,
}

fn record<F: Real>(steps: &mut Vec<TileStep>, event: Event<'_, F>) {
    let list = |values: &Array1<F>| wide_list(values.iter().copied());
    if let Event::Skip { i, j } = event {
        return steps.push(TileStep { i, j, skipped: true, ..TileStep::default() });
    }
    if let Event::Scores { i, j, .. } = event {
        steps.push(TileStep { i, j, ..TileStep::default() });
    }
    let Some(step) = steps.last_mut() else { return };
    match event {
        Event::Max { m_new, .. } => step.m = list(m_new),
        Event::Factor { alpha, .. } => step.alpha = list(alpha),
        Event::Sum { l, .. } => step.l = list(l),
        Event::Output { o, .. } => step.o = wide(o),
        _ => {}
    }
}

pub fn flash_tile_trace(case: &Case, check: &mut Check) {
    let Some(x) = check.inputs(case.attention()) else { return };
    let tolerances = check.tolerances;
    let Some(tiles) = Tiling::new(case.size("Br").unwrap_or(4), case.size("Bc").unwrap_or(4)) else {
        return check.fail("Br or Bc is 0");
    };
    let exact = reference::attention(&x);
    check.matrix("reference out", &case.expected["out"], &exact.out, tolerances.f64);
    check.list("reference lse", &case.expected["lse"], &or_neg_infinity(&exact.lse), tolerances.f64, Null::NegInfinity);
    tile_trace_in(&x, tiles, case.expected, tolerances.f64, check);
    tile_trace_in(&x.cast::<f32>(), tiles, case.expected, tolerances.f32, check);
}

fn tile_trace_in<F: Real>(x: &Attention<F>, tiles: Tiling, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    let (mut steps1, mut steps2) = (Vec::new(), Vec::new());
    let two = fa2::forward(x, tiles, Rescale::On, &mut |event: Event<'_, F>| record(&mut steps2, event));
    let one = fa1::forward(x, tiles, Rescale::On, &mut |event: Event<'_, F>| record(&mut steps1, event));
    for (order, run, steps) in [("fa2", &two, &steps2), ("fa1", &one, &steps1)] {
        check.matrix(&format!("{order} {format} out"), &want["out"], &wide(&run.o), tolerance);
        let lse = wide_list(run.lse.iter().copied());
        check.list(&format!("{order} {format} lse"), &want["lse"], &lse, tolerance, Null::NegInfinity);
        let field = format!("{order}_trace");
        trace(&format!("{format} {field}"), &want[&field], steps, tolerance, check);
    }
    let Output { m, l, .. } = one;
    check.list(&format!("{format} fa1_final_m"), &want["fa1_final_m"], &wide_list(m), tolerance, Null::NegInfinity);
    check.list(&format!("{format} fa1_final_l"), &want["fa1_final_l"], &wide_list(l), tolerance, Null::Skip);
}

fn trace(name: &str, want: &Value, steps: &[TileStep], tolerance: Tolerance, check: &mut Check) {
    if !applies(want) {
        return;
    }
    let entries = want.as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.len() != steps.len() {
        return check.fail(format!("{name}: expected {} entries, got {}", entries.len(), steps.len()));
    }
    for (idx, (entry, step)) in entries.iter().zip(steps).enumerate() {
        let field = |field: &str| format!("{name}[{idx}] {field}");
        for (index, got) in [("i", step.i), ("j", step.j)] {
            if let Some(expected) = entry[index].as_u64() {
                check.same(&field(index), expected, got as u64);
            }
        }
        if let Some(expected) = entry["skipped"].as_bool() {
            check.same(&field("skipped"), expected, step.skipped);
        }
        if step.skipped {
            continue;
        }
        check.list(&field("m"), &entry["m"], &step.m, tolerance, Null::NegInfinity);
        check.list(&field("l"), &entry["l"], &step.l, tolerance, Null::Skip);
        check.list(&field("alpha"), &entry["alpha"], &step.alpha, tolerance, Null::Skip);
        check.matrix(&field("o_unnorm"), &entry["o_unnorm"], &step.o, tolerance);
        check.matrix(&field("o"), &entry["o"], &step.o, tolerance);
    }
}

pub fn flash_backward(case: &Case, check: &mut Check) {
    let Some(x) = check.inputs(case.attention()) else { return };
    let Some(d_out) = check.inputs(case.matrix("do")) else { return };
    let (tolerances, want) = (check.tolerances, case.expected);
    let exact = reference::attention(&x);
    let g = reference::gradients(&x, &exact, &d_out);
    check.matrix("out", &want["out"], &exact.out, tolerances.f64);
    check.list("lse", &want["lse"], &or_neg_infinity(&exact.lse), tolerances.f64, Null::NegInfinity);
    check.list("D", &want["D"], &g.delta, tolerances.f64, Null::Skip);
    let tables = [("P", &exact.probs), ("dP", &g.dp), ("dS", &g.ds), ("dq", &g.dq), ("dk", &g.dk), ("dv", &g.dv)];
    for (field, got) in tables {
        check.matrix(field, &want[field], got, tolerances.f64);
    }
    for tiles in tilings(&x) {
        backward_in(&x, &d_out, tiles, want, tolerances.f64, check);
        backward_in(&x.cast::<f32>(), &d_out.mapv(|x| x as f32), tiles, want, tolerances.f32, check);
    }
}

fn backward_in<F: Real>(x: &Attention<F>, d_out: &Array2<F>, tiles: Tiling, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let forward = fa2::forward(x, tiles, Rescale::On, &mut ());
    let shape = (x.n_queries(), x.n_keys());
    // Skipped tiles are never computed: their P and dS are 0, their dP is nobody's business.
    let (mut p, mut ds, mut dp) = (Array2::zeros(shape), Array2::zeros(shape), Array2::from_elem(shape, None));
    let g = backward::gradients(x, &forward, d_out, tiles, &mut |event: backward::Event<'_, F>| {
        let backward::Event::Tile { i, j, table, entries } = event else { return };
        for ((r, c), &entry) in entries.indexed_iter() {
            let at = [i * tiles.br.get() + r, j * tiles.bc.get() + c];
            match table {
                Table::Scores => {}
                Table::Probs => p[at] = entry.to_f64(),
                Table::ProbsGrad => dp[at] = Some(entry.to_f64()),
                Table::ScoresGrad => ds[at] = entry.to_f64(),
            }
        }
    });
    let format = format!("{} {}x{}", std::any::type_name::<F>(), tiles.br, tiles.bc);
    check.matrix(&format!("{format} out"), &want["out"], &wide(&forward.o), tolerance);
    let lse = wide_list(forward.lse.iter().copied());
    check.list(&format!("{format} lse"), &want["lse"], &lse, tolerance, Null::NegInfinity);
    check.list(&format!("{format} D"), &want["D"], &wide_list(g.delta.iter().copied()), tolerance, Null::Skip);
    let (dq, dk, dv) = (wide(&g.dq), wide(&g.dk), wide(&g.dv));
    for (field, got) in [("P", &p), ("dS", &ds), ("dq", &dq), ("dk", &dk), ("dv", &dv)] {
        check.matrix(&format!("{format} {field}"), &want[field], got, tolerance);
    }
    for ((r, c), got) in dp.indexed_iter() {
        if let (Some(got), Some(expected)) = (got, want["dP"][r][c].as_f64()) {
            check.number(&format!("{format} dP[{r}][{c}]"), expected, *got, tolerance);
        }
    }
}

/// A run over numbers is made up to so many multiplications.
const MOST_WORK: usize = 1024 * 1024 * 64;

pub fn io_model(case: &Case, check: &mut Check) {
    let (Some(n), Some(d)) = (case.size("N"), case.size("d")) else { return check.fail("N or d is missing") };
    let sram_tiles = case.size("M_elements").and_then(|sram| {
        let raw = io_model::paper_tiles(sram, d, usize::MAX)?;
        for (field, got) in [("paper_Br", raw.br), ("paper_Bc", raw.bc)] {
            if let Some(expected) = case.size(field) {
                check.same(field, expected, got.get());
            }
        }
        io_model::paper_tiles(sram, d, n)
    });
    let given = (case.size("Br"), case.size("Bc"));
    if let (Some(tiles), (Some(br), Some(bc))) = (sram_tiles, given) {
        check.same("(Br, Bc) of the paper", (br, bc), (tiles.br.get(), tiles.bc.get()));
    }
    let tiles = match given {
        (Some(br), Some(bc)) => Tiling::new(br, bc),
        _ => sram_tiles,
    };
    let Some(tiles) = tiles else { return check.fail("no tile size") };
    let want = case.expected;
    for (field, n_tiles) in [("Tr", tiles.query_tiles(n).count()), ("Tc", tiles.key_tiles(n).count())] {
        if let Some(expected) = want[field].as_u64() {
            check.same(field, expected, n_tiles as u64);
        }
    }
    let sizes = Sizes::square(n, d);
    traffic("standard", &want["standard"], io_model::standard_traffic(sizes), check);
    traffic("fa1", &want["fa1"], io_model::fa1_traffic(sizes, tiles), check);
    traffic("fa2", &want["fa2"], io_model::fa2_traffic(sizes, tiles), check);
    // The listings themselves, over shapes at any size, and over numbers where that takes no time.
    let shapes = sizes.head();
    traffic("run of standard", &want["standard"], standard::forward(&shapes).traffic, check);
    traffic("run of fa1", &want["fa1"], fa1::forward(&shapes, tiles, Rescale::On, &mut ()).traffic, check);
    traffic("run of fa2", &want["fa2"], fa2::forward(&shapes, tiles, Rescale::On, &mut ()).traffic, check);
    if n.saturating_mul(n).saturating_mul(d) <= MOST_WORK {
        let mask = Mask::new(MaskKind::None, n, n);
        let zeros = || Array2::<f32>::zeros((n, d));
        let x = Attention { q: zeros(), k: zeros(), v: zeros(), scale: 1.0, mask };
        traffic("counted fa1", &want["fa1"], fa1::forward(&x, tiles, Rescale::On, &mut ()).traffic, check);
        traffic("counted fa2", &want["fa2"], fa2::forward(&x, tiles, Rescale::On, &mut ()).traffic, check);
    }
}

fn traffic(name: &str, want: &Value, got: Traffic, check: &mut Check) {
    for (field, got) in [("reads", got.reads), ("writes", got.writes), ("total", got.total())] {
        if let Some(expected) = want[field].as_u64() {
            check.same(&format!("{name} {field}"), expected, got);
        }
    }
}
