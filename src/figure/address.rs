//! The address of a frame: what of it belongs to the page, and what to the one figure that it describes.

use super::params::{Problem, Values};

/// Which backend the reader asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendChoice {
    /// WebGPU where there is one.
    #[default]
    Auto,
    /// The CPU twin.
    Cpu,
    /// WebGPU; its absence is said.
    WebGpu,
}

/// Which theme the address asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

/// A parsed query and fragment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Address {
    /// The figure described; the chapter's main figure if absent.
    pub fig: Option<String>,
    /// The step.
    pub step: Option<usize>,
    /// The row in focus.
    pub row: Option<usize>,
    /// `backend=`
    pub backend: BackendChoice,
    /// `theme=`
    pub theme: Option<Theme>,
    /// `present=1`
    pub present: bool,
    /// `embed=1`
    pub embed: bool,
    /// `show=`: control ids to keep.
    pub show: Option<Vec<String>>,
    /// `lock=`: control ids to freeze.
    pub lock: Vec<String>,
    /// Everything else: the figure's own parameters.
    pub rest: Vec<(String, String)>,
}

/// A fragment beyond this is not written; the page offers the numbers as a file.
pub const MAX_FRAGMENT: usize = 32_000;

impl Address {
    /// Reads a query (`?a=b`) and a fragment (`#q=…`). Total: what cannot be read is reported and left at its default.
    pub fn parse(query: &str, fragment: &str) -> (Address, Vec<Problem>) {
        let mut address = Address::default();
        let mut problems = Vec::new();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            address.take(&name, &value, &mut problems);
        }
        let fragment = fragment.trim_start_matches('#');
        if fragment.contains('=') {
            address.rest.extend(form_urlencoded::parse(fragment.as_bytes()).into_owned());
        }
        (address, problems)
    }

    fn take(&mut self, name: &str, value: &str, problems: &mut Vec<Problem>) {
        let mut wrong = |choices: &str, using: (&str, &str)| {
            let shown: String = value.chars().take(40).collect();
            problems.push(Problem::new(
                name,
                format!("`{name}={shown}`: expected {choices}. Using {}.", using.0),
                format!("`{name}={shown}`：应为 {choices}。现用{}。", using.1),
            ));
        };
        let ids = || value.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_string).collect::<Vec<_>>();
        match name {
            "fig" => self.fig = Some(value.to_string()),
            "step" => match whole(value) {
                Some(step) => self.step = Some(step),
                None => wrong("0, 1, 2, …", ("the opening step", "开场的一步")),
            },
            "row" => match whole(value) {
                Some(row) => self.row = Some(row),
                None => wrong("0, 1, 2, …", ("the figure's own row", "图自己的行")),
            },
            "backend" => match value {
                "auto" => self.backend = BackendChoice::Auto,
                "cpu" => self.backend = BackendChoice::Cpu,
                "webgpu" => self.backend = BackendChoice::WebGpu,
                _ => wrong("auto, cpu, webgpu", ("auto", " auto")),
            },
            "theme" => match value {
                "light" => self.theme = Some(Theme::Light),
                "dark" => self.theme = Some(Theme::Dark),
                _ => wrong("light, dark", ("the system's", "系统的设置")),
            },
            "present" | "embed" => match (name, value) {
                ("present", "1") => self.present = true,
                ("embed", "1") => self.embed = true,
                (_, "0" | "") => {}
                _ => wrong("1", ("0", " 0")),
            },
            "show" => self.show = Some(ids()),
            "lock" => self.lock = ids(),
            _ => self.rest.push((name.to_string(), value.to_string())),
        }
    }

    /// The query of a frame, with its `?`, or empty. Defaults are left out.
    pub fn query(&self, fig: Option<&str>, values: &Values) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let mut put = |name: &str, value: &str| {
            out.append_pair(name, value);
        };
        if let Some(fig) = fig {
            put("fig", fig);
        }
        for (name, value) in values.pairs(false) {
            put(name, value);
        }
        if let Some(row) = self.row {
            put("row", &row.to_string());
        }
        if let Some(step) = self.step {
            put("step", &step.to_string());
        }
        match self.backend {
            BackendChoice::Auto => {}
            BackendChoice::Cpu => put("backend", "cpu"),
            BackendChoice::WebGpu => put("backend", "webgpu"),
        }
        match self.theme {
            None => {}
            Some(Theme::Light) => put("theme", "light"),
            Some(Theme::Dark) => put("theme", "dark"),
        }
        if self.present {
            put("present", "1");
        }
        if self.embed {
            put("embed", "1");
        }
        if let Some(show) = &self.show {
            put("show", &show.join(","));
        }
        if !self.lock.is_empty() {
            put("lock", &self.lock.join(","));
        }
        let text = out.finish().replace("%2C", ",");
        if text.is_empty() { text } else { format!("?{text}") }
    }

    /// The fragment of a frame, with its `#`; empty when there is nothing long, `None` when it would be too long.
    pub fn fragment(values: &Values) -> Option<String> {
        let pairs = values.pairs(true);
        if pairs.is_empty() {
            return Some(String::new());
        }
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().replace("%2C", ",").replace("%3B", ";");
        (text.len() <= MAX_FRAGMENT).then(|| format!("#{text}"))
    }
}

/// A whole number, however large, held to what fits.
fn whole(text: &str) -> Option<usize> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}
