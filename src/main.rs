//! Command line → one library call each. Exit codes: 0 fine, 1 findings or failure, 2 usage.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use clap::{Parser, Subcommand};
use hagukumi::app::menus::{MenuDesk, MenuDeskError, drawn, menu_source, municipality};
use hagukumi::app::{self, archive, demo, keys, platform};
use hagukumi::clock::{Ambient, RehearsalClock, SystemChance};
use hagukumi::commands::Format;
use hagukumi::commands::rich_menu::RichMenuCommand;
use hagukumi::commands::{Outcome, backup, calendar, check, enquiry, key, preview, restore, rich_menu};
use hagukumi::config::{Config, LogFormat, Mistakes};
use hagukumi::content::{self, Finding, Loaded, SETTINGS, Severity};
use hagukumi::domain::calendar::{JST, civil};
use hagukumi::domain::programme::pack::Place;
use hagukumi::fail;
use hagukumi::line::outgoing::to_line;
use hagukumi::logging;
use hagukumi::menu::{Done, Order};

/// 妊娠4週から3歳の誕生日まで、家族に寄りそう LINE の配信サーバー
#[derive(Parser)]
#[command(name = "hagukumi", version, about)]
struct Cli {
    /// 設定ファイル（なければ ./hagukumi.toml）
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// サーバーを動かす（データベースの準備もする）
    Serve,
    /// ブラウザの中の電話で、すべてを試す（LINE には何も送らない）
    Demo(DemoArgs),
    /// LINE のまねを、ひとつのプロセスとして動かす（リハーサルのため。LINE には何も送らない）
    Simulator(SimulatorArgs),
    /// データベースを最新の形にする
    Migrate,
    /// 設定と原稿を調べる
    Check(check::CheckArgs),
    /// 家族ごとの配信日を一覧にする
    Calendar(calendar::CalendarArgs),
    /// 届くメッセージを JSON で見る
    Preview(preview::PreviewArgs),
    /// 動いているサーバーに様子を聞く
    Healthcheck,
    /// すべての登録と記録を、1つのファイルに写す（動かしたままで。鍵ファイルは入らない）
    Backup(backup::BackupArgs),
    /// バックアップを調べる、空のデータベースに戻す
    Restore(restore::RestoreArgs),
    /// 個人情報を封じる鍵を交換する
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// リッチメニュー（トークの下のメニュー）を、ファイルのとおりにする
    #[command(subcommand)]
    RichMenu(RichMenuCommand),
    /// 問い合わせ番号から、お届けの記録を見る（窓口のために）
    Enquiry(enquiry::EnquiryArgs),
}

/// Where the simulated LINE listens, and whom it tells.
#[derive(clap::Args)]
struct SimulatorArgs {
    /// API と電話のページ（このパソコンの中だけ。ポート 0 は空いているところ）
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081", value_parser = loopback)]
    listen: SocketAddr,
    /// リッチメニューの画像
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = loopback)]
    data_listen: SocketAddr,
    /// サーバーの webhook（いくつも書くと、順番に届けます）
    #[arg(long = "webhook", value_name = "URL")]
    webhooks: Vec<String>,
}

#[derive(clap::Args)]
struct DemoArgs {
    /// ほかのプログラムから、LINE のまねに起きたことを調べたり、人を演じたりできるようにする（このパソコンの中だけ）
    #[arg(long)]
    control: bool,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse::<SocketAddr>().map_err(|_| "アドレス:ポート（例 127.0.0.1:8081）".to_owned())?;
    let inside = address.ip().is_loopback();
    if inside {
        Ok(address)
    } else {
        Err("このパソコンの中だけ（127.0.0.1 か [::1]）で待ち受けられます".to_owned())
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    app::install_tls();
    match run(&cli) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) => {
            let _nobody_listens = writeln!(std::io::stderr(), "hagukumi: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<Outcome> {
    match &cli.command {
        Command::Serve => later(serve(read_config(cli)?)),
        Command::Demo(args) => later(run_demo(read_config(cli)?, args)),
        Command::Simulator(args) => later(run_simulator(read_config_of_line(cli)?, args)),
        Command::Migrate => later(migrate(read_config(cli)?)),
        Command::Check(args) => match read_config(cli) {
            Ok(config) => run_check(args, &config),
            Err(error) => Ok(check::mistakes(args, error.downcast::<Mistakes>()?, &mut std::io::stdout().lock())?),
        },
        Command::Calendar(args) => {
            let library = load(&read_config(cli)?)?.library;
            Ok(calendar::run(args, &library, &mut std::io::stdout().lock())?)
        }
        Command::Preview(args) => {
            let library = load(&read_config(cli)?)?.library;
            Ok(preview::run(args, &library, &to_line, &mut std::io::stdout().lock())?)
        }
        Command::Healthcheck => later(healthcheck(read_config(cli)?)),
        Command::RichMenu(command) => run_menus(&read_config(cli)?, command),
        Command::Enquiry(args) => later(ask(read_config(cli)?, args)),
        Command::Backup(args) => later(back_up(read_config(cli)?, args)),
        Command::Restore(args) => later(come_back(read_config(cli)?, args)),
        Command::Key(command) => later(change_key(read_config(cli)?, command)),
    }
}

fn later<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn read_config(cli: &Cli) -> anyhow::Result<Config> {
    read_config_in(cli, environment())
}

/// The server's settings as the simulated LINE reads them: it is LINE itself, wherever servers look for it.
fn read_config_of_line(cli: &Cli) -> anyhow::Result<Config> {
    let own = ("HAGUKUMI_LINE_API_URL".to_owned(), "http://127.0.0.1".to_owned());
    read_config_in(cli, environment().filter(|(name, _)| !name.starts_with("HAGUKUMI_LINE_")).chain([own]))
}

fn read_config_in(cli: &Cli, environment: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Config> {
    let path = cli.config.clone().unwrap_or_else(|| PathBuf::from("hagukumi.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && cli.config.is_none() => None,
        Err(error) => return Err(error).with_context(|| format!("設定ファイル {} を読めません", path.display())),
    };
    let name = path.display().to_string();
    let file = text.as_deref().map(|text| (name.as_str(), text));
    Ok(Config::read(file, environment)?)
}

/// The environment as text. Bytes that are none are shown by a replacement character, which no setting
/// takes; a variable of somebody else's must not keep us from starting.
fn environment() -> impl Iterator<Item = (String, String)> {
    let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
    let all = std::env::vars_os().map(move |(name, value)| (text(name), text(value)));
    all.filter(|(name, _)| !fail::is_ours(name))
}

fn load(config: &Config) -> anyhow::Result<Loaded> {
    let municipality = config.accounts.first().and_then(|account| account.municipality.as_deref());
    Ok(content::load(&app::content_source(config), municipality)?)
}

fn run_check(args: &check::CheckArgs, config: &Config) -> anyhow::Result<Outcome> {
    let municipality = config.accounts.first().and_then(|account| account.municipality.as_deref());
    let today = civil(Ambient::system().now(), JST).date();
    let source = app::content_source(config);
    let mut more = reminders(config);
    if args.online {
        let asked = later(async { Ok(app::online::findings(config, &Ambient::system()).await) })?;
        more.extend(asked);
    }
    let sources = (&source, &menu_source(config));
    Ok(check::run(args, sources, municipality, today, &|_| more.clone(), &mut std::io::stdout().lock())?)
}

/// What would keep `serve` from starting, and what cannot be seen from here and is forgotten easily.
/// Nothing of it concerns somebody who only writes texts and has set nothing.
fn reminders(config: &Config) -> Vec<Finding> {
    let finding = |severity, sentence: String| {
        let place = Place { file: SETTINGS.to_owned(), line: 1 };
        Finding { severity, place, sentence }
    };
    if config.accounts.iter().all(|account| account.channel_secrets.is_empty() && account.token.is_none()) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> =
        app::refusals(config).into_iter().map(|why| finding(Severity::Error, why)).collect();
    let again = "LINE Developers の「Webhookの再送」は、はじめはオフです。オンになっているか確かめてください。";
    findings.push(finding(Severity::Warning, again.to_owned()));
    findings
}

/// The time of a server: the machine's, or a rehearsal that never starts before it was last seen.
async fn ambient(config: &Config) -> anyhow::Result<Ambient> {
    let Some(start) = config.rehearsal_clock else { return Ok(Ambient::system()) };
    let clock = RehearsalClock::running(app::rehearsal_start(config, start).await?);
    Ok(Ambient::new(std::sync::Arc::new(clock), std::sync::Arc::new(SystemChance)))
}

async fn serve(config: Config) -> anyhow::Result<Outcome> {
    let _last_words = logging::start(&config.log, config.log_format);
    // Listened for before anybody may know that we serve, so that no order to stop is missed.
    let stop = told_to_stop()?;
    let serving = app::run(&config, ambient(&config).await?).await?;
    tracing::info!(listen = %config.listen, accounts = config.accounts.len(), "serving");
    stop.await?;
    tracing::info!("stopping: what is in flight ends first");
    serving.stop().await;
    Ok(Outcome::Fine)
}

async fn run_demo(config: Config, args: &DemoArgs) -> anyhow::Result<Outcome> {
    let _last_words = logging::start("warn", LogFormat::Pretty);
    let stop = told_to_stop()?;
    let demo = demo::start(config.content_dir, config.rich_menu_dir, args.control, &Ambient::system()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "phone {}\nbot {}", demo.phone_url, demo.bot_url)?;
    if let Some(control) = &demo.control_url {
        writeln!(out, "control {control}\ndatabase {}", demo.database.display())?;
    }
    writeln!(out, "ready")?;
    out.flush()?;
    stop.await?;
    demo.stop().await;
    Ok(Outcome::Fine)
}

async fn run_simulator(config: Config, args: &SimulatorArgs) -> anyhow::Result<Outcome> {
    let _last_words = logging::start("warn", LogFormat::Pretty);
    let stop = told_to_stop()?;
    let places =
        platform::Places { listen: args.listen, data_listen: args.data_listen, webhooks: args.webhooks.clone() };
    let line = platform::start(&config, &places, &Ambient::system()).await?;
    let (api, data) = (&line.api_url, &line.data_url);
    let mut out = std::io::stdout();
    writeln!(out, "phone {api}/phone\napi {api}\ndata {data}\ncontrol {api}/control\nready")?;
    out.flush()?;
    stop.await?;
    line.stop().await;
    Ok(Outcome::Fine)
}

async fn migrate(config: Config) -> anyhow::Result<Outcome> {
    let ran = app::migrate(&config).await?;
    writeln!(std::io::stdout(), "{ran}つの変更をしました。データベースは最新の形です。")?;
    Ok(Outcome::Fine)
}

async fn ask(config: Config, args: &enquiry::EnquiryArgs) -> anyhow::Result<Outcome> {
    let number = args.read()?;
    let found = app::enquiry::enquiry(&config, Ambient::system(), &number).await?;
    Ok(enquiry::run(&number, found.as_ref(), JST, &mut std::io::stdout().lock())?)
}

fn run_menus(config: &Config, command: &RichMenuCommand) -> anyhow::Result<Outcome> {
    match command {
        RichMenuCommand::Plan { account, format } => later(plan_menus(config, account.as_deref(), *format)),
        RichMenuCommand::Apply { account, test_readers } => {
            later(apply_menus(config, account.as_deref(), test_readers))
        }
        RichMenuCommand::Rollback { account } => later(roll_menus_back(config, account.as_deref())),
        RichMenuCommand::Export { account, out } => later(export_menus(config, account.as_deref(), out)),
        RichMenuCommand::Preview { account, out } => preview_menus(config, account.as_deref(), out.as_deref()),
    }
}

/// The database and LINE, with the findings of the files written where they keep anything from being done.
async fn menu_desk(config: &Config, account: Option<&str>) -> anyhow::Result<MenuDesk> {
    Ok(MenuDesk::open(config, Ambient::system(), account).await?)
}

/// Mistakes in the files one a line, as `check` writes them; other failures as they are.
fn files_or(error: MenuDeskError, config: &Config) -> anyhow::Result<Outcome> {
    let MenuDeskError::Files(findings) = error else { return Err(error.into()) };
    let root = menu_source(config).root();
    for finding in &findings.0 {
        writeln!(std::io::stdout(), "{root}/{finding}")?;
    }
    Ok(Outcome::Findings)
}

async fn plan_menus(config: &Config, account: Option<&str>, format: Format) -> anyhow::Result<Outcome> {
    let desk = menu_desk(config, account).await?;
    for (at, slug) in desk.accounts.iter().enumerate() {
        let (built, _) = match desk.built(at) {
            Ok(built) => built,
            Err(error) => return files_or(error, config),
        };
        let looked = desk.menus.plan(at, &built).await?;
        let account = (slug.as_str(), desk.today(at));
        rich_menu::plan(account, &built.declared, &looked, format, &mut std::io::stdout().lock())?;
    }
    desk.close().await;
    Ok(Outcome::Fine)
}

async fn apply_menus(config: &Config, account: Option<&str>, testers: &[String]) -> anyhow::Result<Outcome> {
    let desk = menu_desk(config, account).await?;
    for (at, slug) in desk.accounts.iter().enumerate() {
        let (built, _) = match desk.built(at) {
            Ok(built) => built,
            Err(error) => return files_or(error, config),
        };
        let order = match testers {
            [] => Order::Everybody,
            numbers => Order::Testers(desk.testers(at, numbers).await?),
        };
        let applied = desk.menus.apply(at, &built, &order, &mut say_done).await?;
        writeln!(std::io::stdout(), "{}", rich_menu::applied(slug, &applied))?;
    }
    desk.close().await;
    Ok(Outcome::Fine)
}

async fn roll_menus_back(config: &Config, account: Option<&str>) -> anyhow::Result<Outcome> {
    let desk = menu_desk(config, account).await?;
    for (at, slug) in desk.accounts.iter().enumerate() {
        let number = desk.menus.roll_back(at, &mut say_done).await?;
        writeln!(
            std::io::stdout(),
            "アカウント {slug}：前の版にもどしました（版{number}）。ファイルは新しいままなので、つぎの apply までに直してください。"
        )?;
    }
    desk.close().await;
    Ok(Outcome::Fine)
}

/// What is being done, line by line, for whoever looks on.
fn say_done(done: Done) {
    let _nobody_listens = writeln!(std::io::stdout(), "{}", rich_menu::done(&done));
}

async fn export_menus(config: &Config, account: Option<&str>, folder: &Path) -> anyhow::Result<Outcome> {
    let desk = menu_desk(config, account).await?;
    let Some(exported) = desk.menus.export(0).await? else {
        return Err(anyhow!(
            "このアカウントには、まだ何も反映していません。先に hagukumi rich-menu apply を実行してください"
        ));
    };
    let files = rich_menu::export::files(&exported);
    rich_menu::export::write(folder, &files).with_context(|| format!("{} に書き出せません", folder.display()))?;
    desk.close().await;
    writeln!(std::io::stdout(), "{}個のファイルを {} に書き出しました。", files.len(), folder.display())?;
    Ok(Outcome::Fine)
}

fn preview_menus(config: &Config, account: Option<&str>, file: Option<&Path>) -> anyhow::Result<Outcome> {
    let (_, municipality) = municipality(config, account)?;
    let menus = match content::load_menus(&menu_source(config), &municipality) {
        Ok(loaded) => loaded.menus,
        Err(findings) => return files_or(findings.into(), config),
    };
    let html = rich_menu::preview::html(&menus, &drawn(&menus)?);
    match file {
        Some(file) => std::fs::write(file, html).with_context(|| format!("{} に書けません", file.display()))?,
        None => write!(std::io::stdout(), "{html}")?,
    }
    Ok(Outcome::Fine)
}

async fn back_up(config: Config, args: &backup::BackupArgs) -> anyhow::Result<Outcome> {
    let _last_words = logging::start(&config.log, config.log_format);
    let written = archive::back_up(&config, Ambient::system(), &args.target).await?;
    Ok(backup::run(&written, &mut std::io::stdout().lock())?)
}

async fn come_back(config: Config, args: &restore::RestoreArgs) -> anyhow::Result<Outcome> {
    let (ambient, lists) = (Ambient::system(), args.suppression.as_slice());
    let Some(file) = &args.file else {
        if args.release {
            archive::release(&config, ambient).await?;
            return Ok(restore::released(&mut std::io::stdout().lock())?);
        }
        let listed = archive::silence(&config, ambient, lists).await?;
        return Ok(restore::restored(None, listed, JST, &mut std::io::stdout().lock())?);
    };
    if args.verify {
        let (manifest, findings) = archive::verify(&config, ambient, file).await?;
        return Ok(restore::verified(&manifest, &findings, JST, &mut std::io::stdout().lock())?);
    }
    let (manifest, listed) = archive::restore(&config, ambient, file, lists).await?;
    Ok(restore::restored(Some(&manifest), listed, JST, &mut std::io::stdout().lock())?)
}

async fn change_key(config: Config, command: &key::KeyCommand) -> anyhow::Result<Outcome> {
    let _last_words = logging::start(&config.log, config.log_format);
    let (ambient, mut out) = (Ambient::system(), std::io::stdout());
    Ok(match command {
        key::KeyCommand::Status => key::status(&keys::status(&config, ambient).await?, &mut out)?,
        key::KeyCommand::Add => key::added(keys::add(&config, ambient).await?, &mut out)?,
        key::KeyCommand::Rotate => {
            let told = |values| tracing::info!(values, "sealed again");
            key::rotated(keys::rotate(&config, ambient, told).await?, &mut out)?
        }
        key::KeyCommand::Retire { now } => key::retired(&keys::retire(&config, ambient, *now).await?, &mut out)?,
    })
}

async fn healthcheck(config: Config) -> anyhow::Result<Outcome> {
    let address = format!("http://{}/readyz", config.listen);
    let asked = reqwest::Client::builder().timeout(std::time::Duration::from_secs(5)).no_proxy().build()?;
    let answer = asked
        .get(&address)
        .send()
        .await
        .map_err(|error| anyhow!("{address} から返事がありません（{}）", error.without_url()))?;
    writeln!(std::io::stdout(), "{address}: {}", answer.status())?;
    Ok(if answer.status().is_success() { Outcome::Fine } else { Outcome::Findings })
}

/// SIGTERM from a service manager, SIGINT from a keyboard. Listens from the call on, not only from the
/// first poll of what it returns.
fn told_to_stop() -> std::io::Result<impl Future<Output = anyhow::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    })
}
