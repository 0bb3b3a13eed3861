//! What the bridge sees of this room: each view and act is one piece of work for the actor's threads.

use std::{os::unix::ffi::OsStrExt, time::Duration};

use super::{
    actor::{AwayError, Floor, Msg, work},
    blob::FileBlob,
    fault::Fault,
    image,
    listing::{self, Wish},
    panel::{self, RootRow},
    panel_folder,
    panel_item::{self, Item, LinkTarget, Trash},
    panel_pick,
    panel_trash::{self, Heap},
    panel_view,
    text::{self, Nature},
    trash::{self, Thrown},
    usage::Shelf,
};
use crate::{
    audit::Audit,
    domain::{Blobs, Bytes, FileName, Lang, NameError, Place, Reader, RootName, Target},
    intent::{
        Act as AnyAct, Hole, Intent,
        storage::{Act, Ask, Folder, Going, Relocation, Sort, ThrownId, View},
    },
    jobs::Jobs,
    kernel::Users,
    locale::say,
    room::{Consequence, Order, Outcome, Room},
    screen::Screen,
    supervision::Port,
    t,
};

/// A disk that sleeps needs some ten seconds to spin up.
pub(super) const WITHIN: Duration = Duration::from_secs(20);
/// Free on its disk, for the trash to take something: a folder and a note, as filesystems round them up.
const TRASH_NEEDS: Bytes = Bytes(64 << 10);
/// On the list of roots one is not waited for so long: the others are to be seen.
const ROOT_WITHIN: Duration = Duration::from_secs(3);

/// Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    pub port: Port<Msg>,
    pub jobs: Jobs,
    pub audit: Audit,
    pub blobs: Blobs,
    pub outlet: crate::events::Outlet,
    /// What folders hold, as measured.
    pub shelf: Shelf,
}

impl Storage {
    /// Runs `f` on a thread of the actor.
    ///
    /// # Errors
    /// As [`work`].
    pub async fn work<T: Send + 'static>(
        &self,
        root: Option<&RootName>,
        what: &'static str,
        f: impl FnOnce(&Floor) -> T + Send + 'static,
    ) -> Result<T, AwayError> {
        work(&self.port, root, what, WITHIN, f).await
    }

    /// As [`Storage::work`], not waiting for long: for one of several that are shown together.
    ///
    /// # Errors
    /// As [`work`].
    pub async fn brief<T: Send + 'static>(
        &self,
        root: &RootName,
        what: &'static str,
        f: impl FnOnce(&Floor) -> T + Send + 'static,
    ) -> Result<T, AwayError> {
        work(&self.port, Some(root), what, ROOT_WITHIN, f).await
    }

    /// Each root is asked for itself: one that does not answer is shown as such, and the others are there.
    async fn roots(&self, reader: &Reader) -> Screen {
        let roots = match self.work(None, "roots", |floor| floor.roots.all().to_vec()).await {
            Ok(roots) => roots,
            Err(away) => return panel::refusal(say_away(away, reader.lang), None, reader),
        };
        let rows = roots.into_iter().map(|root| async {
            let name = root.name.clone();
            let open = move |floor: &Floor| floor.roots.open(&name).map(|opened| opened.top().space());
            let space = self.brief(&root.name, "root", open).await;
            RootRow { space: space.unwrap_or(Err(Fault::Silent)), root }
        });
        panel::roots(&futures_util::future::join_all(rows).await, reader)
    }

    async fn folder(&self, wish: &Folder, reader: &Reader) -> Screen {
        let asked = wish.clone();
        let sizes = self.shelf.sizes(&wish.at).await;
        let known = sizes.clone();
        let listing = self.work(Some(&wish.at.root), "list", move |floor| {
            let opened = floor.roots.open(&asked.at.root)?;
            let wish = Wish {
                sort: asked.sort,
                hidden: asked.hidden,
                folders_only: false,
                page: asked.page,
                per_page: panel::PER_PAGE,
            };
            let holds = |name: &[u8]| known.as_ref().and_then(|known| known.folders.get(name).copied());
            listing::list_with(&opened, &asked.at.path, &wish, &holds)
        });
        let listing = listing.await;
        // A typed path may name a file as well.
        if let Ok(Err(Fault::NotFolder | Fault::Link)) = listing {
            return self.item(&wish.at, reader).await;
        }
        match flat(listing, reader.lang) {
            Ok(listing) => panel_folder::folder(wish, &listing, sizes.as_ref(), reader),
            Err(why) => panel::refusal(why, Some(&wish.at), reader),
        }
    }

    async fn item(&self, place: &Place, reader: &Reader) -> Screen {
        let asked = place.clone();
        match flat(self.work(Some(&place.root), "look", move |floor| look(floor, asked)).await, reader.lang) {
            Ok(mut item) => {
                if item.meta.kind == super::folder::Kind::Folder {
                    item.holds = self.shelf.sizes(place).await.map(|sizes| (sizes.whole, sizes.at));
                }
                panel_item::item(&item, reader)
            }
            Err(why) => panel::refusal(why, Some(place), reader),
        }
    }

    async fn text(&self, at: &Place, page: u32, reader: &Reader) -> Screen {
        let asked = at.clone();
        let read = self.work(Some(&at.root), "text", move |floor| {
            let (file, _) = floor.roots.open(&asked.root)?.file(&asked.path)?;
            text::page(&file, page)
        });
        match flat(read.await, reader.lang) {
            Ok(page) => panel_view::text(at, &page, reader),
            Err(why) => panel::refusal(why, Some(at), reader),
        }
    }

    async fn image(&self, at: &Place, reader: &Reader) -> Screen {
        let asked = at.clone();
        let read = self.work(Some(&at.root), "image", move |floor| {
            let (file, meta) = floor.roots.open(&asked.root)?.file(&asked.path)?;
            let beginning = text::sample(&file)?;
            let Nature::Image(kind) = text::nature_of(&beginning) else { return Err(Fault::NotFile) };
            let photo = image::is_photo(kind, meta.size, &beginning);
            Ok((photo, image::pixels(kind, &beginning), meta, floor.clone()))
        });
        match flat(read.await, reader.lang) {
            Ok((true, pixels, meta, floor)) => {
                let (size, target) = (meta.size, Target { place: at.clone(), stamp: meta.stamp });
                let blob = self.blobs.put(FileBlob { floor, target, size });
                panel_view::image(at, blob, pixels, size, reader)
            }
            Ok((false, ..)) => panel::refusal(t!(reader.lang, "storage-no-photo"), Some(at), reader),
            Err(why) => panel::refusal(why, Some(at), reader),
        }
    }

    async fn pick(&self, going: &Going, page: u32, reader: &Reader) -> Screen {
        let asked = going.to.clone();
        let read = self.work(Some(&going.to.root), "pick", move |floor| {
            let opened = floor.roots.open(&asked.root)?;
            let per_page = panel::PER_PAGE;
            let wish = Wish { sort: Sort::Name, hidden: false, folders_only: true, page, per_page };
            let several = floor.roots.all().iter().filter(|root| !root.read_only).count() > 1;
            Ok((listing::list(&opened, &asked.path, &wish)?, several))
        });
        match flat(read.await, reader.lang) {
            Ok((listing, several)) => panel_pick::pick(going, &listing, several, reader),
            Err(why) => panel::refusal(why, Some(&going.to), reader),
        }
    }

    async fn pick_root(&self, what: &Target, how: Relocation, reader: &Reader) -> Screen {
        match self.work(None, "roots", |floor| floor.roots.all().to_vec()).await {
            Ok(roots) => panel_pick::pick_root(what, how, &roots, reader),
            Err(away) => panel::refusal(say_away(away, reader.lang), None, reader),
        }
    }

    async fn trash(&self, root: &RootName, page: u32, reader: &Reader) -> Screen {
        let asked = root.clone();
        let read = self.work(Some(root), "trash", move |floor| {
            let opened = floor.roots.open(&asked)?;
            let all = trash::list(&opened)?;
            let rule = &floor.config.trash;
            Ok(Heap { root: opened.root.clone(), all, keep: rule.keep, max_size: rule.max_size })
        });
        match flat(read.await, reader.lang) {
            Ok(heap) => panel_trash::heap(&heap, page, reader),
            Err(why) => panel::refusal(why, Some(&Place::root(root.clone())), reader),
        }
    }

    /// One deleted thing, by whatever screen shows it.
    async fn thrown(
        &self,
        root: &RootName,
        id: &ThrownId,
        reader: &Reader,
        screen: impl FnOnce(&super::root::Root, &Thrown) -> Screen,
    ) -> Screen {
        let (asked, entry) = (root.clone(), id.clone());
        let read = self.work(Some(root), "thrown", move |floor| {
            let opened = floor.roots.open(&asked)?;
            Ok((trash::get(&opened, &entry)?, opened.root.clone()))
        });
        match flat(read.await, reader.lang) {
            Ok((thrown, root)) => screen(&root, &thrown),
            Err(why) => panel_trash::no_such(why, root, reader),
        }
    }
}

/// One file, folder or link. Blocking.
pub(super) fn look(floor: &Floor, place: Place) -> Result<Item, Fault> {
    let opened = floor.roots.open(&place.root)?;
    let meta = opened.look(&place.path)?;
    let link = (meta.kind == super::folder::Kind::Link).then(|| opened.link(&place.path)).transpose()?;
    let link = link.map(|(says, beneath)| LinkTarget {
        says,
        beneath: beneath.map(|path| Place { root: place.root.clone(), path }),
    });
    let owner = Users::new().name(meta.uid);
    let nature = if meta.kind == super::folder::Kind::File {
        opened.file(&place.path).and_then(|(file, _)| text::nature(&file)).ok()
    } else {
        None
    };
    let trash = match opened.top().space() {
        _ if meta.id.dev != opened.top().id.dev => Trash::Elsewhere,
        Some(space) if space.free < TRASH_NEEDS => Trash::NoRoom,
        _ => Trash::Takes,
    };
    let path = opened.root.path.join(std::ffi::OsStr::from_bytes(place.path.as_bytes()));
    let (path, read_only) = (path.into_os_string().into_string().ok(), opened.root.read_only);
    Ok(Item { read_only, place, path, meta, owner, link, nature, trash, holds: None })
}

/// Both kinds of failure as one sentence.
pub(super) fn flat<T>(done: Result<Result<T, Fault>, AwayError>, lang: Lang) -> Result<T, String> {
    match done {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fault)) => Err(fault.say(lang)),
        Err(away) => Err(say_away(away, lang)),
    }
}

pub(super) fn say_away(away: AwayError, lang: Lang) -> String {
    say(lang, &away.phrase())
}

/// A name as a pilot types it.
pub(super) fn typed_name(text: &str, lang: Lang) -> Result<FileName, String> {
    FileName::new(text.trim().as_bytes()).map_err(|error| match error {
        NameError::Slash => t!(lang, "storage-name-slash"),
        NameError::Dots => t!(lang, "storage-name-dots"),
        NameError::TooLong => t!(lang, "storage-name-long"),
        NameError::Empty | NameError::Zero | NameError::Letters | NameError::Escape => {
            t!(lang, "storage-name-empty")
        }
    })
}

/// "shopping.txt" on a line of its own names the note; else it is named after the moment.
fn note(text: &str, reader: &Reader) -> (FileName, String) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let named = FileName::new(first.trim().as_bytes()).ok().filter(|name| {
        !rest.trim().is_empty() && !first.trim().contains(char::is_whitespace) && name.ending().is_some()
    });
    match named {
        Some(name) => (name, format!("{}\n", rest.trim_end())),
        None => {
            let now = reader.now.to_zoned(reader.tz.clone());
            let name = now.strftime("note-%Y-%m-%d-%H%M.txt").to_string();
            let name = FileName::new(name.as_bytes()).expect("letters, digits and dashes");
            (name, format!("{}\n", text.trim_end()))
        }
    }
}

impl Room for Storage {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match view {
            View::Roots => self.roots(reader).await,
            View::Folder(folder) => self.folder(folder, reader).await,
            View::Item(place) => self.item(place, reader).await,
            View::Ask(ask) => panel::ask(ask, reader),
            View::Text { at, page } => self.text(at, *page, reader).await,
            View::Image(at) => self.image(at, reader).await,
            View::Pick { going, page } => self.pick(going, *page, reader).await,
            View::PickRoot { what, how } => self.pick_root(what, *how, reader).await,
            View::Clash(going) => panel_pick::clash(going, reader),
            View::Trash { root, page } => self.trash(root, *page, reader).await,
            View::Thrown { root, id } => {
                self.thrown(root, id, reader, |root, one| panel_trash::thrown(root, one, reader)).await
            }
            View::RestoreClash { root, id } => {
                let screen = |root: &super::root::Root, one: &Thrown| {
                    panel_trash::restore_clash(&root.name, one, reader)
                };
                self.thrown(root, id, reader, screen).await
            }
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        self.carry_out(act, order).await
    }

    fn concerned(&self, act: &AnyAct) -> bool {
        matches!(act, AnyAct::Storage(act) if matches!(
            act,
            Act::Throw(_) | Act::Destroy(_) | Act::Purge { .. } | Act::Empty(_)
        ))
    }

    async fn weigh(&self, act: &AnyAct, reader: &Reader) -> Vec<Consequence> {
        match act {
            AnyAct::Storage(act) => self.consequences(act, reader).await,
            _ => Vec::new(),
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        let Hole::Storage(ask) = hole else { return Err(String::new()) };
        let act = match ask {
            Ask::Rename(what) => Act::Rename { what: what.clone(), name: typed_name(text, reader.lang)? },
            Ask::NewFolder(at) => Act::NewFolder { at: at.clone(), name: typed_name(text, reader.lang)? },
            Ask::Note(at) => {
                let (name, text) = note(text, reader);
                Act::Note { at: at.clone(), name, text }
            }
        };
        Ok(Intent::Act(AnyAct::Storage(act)))
    }

    /// Roots whose names begin so.
    async fn complete(&self, word: &str) -> Vec<String> {
        let word = word.to_owned();
        let found = self.work(None, "complete", move |floor| {
            let names = floor.roots.all().iter().map(|root| root.name.as_str().to_owned());
            names.filter(|name| name.starts_with(&word)).take(20).collect()
        });
        found.await.unwrap_or_default()
    }
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Storage({:?})", self.port)
    }
}
