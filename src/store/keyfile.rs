//! The key file: one `NUMBER:BASE64` of 32 bytes a line, the current key first.
//!
//! A new key is added behind the current one (every server can then read it), becomes the first, and one
//! day the older ones are retired. The keys of the blind index and of the suppression list come from the
//! oldest key and never change: before that one is retired, what they come from gets a line of its own,
//! `index:BASE64`.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::seal::index_of;
use crate::clock::Ambient;

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

/// What a key file holds.
#[derive(Clone)]
pub struct KeyFile {
    /// Keys with their numbers, the current one first; at least one.
    pub(super) roots: Vec<(u8, [u8; 32])>,
    /// What the index comes from, once the oldest key is gone.
    pub(super) index: Option<[u8; 32]>,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyFile(…)")
    }
}

const HEAD: &str = "# hagukumi: without this file no personal data can be read. Keep a copy apart from the database.\n";
const INDEX: &str = "index";

impl KeyFile {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|cause| KeyError::File { path: name.clone(), cause })?;
        refuse_exposed(path)?;
        Self::parse(&text).ok_or(KeyError::Malformed { path: name })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut file = Self { roots: Vec::new(), index: None };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (number, key) = line.split_once(':')?;
            let key = BASE64.decode(key.trim()).ok()?.try_into().ok()?;
            if number.trim() == INDEX {
                file.index = Some(key);
                continue;
            }
            let number: u8 = number.trim().parse().ok()?;
            if file.roots.iter().any(|(known, _)| *known == number) {
                return None;
            }
            file.roots.push((number, key));
        }
        (!file.roots.is_empty()).then_some(file)
    }

    fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (number, root) in &self.roots {
            text.push_str(&format!("{number}:{}\n", BASE64.encode(root)));
        }
        if let Some(index) = &self.index {
            text.push_str(&format!("{INDEX}:{}\n", BASE64.encode(index)));
        }
        text
    }

    /// A new one, with a first key.
    #[must_use]
    pub fn new(ambient: &Ambient) -> Self {
        Self { roots: vec![(1, ambient.bytes())], index: None }
    }

    /// The number of the current key.
    #[must_use]
    pub fn current(&self) -> u8 {
        self.roots[0].0
    }

    /// The numbers of all keys, the current one first.
    #[must_use]
    pub fn numbers(&self) -> Vec<u8> {
        self.roots.iter().map(|(number, _)| *number).collect()
    }

    /// The key that was added and is not used yet.
    #[must_use]
    pub fn next(&self) -> Option<u8> {
        self.numbers().into_iter().filter(|number| *number > self.current()).max()
    }

    /// Adds a key behind the current one, to be used later; its number, unless all 255 were given.
    pub fn add(&mut self, ambient: &Ambient) -> Option<u8> {
        let number = self.numbers().into_iter().max()?.checked_add(1)?;
        self.roots.push((number, ambient.bytes()));
        Some(number)
    }

    /// Makes this key the current one.
    pub fn promote(&mut self, number: u8) {
        self.roots.sort_by_key(|(known, _)| *known != number);
    }

    /// Keeps the current key alone; readers are found as before.
    pub fn retire(&mut self) {
        self.index = Some(index_of(self));
        self.roots.truncate(1);
    }

    /// Writes it where nothing is, for its owner alone; an existing file is left alone.
    ///
    /// # Errors
    ///
    /// [`KeyError::File`].
    pub fn create(&self, path: &Path) -> Result<(), KeyError> {
        let written = private().create_new(true).open(path).and_then(|mut file| {
            file.write_all(self.text().as_bytes())?;
            file.sync_all()
        });
        match written {
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            written => written.map_err(|cause| failed(path, cause)),
        }
    }

    /// Writes it in the place of the old one: after a power cut there is the one or the other, whole.
    /// Owner and permissions stay.
    ///
    /// # Errors
    ///
    /// [`KeyError::File`].
    pub fn replace(&self, path: &Path) -> Result<(), KeyError> {
        self.try_replace(path).map_err(|cause| failed(path, cause))
    }

    fn try_replace(&self, path: &Path) -> std::io::Result<()> {
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let old = std::fs::metadata(path)?;
        let mut file = private().create(true).truncate(true).open(&new)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            std::os::unix::fs::fchown(&file, Some(old.uid()), Some(old.gid()))?;
        }
        file.set_permissions(old.permissions())?;
        file.write_all(self.text().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    }
}

fn failed(path: &Path, cause: std::io::Error) -> KeyError {
    KeyError::File { path: path.display().to_string(), cause }
}

fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_err(|cause| failed(path, cause))?.permissions().mode();
    if mode & 0o007 == 0 { Ok(()) } else { Err(KeyError::Exposed { path: path.display().to_string() }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), KeyError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_added_made_current_and_the_old_one_retired_through_the_file() {
        let (folder, ambient) = (tempfile::tempdir().unwrap(), Ambient::system());
        let path = folder.path().join("hagukumi.key");
        KeyFile::new(&ambient).create(&path).unwrap();
        let mut file = KeyFile::read(&path).unwrap();
        let index = index_of(&file);
        assert_eq!((file.add(&ambient), file.next(), file.current()), (Some(2), Some(2), 1));
        file.promote(2);
        file.replace(&path).unwrap();
        let mut file = KeyFile::read(&path).unwrap();
        assert_eq!((file.numbers(), file.next()), (vec![2, 1], None));
        file.retire();
        file.replace(&path).unwrap();
        let file = KeyFile::read(&path).unwrap();
        assert_eq!((file.numbers(), index_of(&file)), (vec![2], index));
    }

    #[test]
    fn a_number_that_is_given_twice_and_a_line_that_is_none_are_refused() {
        let key = BASE64.encode([1; 32]);
        assert!(KeyFile::parse(&format!("1:{key}\n")).is_some());
        for wrong in [format!("1:{key}\n1:{key}"), format!("index:{key}"), format!("256:{key}"), "1:AAAA".to_owned()] {
            assert!(KeyFile::parse(&wrong).is_none(), "{wrong}");
        }
    }
}
