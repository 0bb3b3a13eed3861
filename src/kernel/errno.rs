//! What the kernel says when something cannot be done, in the pilot's language where disks and mounts say it.

use rustix::io::Errno;

use crate::{domain::Phrase, phrase};

/// The end of a sentence: "… cannot be opened: the rights do not allow it".
pub fn says(errno: Errno) -> Phrase {
    match errno {
        Errno::NOENT => phrase!("common-errno-missing"),
        Errno::NOTDIR => phrase!("common-errno-no-folder"),
        Errno::ACCESS | Errno::PERM => phrase!("common-errno-denied"),
        Errno::IO => phrase!("common-errno-io"),
        Errno::NOSPC | Errno::DQUOT => phrase!("common-errno-full"),
        Errno::ROFS => phrase!("common-errno-read-only"),
        Errno::NODEV | Errno::NXIO => phrase!("common-errno-unplugged"),
        Errno::STALE | Errno::NOTCONN | Errno::HOSTDOWN | Errno::HOSTUNREACH | Errno::TIMEDOUT => {
            phrase!("common-errno-away")
        }
        Errno::MFILE | Errno::NFILE => phrase!("common-errno-files"),
        Errno::NOMEM => phrase!("common-errno-memory"),
        // Its own word for it is what a search engine knows.
        other => phrase!("common-errno-other", number = other.raw_os_error(), word = other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Lang, locale::say};

    #[test]
    fn reasons_are_said_in_the_pilots_language_to_their_end() {
        for (errno, en, id) in [
            (Errno::NOENT, "it is not there", "nggak ada di situ"),
            (Errno::STALE, "its server or disk is away", "server atau disk-nya hilang"),
            (
                Errno::INVAL,
                "error 22 (Invalid argument (os error 22))",
                "galat 22 (Invalid argument (os error 22))",
            ),
        ] {
            assert_eq!(say(Lang::En, &says(errno)), en);
            assert_eq!(say(Lang::Id, &says(errno)), id);
        }
    }
}
