//! What a seed decides.

/// Numbers that follow from a seed (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of their own for one purpose, so that what is thrown for another changes nothing here.
    pub fn of(seed: u64, purpose: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xA076_1D64_78BD_642F));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` on and below `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from).expect("a range goes up").max(1);
        from + i64::try_from(self.next() % width).expect("it is within the range")
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn happens(&mut self, percent: i64) -> bool {
        self.between(0, 100) < percent
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.between(0, of.len() as i64)).expect("a place in the slice")]
    }

    /// One of these words.
    pub fn word<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let word: &&str = self.one(of);
        word
    }

    /// The same things in another order.
    pub fn shuffled<T>(&mut self, mut things: Vec<T>) -> Vec<T> {
        for at in (1..things.len()).rev() {
            things.swap(at, usize::try_from(self.between(0, at as i64 + 1)).expect("a place in the list"));
        }
        things
    }
}
