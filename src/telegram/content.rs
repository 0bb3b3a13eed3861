//! What one message shows, ready for Telegram but for its picture, which is drawn beside the outbox.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{methods::Keyboard, seal::Seal};
use crate::screen::{
    Picture, Screen,
    html::{self, Frame},
};

/// Tells contents apart without keeping them: the start of a SHA-256.
pub type Print = [u8; 16];

#[derive(Debug, Clone)]
pub struct Content {
    pub html: String,
    pub keys: Keyboard,
    pub art: Option<Art>,
    /// Delivered without a sound.
    pub silent: bool,
    /// Button texts that must be in the store before the buttons are shown.
    pub long: Vec<String>,
    print: Print,
}

#[derive(Debug, Clone)]
pub struct Art {
    pub picture: Picture,
    pub print: Print,
}

impl PartialEq for Content {
    fn eq(&self, other: &Content) -> bool {
        self.print == other.print && self.silent == other.silent
    }
}

impl Content {
    fn new(html: String, keys: Keyboard, art: Option<Art>, long: Vec<String>) -> Content {
        let print = print(&(&html, &keys, art.as_ref().map(|art| art.print)));
        Content { html, keys, art, silent: true, long, print }
    }

    pub fn of(screen: &Screen, frame: &Frame<'_>, seal: &Seal) -> Content {
        let page = html::page(screen, frame);
        let (keys, long) = seal.seal(&page.rows);
        let art = screen.picture.clone().map(|picture| {
            let print = match &picture {
                Picture::Blob(blob) => print(&(seal.run, blob)),
                Picture::Chart(_) | Picture::Treemap(_) => print(&picture),
            };
            Art { picture, print }
        });
        Content::new(page.html, keys, art, long)
    }

    /// One line without buttons. `text` is plain.
    pub fn line(text: &str) -> Content {
        Content::new(html::escaped(text), Vec::new(), None, Vec::new())
    }

    #[cfg(test)]
    pub fn tagged(html: &str) -> Content {
        Content::new(html.to_owned(), Vec::new(), None, Vec::new())
    }

    #[cfg(test)]
    pub fn with_art(self, art: Art) -> Content {
        Content::new(self.html, self.keys, Some(art), self.long)
    }

    pub fn loud(self, loud: bool) -> Content {
        Content { silent: !loud, ..self }
    }

    /// Of all that is seen.
    pub fn print(&self) -> Print {
        self.print
    }

    /// The same without its picture, for when that cannot be drawn or sent. A caption is short enough for a text.
    pub fn without_art(&self) -> Content {
        let plain = Content::new(self.html.clone(), self.keys.clone(), None, self.long.clone());
        Content { silent: self.silent, ..plain }
    }

    /// The same without any tag, for a server that does not understand ours.
    pub fn without_tags(&self) -> Content {
        let mut html = self.html.clone();
        for tag in ["b", "i", "code", "pre"] {
            html = html.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
        }
        let plain = Content::new(html, self.keys.clone(), self.art.clone(), self.long.clone());
        Content { silent: self.silent, ..plain }
    }
}

pub(super) fn print(value: &impl Serialize) -> Print {
    let mut hash = Hashing(Sha256::new());
    serde_json::to_writer(&mut hash, value).expect("plain data with string keys, and hashing never fails");
    let full = hash.0.finalize();
    let mut print = Print::default();
    print.copy_from_slice(&full[..16]);
    print
}

struct Hashing(Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
