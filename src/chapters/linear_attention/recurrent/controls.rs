//! The inputs of the figure, its presets, its two break-it levers and its conventions.

use super::figure::Recurrent;
use crate::algorithms::feature_map::FeatureMap;
use crate::content::{Lang, say};
use crate::figure::{self, Control, Group, Preset};

/// The most tokens and channels that a slider offers; an address may ask for more tokens.
const MOST: usize = 64;

/// All controls.
pub fn groups(fig: &Recurrent, lang: Lang) -> Vec<Group> {
    let inputs = vec![
        Control::slider(lang, "chunk", ("chunk C", "每段 C"), fig.inputs.n()),
        Control::slider(lang, "n", ("tokens", "token 数"), MOST.max(fig.inputs.n())),
        Control::slider(lang, "d", ("d", "d"), MOST),
        Control::select(lang, "map", ("φ", "φ"), MAPS),
        Control::segmented(lang, "values", ("Values", "value"), &[("normal", "random", "随机"), ("ones", "all 1", "全为 1")]),
        Control::select(lang, "last", ("Last token", "末尾 token"), &[("given", "as it is", "原样"), ("other", "another", "换一个")]),
        Control::Again { field: "seed", label: lang.pick("new numbers", "换一组数").into() },
    ];
    let pull = ("let the sum run over the future", "让求和跑到未来");
    let back = ("every key is in before the first output. Hide the future again", "第一个输出之前所有 key 都加进来了。重新遮住未来");
    let mut groups = Group::all(
        lang,
        inputs,
        PRESETS,
        Control::Break {
            field: "future",
            on: "off",
            off: "on",
            label: lang.pick(pull.0, pull.1).into(),
            label_off: lang.pick(back.0, back.1).into(),
        },
    );
    let pull = ("forget the denominator", "忘掉分母");
    let back = ("bare sums come out. Divide again", "输出的是没除过的和。恢复相除");
    if let Some(levers) = groups.last_mut() {
        levers.controls.push(Control::lever(lang, "denominator", pull, back));
    }
    groups
}

const MAPS: &[(&str, &str, &str)] = &[
    ("elu1", "elu(x) + 1", "elu(x) + 1"),
    ("relu", "relu(x)", "relu(x)"),
    ("exp", "eˣ", "eˣ"),
    ("taylor1", "1 + x", "1 + x"),
    ("square", "x²", "x²"),
    ("identity", "x", "x"),
    ("cosine", "1 + cos", "1 + cos"),
    ("double", "double softmax", "两个 Softmax"),
];

const PRESETS: &[Preset] = &[
    ("default", "token by token", "逐个 token", &[]),
    ("ones", "all values = 1", "value 全为 1", &[("values", "ones")]),
    ("chunks", "chunks of 4", "每段 4 个", &[("chunk", "4")]),
    ("table", "one chunk: the table", "一整段：整张表", &[("chunk", "12")]),
    ("ragged", "chunks of 5, ragged", "每段 5 个，有零头", &[("chunk", "5")]),
    ("real", "real width: d = 64", "真实宽度：d = 64", &[("n", "64"), ("d", "64")]),
    ("identity", "φ(x) = x: denominators near 0", "φ(x) = x：分母近 0", &[("map", "identity")]),
    ("double", "double softmax leaks", "两个 Softmax 会泄漏", &[("map", "double")]),
    ("single", "a single token", "只有一个 token", &[("n", "1")]),
];

/// What references disagree on, and what this figure does.
pub fn conventions(fig: &Recurrent, lang: Lang) -> Vec<String> {
    let mut list = CONVENTIONS.to_vec();
    if fig.inputs.map == FeatureMap::Double {
        list.push((
            "The double softmax divides each key by a sum over all positions of its channel. There is no causal form; this one leaks.",
            "两个 Softmax 的写法把每个 key 除以该通道上所有位置的和。它没有因果形式，这里的会泄漏未来。",
        ));
    }
    if !fig.inputs.map.is_positive() {
        list.push((
            "With this φ weights may be negative: the output is no average, and a denominator may cross 0.",
            "用这个 φ，权重可能为负：输出不再是平均，分母可能穿过 0。",
        ));
    }
    let (recurrence, ones) = (fig.rivals.0 as usize, fig.chunks_of_one as usize);
    let forms = say!(lang; recurrence, ones;
        "C = 1 runs the recurrence: {recurrence} multiply-adds. From C = 2 on a chunk's triangle is computed once, the first chunk reads no state and the last writes none; chunks of one token counted so would take {ones}.",
        "C = 1 就是递推：{recurrence} 次乘加。C ≥ 2 时，段内的三角只算一遍，第一段不读状态，最后一段不写状态；照这样数，每段 1 个 token 要 {ones} 次。");
    let mut sentences = figure::sentences(lang, &list);
    sentences.push(forms.text());
    sentences
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Same answer for every chunk size, up to rounding. It is another function than softmax attention: no exponential of q·k, no 1/√d.",
        "分段大小不改变答案（差别只有舍入）。它与 Softmax 注意力是不同的函数：没有 q·k 的指数，也没有 1/√d。",
    ),
    (
        "The sum includes the token itself: it is added first and read afterwards (Katharopoulos et al., Eq. 18 to 20). 1e−6 is added to every denominator, as in fast-transformers.",
        "求和包含当前 token：先加进去，再读出来（Katharopoulos 等，式 18 到 20）。每个分母加 1e−6，与 fast-transformers 相同。",
    ),
    (
        "Multiply-adds count the numerators; the denominators take d more per token read through the state. A cache keeps one key and one value per token.",
        "乘加只数分子；每个经由状态读的 token，分母另需 d 次。缓存为每个 token 留一个 key、一个 value。",
    ),
    (
        "“Another last token” is the last token with the signs of its key and value reversed. Only the last output should move.",
        "“末尾 token”选“换一个”，就是把它的 key 和 value 反号。只有最后一个输出应该变。",
    ),
    (
        "Numbers are N(0, 1), in f32; the residual is the largest distance of an output from f64 so far.",
        "数取自 N(0, 1)，用 f32；残差是到目前为止输出与 f64 的最大距离。",
    ),
];
