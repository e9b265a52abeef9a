//! Sealing of personal columns.
//!
//! A *sealed* value is XChaCha20-Poly1305 with a random 192-bit nonce; the associated data names
//! table, column and row, so a value cannot be moved to another place unnoticed. Layout: version
//! byte 1, key number byte, 24 bytes nonce, ciphertext with its tag. The *blind index* of a LINE
//! user id is a keyed hash that finds the same reader again and tells nothing else. Both keys are
//! derived from the key file; dates and nicknames have no index on purpose (they could be guessed).
//!
//! Keys can be changed while servers run: one that meets a value of a key it does not know reads the key
//! file again (see [`KeyFile`]).

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::StoreError;
use super::keyfile::{KeyError, KeyFile};
use crate::clock::Ambient;
use crate::domain::ids::{AccountId, LineUserId};

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = 2;
const HELD: &str = "nobody panics while keys are held";

/// The keyed hash of one user of one account: 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Blind(pub [u8; 16]);

impl Blind {
    /// Stands for events that belong to no user.
    pub const NOBODY: Self = Self([0; 16]);

    /// Reads a column.
    pub(super) fn from_column(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blind(…)")
    }
}

/// Seals and opens personal columns.
#[derive(Clone)]
pub struct Sealer {
    ring: Arc<RwLock<Arc<Vec<Key>>>>,
    index: [u8; 32],
    /// Read again when a value was sealed with a key that is not known.
    file: Option<PathBuf>,
    ambient: Ambient,
}

#[derive(Clone)]
struct Key {
    number: u8,
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

/// Where a sealed value lives: table, column and row. A row is named by a value that never changes.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// Table.
    pub table: &'a str,
    /// Column.
    pub column: &'a str,
    /// The row's id.
    pub row: i64,
}

impl At<'_> {
    fn bytes(&self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.column, self.row).into_bytes()
    }
}

impl Sealer {
    /// Reads the key file (see [`KeyFile`]); the sealer learns of keys that are added to it later.
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub fn from_file(path: &Path, ambient: Ambient) -> Result<Self, KeyError> {
        Ok(Self { file: Some(path.to_owned()), ..Self::of(&KeyFile::read(path)?, ambient) })
    }

    /// Makes a key file that only its owner may read; an existing file is left alone.
    ///
    /// # Errors
    ///
    /// [`KeyError::File`] when it cannot be written.
    pub fn create_file(path: &Path, ambient: &Ambient) -> Result<(), KeyError> {
        KeyFile::new(ambient).create(path)
    }

    /// From root keys with their numbers, the current one first; at least one.
    #[must_use]
    pub fn from_roots(roots: &[(u8, [u8; 32])], ambient: Ambient) -> Self {
        Self::of(&KeyFile { roots: roots.to_vec(), index: None }, ambient)
    }

    fn of(file: &KeyFile, ambient: Ambient) -> Self {
        let ring = Arc::new(RwLock::new(Arc::new(ring(file))));
        Self { ring, index: index_of(file), file: None, ambient }
    }

    /// Reads the key file again, and from now on seals with its current key; whether anything changed.
    ///
    /// # Errors
    ///
    /// See [`KeyError`]; what was known stays known. [`KeyError::Malformed`] for another database's file.
    pub fn refresh(&self) -> Result<bool, KeyError> {
        let Some(path) = &self.file else { return Ok(false) };
        let file = KeyFile::read(path)?;
        if index_of(&file) != self.index {
            return Err(KeyError::Malformed { path: path.display().to_string() });
        }
        if file.numbers() == self.numbers() {
            return Ok(false);
        }
        *self.ring.write().expect(HELD) = Arc::new(ring(&file));
        Ok(true)
    }

    fn keys(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.ring.read().expect(HELD))
    }

    /// The numbers of the keys that can be read, the current one first.
    #[must_use]
    pub fn numbers(&self) -> Vec<u8> {
        self.keys().iter().map(|key| key.number).collect()
    }

    /// The number of the key that seals.
    #[must_use]
    pub fn current(&self) -> u8 {
        self.keys().first().map_or(0, |key| key.number)
    }

    /// Tells this key file from every other, and nothing else.
    pub(super) fn check(&self) -> String {
        self.blind_of(AccountId(0), "key_check").0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the key is here that a database says it was sealed with last.
    pub(super) fn has(&self, newest: Option<&str>) -> bool {
        newest.and_then(|number| number.parse().ok()).is_none_or(|number| self.numbers().contains(&number))
    }

    /// What every value begins with that this key has sealed.
    pub(super) const fn header(number: u8) -> [u8; HEADER] {
        [VERSION, number]
    }

    /// A keyed hash of an id of ours, of that kind, for the suppression list.
    pub(super) fn suppression_token(&self, kind: &str, id: &str) -> String {
        let key = derive(&self.index, b"hagukumi suppression 1");
        mac(&key, &[kind.as_bytes(), b"\0", id.as_bytes()])[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The blind index of a user of an account.
    #[must_use]
    pub fn blind(&self, account: AccountId, user: &LineUserId) -> Blind {
        self.blind_of(account, user.expose())
    }

    /// The blind index of anything that LINE names: a user, a group or a room.
    #[must_use]
    pub fn blind_of(&self, account: AccountId, id: &str) -> Blind {
        let hash = mac(&self.index, &[&account.0.to_be_bytes(), id.as_bytes()]);
        let mut blind = [0; 16];
        blind.copy_from_slice(&hash[..16]);
        Blind(blind)
    }

    /// Seals bytes for one place.
    #[must_use]
    pub fn seal(&self, at: At<'_>, plain: &[u8]) -> Vec<u8> {
        let keys = self.keys();
        let key = keys.first().expect("a sealer has at least one key");
        let nonce = self.ambient.bytes::<NONCE>();
        let payload = Payload { msg: plain, aad: &at.bytes() };
        let sealed = key.cipher.encrypt(XNonce::from_slice(&nonce), payload).expect("memory for a sealed value");
        [&[VERSION, key.number], &nonce[..], &sealed].concat()
    }

    /// Opens what [`Sealer::seal`] made for the same place.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] naming table, column and row; never a guessed default.
    /// [`StoreError::NewerKey`] when the key file here is older than the one that sealed it.
    pub fn open(&self, at: At<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.try_open(at, sealed).ok_or_else(|| match sealed {
            [VERSION, number, rest @ ..]
                if rest.len() >= NONCE + TAG && self.numbers().iter().all(|known| known < number) =>
            {
                StoreError::NewerKey
            }
            _ => StoreError::corrupt(at),
        })
    }

    fn try_open(&self, at: At<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (header, rest) = sealed.split_at_checked(HEADER)?;
        let (nonce, text) = rest.split_at_checked(NONCE)?;
        let known = |keys: &[Key]| keys.iter().position(|key| header == Self::header(key.number));
        let mut keys = self.keys();
        if known(&keys).is_none() {
            // Another process may have changed the key a moment ago.
            self.refresh().ok().filter(|changed| *changed)?;
            keys = self.keys();
        }
        let key = &keys[known(&keys)?];
        key.cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: &at.bytes() }).ok()
    }

    /// Seals a value as JSON.
    #[must_use]
    pub fn seal_json<T: Serialize>(&self, at: At<'_>, value: &T) -> Vec<u8> {
        self.seal(at, &serde_json::to_vec(value).expect("our own types are JSON"))
    }

    /// Opens what [`Sealer::seal_json`] made.
    ///
    /// # Errors
    ///
    /// As [`Sealer::open`], also when the JSON is of another shape.
    pub fn open_json<T: DeserializeOwned>(&self, at: At<'_>, sealed: &[u8]) -> Result<T, StoreError> {
        serde_json::from_slice(&self.open(at, sealed)?).map_err(|_| StoreError::corrupt(at))
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn derive(root: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    mac(root, &[purpose])
}

fn ring(file: &KeyFile) -> Vec<Key> {
    let key = |(number, root): &(u8, [u8; 32])| Key {
        number: *number,
        cipher: XChaCha20Poly1305::new(&derive(root, b"hagukumi seal 1").into()),
    };
    file.roots.iter().map(key).collect()
}

/// What the blind index comes from: the oldest key, so that rotating keys does not lose readers.
pub(super) fn index_of(file: &KeyFile) -> [u8; 32] {
    let oldest = || file.roots.iter().min_by_key(|(number, _)| *number).map_or([0; 32], |(_, root)| *root);
    file.index.unwrap_or_else(|| derive(&oldest(), b"hagukumi blind index 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::from_roots(&[(1, [7; 32])], Ambient::system())
    }

    const AT: At<'_> = At { table: "child", column: "profile_sealed", row: 5 };

    #[test]
    fn what_was_sealed_opens_in_its_own_place_only() {
        let sealed = sealer().seal(AT, b"secret");
        assert_eq!(sealer().open(AT, &sealed).unwrap(), b"secret");
        assert!(sealer().open(At { row: 6, ..AT }, &sealed).is_err());
        assert!(sealer().open(At { column: "other", ..AT }, &sealed).is_err());
    }

    #[test]
    fn a_changed_byte_or_a_short_value_does_not_open() {
        let mut sealed = sealer().seal(AT, b"secret");
        *sealed.last_mut().unwrap() ^= 1;
        assert!(sealer().open(AT, &sealed).is_err());
        assert!(sealer().open(AT, b"").is_err());
    }

    #[test]
    fn a_key_that_is_added_while_we_run_is_found_and_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hagukumi.key");
        Sealer::create_file(&path, &Ambient::system()).unwrap();
        let (running, mut file) = (Sealer::from_file(&path, Ambient::system()).unwrap(), KeyFile::read(&path).unwrap());
        let before = running.seal(AT, b"before");
        file.add(&Ambient::system());
        file.promote(2);
        file.replace(&path).unwrap();
        let other = Sealer::from_file(&path, Ambient::system()).unwrap();
        assert_eq!(running.open(AT, &other.seal(AT, b"secret")).unwrap(), b"secret");
        assert_eq!((running.current(), running.open(AT, &before).unwrap()), (2, b"before".to_vec()));
        assert!(running.open(AT, &[1, 9, 0]).is_err());
        // Another database's file changes nothing.
        KeyFile::new(&Ambient::system()).replace(&path).unwrap();
        assert!(running.refresh().is_err());
        assert_eq!(running.open(AT, &before).unwrap(), b"before");
    }

    #[test]
    fn an_older_key_still_opens_and_readers_are_still_found() {
        let old = sealer();
        let new = Sealer::from_roots(&[(2, [9; 32]), (1, [7; 32])], Ambient::system());
        assert_eq!(new.open(AT, &old.seal(AT, b"secret")).unwrap(), b"secret");
        let user = LineUserId::parse(&format!("U{}", "a".repeat(32))).unwrap();
        assert_eq!(old.blind(AccountId(1), &user), new.blind(AccountId(1), &user));
        assert_ne!(old.blind(AccountId(2), &user), new.blind(AccountId(1), &user));
    }
}
