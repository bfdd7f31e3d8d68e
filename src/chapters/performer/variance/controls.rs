//! The inputs of the figure, its presets, its two levers and its conventions.

use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    let hint = lang.pick("two numbers, −2.5 to 2.5", "两个数，−2.5 到 2.5");
    let sizes = ["4", "16", "64", "256", "1024"].map(|m| (m, m, m));
    let inputs = vec![
        Control::Text { field: "x", label: "x".into(), hint: hint.into() },
        Control::Text { field: "y", label: "y".into(), hint: hint.into() },
        Control::segmented(lang, "features", ("Features", "特征"), &[("positive", "positive", "正"), ("trig", "trig", "三角")]),
        Control::select(
            lang,
            "directions",
            ("Directions", "方向"),
            &[("iid", "independent", "独立"), ("orthogonal", "orthogonal", "正交")],
        ),
        Control::select(lang, "m", ("m", "m"), &sizes),
        Control::Again { field: "seed", label: lang.pick("redraw all directions", "重抽所有方向").into() },
    ];
    let lever = Control::lever(
        lang,
        "keyweight",
        ("leave out |y|²/2 of the key", "去掉 key 的 |y|²/2"),
        ("|y|²/2 is left out: biased. Put it back", "去掉了 |y|²/2：有偏。放回去"),
    );
    let mut groups = Group::all(lang, inputs, PRESETS, lever);
    let scale = Control::Break {
        field: "scale",
        on: "quarter",
        off: "half",
        label: lang.pick("scale by d^(−1/2) instead of d^(−1/4)", "用 d^(−1/2) 缩放，而不是 d^(−1/4)").into(),
        label_off: lang.pick("scaled by d^(−1/2): another temperature. Back to d^(−1/4)", "用了 d^(−1/2)：换了温度。回到 d^(−1/4)").into(),
    };
    groups.push(Group { title: String::new(), controls: vec![scale] });
    groups
}

const PRESETS: &[Preset] = &[
    ("default", "at right angles", "互相垂直", &[]),
    ("opposites", "nearly opposite", "几乎相反", &[("x", "2,0"), ("y", "-2,0.5")]),
    ("opposites-trig", "nearly opposite, trig", "几乎相反，三角", &[("x", "2,0"), ("y", "-2,0.5"), ("features", "trig")]),
    ("twins", "twins", "孪生", &[("x", "1,0.5"), ("y", "1,0.5")]),
    ("mirror", "exact opposites", "正好相反", &[("x", "1,0.5"), ("y", "-1,-0.5")]),
    ("long", "long vectors", "长向量", &[("x", "1.5,0"), ("y", "1.5,0"), ("m", "256")]),
    ("pairs", "orthogonal pairs", "成对正交", &[("x", "0.5,0.5"), ("y", "0.25,0.25"), ("directions", "orthogonal")]),
    ("trap", "the key’s weight", "key 的权重", &[("x", "1,0.5"), ("y", "0.5,1"), ("m", "256"), ("keyweight", "off")]),
];

/// What references disagree on, and what this figure does.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "An estimate of the same function, without bias: averaged over all directions it is e^(x·y) (Choromanski et al. 2021, Lemma 1). d = 2.",
        "同一个函数的无偏估计：对所有方向取平均就是 e^(x·y)（Choromanski 等 2021，引理 1）。d = 2。",
    ),
    (
        "x and y are drawn as they enter the features: query and key already multiplied by d^(−1/4), so x·y = q·k/√d. The lever scales by d^(−1/2) in all: the features then get 2^(−1/4) = 0.84 of what is drawn (dashed), and estimate e^(x·y/√2).",
        "图中的 x、y 就是送进特征的向量：query 和 key 已各乘 d^(−1/4)，所以 x·y = q·k/√d。打开这一处“弄坏它”，总共乘的是 d^(−1/2)：特征拿到的只有所画的 2^(−1/4) = 0.84 倍（虚线），估计的是 e^(x·y/√2)。",
    ),
    (
        "Each of the m directions gives one sample. A trigonometric sample uses two features, cos and sin; it is counted as one.",
        "m 个方向，每个方向一个样本。三角特征每个样本用 cos 和 sin 两个特征，仍算一个。",
    ),
    (
        "Orthogonal: pairs at right angles, lengths drawn anew (chi with 2 degrees of freedom), pairs independent of each other. The lemma (Lemma 2) is for independent directions; the band is its standard error.",
        "正交：每两个方向互相垂直，长度另抽（自由度 2 的 χ 分布），各对之间独立。引理（引理 2）只讲独立的方向；灰带是它的标准误。",
    ),
    (
        "The strips: one dot per redraw, its height has no meaning. Their axis is the error, even up to about the smallest typical error and logarithmic beyond, on both sides. Diamond: mean ± 2 standard errors. MSE ± its own standard error in percent.",
        "下面的条带：重抽一次一个点，上下位置没有含义。横轴是误差：在最小的典型误差以内大致均匀，再往外两边都取对数。菱形是均值 ± 2 个标准误。MSE 后面的百分数是它自己的标准误。",
    ),
    (
        "Redraws: 600 up to m = 16, fewer beyond (12 from m = 800 on), so that dragging stays smooth. The ring at the last step is the run above.",
        "重抽次数：m 不超过 16 时 600 次，更大时少一些（m 到 800 起 12 次），这样拖动才流畅。最后一步的圆圈就是上面这次运行。",
    ),
    (
        "Residual: the mean in f32 against the definition in f64, along the same directions.",
        "残差：f32 的均值与同样方向上按定义用 f64 算出的均值之差。",
    ),
];
