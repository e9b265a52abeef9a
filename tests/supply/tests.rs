//! What is built in keeps to `deny.toml`, and the bill of materials names all of it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::bill;
use super::licence::is_allowed;
use super::packages::{Package, Packages};
use super::rules::Rules;

/// Cargo is asked once.
static PACKAGES: LazyLock<Packages> = LazyLock::new(Packages::read);

const RULES: &str = r#"
[licenses]
allow = ["MIT", "Apache-2.0"]
[sources]
allow-registry = ["https://github.com/rust-lang/crates.io-index"]
[bans]
deny = [{ crate = "rsa" }, { crate = "h2:<0.4.16" }, { crate = "rand:>=0.9.0, <0.9.3" }]
"#;

fn package(name: &str, version: &str) -> Package {
    let some = PACKAGES.all.values().next().expect("there are packages").clone();
    Package { name: name.to_owned(), version: version.to_owned(), ..some }
}

#[test]
fn every_package_has_an_allowed_licence_and_comes_from_the_one_registry() {
    let (rules, packages) = (Rules::read(), &*PACKAGES);
    assert!(packages.all.len() > 250, "{}", packages.all.len());
    for one in packages.all.values() {
        let licence = one.licence.as_deref().unwrap_or("none");
        assert!(is_allowed(licence, &rules.licences), "{} {}: {licence}", one.name, one.version);
        let Some(source) = &one.source else {
            assert!(["hagukumi", "entity", "migration"].contains(&one.name.as_str()), "{} lies on a disk", one.name);
            continue;
        };
        let registry = source.strip_prefix("registry+").expect("a package from a registry");
        assert!(rules.registries.contains(registry), "{}: {source}", one.name);
        assert!(one.checksum.as_ref().is_some_and(|sum| sum.len() == 64), "{} has no checksum", one.name);
    }
}

#[test]
fn nothing_is_built_in_that_is_given_up_or_older_than_its_last_hole() {
    let (rules, packages) = (Rules::read(), &*PACKAGES);
    assert!(rules.bans() >= 25);
    let banned: Vec<_> = packages.all.values().filter(|one| rules.bans_it(one)).collect();
    assert!(banned.is_empty(), "{banned:?}");
}

#[test]
fn the_lock_file_itself_holds_nothing_that_is_too_old() {
    // Also what no platform of ours builds.
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).expect("Cargo.lock");
    let lock: toml::Table = lock.parse().expect("cargo writes TOML");
    let (rules, any) = (Rules::read(), package("any", "1.0.0"));
    for one in lock["package"].as_array().expect("a list of packages") {
        let field = |name: &str| one[name].as_str().expect("a text").to_owned();
        let one = Package { name: field("name"), version: field("version"), ..any.clone() };
        // An optional dependency that nobody turns on stands in the lock file all the same.
        assert!(one.name == "ring" || !rules.bans_it(&one), "{} {}", one.name, one.version);
    }
}

#[test]
fn no_manifest_takes_any_version() {
    for manifest in ["Cargo.toml", "entity/Cargo.toml", "migration/Cargo.toml"] {
        let text = std::fs::read_to_string(format!("{}/{manifest}", env!("CARGO_MANIFEST_DIR"))).expect(manifest);
        let table: toml::Table = text.parse().expect("a manifest is TOML");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, wanted) in table.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                let version = wanted.as_str().or_else(|| wanted.get("version").and_then(toml::Value::as_str));
                assert!(version.is_none_or(|version| !version.contains('*')), "{manifest}: {name}");
                assert!(wanted.get("git").is_none(), "{manifest}: {name}");
            }
        }
    }
}

#[test]
fn a_rule_catches_what_it_is_made_for() {
    let rules = Rules::of(RULES);
    for (name, version, banned) in [
        ("rsa", "9.9.9", true),
        ("h2", "0.4.15", true),
        ("h2", "0.4.16", false),
        ("h2", "0.4.16-rc.1", false),
        ("h2", "1.0.0", false),
        ("rand", "0.8.8", false),
        ("rand", "0.9.2", true),
        ("rand", "0.9.3", false),
        ("serde", "0.0.1", false),
    ] {
        assert_eq!(rules.bans_it(&package(name, version)), banned, "{name} {version}");
    }
    for (licence, allowed) in [
        ("MIT", true),
        ("MIT OR GPL-3.0", true),
        ("MIT/GPL-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Apache-2.0", true),
        ("MIT OR Apache-2.0 AND GPL-3.0", true),
        ("(MIT OR Apache-2.0) AND GPL-3.0", false),
        ("Apache-2.0 WITH LLVM-exception", false),
        ("AGPL-3.0-only", false),
        ("SSPL-1.0", false),
        ("", false),
        ("MIT OR", false),
        ("(MIT", false),
        ("MIT MIT", false),
    ] {
        assert_eq!(is_allowed(licence, &rules.licences), allowed, "{licence:?}");
    }
}

#[test]
fn the_bill_of_materials_names_everything_in_the_programme_and_nothing_of_the_tests() {
    let packages = &*PACKAGES;
    let bill = bill::of(packages);
    assert_eq!(
        (&bill["bomFormat"], &bill["specVersion"], &bill["version"]),
        (&"CycloneDX".into(), &"1.6".into(), &1.into())
    );
    assert!(bill["serialNumber"].as_str().is_some_and(|number| number.starts_with("urn:uuid:") && number.len() == 45));
    assert_eq!(bill["metadata"]["component"]["name"], "hagukumi");
    let components = bill["components"].as_array().expect("a list");
    let names: BTreeSet<&str> = components.iter().filter_map(|one| one["name"].as_str()).collect();
    for built_in in ["actix-http", "sea-orm", "sqlx-postgres", "rustls", "aws-lc-sys", "redis", "chacha20poly1305"] {
        assert!(names.contains(built_in), "{built_in} is missing");
    }
    for not in ["sqlx-mysql", "ring", "proptest", "tempfile", "fantoccini", "cc", "serde_derive", "syn", "hagukumi"] {
        assert!(!names.contains(not), "{not} is not in the programme");
    }
    components.iter().for_each(assert_complete);
    assert_eq!(components.len() + 1, packages.in_the_programme().len());
    assert_eq!(bill, bill::of(&Packages::read()), "the same every time");
}

#[track_caller]
fn assert_complete(component: &Value) {
    let text = |name: &str| component[name].as_str().unwrap_or_default();
    assert!(!text("version").is_empty(), "{component}");
    assert_eq!(text("purl"), format!("pkg:cargo/{}@{}", text("name"), text("version")));
    assert_eq!(text("bom-ref"), text("purl"));
    assert!(component["licenses"][0]["expression"].is_string(), "{component}");
    let ours = ["entity", "migration"].contains(&text("name"));
    let hash = component["hashes"][0]["content"].as_str().unwrap_or_default();
    assert!(ours || (hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit())), "{component}");
}

#[test]
fn every_reference_in_the_bill_leads_to_a_component() {
    let bill = bill::of(&PACKAGES);
    let components = bill["components"].as_array().expect("a list").iter().chain([&bill["metadata"]["component"]]);
    let known: BTreeSet<&str> = components.filter_map(|one| one["bom-ref"].as_str()).collect();
    let dependencies = bill["dependencies"].as_array().expect("a list");
    assert_eq!(dependencies.len(), known.len());
    for dependency in dependencies {
        let on = dependency["dependsOn"].as_array().expect("a list").iter().chain([&dependency["ref"]]);
        for reference in on {
            assert!(reference.as_str().is_some_and(|reference| known.contains(reference)), "{reference}");
        }
    }
}

fn manifest(path: &str) -> toml::Table {
    let text = std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).expect(path);
    text.parse().expect("a manifest is TOML")
}

#[test]
fn a_release_checks_our_sums_and_nobody_writes_unsafe_code() {
    let root = manifest("Cargo.toml");
    for package in ["hagukumi", "entity", "migration"] {
        let profile = &root["profile"]["release"]["package"][package];
        assert_eq!(profile["overflow-checks"].as_bool(), Some(true), "{package}");
    }
    assert_eq!(root["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for package in ["Cargo.toml", "entity/Cargo.toml", "migration/Cargo.toml"] {
        assert_eq!(manifest(package)["lints"]["workspace"].as_bool(), Some(true), "{package}");
    }
}

#[test]
fn nobody_turns_the_verification_of_certificates_off() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources can be read") {
            let path = entry.expect("the sources can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            read += 1;
            for never in ["danger_accept", "dangerous()", "insecure=", "sslmode=disable", "with_native_tls"] {
                assert!(!text.contains(never), "{}: {never}", path.display());
            }
        }
    }
    assert!(read > 200, "{read} files");
}
