//! What a button sends back: read strictly, since anybody can write it by hand.

use hagukumi::domain::conversation::postback::{Data, MAX_LENGTH};
use hagukumi::domain::conversation::reading::dates;

/// Reads any bytes as the data of a postback, and as the date that a picker sends with it.
pub fn holds(bytes: &[u8]) {
    let text = super::lossy(bytes);
    for data in [text.clone(), format!("h1|{text}"), format!("{text}||")] {
        what_is_read_was_written_by_us(&data);
    }
    if let Some(day) = dates::picked(&text) {
        assert!(super::is_believable(day));
        assert_eq!(day.to_string(), text);
    }
}

fn what_is_read_was_written_by_us(data: &str) {
    if let Some(read) = Data::parse(data) {
        assert!(data.len() <= MAX_LENGTH);
        assert_eq!(read.to_string(), data);
        assert_eq!(read.tap.is_entry(), read.turn.is_none());
    }
}
