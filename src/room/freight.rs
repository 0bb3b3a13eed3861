//! Why a file did not come, or did not go into a chat: whole sentences for the pilot, with what to do. Every room that
//! carries files says them in the same words.

use rustix::io::Errno;

use crate::{
    domain::{BlobError, Phrase, Undelivered},
    kernel::errno,
    phrase,
    screen::text::{clean, fit},
};

/// Of foreign words, as much as tells.
const WORDS_COLUMNS: usize = 120;

pub fn unread(error: &BlobError) -> Phrase {
    match error {
        BlobError::Gone => phrase!("freight-gone"),
        BlobError::Read(number) => {
            phrase!("freight-read", why = errno::says(Errno::from_raw_os_error(*number)))
        }
        BlobError::Kept(why) => why.clone(),
        BlobError::NoLine(why) => {
            tracing::info!(why, "a file did not come");
            phrase!("freight-no-line")
        }
        BlobError::TooLarge => phrase!("freight-too-large"),
        BlobError::Short => phrase!("freight-short"),
        BlobError::Long => phrase!("freight-long"),
        BlobError::Cancelled => phrase!("freight-cancelled"),
        BlobError::Refused(why) => phrase!("freight-refused", why = foreign(why)),
    }
}

pub fn undelivered(error: &Undelivered) -> Phrase {
    match error {
        Undelivered::TooLarge => phrase!("freight-size"),
        Undelivered::NoLine => phrase!("freight-no-line"),
        Undelivered::Closed => phrase!("freight-closed"),
        Undelivered::Unread(error) => unread(error),
        Undelivered::Refused(why) => phrase!("freight-refused", why = foreign(why)),
        Undelivered::Dropped => phrase!("freight-dropped"),
    }
}

fn foreign(words: &str) -> String {
    fit(&clean(words), WORDS_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Lang, locale::say};

    #[test]
    fn a_pilot_reads_no_word_of_a_library() {
        let broken = std::io::Error::from(BlobError::NoLine("connection reset by peer".into()));
        let cases = [
            (BlobError::from(broken), "Telegram cannot be reached", "Telegram lagi nggak terjangkau"),
            (std::io::Error::from_raw_os_error(13).into(), "the rights do not allow it", "izinnya nggak"),
            (std::io::Error::other("decoder: 7").into(), "the disk reports an error", "disk-nya melaporkan"),
            (BlobError::Short, "Try again", "Coba lagi"),
        ];
        for (error, en, id) in cases {
            for (lang, want) in [(Lang::En, en), (Lang::Id, id)] {
                for said in
                    [say(lang, &unread(&error)), say(lang, &undelivered(&Undelivered::Unread(error.clone())))]
                {
                    assert!(said.contains(want), "{lang:?}: {said}");
                    assert!(!said.contains("peer") && !said.contains("decoder"), "{said}");
                }
            }
        }
        let cited = undelivered(&Undelivered::Refused("Bad\nRequest: \u{202e}DOCUMENT_INVALID".into()));
        assert_eq!(say(Lang::Id, &cited), "Ditolak Telegram: “Bad Request: DOCUMENT_INVALID”");
    }
}
