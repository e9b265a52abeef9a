use super::*;

fn read(file: &str, env: &[(&str, &str)]) -> Result<Config, Mistakes> {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(Some(("hagukumi.toml", file)), env)
}

fn mistakes(file: &str, env: &[(&str, &str)]) -> String {
    read(file, env).unwrap_err().to_string()
}

#[test]
fn nothing_set_is_a_server_on_loopback_with_an_sqlite_file() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url.expose(), "sqlite://data/hagukumi.sqlite");
    assert_eq!(config.accounts.len(), 1);
    assert_eq!(config.accounts[0].slug, "main");
    assert!(config.talks_to_line());
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = read("listen = '127.0.0.1:1'", &[("HAGUKUMI_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(config.listen.port(), 2);
}

#[test]
fn every_mistake_is_told_at_once_and_no_value_is_repeated() {
    let told = mistakes(
        "lissten = 'x'\ndelivery_time = '23:00'",
        &[("HAGUKUMI_REPLICAS", "many"), ("HAGUKUMI_CHANNEL_SECRET", "geheim"), ("HAGUKUMI_LOG_FORMAT", "xml")],
    );
    for part in [
        "lissten: この設定はありません。listen のことですか。",
        "delivery_time",
        "HAGUKUMI_REPLICAS",
        "HAGUKUMI_CHANNEL_SECRET",
        "HAGUKUMI_LOG_FORMAT",
    ] {
        assert!(told.contains(part), "{part} is missing in {told}");
    }
    assert!(!told.contains("geheim"));
}

#[test]
fn a_secret_comes_from_a_file_without_its_newline() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("token");
    std::fs::write(&path, "abc.def\n").unwrap();
    let config = read("", &[("HAGUKUMI_CHANNEL_ACCESS_TOKEN_FILE", path.to_str().unwrap())]).unwrap();
    assert!(matches!(&config.accounts[0].token, Some(TokenConfig::LongLived(token)) if token.expose() == "abc.def"));
    assert!(!format!("{config:?}").contains("abc.def"));
}

#[test]
fn accounts_are_tables_and_webhook_means_the_default_one() {
    let file = "[[account]]\naccount = 'aoba'\nchannel_secret = '0123456789abcdef'\n[[account]]\naccount = 'minato'\n";
    let config = read(file, &[("HAGUKUMI_ACCOUNT", "aoba")]).unwrap();
    assert_eq!(config.accounts.iter().map(|one| one.slug.as_str()).collect::<Vec<_>>(), ["aoba", "minato"]);
    assert_eq!(config.default_account, "aoba");
    assert!(mistakes(file, &[("HAGUKUMI_ACCOUNT", "nowhere")]).contains("HAGUKUMI_ACCOUNT"));
}

#[test]
fn with_nobody_named_webhook_means_main_and_without_a_main_the_first_account() {
    let meant = |file| read(file, &[]).unwrap().default_account;
    assert_eq!(meant("[[account]]\naccount = 'aoba'\n[[account]]\naccount = 'minato'\n"), "aoba");
    assert_eq!(meant("[[account]]\naccount = 'aoba'\n[[account]]\naccount = 'main'\n"), "main");
}

#[test]
fn a_rehearsal_never_talks_to_line() {
    let clock = ("HAGUKUMI_REHEARSAL_CLOCK", "2026-11-22T07:00:00+09:00");
    assert!(mistakes("", &[clock]).contains("HAGUKUMI_REHEARSAL_CLOCK"));
    assert!(read("", &[clock, ("HAGUKUMI_LINE_API_URL", "http://127.0.0.1:9000")]).is_ok());
    let disguised = ("HAGUKUMI_LINE_API_URL", "https://127.0.0.1@api.line.me/");
    assert!(mistakes("", &[clock, disguised]).contains("HAGUKUMI_REHEARSAL_CLOCK"));
}

#[test]
fn a_broken_file_names_its_line_and_nothing_of_it() {
    let told = mistakes("listen = '127.0.0.1:1'\nchannel_secret = 0123secret456\n", &[]);
    assert!(told.contains("hagukumi.toml:2") && !told.contains("0123secret456"), "{told}");
}

#[test]
fn a_database_of_its_own_wants_a_key_file_and_lets_many_servers_work() {
    let url = ("HAGUKUMI_DATABASE_URL", "postgres://hagukumi:geheim@db/hagukumi");
    let (key, two) = (("HAGUKUMI_KEY_FILE", "hagukumi.key"), ("HAGUKUMI_REPLICAS", "2"));
    let config = read("", &[url, key, two]).unwrap();
    assert!(!config.is_embedded() && !format!("{config:?}").contains("geheim"));
    let told = mistakes("", &[url, two]);
    assert!(told.contains("HAGUKUMI_KEY_FILE") && told.contains("1つの") && !told.contains("geheim"), "{told}");
    assert!(mistakes("", &[two]).contains("PostgreSQL"));
    for other in ["mysql://hagukumi:geheim@db/x", "geheim", "postgres:/db"] {
        let told = mistakes("", &[("HAGUKUMI_DATABASE_URL", other), key]);
        assert!(told.contains("SQLite と PostgreSQL") && !told.contains("geheim"), "{told}");
    }
}

#[test]
fn an_address_of_redis_is_kept_secret_and_nonsense_is_refused_with_an_example() {
    for right in ["redis://127.0.0.1:6379", "rediss://:geheim@redis.example.jp:6380/2", "unix:///run/redis.sock?db=1"] {
        let config = read("", &[("HAGUKUMI_REDIS_URL", right)]).unwrap();
        assert_eq!(config.redis_url.as_ref().map(Secret::expose), Some(right));
        assert!(!format!("{config:?}").contains(right));
    }
    for wrong in ["localhost:6379", "http://:geheim@localhost", "redis://", "unix:///"] {
        let told = mistakes("", &[("HAGUKUMI_REDIS_URL", wrong)]);
        assert!(told.contains("HAGUKUMI_REDIS_URL: redis://ホスト:6379"), "{wrong}: {told}");
        assert!(!told.contains("geheim"), "{told}");
    }
    assert!(read("", &[]).unwrap().redis_url.is_none());
}
