//! Postback data: `h1|flow|step|value|turn|child`.
