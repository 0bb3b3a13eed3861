//! Why something with a file did not work, in the kernel's meaning and in words for the pilot.

use rustix::io::Errno;

use crate::{
    domain::{Bytes, Lang, Phrase},
    kernel::errno,
    locale::say,
    phrase,
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("no root of this name")]
    NoRoot,
    /// The root's own folder cannot be opened.
    #[error("the root cannot be opened: {0}")]
    RootAway(Errno),
    #[error("the root is read-only by the config")]
    ReadOnly,
    /// Its disk or server did not answer in time.
    #[error("no answer in time")]
    Silent,
    #[error("it is not there")]
    Gone,
    /// Another file than the one that was shown stands at this place.
    #[error("something else stands there now")]
    Changed,
    /// The trash, or the bot's own data.
    #[error("this belongs to Cockpit itself")]
    Guarded,
    #[error("not a folder")]
    NotFolder,
    /// A folder, link, device, pipe or socket where a file is needed.
    #[error("not a regular file")]
    NotFile,
    /// A symbolic link, or something below one.
    #[error("a symbolic link")]
    Link,
    #[error("the name is taken")]
    Exists,
    #[error("permission denied")]
    Denied,
    #[error("no space left")]
    Full { free: Option<Bytes> },
    #[error("on another filesystem")]
    OtherDisk,
    #[error("a filesystem is mounted there")]
    MountPoint,
    #[error("the root itself")]
    IsRoot,
    #[error("into itself")]
    IntoItself,
    #[error("the name or path is too long")]
    TooLong,
    #[error("the filesystem is read-only")]
    FilesystemReadOnly,
    /// A device, pipe or socket within what is to be moved to another filesystem.
    #[error("it holds devices, pipes or sockets")]
    Special,
    #[error("folders are nested too deep")]
    TooDeep,
    /// The copy does not read as what was copied.
    #[error("the copy differs from the original")]
    Differs,
    /// Nothing of ours: an entry of the trash that cannot be read.
    #[error("the trash's entry is damaged")]
    Damaged,
    #[error("stopped")]
    Stopped,
    #[error("{0}")]
    Other(Errno),
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Fault {
        match errno {
            Errno::NOENT => Fault::Gone,
            Errno::NOTDIR => Fault::NotFolder,
            Errno::ISDIR => Fault::NotFile,
            Errno::LOOP => Fault::Link,
            Errno::EXIST | Errno::NOTEMPTY => Fault::Exists,
            Errno::ACCESS | Errno::PERM => Fault::Denied,
            Errno::NOSPC | Errno::DQUOT => Fault::Full { free: None },
            Errno::XDEV => Fault::OtherDisk,
            Errno::BUSY => Fault::MountPoint,
            Errno::NAMETOOLONG => Fault::TooLong,
            Errno::ROFS => Fault::FilesystemReadOnly,
            other => Fault::Other(other),
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        error.raw_os_error().map_or(Fault::Other(Errno::IO), |code| Errno::from_raw_os_error(code).into())
    }
}

impl Fault {
    /// A whole sentence, with what to do where there is something.
    pub fn phrase(&self) -> Phrase {
        match self {
            Fault::NoRoot => phrase!("storage-fault-no-root"),
            Fault::RootAway(errno) => phrase!("storage-fault-root-away", why = errno::says(*errno)),
            Fault::ReadOnly => phrase!("storage-fault-read-only"),
            Fault::Silent => phrase!("storage-fault-silent"),
            Fault::Gone => phrase!("storage-fault-gone"),
            Fault::Changed => phrase!("storage-fault-changed"),
            Fault::Guarded => phrase!("storage-fault-guarded"),
            Fault::NotFolder => phrase!("storage-fault-not-folder"),
            Fault::NotFile => phrase!("storage-fault-not-file"),
            Fault::Link => phrase!("storage-fault-link"),
            Fault::Exists => phrase!("storage-fault-exists"),
            Fault::Denied => phrase!("storage-fault-denied"),
            Fault::Full { free: Some(free) } => phrase!("storage-fault-full-free", free = free.to_string()),
            Fault::Full { free: None } => phrase!("storage-fault-full"),
            Fault::OtherDisk => phrase!("storage-fault-other-disk"),
            Fault::MountPoint => phrase!("storage-fault-mount-point"),
            Fault::IsRoot => phrase!("storage-fault-is-root"),
            Fault::IntoItself => phrase!("storage-fault-into-itself"),
            Fault::TooLong => phrase!("storage-fault-too-long"),
            Fault::FilesystemReadOnly => phrase!("storage-fault-filesystem-read-only"),
            Fault::Special => phrase!("storage-fault-special"),
            Fault::TooDeep => phrase!("storage-fault-too-deep"),
            Fault::Differs => phrase!("storage-fault-differs"),
            Fault::Damaged => phrase!("storage-fault-damaged"),
            Fault::Stopped => phrase!("storage-fault-stopped"),
            Fault::Other(errno) => phrase!("storage-fault-other", why = errno::says(*errno)),
        }
    }

    pub fn say(&self, lang: Lang) -> String {
        say(lang, &self.phrase())
    }
}
