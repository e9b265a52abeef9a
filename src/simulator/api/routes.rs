//! Which endpoints there are, with their documented rates.

use super::super::rate::Rate;
use super::super::tokens::{SHORT_LIVED_SECONDS, STATELESS_SECONDS};
use super::{Answer, Call, batches, chats, info, menus, send};

/// LINE's two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Host {
    /// api.line.me
    Api,
    /// api-data.line.me
    Data,
}

pub(super) enum Handler {
    Plain(fn(&Call<'_>) -> Answer),
    TestWebhook,
    /// Issues a token that lives so many seconds.
    Token(i64),
}

pub(super) struct Route {
    host: Host,
    method: &'static str,
    /// `{}` stands for one variable part.
    path: &'static str,
    /// The name in the ledger, in fault settings and in rate settings.
    pub(super) name: &'static str,
    pub(super) rate: Rate,
    /// The body must be a JSON object.
    pub(super) json: bool,
    pub(super) retry_key: bool,
    pub(super) handler: Handler,
}

const USUAL: Rate = Rate::per_second(2000);
const HOURLY_60: Rate = Rate::per_hour(60);
const HOURLY_100: Rate = Rate::per_hour(100);

const fn get(path: &'static str, name: &'static str, handler: fn(&Call<'_>) -> Answer) -> Route {
    plain("GET", path, name, false, handler)
}

const fn post(path: &'static str, name: &'static str, handler: fn(&Call<'_>) -> Answer) -> Route {
    plain("POST", path, name, true, handler)
}

/// A POST without a body.
const fn order(path: &'static str, name: &'static str, handler: fn(&Call<'_>) -> Answer) -> Route {
    plain("POST", path, name, false, handler)
}

const fn delete(path: &'static str, name: &'static str, handler: fn(&Call<'_>) -> Answer) -> Route {
    plain("DELETE", path, name, false, handler)
}

const fn plain(
    method: &'static str,
    path: &'static str,
    name: &'static str,
    json: bool,
    handler: fn(&Call<'_>) -> Answer,
) -> Route {
    let handler = Handler::Plain(handler);
    Route { host: Host::Api, method, path, name, rate: USUAL, json, retry_key: false, handler }
}

impl Route {
    const fn at(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    const fn retryable(mut self) -> Self {
        self.retry_key = true;
        self
    }

    const fn on_data_host(mut self) -> Self {
        self.host = Host::Data;
        self
    }

    const fn token(path: &'static str, name: &'static str, rate: Rate, seconds: i64) -> Self {
        let handler = Handler::Token(seconds);
        Self { host: Host::Api, method: "POST", path, name, rate, json: false, retry_key: false, handler }
    }
}

const TEST_WEBHOOK: Route = Route {
    host: Host::Api,
    method: "POST",
    path: "/v2/bot/channel/webhook/test",
    name: "webhook/test",
    rate: HOURLY_60,
    json: false,
    retry_key: false,
    handler: Handler::TestWebhook,
};

/// Literal paths stand before the variable ones they would match.
static ROUTES: &[Route] = &[
    post("/v2/bot/message/reply", "reply", send::reply),
    post("/v2/bot/message/push", "push", send::push).retryable(),
    post("/v2/bot/message/multicast", "multicast", send::multicast).at(Rate::per_second(200)).retryable(),
    post("/v2/bot/message/narrowcast", "narrowcast", send::narrowcast).at(HOURLY_60).retryable(),
    post("/v2/bot/message/broadcast", "broadcast", send::broadcast).at(HOURLY_60).retryable(),
    post("/v2/bot/message/validate/reply", "validate/reply", send::validate),
    post("/v2/bot/message/validate/push", "validate/push", send::validate),
    post("/v2/bot/message/validate/multicast", "validate/multicast", send::validate),
    post("/v2/bot/message/validate/narrowcast", "validate/narrowcast", send::validate),
    post("/v2/bot/message/validate/broadcast", "validate/broadcast", send::validate),
    get("/v2/bot/message/quota", "quota", info::quota),
    get("/v2/bot/message/quota/consumption", "quota/consumption", info::consumption),
    get("/v2/bot/message/delivery/reply", "delivery/reply", info::delivery),
    get("/v2/bot/message/delivery/push", "delivery/push", info::delivery),
    get("/v2/bot/message/delivery/multicast", "delivery/multicast", info::delivery),
    get("/v2/bot/message/delivery/broadcast", "delivery/broadcast", info::delivery),
    get("/v2/bot/info", "bot/info", info::bot),
    get("/v2/bot/profile/{}", "profile", info::profile),
    get("/v2/bot/followers/ids", "followers", info::followers),
    post("/v2/bot/chat/loading/start", "loading", chats::loading).at(Rate::per_second(100)),
    post("/v2/bot/chat/markAsRead", "markAsRead", chats::mark_as_read),
    order("/v2/bot/group/{}/leave", "group/leave", chats::leave_group),
    order("/v2/bot/room/{}/leave", "room/leave", chats::leave_room),
    get("/v2/bot/group/{}/summary", "group/summary", chats::summary),
    get("/v2/bot/group/{}/members/count", "group/count", chats::count),
    get("/v2/bot/channel/webhook/endpoint", "webhook/get", chats::webhook).at(Rate::per_minute(1000)),
    plain("PUT", "/v2/bot/channel/webhook/endpoint", "webhook/set", true, chats::set_webhook)
        .at(Rate::per_minute(1000)),
    TEST_WEBHOOK,
    post("/v2/bot/richmenu", "richmenu/create", menus::create).at(HOURLY_100),
    post("/v2/bot/richmenu/validate", "richmenu/validate", menus::validate),
    get("/v2/bot/richmenu/list", "richmenu/list", menus::list).at(Rate::per_second(10)),
    post("/v2/bot/richmenu/bulk/link", "richmenu/bulk/link", menus::bulk_link),
    post("/v2/bot/richmenu/bulk/unlink", "richmenu/bulk/unlink", menus::bulk_unlink),
    post("/v2/bot/richmenu/batch", "richmenu/batch", batches::batch).at(Rate::per_hour(3)),
    post("/v2/bot/richmenu/validate/batch", "richmenu/validate/batch", batches::validate),
    get("/v2/bot/richmenu/progress/batch", "richmenu/progress/batch", batches::progress).at(HOURLY_100),
    post("/v2/bot/richmenu/alias", "richmenu/alias/create", menus::create_alias),
    get("/v2/bot/richmenu/alias/list", "richmenu/alias/list", menus::list_aliases),
    get("/v2/bot/richmenu/alias/{}", "richmenu/alias/get", menus::get_alias),
    post("/v2/bot/richmenu/alias/{}", "richmenu/alias/update", menus::update_alias),
    delete("/v2/bot/richmenu/alias/{}", "richmenu/alias/delete", menus::delete_alias).at(HOURLY_100),
    get("/v2/bot/richmenu/{}", "richmenu/get", menus::get),
    delete("/v2/bot/richmenu/{}", "richmenu/delete", menus::delete).at(HOURLY_100),
    order("/v2/bot/richmenu/{}/content", "richmenu/upload", menus::upload).on_data_host(),
    get("/v2/bot/richmenu/{}/content", "richmenu/download", menus::download).on_data_host(),
    get("/v2/bot/user/all/richmenu", "richmenu/default/get", menus::get_default),
    delete("/v2/bot/user/all/richmenu", "richmenu/default/clear", menus::clear_default),
    order("/v2/bot/user/all/richmenu/{}", "richmenu/default/set", menus::set_default),
    get("/v2/bot/user/{}/richmenu", "richmenu/of-user", menus::of_user),
    delete("/v2/bot/user/{}/richmenu", "richmenu/unlink", menus::unlink),
    order("/v2/bot/user/{}/richmenu/{}", "richmenu/link", menus::link),
    Route::token("/oauth2/v3/token", "token", USUAL, STATELESS_SECONDS),
    Route::token("/v2/oauth/accessToken", "token/short", Rate::per_second(370), SHORT_LIVED_SECONDS),
];

/// Why no endpoint was found.
pub(super) enum Lost {
    Path,
    Method,
}

/// The endpoint and the variable parts of the path.
pub(super) fn find<'a>(host: Host, method: &str, path: &'a str) -> Result<(&'static Route, Vec<&'a str>), Lost> {
    let mut lost = Lost::Path;
    for route in ROUTES.iter().filter(|route| route.host == host) {
        let Some(parts) = parts(route.path, path) else { continue };
        if route.method == method {
            return Ok((route, parts));
        }
        lost = Lost::Method;
    }
    Err(lost)
}

fn parts<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let (mut wanted, mut given, mut found) = (pattern.split('/'), path.split('/'), Vec::new());
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some("{}"), Some(part)) if !part.is_empty() => found.push(part),
            (Some(same), Some(part)) if same == part => {}
            _ => return None,
        }
    }
}
