//! `rich-menu preview`: every menu on a phone, with its areas and what is read aloud.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::domain::menu::meaning::{DATES, Meaning, REPLIES};
use crate::domain::menu::set::{Area, Image, MenuSet, MenuSets, Page};

/// As wide as a phone shows a menu (CSS pixels).
const PHONE: u32 = 375;

const STYLE: &str = "body{margin:0;padding:24px;background:#f4f2ec;color:#1c2429;font:16px/1.7 'BIZ UDPGothic','Noto Sans JP','Hiragino Sans',Meiryo,sans-serif}\
h1{font-size:24px}h2{font-size:20px;margin-top:40px}.pages{display:flex;flex-wrap:wrap;gap:32px}\
section{width:375px}h3{font-size:17px;margin:0 0 8px}.phone{width:375px;border-radius:24px;overflow:hidden;background:#8ea3b8;border:6px solid #22303c;box-sizing:content-box}\
.talk{height:120px}.bar{background:#fff;text-align:center;font-size:14px;padding:6px;border-bottom:1px solid #d6d0c2}\
.menu{position:relative;background:#fff}.menu img{display:block;width:375px}\
.area{position:absolute;box-sizing:border-box;border:2px dashed #00118f}.area span{position:absolute;left:3px;top:3px;min-width:20px;height:20px;border-radius:10px;background:#00118f;color:#fff;font-size:12px;line-height:20px;text-align:center}\
ol{padding-left:24px}li small{color:#595959}";

/// The whole page.
#[must_use]
pub fn html(menus: &MenuSets, images: &[Vec<Image>]) -> String {
    let sets: String = menus.sets.iter().zip(images).map(|(set, images)| self::set(set, images)).collect();
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>リッチメニューの下見</title><style>{STYLE}</style></head><body><h1>リッチメニューの下見</h1><p>点線が押せるところです。番号は、読み上げの順です。</p>{sets}</body></html>\n"
    )
}

fn set(set: &MenuSet, images: &[Image]) -> String {
    let days = match (set.from, set.until) {
        (None, _) => "ほかの組がない日".to_owned(),
        (Some(from), None) => format!("{from} から"),
        (Some(from), Some(until)) => format!("{from} から {until} まで"),
    };
    let pages: String = set.pages.iter().zip(images).map(|(page, image)| self::page(set, page, image)).collect();
    format!("<h2>{}（{days}）</h2><div class=\"pages\">{pages}</div>", escaped(&set.name))
}

fn page(set: &MenuSet, page: &Page, image: &Image) -> String {
    let who = page.stage.map_or_else(|| "タブから開きます".to_owned(), |stage| format!("{}の方に", stage.name()));
    let data = BASE64.encode(&image.bytes);
    let areas: String = page.areas.iter().enumerate().map(|(at, area)| outline(page, at + 1, area)).collect();
    let labels: String = page.areas.iter().map(|area| label(set, area)).collect();
    format!(
        "<section><h3>{}<br><small>{who}・絵 {} KB</small></h3><div class=\"phone\"><div class=\"talk\"></div><div class=\"bar\">{} ▾</div><div class=\"menu\"><img alt=\"\" src=\"data:{};base64,{data}\">{areas}</div></div><ol>{labels}</ol></section>",
        escaped(&page.name),
        image.bytes.len().div_ceil(1024),
        escaped(&page.bar),
        image.kind.content_type(),
    )
}

fn outline(page: &Page, number: usize, area: &Area) -> String {
    let scale = |pixels: u16| f64::from(pixels) * f64::from(PHONE) / f64::from(page.frame.width);
    let bounds = area.bounds;
    format!(
        "<div class=\"area\" style=\"left:{:.1}px;top:{:.1}px;width:{:.1}px;height:{:.1}px\"><span>{number}</span></div>",
        scale(bounds.x),
        scale(bounds.y),
        scale(bounds.width),
        scale(bounds.height),
    )
}

fn label(set: &MenuSet, area: &Area) -> String {
    let named = |table: &[(&'static str, crate::domain::conversation::postback::Tap)], tap| {
        table.iter().find(|(_, known)| *known == tap).map_or("", |(name, _)| name)
    };
    let means = match &area.meaning {
        Meaning::Reply(tap) => format!("返事をする（{}）", named(&REPLIES, *tap)),
        Meaning::Page(address) => format!("ページを開く（{address}）"),
        Meaning::Phone(number) => format!("電話をかける（{number}）"),
        Meaning::Text(text) => format!("「{text}」と送る"),
        Meaning::Tab(to) => format!("タブを替える（{}）", set.pages[*to].name),
        Meaning::Date(tap) => format!("日付をえらぶ（{}）", named(&DATES, *tap)),
    };
    format!("<li>{}<br><small>{}</small></li>", escaped(&area.label), escaped(&means))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
