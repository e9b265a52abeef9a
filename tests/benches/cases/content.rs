//! `content`: everything that ships read from the binary, against reading the bytes of its files.

use std::path::{Path, PathBuf};
use std::time::Instant;

use hagukumi::content::{Source, load};

use super::Ground;
use crate::pairs::{Turn, compare, take};
use crate::part::cpu_of_tree;
use crate::report::{Line, refuse};

/// Loads in a turn: one is too short to be seen in hundredths of a second.
const LOADS: usize = 20;

/// Measures and prints.
pub fn run(ground: &Ground) {
    let mut texts = 0;
    let mut ours = || {
        Ok(turn(|| {
            let library = load(&Source::Embedded, None).unwrap().library;
            texts = library.packs.iter().map(|pack| pack.manuscripts.len()).sum::<usize>()
                + library.municipality.texts.len();
        }))
    };
    let mut files = || {
        Ok(turn(|| {
            let bytes: usize = files(Path::new("content")).iter().map(|file| std::fs::read(file).unwrap().len()).sum();
            assert!(bytes > 0);
        }))
    };
    let turns = match take(ground.effort.pairs, &mut [&mut ours, &mut files]) {
        Ok(turns) => turns,
        Err(why) => return refuse("content", "none", &why),
    };
    let compared = compare(&turns[0], &turns[1]);
    Line::of("content", "none", "reading the files")
        .turns(&turns[0])
        .with("texts", texts as f64)
        .with("ms_a_load", crate::pairs::median(turns[0].iter().map(|turn| turn.wall_s / turn.work * 1e3)))
        .with("ratio_files", compared.by_wall.median)
        .print();
}

fn turn(mut load: impl FnMut()) -> Turn {
    let (began, before) = (Instant::now(), cpu_of_tree(std::process::id()));
    (0..LOADS).for_each(|_| load());
    let cpu_s = cpu_of_tree(std::process::id()) - before;
    Turn { work: LOADS as f64, cpu_s: cpu_s.max(0.01), beside_s: 0.0, wall_s: began.elapsed().as_secs_f64() }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
