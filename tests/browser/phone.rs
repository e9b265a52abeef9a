//! The phone in the page, and what a person does with it.

use std::rc::Rc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::key::Key;
use serde_json::Value;

use super::demo::Demo;
use super::driver::{Browser, Screen};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for.
const GLANCE: Duration = Duration::from_millis(40);

/// A small phone.
pub(crate) const POCKET: Screen = Screen { width: 375, height: 720 };
/// A screen on a desk.
pub(crate) const DESK: Screen = Screen { width: 1200, height: 900 };

/// One person before the page, with one of its two phones in the hand.
pub(crate) struct Phone<'d> {
    pub(crate) browser: Rc<Browser>,
    demo: &'d Demo,
    hand: Hand,
}

/// Which of the two phones.
#[derive(Clone, Copy)]
enum Hand {
    First,
    Second,
}

impl Hand {
    /// What the ids in it end with.
    const fn suffix(self) -> &'static str {
        match self {
            Self::First => "",
            Self::Second => "-2",
        }
    }

    /// The id of the other one.
    const fn other(self) -> &'static str {
        match self {
            Self::First => "phone-2",
            Self::Second => "phone-1",
        }
    }
}

impl<'d> Phone<'d> {
    /// Opens the page in a new browser.
    pub(crate) async fn open(demo: &'d Demo, screen: Screen) -> Self {
        let phone = Self { browser: Rc::new(Browser::start(screen).await), demo, hand: Hand::First };
        phone.turns_to("").await;
        phone
    }

    /// The second phone of the same page.
    pub(crate) fn second(&self) -> Self {
        Self { browser: Rc::clone(&self.browser), demo: self.demo, hand: Hand::Second }
    }

    /// Opens the page again, with this behind its address.
    pub(crate) async fn turns_to(&self, query: &str) {
        let url = format!("{}{query}", self.demo.phone_url);
        self.browser.client.goto(&url).await.expect("the page opens");
        // The page is there when it knows the time.
        self.finds("//time[@id='now'][string-length(.) > 0]").await;
    }

    /// Waits for the newest element that an XPath names, in this phone or around both.
    pub(crate) async fn finds(&self, path: &str) -> Element {
        self.finds_within(PATIENCE, path).await
    }

    /// As [`Phone::finds`], with another patience.
    pub(crate) async fn finds_within(&self, patience: Duration, path: &str) -> Element {
        let newest = format!("({path})[not(ancestor-or-self::*[@id='{}'])][last()]", self.hand.other());
        let wait = self.browser.client.wait().at_most(patience).every(GLANCE);
        let found = wait.for_element(Locator::XPath(&newest)).await;
        match found {
            Ok(element) => element,
            Err(why) => panic!("{path} is not in the page ({why}); the talk:\n{}", self.talk().await),
        }
    }

    /// All elements that a CSS selector names.
    pub(crate) async fn all(&self, selector: &str) -> Vec<Element> {
        self.browser.client.find_all(Locator::Css(selector)).await.expect("the page can be searched")
    }

    /// Everything that stands in the talk.
    pub(crate) async fn talk(&self) -> String {
        let id = format!("talk{}", self.hand.suffix());
        let found = self.browser.client.find(Locator::Id(&id)).await.expect("the page has a talk");
        found.text().await.expect("an element has a text")
    }

    /// Waits until the other side has said this, and returns the bubble.
    pub(crate) async fn reads(&self, text: &str) -> Element {
        self.finds(&format!("//article[contains(@class, 'bot')][contains(., '{text}')]")).await
    }

    /// Clicks the newest button of that name.
    pub(crate) async fn taps(&self, name: &str) {
        self.clicks(&format!("//button[normalize-space(.) = '{name}'][not(@disabled)]")).await;
    }

    /// Clicks; what is still moving is tried again.
    pub(crate) async fn clicks(&self, path: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.finds(path).await.click().await {
                Ok(()) => return,
                Err(why) if Instant::now() < deadline && is_passing(&why) => {}
                Err(why) => panic!("{path} cannot be clicked: {why}"),
            }
        }
    }

    /// Types a message and sends it.
    pub(crate) async fn says(&self, text: &str) {
        let field = self.finds("//textarea").await;
        field.send_keys(text).await.expect("the field takes keys");
        self.taps("送信").await;
        self.finds(&format!("//article[contains(@class, 'user')][contains(., '{text}')]")).await;
    }

    /// Sends what lies in the clipboard.
    pub(crate) async fn pastes(&self) {
        let field = self.finds("//textarea").await;
        field.click().await.expect("the field can be clicked");
        field.send_keys(&(Key::Control + "v")).await.expect("the field takes keys");
        self.taps("送信").await;
    }

    /// The date in the open picker.
    pub(crate) async fn picked(&self) -> NaiveDate {
        let value = self.field().await.prop("value").await.expect("a field has a value").unwrap_or_default();
        value.parse().unwrap_or_else(|_| panic!("the picker has no date but {value:?}"))
    }

    /// Types a date into the open picker.
    pub(crate) async fn types_date(&self, date: NaiveDate) {
        let keys = date.format("%m%d%Y").to_string();
        self.field().await.send_keys(&keys).await.expect("the picker takes keys");
        assert_eq!(self.picked().await, date, "the picker reads month, day, year");
    }

    async fn field(&self) -> Element {
        self.finds("//dialog[@open]//input[@id='picked']").await
    }

    /// What the phone's clock shows, in Japan.
    pub(crate) async fn now(&self) -> NaiveDateTime {
        let shown = self.finds("//time[@id='now']").await.attr("datetime").await.expect("an attribute can be read");
        let instant = DateTime::parse_from_rfc3339(&shown.expect("the clock is set")).expect("a machine's time");
        instant.naive_utc() + TimeDelta::hours(9)
    }

    /// 翌朝へ: the next eight o'clock. Returns its day.
    pub(crate) async fn sleeps(&self) -> NaiveDate {
        let before = self.now().await;
        let morning = NaiveTime::from_hms_opt(8, 1, 0).expect("one past eight is a time");
        let next = if before.time() < morning { before.date() } else { before.date() + Days::new(1) };
        self.taps("翌朝へ").await;
        self.wakes_on(next).await;
        next
    }

    /// 日付: the morning of that day.
    pub(crate) async fn jumps_to(&self, day: NaiveDate) {
        self.taps("日付").await;
        self.types_date(day).await;
        self.taps("OK").await;
        self.wakes_on(day).await;
    }

    /// The clock has arrived, and so has whatever was sent on the way.
    async fn wakes_on(&self, day: NaiveDate) {
        let day = in_words(day);
        self.finds(&format!("//time[@id='now'][contains(., '{day}') and contains(., '8:0')]")).await;
        self.finds(&format!("//p[contains(@class, 'day')][contains(., '{day}')]")).await;
        self.finds("//button[@id='next-morning'][not(@disabled)]").await;
    }

    /// Registers with a typed date and a nickname, and stays for today's message.
    pub(crate) async fn registers(&self, date: &str, nickname: &str) {
        self.taps("友だち追加").await;
        self.taps("同意して登録する").await;
        self.reads("（1/3）").await;
        self.says(date).await;
        self.reads("（2/3）").await;
        self.says(nickname).await;
        self.reads("（3/3）").await;
        self.taps("登録する").await;
        self.reads("登録しました").await;
    }

    /// Looks at something with a script.
    pub(crate) async fn looks(&self, script: &str) -> Value {
        self.browser.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// Looks until what is seen is as wanted.
    pub(crate) async fn sees(&self, script: &str, wanted: impl Fn(&Value) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.looks(script).await;
            if wanted(&seen) {
                return;
            }
            assert!(Instant::now() < deadline, "{script} shows {seen} to the end");
        }
    }

    /// Nothing is cut off at the side.
    pub(crate) async fn fits(&self) {
        let wide = "const wide = (e) => e.scrollWidth > e.clientWidth;
            return [document.documentElement, ...document.querySelectorAll('.talk'),
                ...document.querySelectorAll('.content:not(:has(.strip)), dialog[open]')].filter(wide).map((e) => e.outerHTML);";
        assert_eq!(self.looks(wide).await, Value::Array(Vec::new()), "something is wider than its place");
    }

    /// The page behaved: no complaint in the console, and nothing was asked of another host.
    pub(crate) async fn behaved(&self) {
        assert_eq!(self.browser.complaints().await, [""; 0], "the console complains");
        let asked =
            self.looks("return performance.getEntries().map((e) => e.name).filter((n) => n.includes('://'));").await;
        let asked = asked.as_array().expect("a list").iter().filter_map(Value::as_str).collect::<Vec<_>>();
        assert!(asked.len() > 2, "the page asks for its script, its style and its news: {asked:?}");
        let home = format!("{}/", self.demo.origin());
        assert!(asked.iter().all(|url| url.starts_with(&home)), "something was asked elsewhere: {asked:?}");
    }
}

fn is_passing(why: &CmdError) -> bool {
    let CmdError::Standard(why) = why else { return false };
    matches!(
        why.error,
        ErrorStatus::ElementClickIntercepted | ErrorStatus::ElementNotInteractable | ErrorStatus::StaleElementReference
    )
}

/// A day as the phone writes it.
pub(crate) fn in_words(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}
