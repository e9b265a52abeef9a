//! Colours of a picture, and whether what stands on them can be read.

use std::fmt;

/// Text needs this contrast to what it stands on (WCAG 2.2, 1.4.3 AA).
pub const READABLE: f64 = 4.5;

/// A colour without transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    channels: [u8; 3],
}

impl Colour {
    /// What the areas of a drawn picture stand on.
    pub const WHITE: Self = Self { channels: [255; 3] };

    /// Reads `#2f6f5e`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
        plain.then_some(Self { channels: [channel(0)?, channel(2)?, channel(4)?] })
    }

    /// Between this colour and white: 0 percent is the colour itself.
    #[must_use]
    pub fn towards_white(self, percent: u8) -> Self {
        let share = u16::from(percent.min(100));
        let mixed = |c: u8| u16::from(c) + (255 - u16::from(c)) * share / 100;
        Self { channels: self.channels.map(|c| u8::try_from(mixed(c)).unwrap_or(u8::MAX)) }
    }

    /// The contrast of two colours, from 1 to 21 (WCAG 2.2, *contrast ratio*).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// WCAG 2.2, *relative luminance*.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.channels.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.channels;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}
