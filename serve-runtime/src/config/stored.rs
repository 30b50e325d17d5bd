//! The last configuration that all of was in force, in a directory: so that it is again after the process was killed.
//!
//! `applied.yaml` has it, behind a line with the length and a checksum; `applied.1.yaml` the one before, for the moment at
//! which neither is whole. It is written beside and renamed, and synced before and after: at any moment one of the two is
//! complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::Config;
use crate::{Error, Result};

/// A directory that no other process writes to.
#[derive(Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

const APPLIED: &str = "applied.yaml";
const BEFORE: &str = "applied.1.yaml";
const NEXT: &str = "applied.next.yaml";

/// What the first line begins with. The number is that of the format.
const HEAD: &str = "# serve configuration 1";

impl Store {
    /// Opens a directory, which is made if there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be made, or another process has it.
    pub(crate) fn open(directory: &Path) -> Result<Self> {
        let shown = directory.display();
        let failed = |error: &dyn std::fmt::Display| {
            Error::invalid_input(format!("cannot keep the configuration in {shown}: {error}"))
        };
        fs::create_dir_all(directory).map_err(|error| failed(&error))?;
        let lock = private().truncate(false).open(directory.join("lock"));
        let lock = lock.map_err(|error| failed(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Store {
                directory: directory.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(failed(&"another process has it")),
            Err(TryLockError::Error(error)) => Err(failed(&error)),
        }
    }

    /// The last configuration that was written whole.
    ///
    /// # Errors
    ///
    /// If there are files, and neither is whole; or what is in one is wrong.
    pub(crate) fn read(&self) -> Result<Option<Config>> {
        let mut wrong = Vec::new();
        for name in [APPLIED, BEFORE] {
            let path = self.directory.join(name);
            match fs::read_to_string(&path) {
                Ok(text) if is_whole(&text) => return Config::read(&path).map(Some),
                Ok(_) => wrong.push(format!("{} is damaged", path.display())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => wrong.push(format!("cannot read {}: {error}", path.display())),
            }
        }
        match wrong.is_empty() {
            true => Ok(None),
            false => Err(Error::invalid_input(format!(
                "{}\nhelp: remove it, to start with what `--config` and the program say",
                wrong.join("\n")
            ))),
        }
    }

    /// Keeps a configuration, whole or not at all.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn write(&self, config: &Config) -> Result<()> {
        let text = config.to_yaml()?;
        self.replace(&text).map_err(|error| {
            let directory = self.directory.display();
            Error::unavailable(format!(
                "cannot keep the configuration in {directory}: {error}"
            ))
        })
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let path = |name: &str| self.directory.join(name);
        let mut next = private().truncate(true).open(path(NEXT))?;
        next.write_all(head(text).as_bytes())?;
        next.write_all(text.as_bytes())?;
        next.sync_all()?;
        match fs::rename(path(APPLIED), path(BEFORE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(path(NEXT), path(APPLIED))?;
        #[cfg(unix)]
        File::open(&self.directory)?.sync_all()?; // the names
        Ok(())
    }
}

/// For nobody else to read: values of variables may be in it.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn head(text: &str) -> String {
    let (length, checksum) = (text.len(), crc32fast::hash(text.as_bytes()));
    format!("{HEAD} {length} {checksum:08x}\n")
}

fn is_whole(file: &str) -> bool {
    let end = file.find('\n').map_or(file.len(), |end| end + 1);
    let (first, text) = file.split_at(end);
    first == head(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Config {
        Config::from_yaml(&format!("applications: [{{ name: {name} }}]")).unwrap()
    }

    fn name(store: &Store) -> Option<String> {
        let config = store.read().unwrap()?;
        config.applications[0].name.clone()
    }

    #[test]
    fn the_last_whole_one_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state")).unwrap();
        let path = |name| store.directory.join(name);
        assert_eq!(name(&store), None);
        store.write(&named("one")).unwrap();
        assert_eq!(name(&store).unwrap(), "one");
        store.write(&named("two")).unwrap();
        assert_eq!(name(&store).unwrap(), "two");
        // Each moment at which the process may have been killed.
        fs::write(path(NEXT), "# serve conf").unwrap();
        assert_eq!(name(&store).unwrap(), "two");
        fs::rename(path(APPLIED), path(BEFORE)).unwrap();
        assert_eq!(name(&store).unwrap(), "two");
        fs::write(path(APPLIED), "# serve configuration 1 40 0\napplications").unwrap();
        assert_eq!(name(&store).unwrap(), "two");
        store.write(&named("three")).unwrap();
        assert_eq!(name(&store).unwrap(), "three");
        // Neither.
        for file in [APPLIED, BEFORE] {
            let text = fs::read_to_string(path(file)).unwrap();
            fs::write(path(file), text.replace("name", "nome")).unwrap();
        }
        let damaged = store.read().unwrap_err().to_string();
        assert!(damaged.contains("applied.yaml is damaged"), "{damaged}");
    }

    #[test]
    fn one_process_has_it() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let second = Store::open(directory.path()).unwrap_err().to_string();
        assert!(second.contains("another process has it"), "{second}");
        drop(store);
        Store::open(directory.path()).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store.write(&named("one")).unwrap();
        let mode = fs::metadata(directory.path().join(APPLIED)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
}
