//! The working line: a count written out term by term, each term with what moves.

use super::figure::Traffic;
use super::paper;
use crate::content::{Lang, Rich, say};

/// Why a count is what it is: `standard`, `fa1`, `fa2`, or one of them at a place on a curve (`fa2:br:113`).
pub fn why(fig: &Traffic, cell: &str, lang: Lang) -> Option<Rich> {
    let (n, d, br, bc) = (fig.inputs.n, fig.inputs.d, fig.inputs.br(), fig.inputs.bc());
    let [standard, one, two] = fig.now.totals().map(|x| x as usize);
    let (nd, table) = (n * d, n * n);
    let (t_r, t_c) = (n.div_ceil(br), n.div_ceil(bc));
    let two_nd = 2 * nd;
    match cell {
        "standard" => Some(say!(lang; standard, nd, table;
            "standard: <q|Q> {nd} + <k|K> {nd} in, S {table} out, S {table} in, P {table} out, P {table} + <v|V> {nd} in, <o|O> {nd} out = {standard}",
            "标准：读 <q|Q> {nd} + <k|K> {nd}，写 S {table}，读 S {table}，写 P {table}，读 P {table} + <v|V> {nd}，写 <o|O> {nd} = {standard}")),
        "fa1" => {
            let (pass, start) = (3 * nd + 4 * n, nd + 2 * n);
            Some(say!(lang; one, n, bc, t_c, two_nd, pass, start;
                "FA-1: empty O, ℓ, m out {start} + <k|K>, <v|V> in {two_nd} + ⌈{n}/{bc}⌉ = {t_c} times (<q|Q>, <o|O>, ℓ, m in, <o|O>, ℓ, m out: {pass}) = {one}",
                "FA-1：写空的 O、ℓ、m {start} + 读 <k|K>、<v|V> {two_nd} + ⌈{n}/{bc}⌉ = {t_c} 次（读 <q|Q>、<o|O>、ℓ、m，写 <o|O>、ℓ、m：{pass}）= {one}"))
        }
        "fa2" => Some(say!(lang; two, n, nd, br, t_r, two_nd;
            "FA-2: <q|Q> in {nd} + ⌈{n}/{br}⌉ = {t_r} times (<k|K>, <v|V> in: {two_nd}) + <o|O> out {nd} + L out {n} = {two}",
            "FA-2：读 <q|Q> {nd} + ⌈{n}/{br}⌉ = {t_r} 次（读 <k|K>、<v|V>：{two_nd}）+ 写 <o|O> {nd} + 写 L {n} = {two}")),
        "paper" => {
            let [standard, one, _] = fig.paper.totals();
            let heads = paper::HEADS as usize;
            Some(say!(lang; heads, a = standard as usize, b = one as usize, x = &paper::gigabytes(standard), y = &paper::gigabytes(one);
                "2 bytes × {heads} heads × {a} elements = {x} GB for standard attention, × {b} = {y} GB for FA-1",
                "2 字节 × {heads} 个头 × {a} 个元素 = {x} GB（标准注意力），× {b} = {y} GB（FA-1）"))
        }
        _ => {
            let (name, at) = cell.split_once(":cross:")?;
            let at: usize = at.parse().ok().filter(|at| Some(*at) == fig.curves.crossing)?;
            let (before, t_r) = (fig.fa2_at(at.checked_sub(1)?) as usize, n.div_ceil(at));
            let after = fig.fa2_at(at) as usize;
            (name == "fa2").then(|| {
                say!(lang; at, n, t_r, before, after, one;
                "Br = {at}: ⌈{n}/{at}⌉ = {t_r} query tiles, one fewer than before; FA-2 {before} → <now|{after}>, FA-1 {one}",
                "Br = {at}：⌈{n}/{at}⌉ = {t_r} 块 query，比之前少一块；FA-2 {before} → <now|{after}>，FA-1 {one}")
            })
        }
    }
}
