//! The working line: every number written out.

use super::figure::Variance;
use super::numbers::{along, pair, term, value};
use super::redraws::Redraws;
use crate::algorithms::performer::{Features, Weight};
use crate::content::Value::Number;
use crate::content::{Lang, Rich, say};

/// Why a cell has its value.
pub fn why(fig: &Variance, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
    let (kind, at) = cell.split_once(':').map_or((cell, None), |(kind, at)| (kind, at.parse::<usize>().ok()));
    let method = || at.and_then(|idx| fig.redraws.get(idx));
    match (kind, at) {
        ("x" | "y", None) => Some(vector(fig, kind == "y", lang)),
        ("wx", None) => Some(projection(fig, step, 0, lang)),
        ("wy", None) => Some(projection(fig, step, 1, lang)),
        ("s", None) => Some(sample(fig, step, lang)),
        ("s", Some(idx)) if idx <= step => Some(sample(fig, idx, lang)),
        ("m", None) => Some(mean(fig, step, lang)),
        ("k", None) => Some(kernel(fig, lang)),
        ("t", None) if fig.drifts() => Some(target(fig, lang)),
        ("band", None) => Some(band(fig, step, lang)),
        ("mse", Some(_)) => method().map(|redraws| measured(fig, redraws, lang)),
        ("lemma", Some(_)) => method().map(|redraws| lemma(fig, redraws, lang)),
        ("neg", Some(_)) => method().map(|redraws| negative(redraws, lang)),
        ("mean", Some(_)) => method().map(|redraws| mean_of(fig, redraws, lang)),
        _ => None,
    }
}

fn vector(fig: &Variance, key: bool, lang: Lang) -> Rich {
    let vector = if key { fig.inputs.y } else { fig.inputs.x };
    let length = vector[0].hypot(vector[1]);
    say!(lang; text = &pair(vector), length = Number(length, along), half = Number(length * length / 2.0, along);
        if key => "{k|text}: the key, already scaled; length {length}, |y|²/2 = {half}", "{k|text}：key，已缩放；长度 {length}，|y|²/2 = {half}";
        else => "{q|text}: the query, already scaled; length {length}, |x|²/2 = {half}", "{q|text}：query，已缩放；长度 {length}，|x|²/2 = {half}")
}

fn projection(fig: &Variance, step: usize, of: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let used = fig.inputs.used();
    let with = [used[of][0], used[of][1]];
    say!(lang; a = Number(now.along[of], along), w0 = Number(now.w[0], along), w1 = Number(now.w[1], term),
        v0 = Number(with[0], term), v1 = Number(with[1], term);
        if of == 0 => "{q|a}: w·x = {w0} × {v0} + {w1} × {v1}", "{q|a}：w·x = {w0} × {v0} + {w1} × {v1}";
        else => "{k|a}: w·y = {w0} × {v0} + {w1} × {v1}", "{k|a}：w·y = {w0} × {v0} + {w1} × {v1}")
}

fn sample(fig: &Variance, step: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let [x, y] = fig.inputs.used().map(|vector| vector.dot(&vector) / 2.0);
    let weighted = fig.inputs.key_weight == Weight::On;
    let behind_minus = if fig.inputs.features == Features::Positive { along } else { term };
    say!(lang; v = Number(now.value, value), a = Number(now.along[0], along), b = Number(now.along[1], behind_minus), x = Number(x, along), y = Number(y, along);
        if fig.inputs.features == Features::Positive && weighted =>
            "{m|v}: e^(<q|w·x> − |x|²/2) · e^(<k|w·y> − |y|²/2) = e^({a} − {x}) · e^({b} − {y})",
            "{m|v}：e^(<q|w·x> − |x|²/2) · e^(<k|w·y> − |y|²/2) = e^({a} − {x}) · e^({b} − {y})";
        if fig.inputs.features == Features::Positive =>
            "{w|v}: e^(w·x − |x|²/2) · e^(w·y) = e^({a} − {x}) · e^({b}); the key’s |y|²/2 = {y} is missing",
            "{w|v}：e^(w·x − |x|²/2) · e^(w·y) = e^({a} − {x}) · e^({b})；少了 key 的 |y|²/2 = {y}";
        if weighted =>
            "{m|v}: e^(|x|²/2 + |y|²/2) · cos(<q|w·x> − <k|w·y>) = e^({x} + {y}) · cos({a} − {b})",
            "{m|v}：e^(|x|²/2 + |y|²/2) · cos(<q|w·x> − <k|w·y>) = e^({x} + {y}) · cos({a} − {b})";
        else =>
            "{w|v}: e^(|x|²/2) · cos(w·x − w·y) = e^{x} · cos({a} − {b}); the key’s |y|²/2 = {y} is missing",
            "{w|v}：e^(|x|²/2) · cos(w·x − w·y) = e^{x} · cos({a} − {b})；少了 key 的 |y|²/2 = {y}")
}

fn mean(fig: &Variance, step: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let k = step + 1;
    say!(lang; mean = Number(now.mean, value), k, sum = Number(now.mean * k as f64, value), exact = Number(fig.run.exact, value),
        error = Number(fig.run.standard_error(k), value);
        if now.mean < 0.0 =>
            "{w|mean}: the sum of the samples, {sum}, over {k}. Exact is {exact}; one standard error by the lemma is {error}",
            "{w|mean}：样本之和 {sum}，除以 {k}。精确值 {exact}；按引理，一个标准误是 {error}";
        else =>
            "{m|mean}: the sum of the samples, {sum}, over {k}. Exact is {exact}; one standard error by the lemma is {error}",
            "{m|mean}：样本之和 {sum}，除以 {k}。精确值 {exact}；按引理，一个标准误是 {error}")
}

fn kernel(fig: &Variance, lang: Lang) -> Rich {
    let (x, y) = (fig.inputs.x, fig.inputs.y);
    say!(lang; exact = Number(fig.run.exact, value), a = Number(x[0], along), b = Number(y[0], term), c = Number(x[1], along), d = Number(y[1], term);
        "{m|exact}: e^(<q|x>·<k|y>) = e^({a} × {b} + {c} × {d})",
        "{m|exact}：e^(<q|x>·<k|y>) = e^({a} × {b} + {c} × {d})")
}

fn target(fig: &Variance, lang: Lang) -> Rich {
    let [x, y] = fig.inputs.used();
    let positive = fig.inputs.features == Features::Positive;
    let weighted = fig.inputs.key_weight == Weight::On;
    say!(lang; t = Number(fig.run.target, value), dot = Number(x.dot(&y), along), half = Number(y.dot(&y) / 2.0, along);
        if weighted => "{w|t}: what the mean tends to, e^({dot}), of vectors scaled once too often", "{w|t}：均值的极限 e^({dot})，向量多缩放了一次";
        if positive => "{w|t}: what the mean tends to, e^({dot} + |y|²/2) = e^({dot} + {half})", "{w|t}：均值的极限 e^({dot} + |y|²/2) = e^({dot} + {half})";
        else => "{w|t}: what the mean tends to, e^({dot} − |y|²/2) = e^({dot} − {half})", "{w|t}：均值的极限 e^({dot} − |y|²/2) = e^({dot} − {half})")
}

/// |x + y|² and |x − y|².
fn squares(fig: &Variance) -> (f64, f64) {
    let square = |sign: f64| (fig.inputs.x[0] + sign * fig.inputs.y[0]).powi(2) + (fig.inputs.x[1] + sign * fig.inputs.y[1]).powi(2);
    (square(1.0), square(-1.0))
}

fn band(fig: &Variance, step: usize, lang: Lang) -> Rich {
    let k = step + 1;
    say!(lang; error = Number(fig.run.standard_error(k), value), one = Number(fig.run.deviation, value), k;
        "{m|error}: one sample is off by {one} (root of the lemma’s mean square), the mean of {k} by 1/√{k} of that",
        "{m|error}：一个样本差 {one}（引理均方误差的平方根），{k} 个的均值差它的 1/√{k}")
}

fn lemma(fig: &Variance, redraws: &Redraws, lang: Lang) -> Rich {
    let (sum, difference) = squares(fig);
    let positive = redraws.method.0 == Features::Positive;
    say!(lang; l = Number(redraws.lemma, value), s = Number(sum, along), t = Number(difference, along), k = Number(fig.run.exact, value), m = fig.inputs.m;
        if !redraws.in_lemma() =>
            "The lemma (Choromanski et al. 2021, Lemma 2) is for independent directions; there it gives {l}",
            "引理（Choromanski 等 2021，引理 2）只讲独立的方向，对它们给出 {l}";
        if positive =>
            "{m|l}: e^(|x+y|²) · SM² · (1 − e^(−|x+y|²))/m, with |x+y|² = {s}, SM = e^(x·y) = {k}, m = {m} (Lemma 2)",
            "{m|l}：e^(|x+y|²) · SM² · (1 − e^(−|x+y|²))/m，|x+y|² = {s}，SM = e^(x·y) = {k}，m = {m}（引理 2）";
        else =>
            "{m|l}: e^(|x+y|²) · SM⁻² · (1 − e^(−|x−y|²))²/2m, with |x+y|² = {s}, |x−y|² = {t}, SM = {k}, m = {m} (Lemma 2)",
            "{m|l}：e^(|x+y|²) · SM⁻² · (1 − e^(−|x−y|²))²/2m，|x+y|² = {s}，|x−y|² = {t}，SM = {k}，m = {m}（引理 2）")
}

fn measured(fig: &Variance, redraws: &Redraws, lang: Lang) -> Rich {
    say!(lang; mse = Number(redraws.squared, value), error = Number(redraws.squared_error, value), n = redraws.estimates.len(), l = Number(redraws.lemma, value);
        if fig.is_rare(redraws) =>
            "{m|mse} ± {error}: mean of (estimate − exact)² over {n} redraws. The lemma’s {l} lives in huge samples too rare to be among them",
            "{m|mse} ± {error}：{n} 次重抽的 (估计 − 精确)² 的均值。引理的 {l} 来自极少出现的巨大样本，这 {n} 次里没碰上";
        else =>
            "{m|mse} ± {error}: mean of (estimate − exact)² over {n} redraws, with its own standard error; the lemma says {l}",
            "{m|mse} ± {error}：{n} 次重抽的 (估计 − 精确)² 的均值和它自己的标准误；引理给出 {l}")
}

fn negative(redraws: &Redraws, lang: Lang) -> Rich {
    say!(lang; k = redraws.n_negative, n = redraws.estimates.len();
        if redraws.n_negative == 0 && redraws.method.0 == Features::Positive =>
            "{m|k} of {n} redraws are negative: a product of exponentials never is",
            "{n} 次重抽里有 {m|k} 次为负：指数的乘积不会是负的";
        else =>
            "{m|k} of {n} redraws are negative; one such weight, and a row’s denominator can vanish",
            "{n} 次重抽里有 {m|k} 次为负；只要有一个这样的权重，一行的分母就可能变成零")
}

fn mean_of(fig: &Variance, redraws: &Redraws, lang: Lang) -> Rich {
    say!(lang; mean = Number(redraws.mean, value), error = Number(redraws.mean_error, value), n = redraws.estimates.len(), exact = Number(fig.run.exact, value);
        "{m|mean} ± {error}: the mean of {n} redraws, with its standard error; exact is {exact}",
        "{m|mean} ± {error}：{n} 次重抽的均值和它的标准误；精确值是 {exact}")
}
