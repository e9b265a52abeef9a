//! What is answered: status, body, headers, and how the connection ends.

use serde_json::{Value, json};

/// How the answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Ending {
    /// As it should.
    Whole,
    /// So many milliseconds late.
    After(u64),
    /// Never.
    Silence,
    /// The connection is reset instead.
    Reset,
    /// The body ends half-way.
    Truncated,
}

/// One answer.
#[derive(Debug, Clone)]
pub(in crate::simulator) struct Answer {
    pub(in crate::simulator) status: u16,
    pub(in crate::simulator) content_type: String,
    pub(in crate::simulator) body: Vec<u8>,
    pub(in crate::simulator) request_id: String,
    pub(in crate::simulator) accepted_request_id: Option<String>,
    pub(in crate::simulator) ending: Ending,
    /// For the ledger: whom it was for, and whether somebody can see it.
    pub(in crate::simulator) to: Vec<String>,
    pub(in crate::simulator) delivered: bool,
}

impl Answer {
    pub(in crate::simulator) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            body,
            request_id: String::new(),
            accepted_request_id: None,
            ending: Ending::Whole,
            to: Vec::new(),
            delivered: false,
        }
    }

    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::bytes(status, "application/json", body.to_string().into_bytes())
    }

    pub(super) fn done() -> Self {
        Self::json(200, json!({}))
    }

    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "message": message }))
    }

    /// As [`Answer::error`], in the form that rich menu endpoints use.
    pub(super) fn error_with_details(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "message": message, "details": [] }))
    }

    pub(super) fn not_found() -> Self {
        Self::error(404, "Not found")
    }

    pub(super) fn unauthorized() -> Self {
        let message = "Authentication failed. Confirm that the access token in the authorization header is valid.";
        Self::error(401, message)
    }

    pub(super) fn rate_limited() -> Self {
        Self::error(429, "The API rate limit has been exceeded. Try again later.")
    }

    pub(super) fn monthly_limit() -> Self {
        Self::error(429, "You have reached your monthly limit.")
    }

    pub(super) fn too_large() -> Self {
        Self::error(413, "Request Entity Too Large")
    }

    pub(super) fn unreadable(line: usize, column: usize) -> Self {
        let message = format!("The request body could not be parsed as JSON (line: {line}, column: {column})");
        Self::error(400, &message)
    }

    pub(super) fn invalid_property(name: &str) -> Self {
        Self::error(400, &format!("The property, {name}, in the request body is invalid (line: -, column: -)"))
    }

    /// What a proxy in front of LINE answers when LINE itself does not.
    pub(super) fn html(status: u16) -> Self {
        let page =
            format!("<html>\r\n<head><title>{status}</title></head>\r\n<body><h1>{status}</h1></body>\r\n</html>\r\n");
        Self::bytes(status, "text/html", page.into_bytes())
    }

    pub(super) fn to(mut self, chats: Vec<String>, delivered: bool) -> Self {
        (self.to, self.delivered) = (chats, delivered);
        self
    }

    pub(super) fn accepted_before(mut self, request_id: String) -> Self {
        self.accepted_request_id = Some(request_id);
        self
    }

    pub(super) fn with_request_id(mut self, id: String) -> Self {
        if self.request_id.is_empty() {
            self.request_id = id;
        }
        self
    }

    pub(super) fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    pub(super) fn empty(mut self) -> Self {
        self.body.clear();
        self
    }
}
