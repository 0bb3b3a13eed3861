//! A file looked into: text page by page, a picture, or what its first bytes say. Pure.

use super::{
    panel::{crumbs, view},
    text::Page,
    words,
};
use crate::{
    domain::{BlobId, Place, Reader},
    intent::storage::View,
    screen::{Block, Pager, Picture, Screen, Topic, text::clean_lines},
    t,
};

/// More lines than that are cut by the renderer anyway.
const LINES_MAX: usize = 400;

pub fn text(at: &Place, page: &Page, reader: &Reader) -> Screen {
    let lang = reader.lang;
    // An indent by tabs stays one; elsewhere a tab is a gap.
    let lines = clean_lines(&page.text.replace('\t', "    "), LINES_MAX);
    let body = if page.text.is_empty() {
        Block::Note(t!(lang, "storage-text-empty"))
    } else {
        Block::Pre(lines.join("\n"))
    };
    let mut blocks = vec![body];
    if page.damaged {
        blocks.push(Block::Note(t!(lang, "storage-text-damaged", encoding = page.encoding)));
    } else if page.encoding != "UTF-8" {
        blocks.push(Block::Note(t!(lang, "storage-text-encoding", encoding = page.encoding)));
    }
    let pages = page.pages as usize;
    Screen {
        crumbs: crumbs(Some(at), reader),
        blocks,
        as_of: Some(reader.now),
        pager: Pager::over(pages, 1, page.page, |page| view(View::Text { at: at.clone(), page })),
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

pub fn image(at: &Place, blob: BlobId, pixels: Option<(u32, u32)>, size: u64, reader: &Reader) -> Screen {
    let mut words = vec![words::visible(&at.name())];
    words.extend(pixels.map(|(width, height)| format!("{width} × {height}")));
    words.push(words::size(size));
    Screen {
        crumbs: crumbs(Some(at), reader),
        blocks: vec![Block::text(words.join(" · "))],
        picture: Some(Picture::Blob(blob)),
        ..Screen::default()
    }
}
