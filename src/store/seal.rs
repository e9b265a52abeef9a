//! Sealing of personal columns.
//!
//! A *sealed* value is XChaCha20-Poly1305 with a random 192-bit nonce; the associated data names
//! table, column and row, so a value cannot be moved to another place unnoticed. Layout: version
//! byte 1, key number byte, 24 bytes nonce, ciphertext with its tag. The *blind index* of a LINE
//! user id is a keyed hash that finds the same reader again and tells nothing else. Both keys are
//! derived from the key file; dates and nicknames have no index on purpose (they could be guessed).

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::StoreError;
use crate::clock::Ambient;
use crate::domain::ids::{AccountId, LineUserId};

const VERSION: u8 = 1;
const NONCE: usize = 24;
const HEADER: usize = 2;

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

/// Why a key file cannot be used. Never shows a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used")]
    File {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file's text is no key.
    #[error("the key file {path} has no key: a line `NUMBER:BASE64` of 32 bytes is expected")]
    Malformed {
        /// Which file.
        path: String,
    },
    /// Others on this machine may read the key.
    #[error("the key file {path} can be read by others: run chmod 600 on it")]
    Exposed {
        /// Which file.
        path: String,
    },
}

/// Seals and opens personal columns.
#[derive(Clone)]
pub struct Sealer {
    keys: Vec<Key>,
    index: [u8; 32],
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
    /// Reads the key file: one `NUMBER:BASE64` a line, the current key first.
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub fn from_file(path: &Path, ambient: Ambient) -> Result<Self, KeyError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|cause| KeyError::File { path: name.clone(), cause })?;
        refuse_exposed(path)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let roots: Option<Vec<(u8, [u8; 32])>> = lines.map(read_key).collect();
        match roots {
            Some(roots) if !roots.is_empty() => Ok(Self::from_roots(&roots, ambient)),
            _ => Err(KeyError::Malformed { path: name }),
        }
    }

    /// Makes a key file that only its owner may read; an existing file is left alone.
    ///
    /// # Errors
    ///
    /// [`KeyError::File`] when it cannot be written.
    pub fn create_file(path: &Path, ambient: &Ambient) -> Result<(), KeyError> {
        let fail = |cause| KeyError::File { path: path.display().to_string(), cause };
        let text = format!(
            "# hagukumi: without this file no personal data can be read. Keep a copy apart from the database.\n1:{}\n",
            BASE64.encode(ambient.bytes::<32>())
        );
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(mut file) => std::io::Write::write_all(&mut file, text.as_bytes()).map_err(fail),
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(cause) => Err(fail(cause)),
        }
    }

    /// From root keys with their numbers, the current one first; at least one.
    #[must_use]
    pub fn from_roots(roots: &[(u8, [u8; 32])], ambient: Ambient) -> Self {
        let keys = roots
            .iter()
            .map(|(number, root)| Key {
                number: *number,
                cipher: XChaCha20Poly1305::new(&derive(root, b"hagukumi seal 1").into()),
            })
            .collect();
        // The index key comes from the oldest key, so that rotating keys does not lose readers.
        let oldest = roots.iter().min_by_key(|(number, _)| *number).map_or([0; 32], |(_, root)| *root);
        Self { keys, index: derive(&oldest, b"hagukumi blind index 1"), ambient }
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
        let key = self.keys.first().expect("a sealer has at least one key");
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
    pub fn open(&self, at: At<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.try_open(at, sealed).ok_or_else(|| StoreError::corrupt(at))
    }

    fn try_open(&self, at: At<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (header, rest) = sealed.split_at_checked(HEADER)?;
        let (nonce, text) = rest.split_at_checked(NONCE)?;
        let key = self.keys.iter().find(|key| header == [VERSION, key.number])?;
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

fn read_key(line: &str) -> Option<(u8, [u8; 32])> {
    let (number, text) = line.split_once(':')?;
    let bytes = BASE64.decode(text.trim()).ok()?;
    Some((number.trim().parse().ok()?, bytes.try_into().ok()?))
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let name = path.display().to_string();
    let mode =
        std::fs::metadata(path).map_err(|cause| KeyError::File { path: name.clone(), cause })?.permissions().mode();
    if mode & 0o007 == 0 { Ok(()) } else { Err(KeyError::Exposed { path: name }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), KeyError> {
    Ok(())
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
    fn an_older_key_still_opens_and_readers_are_still_found() {
        let old = sealer();
        let new = Sealer::from_roots(&[(2, [9; 32]), (1, [7; 32])], Ambient::system());
        assert_eq!(new.open(AT, &old.seal(AT, b"secret")).unwrap(), b"secret");
        let user = LineUserId::parse(&format!("U{}", "a".repeat(32))).unwrap();
        assert_eq!(old.blind(AccountId(1), &user), new.blind(AccountId(1), &user));
        assert_ne!(old.blind(AccountId(2), &user), new.blind(AccountId(1), &user));
    }
}
