//! The state of one figure on the page: parameters, player, focus, and what follows from them.

use std::sync::Arc;

use leptos::prelude::*;

use super::clock;
use super::motion::Motion;
use crate::content::Lang;
use crate::figure::{Figure, Metrics, Mode, Problem, Question, Spec, Values};
use crate::trace::{Command, Lanes, Player};

/// What every figure knows of the page around it.
#[derive(Clone, Copy)]
pub struct Place {
    /// Language.
    pub lang: RwSignal<Lang>,
    /// Measures, read again when theme, size or presenter change.
    pub metrics: RwSignal<Metrics>,
    /// `present=1`.
    pub present: RwSignal<bool>,
    /// Control ids to keep (`show=`), if given, and to freeze (`lock=`).
    pub show: RwSignal<Option<Vec<String>>>,
    /// Control ids to freeze.
    pub lock: RwSignal<Vec<String>>,
    /// Called after every act of the reader, with the figure's id.
    pub acted: Callback<FigureState>,
    /// The address of a figure's present frame; `true` for the embeddable one.
    pub address: Callback<(FigureState, bool), String>,
    /// Starts the measurements of a lab.
    pub measure: Callback<FigureState>,
    /// Fraction of right answers is kept here: (question key, right).
    pub score: RwSignal<Vec<(String, bool)>>,
}

/// Progress of a data file.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetch {
    /// Nothing wanted, or everything here.
    Idle,
    /// On its way.
    Loading,
    /// Did not come, and why.
    Failed(String),
}

/// What the kernel said on this figure's inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// max |GPU - CPU twin|, where a GPU ran.
    pub gpu: Option<f64>,
    /// max |kernel - f64 reference|.
    pub reference: f64,
    /// Name of the adapter, or empty for the twin.
    pub adapter: String,
}

/// A predict question under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// Which answer was chosen.
    pub chosen: Option<usize>,
}

/// Handles to everything one figure shows. Copies share the state.
#[derive(Clone, Copy)]
pub struct FigureState {
    /// What it is built from.
    pub spec: &'static Spec,
    /// "Fig. n".
    pub number: usize,
    /// Whether it is the chapter's main figure.
    pub main: bool,
    /// The page.
    pub place: Place,
    /// Its parameters.
    pub values: RwSignal<Values>,
    /// The built figure; `None` until its first data have come.
    pub figure: RwSignal<Option<Arc<dyn Figure>>>,
    /// The player.
    pub player: RwSignal<Player>,
    /// Its step: what most of the figure follows, and told only when it changes, not with every tick.
    pub at: Memo<usize>,
    /// Whether it plays; told as `at`.
    pub playing: Memo<bool>,
    /// How this step was reached, and so whether it shows what moves.
    pub motion: RwSignal<Motion>,
    /// The row in focus; told as `at`, so that what depends on the row alone is not redrawn at every step.
    pub focused: Memo<usize>,
    /// The row asked for.
    pub row: RwSignal<Option<usize>>,
    /// Messages not yet dismissed.
    pub problems: RwSignal<Vec<Problem>>,
    /// Whether the step is written into the address.
    pub moved: RwSignal<bool>,
    /// Whether the reader has taken the controls, so that paragraphs only offer.
    pub taken: RwSignal<bool>,
    /// The cell pointed at.
    pub cell: RwSignal<Option<String>>,
    /// Whether the table is open.
    pub table: RwSignal<bool>,
    /// Predict.
    pub asked: RwSignal<Option<Asked>>,
    /// The data file.
    pub fetch: RwSignal<Fetch>,
    /// What the kernel said.
    pub agreement: RwSignal<Option<Agreement>>,
    /// Width of the stage in px; 0 before it is measured.
    pub width: RwSignal<f64>,
    /// Whether it is to be built: at once if it has a player, else when it comes near or is touched.
    pub near: RwSignal<bool>,
    /// Whether the opening frame has been drawn.
    pub drawn: RwSignal<bool>,
    /// Step asked for by the address, applied when the figure is first built.
    pub opening: RwSignal<Option<usize>>,
    /// Text typed into controls that the figure could not take, by field: never lost.
    pub drafts: RwSignal<Vec<(String, String)>>,
    /// What is being measured, if it measures.
    pub progress: RwSignal<Progress>,
}

/// How far the measurements of a lab are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// None are under way.
    Idle,
    /// The trial of this number is.
    Running(usize),
    /// The reader wants them to end.
    Stopping,
}

impl FigureState {
    /// The step shown.
    pub fn step(&self) -> usize {
        self.at.get()
    }

    /// The row in focus.
    pub fn focus(&self) -> usize {
        self.focused.get()
    }

    /// Arrangement for the measured width.
    pub fn mode(&self) -> Mode {
        if self.place.present.get() {
            Mode::Present
        } else if self.width.get() < 640.0 {
            Mode::Phone
        } else {
            Mode::Wide
        }
    }

    /// Reads the built figure, or gives a default before there is one.
    pub fn with<T: Default>(&self, read: impl FnOnce(&dyn Figure) -> T) -> T {
        self.figure.with(|figure| figure.as_ref().map_or_else(T::default, |figure| read(figure.as_ref())))
    }

    /// The last step of the run.
    pub fn last_step(&self) -> usize {
        self.with(|figure| figure.last_step())
    }

    /// The lanes of the run.
    pub fn lanes(&self) -> Lanes {
        let lang = self.place.lang.get();
        self.with(|figure| figure.lanes(lang))
    }

    /// Puts a newly built figure on the page. The step stays if the run is as long as before, else it goes to the poster step.
    pub fn install(&self, figure: Arc<dyn Figure>, mut problems: Vec<Problem>) {
        let last = figure.last_step();
        let before = self.figure.with_untracked(|old| old.as_ref().map(|old| old.last_step()));
        let opening = self.opening.get_untracked();
        let cursor = match (opening, before) {
            (Some(step), _) => {
                if step > last {
                    problems.push(beyond_the_end(step, last));
                }
                step.min(last)
            }
            (None, None) if self.values.with_untracked(Values::is_default) => figure.poster().min(last),
            (None, None) => 0,
            (None, Some(old)) if old == last => self.player.with_untracked(|player| player.cursor),
            (None, Some(_)) => figure.poster().min(last),
        };
        self.opening.set(None);
        let rows = figure.rows();
        if let Some(row) = self.row.get_untracked().filter(|row| *row >= rows.max(1)) {
            let most = rows.saturating_sub(1);
            problems.push(Problem::new(
                "row",
                format!("`row={row}`: the last row is {most}. Using {most}."),
                format!("`row={row}`：最后一行是 {most}。现用 {most}。"),
            ));
            self.row.set(Some(most));
        }
        batch_set(self, figure, Player { cursor, ..self.player.get_untracked().update(Command::Pause, last) });
        self.report(problems);
    }

    /// Shows messages; an older message on the same field makes way.
    pub fn report(&self, problems: Vec<Problem>) {
        if !problems.is_empty() {
            self.problems.update(|shown| {
                shown.retain(|old| !problems.iter().any(|new| new.field == old.field));
                shown.extend(problems);
            });
        }
    }

    /// Sends a command by the reader's own hand.
    pub fn command(&self, command: Command) {
        self.taken.set(true);
        self.go(command);
    }

    /// Sends a command, whoever asked for it.
    pub fn go(&self, command: Command) {
        if self.figure.with_untracked(Option::is_none) {
            return;
        }
        let last = self.with_untracked_last();
        let was = self.player.get_untracked();
        let next = was.update(command, last);
        if next.cursor != was.cursor || matches!(command, Command::Play) {
            self.asked.set(None);
            self.moved.set(true);
        }
        match command {
            Command::StepBy(1) => self.motion.set(Motion::ByHand),
            Command::Play => self.motion.set(Motion::Playing),
            Command::StepBy(_) | Command::Seek(_) => self.motion.set(Motion::Still),
            Command::Pause | Command::Speed(_) | Command::Tick { .. } => {}
        }
        self.player.set(next);
        if next.playing && !was.playing {
            self.run_clock();
        }
        self.place.acted.run(*self);
    }

    fn with_untracked_last(&self) -> usize {
        self.figure.with_untracked(|figure| figure.as_ref().map_or(0, |figure| figure.last_step()))
    }

    fn run_clock(&self) {
        let this = *self;
        clock::every_frame(move |secs| {
            // A figure that has left the page has no signals any more.
            let Some(player) = this.player.try_get_untracked() else { return false };
            if !player.playing {
                return false;
            }
            let next = player.update(Command::Tick { secs }, this.with_untracked_last());
            if next.cursor != player.cursor {
                this.place.acted.run(this);
            }
            this.player.set(next);
            next.playing
        });
    }

    /// The next step at which something happens, if there is one.
    pub fn next_event(&self) {
        let step = self.player.with_untracked(|player| player.cursor);
        let lang = self.place.lang.get_untracked();
        let stops = self.figure.with_untracked(|figure| figure.as_ref().map_or_else(Vec::new, |figure| figure.lanes(lang).stops()));
        if let Some(stop) = stops.iter().find(|stop| **stop > step).or(stops.first()) {
            self.command(Command::Pause);
            self.command(Command::Seek(*stop));
        }
    }

    /// Whether the address freezes a parameter (`lock=`).
    pub fn is_frozen(&self, name: &str) -> bool {
        self.place.lock.with_untracked(|lock| lock.iter().any(|locked| locked == name))
    }

    /// Sets one parameter from text. What cannot be read is said and kept.
    pub fn set_field(&self, name: &str, text: &str) {
        self.taken.set(true);
        let (next, problem) = self.values.with_untracked(|values| values.set(name, text));
        self.problems.update(|shown| shown.retain(|problem| problem.field != name));
        match problem {
            Some(problem) => {
                self.keep_draft(name, text);
                self.report(vec![problem]);
            }
            None => {
                self.drafts.update(|drafts| drafts.retain(|draft| draft.0 != name));
                self.moved.set(true);
                self.asked.set(None);
                self.values.set(next);
                self.place.acted.run(*self);
            }
        }
    }

    /// Keeps text that could not be used where it was typed.
    pub fn keep_draft(&self, name: &str, text: &str) {
        self.drafts.update(|drafts| {
            drafts.retain(|draft| draft.0 != name);
            drafts.push((name.to_string(), text.to_string()));
        });
    }

    /// Sets several parameters at once, all others to their defaults.
    pub fn preset(&self, set: &[(&'static str, String)]) {
        self.taken.set(true);
        let mut values = Values::defaults(self.spec.fields);
        let mut problems = Vec::new();
        for (name, text) in set {
            let (next, problem) = values.set(name, text);
            values = next;
            problems.extend(problem);
        }
        self.problems.set(problems);
        self.drafts.set(Vec::new());
        self.asked.set(None);
        self.row.set(None);
        self.moved.set(true);
        self.values.set(values);
        self.place.acted.run(*self);
    }

    /// Moves the focus by so many rows.
    pub fn move_focus(&self, by: isize) {
        let rows = self.with(|figure| figure.rows());
        if rows > 0 {
            let row = self.focus().saturating_add_signed(by).min(rows - 1);
            self.focus_row(row);
        }
    }

    /// Puts the focus on a row.
    pub fn focus_row(&self, row: usize) {
        self.taken.set(true);
        self.row.set(Some(row));
        self.place.acted.run(*self);
    }
}

fn batch_set(state: &FigureState, figure: Arc<dyn Figure>, player: Player) {
    state.cell.set(None);
    state.motion.set(Motion::Still);
    // The player goes first only when the new run is shorter, so that no frame is drawn past its end; `at` is total anyway.
    state.player.set(player);
    state.figure.set(Some(figure));
}

fn beyond_the_end(step: usize, last: usize) -> Problem {
    Problem::new(
        "step",
        format!("`step={step}`: this run ends at step {last}. Showing the last one."),
        format!("`step={step}`：这次运行到第 {last} 步为止。现在显示最后一步。"),
    )
}
