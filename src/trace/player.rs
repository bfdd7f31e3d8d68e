//! The player: where we are in a run, moved only by commands.

/// The speeds on offer, as multiples of [`Player::STEPS_PER_SEC`].
pub const SPEEDS: [f32; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

/// Where a reader is in a run of `last + 1` steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Player {
    /// The step shown. Invariant: never beyond the run's last step.
    pub cursor: usize,
    /// Time already spent on this step, as a fraction of its length, in `[0, 1)`.
    pub phase: f32,
    /// Whether ticks advance it.
    pub playing: bool,
    /// Multiple of the normal speed.
    pub speed: f32,
}

/// What can be asked of a player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Start; at the end of the run, from the beginning.
    Play,
    /// Stop.
    Pause,
    /// Go to a step, or to the last one if beyond.
    Seek(usize),
    /// Go so many steps, stopping at either end.
    StepBy(isize),
    /// Change the speed; it is held between the slowest and the fastest of [`SPEEDS`].
    Speed(f32),
    /// Time has passed.
    Tick {
        /// Seconds since the last tick.
        secs: f32,
    },
}

impl Player {
    /// Steps per second at speed 1: each step is held 600 ms.
    pub const STEPS_PER_SEC: f32 = 1.0 / 0.6;

    /// Paused at a step.
    pub fn at(cursor: usize) -> Player {
        Player { cursor, phase: 0.0, playing: false, speed: 1.0 }
    }

    /// The player after a command, in a run whose last step is `last`.
    pub fn update(self, command: Command, last: usize) -> Player {
        let this = Player { cursor: self.cursor.min(last), ..self };
        match command {
            Command::Play if last == 0 => Player { playing: false, ..this },
            Command::Play if this.cursor == last => Player { cursor: 0, phase: 0.0, playing: true, ..this },
            Command::Play => Player { playing: true, ..this },
            Command::Pause => Player { playing: false, phase: 0.0, ..this },
            Command::Seek(step) => Player { cursor: step.min(last), phase: 0.0, ..this },
            Command::StepBy(by) => Player { cursor: this.cursor.saturating_add_signed(by).min(last), phase: 0.0, playing: false, ..this },
            Command::Speed(speed) if speed.is_finite() => Player { speed: speed.clamp(SPEEDS[0], SPEEDS[SPEEDS.len() - 1]), ..this },
            Command::Speed(_) => this,
            Command::Tick { secs } => this.tick(secs, last),
        }
    }

    fn tick(self, secs: f32, last: usize) -> Player {
        if !self.playing || !secs.is_finite() || secs <= 0.0 {
            return self;
        }
        let moved = self.phase + secs * self.speed * Player::STEPS_PER_SEC;
        let whole = moved.floor();
        let cursor = self.cursor.saturating_add(whole as usize);
        if cursor >= last {
            return Player { cursor: last, phase: 0.0, playing: false, ..self };
        }
        Player { cursor, phase: moved - whole, ..self }
    }
}
