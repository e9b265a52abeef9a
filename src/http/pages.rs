//! Public pages: for now the one on personal data, written by the municipality in Markdown.

use actix_web::{HttpRequest, HttpResponse, web};
use pulldown_cmark::{Event, Parser, html};

use super::Site;
use crate::domain::municipal::Municipality;
use crate::domain::phrases::fill;

/// Nothing from elsewhere, no scripts, in no frame.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is asked, why, how long it is kept, and whom to call.
pub async fn privacy(request: HttpRequest, site: web::Data<Site>) -> HttpResponse {
    let Some((account, _)) = site.account(request.match_info().get("account")) else {
        return HttpResponse::NotFound().finish();
    };
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("content-security-policy", POLICY))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("referrer-policy", "no-referrer"))
        .body(page(&account.library.municipality))
}

fn page(municipality: &Municipality) -> String {
    let values = [
        ("municipality", municipality.name.as_str()),
        ("service", municipality.service.as_str()),
        ("desk", municipality.desk.name.as_str()),
        ("phone", municipality.desk.phone.as_str()),
        ("hours", municipality.desk.hours.as_str()),
    ];
    let text = fill(&municipality.privacy, &values);
    // Raw HTML in the text is dropped: it would be the only way to bring in a script.
    let events = Parser::new(&text).filter(|event| !matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let mut body = String::new();
    html::push_html(&mut body, events);
    let mut title = String::new();
    html::push_html(&mut title, [Event::Text(municipality.service.as_str().into())].into_iter());
    PAGE.replace("TITLE", &title).replace("BODY", &body)
}

const PAGE: &str = r#"<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE 個人情報のあつかい</title>
<style>
body { margin: 0; background: #faf8f3; color: #222; font: 1rem/1.9 "BIZ UDPGothic", "Hiragino Sans", Meiryo, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.4rem; line-height: 1.5; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
a { color: #00118f; }
</style>
</head>
<body><main>
BODY
</main></body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_the_text_is_dropped_and_names_are_filled_in() {
        let desk = crate::domain::municipal::Desk {
            name: "窓口".into(),
            phone: "000-000-0000".into(),
            hours: "平日".into(),
            confirmed_on: None,
        };
        let municipality = Municipality {
            slug: "aoba".into(),
            name: "あおば市".into(),
            service: "あおば子育てだより".into(),
            sender: "あおば市".into(),
            desk,
            page: None,
            hotlines: Vec::new(),
            leap: crate::domain::calendar::LeapRule::default(),
            privacy: "# {service}\n\n<script>alert(1)</script>\n\n{phone}".into(),
            texts: Vec::new(),
            areas: Vec::new(),
            line_id: None,
        };
        let page = page(&municipality);
        assert!(page.contains("<h1>あおば子育てだより</h1>") && page.contains("000-000-0000"));
        assert!(!page.contains("<script"));
    }
}
