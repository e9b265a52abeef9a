//! What is printed: a JSON line a comparison.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::pairs::{Compared, Ratio, Turn};

static REFUSED: AtomicBool = AtomicBool::new(false);

/// One line.
pub struct Line(Vec<(String, Value)>);

/// Four digits are more than any of this means.
fn rounded(number: f64) -> Value {
    let digits = if number.abs() >= 1_000.0 { 0 } else { 4 };
    let factor = 10_f64.powi(digits);
    let number = (number * factor).round() / factor;
    if number.fract() == 0.0 && number.abs() < 1e15 { Value::from(number as i64) } else { Value::from(number) }
}

impl Line {
    /// What is measured, on which backend, against what.
    pub fn of(case: &str, backend: &str, against: &str) -> Self {
        let text = |name: &str, value: &str| (name.to_owned(), Value::from(value));
        Self(vec![text("case", case), text("backend", backend), text("against", against)])
    }

    /// How much was done in the median turn, with the time that it took.
    #[must_use]
    pub fn turns(self, turns: &[Turn]) -> Self {
        let median = |of: fn(&Turn) -> f64| crate::pairs::median(turns.iter().map(of));
        let line = self.with("n", median(|turn| turn.work)).with("cpu_s", median(|turn| turn.cpu_s));
        let line = line.with("wall_s", median(|turn| turn.wall_s));
        let beside = median(|turn| turn.beside_s);
        if beside > 0.0 { line.with("beside_cpu_s", beside) } else { line }
    }

    /// The gated comparison: its ratio by CPU-seconds is `ratio`, that with PostgreSQL's and Redis' own
    /// `ratio_all_cpu`, that by the wall `ratio_wall`.
    #[must_use]
    pub fn gated(self, compared: &Compared) -> Self {
        let line = self.spread("ratio", compared.by_cpu).with("ratio_all_cpu", compared.by_all_cpu.median);
        line.spread("ratio_wall", compared.by_wall).with("pairs", compared.pairs as f64)
    }

    /// Another comparison, by CPU-seconds.
    #[must_use]
    pub fn beside(self, name: &str, compared: &Compared) -> Self {
        self.spread(&format!("ratio_{name}"), compared.by_cpu)
    }

    fn spread(self, name: &str, ratio: Ratio) -> Self {
        let (least, most) = (format!("{name}_min"), format!("{name}_max"));
        self.with(name, ratio.median).with(&least, ratio.least).with(&most, ratio.most)
    }

    /// A number more.
    #[must_use]
    pub fn with(mut self, name: &str, number: f64) -> Self {
        self.0.push((name.to_owned(), rounded(number)));
        self
    }

    /// A word more.
    #[must_use]
    pub fn saying(mut self, name: &str, word: &str) -> Self {
        self.0.push((name.to_owned(), Value::from(word)));
        self
    }

    /// Prints it.
    pub fn print(self) {
        let fields = self.0.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        println!("{{{}}}", fields.collect::<Vec<_>>().join(","));
    }
}

/// The books differ: nothing of this case counts.
pub fn refuse(case: &str, backend: &str, why: &str) {
    REFUSED.store(true, Ordering::Relaxed);
    Line::of(case, backend, "").saying("refused", why).print();
}

/// Whether any case was refused.
pub fn was_refused() -> bool {
    REFUSED.load(Ordering::Relaxed)
}
