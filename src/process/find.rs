//! Finding a program without starting it.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

use super::error::ProcessError;

/// Searched after `PATH`: services get a short one, and ordinary users none of the sbin folders.
const USUAL: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// The whole path of a program that this user may start. A name is searched in `PATH`, then in the usual folders; what
/// holds a `/` is taken as it is.
///
/// # Errors
/// [`ProcessError::Missing`], or [`ProcessError::NotAllowed`] if it is there but not executable by this user.
pub fn find(program: &OsStr) -> Result<PathBuf, ProcessError> {
    find_in(program, &search_path())
}

/// Cockpit's own `PATH` and what it lacks of the usual folders; given to programs too.
pub(super) fn search_path() -> OsString {
    let own = std::env::var_os("PATH").unwrap_or_default();
    // A relative folder would make what is started depend on where.
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&own).filter(|folder| folder.is_absolute()).collect();
    for usual in USUAL.map(PathBuf::from) {
        if !folders.contains(&usual) {
            folders.push(usual);
        }
    }
    std::env::join_paths(folders).expect("what was split at colons holds none")
}

pub(super) fn find_in(program: &OsStr, search: &OsStr) -> Result<PathBuf, ProcessError> {
    let name = || program.to_string_lossy().into_owned();
    let candidates: Vec<PathBuf> = if program.as_encoded_bytes().contains(&b'/') {
        vec![PathBuf::from(program)]
    } else if program.is_empty() {
        Vec::new()
    } else {
        std::env::split_paths(search).map(|folder| folder.join(program)).collect()
    };
    let is_file = |path: &&PathBuf| path.metadata().is_ok_and(|meta| meta.is_file());
    let files: Vec<&PathBuf> = candidates.iter().filter(is_file).collect();
    let runnable = |path: &Path| access(path, Access::EXEC_OK).is_ok();
    match files.iter().find(|path| runnable(path)) {
        Some(path) => Ok((*path).clone()),
        None if files.is_empty() => Err(ProcessError::Missing { program: name() }),
        None => Err(ProcessError::NotAllowed { program: name() }),
    }
}
