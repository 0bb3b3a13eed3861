//! What the bridge sees of this room: each view and act is one piece of work for the actor's threads.

use std::time::Duration;

use super::{
    actor::{AwayError, Floor, Msg, work},
    fault::Fault,
    listing::{self, Wish},
    ops, panel,
    panel::{Item, LinkTarget, RootRow},
};
use crate::{
    domain::{FileName, Lang, NameError, Place, Reader},
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        storage::{Act, Ask, Folder, View},
    },
    kernel::Users,
    room::{Order, Outcome, Room},
    screen::{Screen, Topic},
    supervision::Port,
    t,
};

/// A disk that sleeps needs some ten seconds to spin up.
pub(super) const WITHIN: Duration = Duration::from_secs(20);

/// Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    pub port: Port<Msg>,
    pub outlet: crate::events::Outlet,
}

impl Storage {
    /// Runs `f` on a thread of the actor.
    ///
    /// # Errors
    /// As [`work`].
    pub async fn work<T: Send + 'static>(
        &self,
        what: &'static str,
        f: impl FnOnce(&Floor) -> T + Send + 'static,
    ) -> Result<T, AwayError> {
        work(&self.port, what, WITHIN, f).await
    }

    async fn roots(&self, reader: &Reader) -> Screen {
        let rows = self.work("roots", |floor| {
            let row = |root: &super::root::Root| RootRow {
                root: root.clone(),
                space: floor.roots.open(&root.name).map(|opened| opened.top().space()),
            };
            floor.roots.all().iter().map(row).collect::<Vec<_>>()
        });
        match rows.await {
            // One root needs no list.
            Ok(rows) => panel::roots(&rows, reader),
            Err(away) => panel::refusal(say_away(away, reader.lang), None, reader),
        }
    }

    async fn folder(&self, wish: &Folder, reader: &Reader) -> Screen {
        let asked = wish.clone();
        let listing = self.work("list", move |floor| {
            let opened = floor.roots.open(&asked.at.root)?;
            let wish = Wish {
                sort: asked.sort,
                hidden: asked.hidden,
                folders_only: false,
                page: asked.page,
                per_page: panel::PER_PAGE,
            };
            listing::list(&opened, &asked.at.path, &wish)
        });
        match flat(listing.await, reader.lang) {
            Ok(listing) => panel::folder(wish, &listing, reader),
            Err(why) => panel::refusal(why, Some(&wish.at), reader),
        }
    }

    async fn item(&self, place: &Place, reader: &Reader) -> Screen {
        let asked = place.clone();
        match flat(self.work("look", move |floor| look(floor, asked)).await, reader.lang) {
            Ok(item) => panel::item(&item, reader),
            Err(why) => panel::refusal(why, Some(place), reader),
        }
    }

    async fn rename(&self, what: &crate::domain::Target, name: &FileName, order: &Order) -> Outcome {
        let (asked, to) = (what.clone(), name.clone());
        let done = self.work("rename", move |floor| {
            let opened = floor.roots.open(&asked.place.root)?;
            ops::rename(&opened, &asked.place.path, asked.stamp, &to)
        });
        let new = what.place.parent().and_then(|parent| parent.join(name).ok());
        let next = new.map_or(View::Roots, View::Item);
        self.ended(done.await, next, View::Item(what.place.clone()), order)
    }

    async fn new_folder(&self, at: &Place, name: &FileName, order: &Order) -> Outcome {
        let (asked, called) = (at.clone(), name.clone());
        let done = self.work("new folder", move |floor| {
            let opened = floor.roots.open(&asked.root)?;
            ops::new_folder(&opened, &asked.path, &called)
        });
        let next = at.join(name).map_or(View::Roots, View::folder);
        self.ended(done.await, next, View::folder(at.clone()), order)
    }

    fn ended<T>(
        &self,
        done: Result<Result<T, Fault>, AwayError>,
        next: View,
        back: View,
        order: &Order,
    ) -> Outcome {
        match flat(done, order.reader.lang) {
            Ok(_) => {
                self.outlet.changed(Topic::Storage);
                Outcome::Done { next: AnyView::Storage(next) }
            }
            Err(why) => Outcome::Refused { why, next: AnyView::Storage(back) },
        }
    }
}

/// One file, folder or link. Blocking.
pub(super) fn look(floor: &Floor, place: Place) -> Result<Item, Fault> {
    let opened = floor.roots.open(&place.root)?;
    let meta = opened.look(&place.path)?;
    let link = (meta.kind == super::root::Kind::Link).then(|| opened.link(&place.path)).transpose()?;
    let link = link.map(|(says, beneath)| LinkTarget {
        says,
        beneath: beneath.map(|path| Place { root: place.root.clone(), path }),
    });
    let owner = Users::new().name(meta.uid);
    Ok(Item { read_only: opened.root.read_only, place, meta, owner, link })
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
    match away {
        AwayError::Down => t!(lang, "storage-away"),
        AwayError::Busy => t!(lang, "storage-busy"),
        AwayError::Late => t!(lang, "storage-late"),
    }
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

impl Room for Storage {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match view {
            View::Roots => self.roots(reader).await,
            View::Folder(folder) => self.folder(folder, reader).await,
            View::Item(place) => self.item(place, reader).await,
            View::Ask(ask) => panel::ask(ask, reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        match act {
            Act::Rename { what, name } => self.rename(what, name, order).await,
            Act::NewFolder { at, name } => self.new_folder(at, name, order).await,
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        let Hole::Storage(ask) = hole else { return Err(String::new()) };
        let act = match ask {
            Ask::Rename(what) => Act::Rename { what: what.clone(), name: typed_name(text, reader.lang)? },
            Ask::NewFolder(at) => Act::NewFolder { at: at.clone(), name: typed_name(text, reader.lang)? },
        };
        Ok(Intent::Act(AnyAct::Storage(act)))
    }

    /// Roots whose names begin so.
    async fn complete(&self, word: &str) -> Vec<String> {
        let word = word.to_owned();
        let found = self.work("complete", move |floor| {
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
