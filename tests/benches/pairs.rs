//! Turns, taken in pairs, and what follows from them.

use crate::machine::Probe;

/// What a contender did in one turn.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// How much: requests, messages, readers.
    pub work: f64,
    /// CPU-seconds of the contender's own process.
    pub cpu_s: f64,
    /// CPU-seconds of the servers beside it: PostgreSQL, Redis.
    pub beside_s: f64,
    /// Seconds by the clock on the wall.
    pub wall_s: f64,
}

/// One number of many pairs.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    /// The one in the middle.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

/// Ours through theirs.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// Work a CPU-second.
    pub by_cpu: Ratio,
    /// Work a CPU-second, those of the servers beside it too.
    pub by_all_cpu: Ratio,
    /// Work a second.
    pub by_wall: Ratio,
    /// How many pairs.
    pub pairs: usize,
}

/// Takes the contenders' turns in `pairs` rounds, forwards and backwards in turn, and returns the turns of each.
/// A round in which the machine changed its speed is taken again, a few times.
///
/// # Errors
///
/// What a contender says when its books differ.
pub fn take(
    pairs: usize,
    contenders: &mut [&mut dyn FnMut() -> Result<Turn, String>],
) -> Result<Vec<Vec<Turn>>, String> {
    let mut taken = vec![Vec::new(); contenders.len()];
    let mut again = pairs;
    let mut round = 0;
    while taken[0].len() < pairs {
        let before = Probe::now();
        let mut turns = vec![None; contenders.len()];
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for contender in order {
            turns[contender] = Some(contenders[contender]()?);
        }
        round += 1;
        if !before.is_like(Probe::now()) && again > 0 {
            again -= 1;
            eprintln!("the machine changed its speed; the round is taken again");
            continue;
        }
        taken.iter_mut().zip(turns).for_each(|(all, turn)| all.extend(turn));
    }
    Ok(taken)
}

/// Compares turns of the same rounds.
pub fn compare(ours: &[Turn], theirs: &[Turn]) -> Compared {
    let ratios = |rate: fn(&Turn) -> f64| {
        let all: Vec<f64> = ours.iter().zip(theirs).map(|(our, their)| rate(our) / rate(their)).collect();
        Ratio {
            median: median(all.iter().copied()),
            least: all.iter().copied().fold(f64::INFINITY, f64::min),
            most: all.iter().copied().fold(0.0, f64::max),
        }
    };
    Compared {
        by_cpu: ratios(|turn| turn.work / turn.cpu_s),
        by_all_cpu: ratios(|turn| turn.work / (turn.cpu_s + turn.beside_s)),
        by_wall: ratios(|turn| turn.work / turn.wall_s),
        pairs: ours.len(),
    }
}

/// The number in the middle.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = numbers.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
