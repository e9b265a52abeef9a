//! Settings: read, or refused with every mistake at its place, and no value repeated.

use hagukumi::config::{Config, Mistakes};

/// Stands for a secret, wherever it is written.
const SECRET: &str = "s3cr3tmark";

/// Reads any bytes as a file of settings and, behind a zero byte, lines `NAME=value` of the environment.
pub fn holds(bytes: &[u8]) {
    let all = super::lossy(bytes);
    // Secrets may be named by a file; devices that never end are no settings.
    if all.contains("/dev") || all.contains("/proc") {
        return;
    }
    let (file, environment) = all.split_once('\0').unwrap_or((&all, ""));
    let environment: Vec<(String, String)> = environment
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (format!("HAGUKUMI_{name}"), value.to_owned()))
        .collect();
    match Config::read(Some(("hagukumi.toml", file)), environment.clone()) {
        Ok(config) => what_was_read_makes_sense(&config),
        Err(mistakes) => every_mistake_has_its_place(&mistakes, file, &environment),
    }
}

fn what_was_read_makes_sense(config: &Config) {
    assert!(config.replicas > 0 && !config.accounts.is_empty());
    assert!(config.accounts.iter().any(|account| account.slug == config.default_account));
    let shown = format!("{config:?}");
    for account in &config.accounts {
        let secrets = account.channel_secrets.iter().map(|secret| secret.expose());
        assert!(secrets.filter(|secret| secret.contains(SECRET)).all(|secret| !shown.contains(secret)));
        assert!((account.hours.opens..account.hours.closes).contains(&account.hours.delivery));
    }
}

fn every_mistake_has_its_place(mistakes: &Mistakes, file: &str, environment: &[(String, String)]) {
    assert!(!mistakes.0.is_empty());
    let lines = file.lines().count().max(1);
    for mistake in &mistakes.0 {
        let rest = mistake.place.strip_prefix("hagukumi.toml:").or(mistake.place.strip_prefix("環境変数:"));
        let rest = rest.unwrap_or_else(|| panic!("no place: {mistake:?}"));
        let line = rest.split(':').next().and_then(|line| line.parse::<usize>().ok());
        assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "{mistake:?}");
        assert!(!mistake.sentence.is_empty());
    }
    let told = mistakes.to_string();
    assert!(!told.contains(SECRET) || is_a_name(file, environment), "{told}");
}

/// Whether the mark is the name of a setting, which is repeated so that it can be found.
fn is_a_name(file: &str, environment: &[(String, String)]) -> bool {
    let in_table = |table: &toml::Table| has_name(&toml::Value::Table(table.clone()));
    environment.iter().any(|(name, _)| name.contains(SECRET)) || file.parse().is_ok_and(|table| in_table(&table))
}

fn has_name(value: &toml::Value) -> bool {
    match value {
        toml::Value::Table(table) => table.iter().any(|(name, value)| name.contains(SECRET) || has_name(value)),
        toml::Value::Array(values) => values.iter().any(has_name),
        _ => false,
    }
}
