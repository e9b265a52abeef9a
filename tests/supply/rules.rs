//! `deny.toml`, as far as it can be judged without a network.

use std::collections::BTreeSet;
use std::path::Path;

use super::packages::Package;

/// The rules.
pub struct Rules {
    /// Licences that may be built in.
    pub licences: BTreeSet<String>,
    /// Registries that packages may come from.
    pub registries: BTreeSet<String>,
    bans: Vec<(String, Vec<Bound>)>,
}

/// One end of a range of versions.
#[derive(Debug, Clone, Copy)]
enum Bound {
    Below([u64; 3]),
    From([u64; 3]),
}

impl Rules {
    /// The rules of this workspace.
    pub fn read() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
        Self::of(&std::fs::read_to_string(file).expect("deny.toml"))
    }

    /// The rules that a text says.
    pub fn of(text: &str) -> Self {
        let table: toml::Table = text.parse().expect("the rules are TOML");
        let set = |list: &toml::Value| {
            let texts = list.as_array().expect("a list").iter().map(|one| one.as_str().expect("a text").to_owned());
            texts.collect::<BTreeSet<_>>()
        };
        let bans = table["bans"]["deny"].as_array().expect("a list of bans");
        Self {
            licences: set(&table["licenses"]["allow"]),
            registries: set(&table["sources"]["allow-registry"]),
            bans: bans.iter().map(|one| ban(one["crate"].as_str().expect("a ban names a crate"))).collect(),
        }
    }

    /// How many packages are banned, in all or some versions.
    pub fn bans(&self) -> usize {
        self.bans.len()
    }

    /// Whether it may not be built in.
    pub fn bans_it(&self, package: &Package) -> bool {
        let version = version(&package.version);
        let within = |bound: &Bound| match bound {
            Bound::Below(end) => version < *end,
            Bound::From(start) => version >= *start,
        };
        self.bans.iter().any(|(name, range)| *name == package.name && range.iter().all(within))
    }
}

/// `name`, or `name:>=1.0.0, <1.2.3`.
fn ban(text: &str) -> (String, Vec<Bound>) {
    let (name, range) = text.split_once(':').unwrap_or((text, ""));
    let bounds = range.split(',').map(str::trim).filter(|part| !part.is_empty());
    (name.to_owned(), bounds.map(bound).collect())
}

fn bound(part: &str) -> Bound {
    match (part.strip_prefix(">="), part.strip_prefix('<')) {
        (Some(start), _) => Bound::From(version(start)),
        (None, Some(end)) => Bound::Below(version(end)),
        (None, None) => panic!("this range cannot be judged here: {part}"),
    }
}

/// The three numbers of a version; what stands behind them does not count.
fn version(text: &str) -> [u64; 3] {
    let numbers = text.split(['-', '+']).next().unwrap_or(text);
    let mut parts = numbers.split('.').map(|part| part.parse().expect("versions are numbers"));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}
