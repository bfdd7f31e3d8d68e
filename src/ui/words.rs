//! The words of the interface, each written as a pair.

use crate::content::Lang;

/// "step 52 of 119".
pub fn step_of(lang: Lang, step: usize, last: usize) -> String {
    lang.pick(format!("step {step} of {last}"), format!("第 {step} 步，末步为 {last}"))
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $zh:literal;)*) => {
        $($(#[$doc])* pub fn $name(lang: Lang) -> &'static str { lang.pick($en, $zh) })*
    };
}

words! {
    /// Player button.
    first: "First step", "第一步";
    /// Player button.
    back: "Step back", "后退一步";
    /// Player button.
    play: "Play", "播放";
    /// Player button.
    pause: "Pause", "暂停";
    /// Player button.
    forward: "Step forward", "前进一步";
    /// Player button.
    last: "Last step", "最后一步";
    /// Lab control.
    measure: "Run the measurements", "开始测量";
    /// Lab control.
    stop: "Stop", "停止";
    /// Lab progress.
    stopping: "stopping", "正在停止";
    /// Name of the lab's progress bar.
    measured: "Measured so far", "已测完的部分";
    /// Player control.
    next_event: "next event", "下一事件";
    /// Player control.
    speed: "Speed", "速度";
    /// Name of the player.
    player: "Player", "播放器";
    /// Name of the slider.
    step: "Step", "步";
    /// Tool.
    data: "Data", "数据";
    /// Tool.
    link: "Copy link", "复制链接";
    /// Tool.
    embed: "Embed", "嵌入";
    /// Name of the toolbar.
    tools: "Figure tools", "图的工具";
    /// After the link was copied.
    copied: "Copied", "已复制";
    /// When the clipboard is forbidden.
    copy_by_hand: "Copy this:", "请手动复制：";
    /// Listing title.
    code: "the code that runs", "正在运行的代码";
    /// Title of a kernel's listing.
    kernel_code: "the kernel as real GPUs run it", "真实 GPU 上运行的 kernel";
    /// Residual note.
    residual: "residual", "残差";
    /// Residual note.
    vs_reference: "vs f64", "对照 f64";
    /// Before anything was computed.
    nothing_yet: "nothing computed yet", "还没有算出任何数";
    /// Dismisses a message.
    dismiss: "Dismiss", "知道了";
    /// Closes a panel.
    close: "Close", "关闭";
    /// Predict button.
    predict: "Predict", "先猜再看";
    /// Predict head.
    right_so_far: "right so far", "次猜对";
    /// After an answer.
    show_me: "Show the next step", "看下一步";
    /// After an answer.
    another: "Another question", "再来一题";
    /// A retry.
    retry: "Try again", "重试";
    /// Loading note.
    loading: "Loading the data…", "正在读取数据……";
    /// Cancel.
    cancel: "Cancel", "取消";
    /// Keys help title.
    keys: "Keys", "按键";
    /// The break-it lever, off.
    break_it: "Break it:", "弄坏它：";
    /// The break-it lever, on.
    broken: "Broken:", "已弄坏：";
    /// The working line.
    why: "why", "为什么是";
    /// Row name head.
    locked: "fixed by the link", "已由链接固定";
    /// Convention heading.
    conventions: "Conventions", "约定";
    /// Inputs heading.
    inputs: "Inputs", "输入";
    /// Label of the list of presets.
    try_this: "Try", "试试";
    /// First entry of the list of presets.
    choose: "choose an example…", "选一个例子……";
}

/// The help that `?` shows: keys and what they do.
pub fn key_help(lang: Lang) -> [(&'static str, &'static str); 10] {
    [
        (lang.pick("Space", "空格"), lang.pick("play or pause", "播放或暂停")),
        ("→ ←", lang.pick("one step", "前进、后退一步")),
        ("Shift + → ←", lang.pick("ten steps", "前进、后退十步")),
        ("Home End", lang.pick("first, last step", "第一步、最后一步")),
        ("E", lang.pick("next event", "下一事件")),
        ("↑ ↓", lang.pick("row in focus", "换一行")),
        ("P", lang.pick("predict", "先猜再看")),
        ("R", lang.pick("measure, where a figure does", "测量（仅限能测量的图）")),
        ("D", lang.pick("data table", "数据表")),
        ("?", lang.pick("this list; Esc closes it", "显示本表，Esc 关闭")),
    ]
}
