//! The packages that cargo resolves, and which of them end up in the programme.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// One package.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its name in the registry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SPDX expression of its licence.
    pub licence: Option<String>,
    /// The registry it comes from; none for our own.
    pub source: Option<String>,
    /// The SHA-256 of what was downloaded, from `Cargo.lock`; none for our own.
    pub checksum: Option<String>,
}

impl Package {
    fn id(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// All packages, and who needs whom when the programme runs.
#[derive(Debug)]
pub struct Packages {
    /// By `name version`, with what only builds or tests the programme.
    pub all: BTreeMap<String, Package>,
    /// The programme itself.
    pub programme: String,
    needs: BTreeMap<String, BTreeSet<String>>,
}

impl Packages {
    /// Asks cargo, without a network: whoever has built has everything.
    pub fn read() -> Self {
        let known = described();
        let built = tree("normal,build,dev", &["--workspace"]);
        let all = built.iter().map(|(_, id)| (id.clone(), known[id].clone())).collect();
        let linked = tree("normal,no-proc-macro", &["--package", "hagukumi"]);
        Self { programme: linked[0].1.clone(), all, needs: edges(&linked) }
    }

    /// Everything that is linked into the programme, itself too.
    pub fn in_the_programme(&self) -> BTreeSet<&String> {
        self.needs.keys().collect()
    }

    /// What a package needs when it runs.
    pub fn needs_of(&self, id: &str) -> impl Iterator<Item = &String> {
        self.needs.get(id).into_iter().flatten()
    }
}

/// Who needs whom, from a tree that shows what a package needs where it stands first.
fn edges(tree: &[(usize, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let (mut needs, mut way) = (BTreeMap::<String, BTreeSet<String>>::new(), Vec::<&String>::new());
    for (depth, id) in tree {
        way.truncate(*depth);
        if let Some(parent) = way.last() {
            needs.entry((*parent).clone()).or_default().insert(id.clone());
        }
        needs.entry(id.clone()).or_default();
        way.push(id);
    }
    needs
}

/// What is built with its features as they are, on this platform: depth and package, as `name version`.
/// (`cargo metadata` also lists what optional features could bring in.)
fn tree(edges: &str, more: &[&str]) -> Vec<(usize, String)> {
    let output = cargo(&[&["tree", "--edges", edges, "--prefix", "depth", "--format", "|{p}"], more].concat());
    let lines = output.lines().filter(|line| !line.is_empty()).map(|line| {
        let (depth, package) = line.split_once('|').expect("a line of the tree is a depth and a package");
        let mut words = package.split_whitespace();
        let name = words.next().expect("a package has a name");
        let version = words.next().and_then(|word| word.strip_prefix('v')).expect("a package has a version");
        (depth.parse().expect("a depth is a number"), format!("{name} {version}"))
    });
    lines.collect()
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let (command, rest) = arguments.split_first().expect("there is a command");
    let output = Command::new(cargo)
        .args([command, "--locked", "--offline"])
        .args(rest)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// Every package that the lock file knows for this platform, by `name version`.
fn described() -> BTreeMap<String, Package> {
    let output = cargo(&["metadata", "--format-version", "1", "--filter-platform", &host()]);
    let metadata: Value = serde_json::from_str(&output).expect("cargo writes JSON");
    let checksums = checksums();
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages.iter().map(|package| read(package, &checksums)).map(|one| (one.id(), one)).collect()
}

/// The platform that is built for: this one.
fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(rustc).arg("-vV").output().expect("rustc can be run");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    told.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host").to_owned()
}

/// By name and version.
fn checksums() -> BTreeMap<(String, String), String> {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).expect("Cargo.lock");
    let lock: toml::Table = lock.parse().expect("cargo writes TOML");
    let packages = lock["package"].as_array().expect("a list of packages");
    let field = |package: &toml::Value, name| package.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    packages
        .iter()
        .filter_map(|one| Some(((field(one, "name")?, field(one, "version")?), field(one, "checksum")?)))
        .collect()
}

fn read(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Package {
    let text = |name: &str| package[name].as_str().map(str::to_owned);
    let (name, version) = (text("name").unwrap_or_default(), text("version").unwrap_or_default());
    let checksum = checksums.get(&(name.clone(), version.clone())).cloned();
    Package { name, version, licence: text("license"), source: text("source"), checksum }
}
