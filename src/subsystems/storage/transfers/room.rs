//! What the bridge sees of transfers.

use std::{path::PathBuf, time::Duration};

use super::{
    dock::{Kit, Msg, topic},
    names,
    panel::{self, Spot},
    receive, send,
    store::{self, Arrival, Goal, State},
    volumes,
};
use crate::{
    domain::{Asker, BlobId, Bytes, FileName, PilotId, Place, Reader, Target},
    intent::{
        View as AnyView, jobs as job_intents,
        storage::{self as files, Clash},
        transfers::{Act, Batch, View},
        usage,
    },
    jobs::Snapshot,
    locale::say,
    phrase,
    room::{Order, Outcome, Room},
    screen::Screen,
    store::StoreError,
    subsystems::storage::{
        Fault, Floor, Opened,
        folder::{Folder, Kind, Meta},
        listing::{self, Wish},
        room::{flat, say_away},
    },
    supervision::{CallError, Port},
    t,
};

/// The dock writes to the store.
const WITHIN: Duration = Duration::from_secs(5);
/// A job that cannot be looked up in time is not shown; the screen is.
const JOB_WITHIN: Duration = Duration::from_millis(300);
/// Folders of earlier files that are offered again.
const RECENT_MAX: u32 = 4;
/// Folders offered in all.
const SPOTS_MAX: usize = 6;

/// A file that a pilot sent; its bytes are fetched when they are wanted.
#[derive(Debug, Clone)]
pub struct Sent {
    pub blob: BlobId,
    /// As told: foreign text.
    pub name: String,
    pub size: Option<Bytes>,
    /// What the chat's bubble showed.
    pub at: Option<AnyView>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Transfers {
    pub kit: Kit,
    pub port: Port<Msg>,
    /// Where archives are packed.
    pub scratch: PathBuf,
}

impl Transfers {
    /// A file came: noted, and asked about.
    ///
    /// # Errors
    /// A whole sentence for the pilot: no folder is there for files, too many wait, Telegram's word is gone.
    pub async fn came(&self, sent: Sent, order: &Order) -> Result<AnyView, String> {
        let lang = order.reader.lang;
        let roots = self.kit.storage.work(None, "roots", |floor| !floor.roots.all().is_empty()).await;
        let name = names::harmless(&sent.name);
        let shown = crate::screen::text::fit(&crate::screen::text::clean(&name.shown()), 40);
        match roots {
            Ok(true) => {}
            Ok(false) => return Err(t!(lang, "bridge-no-place", name = shown)),
            Err(away) => return Err(say_away(away, lang)),
        }
        let reference = self.kit.blobs.reference(sent.blob).ok_or_else(|| t!(lang, "transfers-gone"))?;
        let (join, here) = match &sent.at {
            Some(AnyView::Transfers(View::Batch { batch, here })) => (Some(*batch), here.clone()),
            Some(at) => (None, folder_of(at)),
            None => (None, None),
        };
        let bytes = sent.size.map(|size| size.0);
        let arrival = Arrival { chat: order.chat, pilot: order.pilot, reference, name, bytes };
        let noted = self.port.call(WITHIN, |reply| Msg::Arrived(arrival, join, reply)).await;
        match noted {
            Ok(Ok(Some(batch))) => Ok(AnyView::Transfers(View::Batch { batch, here })),
            Ok(Ok(None)) => Err(t!(lang, "transfers-too-many", max = store::WAITING_MAX)),
            Ok(Err(error)) => Err(not_noted(&error, &order.reader)),
            Err(error) => Err(away(&error, &order.reader)),
        }
    }

    async fn batch(&self, batch: Batch, here: Option<&Place>, reader: &Reader) -> Screen {
        let entries = match self.kit.store.read(move |conn| store::batch(conn, batch)).await {
            Ok(entries) => entries,
            Err(error) => return panel::away(&error, reader),
        };
        let offered = entries.iter().any(|entry| entry.state == State::Offered);
        let spots = match entries.first() {
            Some(first) if offered => self.spots(first.pilot, here).await,
            _ => Vec::new(),
        };
        let job = match entries.iter().find(|entry| entry.state == State::Queued) {
            Some(entry) => self.job(&receive::key(entry.chat)).await,
            None => None,
        };
        let mut screen = panel::batch(batch, here, &entries, &spots, job.as_ref(), reader);
        screen.topics.push(topic(batch));
        screen
    }

    async fn job(&self, key: &str) -> Option<Snapshot> {
        let found = tokio::time::timeout(JOB_WITHIN, self.kit.jobs.find(key)).await;
        found.ok()?.ok()?.filter(Snapshot::is_running)
    }

    /// Folders that files can be put into: the one that was looked at, those used last, the roots.
    async fn spots(&self, pilot: PilotId, here: Option<&Place>) -> Vec<Spot> {
        let recent = self.kit.store.read(move |conn| store::recent(conn, pilot, RECENT_MAX)).await;
        let wished: Vec<Place> = here.cloned().into_iter().chain(recent.unwrap_or_default()).collect();
        let roots = self.kit.storage.work(None, "roots", |floor| {
            let writable = floor.roots.all().iter().filter(|root| !root.read_only);
            writable.map(|root| Place::root(root.name.clone())).collect::<Vec<_>>()
        });
        let mut places: Vec<Place> = Vec::new();
        for place in wished.into_iter().chain(roots.await.unwrap_or_default()) {
            if places.len() < SPOTS_MAX && !places.contains(&place) {
                places.push(place);
            }
        }
        // Each for itself: a root that does not answer is not offered, and holds nobody up.
        let asks = places.into_iter().map(|place| async {
            let root = place.root.clone();
            self.kit.storage.brief(&root, "spot", move |floor| spot(floor, place)).await.ok()?.ok()
        });
        futures_util::future::join_all(asks).await.into_iter().flatten().collect()
    }

    async fn pick(&self, batch: Batch, at: &Place, page: u32, reader: &Reader) -> Screen {
        let asked = at.clone();
        let listed = self.kit.storage.work(Some(&at.root), "pick", move |floor| {
            let opened = floor.roots.open(&asked.root)?;
            let wish = Wish {
                sort: files::Sort::Name,
                hidden: false,
                folders_only: true,
                page,
                per_page: panel::PICK_PER_PAGE,
            };
            // From the top of one root the others are near.
            let others =
                floor.roots.all().iter().filter(|root| asked.path.is_root() && root.name != asked.root);
            let others = others.filter(|root| !root.read_only).map(|root| root.name.clone()).collect();
            Ok((listing::list(&opened, &asked.path, &wish)?, others))
        });
        match flat(listed.await, reader.lang) {
            Ok((listing, others)) => panel::pick(batch, at, &listing, others, reader),
            Err(why) => panel::refusal(&why, reader),
        }
    }

    /// What is at that place, if it is still what was shown.
    async fn found(&self, what: &Target, reader: &Reader) -> Result<Meta, String> {
        let asked = what.clone();
        let look = move |floor: &Floor| {
            let opened = floor.roots.open(&asked.place.root)?;
            let meta = opened.look(&asked.place.path)?;
            if meta.stamp == asked.stamp { Ok(meta) } else { Err(Fault::Changed) }
        };
        flat(self.kit.storage.work(Some(&what.place.root), "look", look).await, reader.lang)
    }

    async fn how(&self, what: &Target, reader: &Reader) -> Screen {
        match self.found(what, reader).await {
            Ok(meta) => {
                let limit = self.kit.courier.limits().deliver;
                let name = names::plain(&what.place.name());
                let plan = volumes::plan(&name, meta.size, limit.0);
                panel::how(what, &meta, plan.as_ref(), limit, reader)
            }
            Err(why) => panel::refusal(&why, reader),
        }
    }

    /// Names of a batch's files that wait to be put somewhere, and that are taken there.
    async fn taken(&self, batch: Batch, at: &Place, reader: &Reader) -> Result<Vec<FileName>, String> {
        let entries = self.kit.store.read(move |conn| store::batch(conn, batch)).await;
        let entries = entries.map_err(|error| not_noted(&error, reader))?;
        let offered = entries.into_iter().filter(|entry| entry.state == State::Offered);
        let mut names: Vec<FileName> = offered.map(|entry| entry.name).collect();
        names.sort();
        names.dedup();
        let to = at.clone();
        // Told now rather than by each file: a folder that cannot be written to, too.
        let look = move |floor: &Floor| {
            let opened = floor.roots.open(&to.root)?;
            opened.writable()?;
            let folder = opened.folder(&to.path)?;
            Ok(names.into_iter().filter(|name| folder.look(name).is_ok()).collect())
        };
        flat(self.kit.storage.work(Some(&at.root), "spot", look).await, reader.lang)
    }

    async fn save(&self, batch: Batch, at: &Place, clash: Clash, order: &Order) -> Outcome {
        let next = AnyView::Transfers(View::Batch { batch, here: Some(at.clone()) });
        match self.taken(batch, at, &order.reader).await {
            Err(why) => return Outcome::Refused { why, next },
            Ok(taken) if clash == Clash::Ask && !taken.is_empty() => {
                return Outcome::Asked { next: AnyView::Transfers(View::Clash { batch, at: at.clone() }) };
            }
            Ok(_) => {}
        }
        let goal = Goal { place: at.clone(), replace: clash == Clash::Replace };
        self.queue(batch, Some(goal), next, order).await
    }

    async fn queue(&self, batch: Batch, to: Option<Goal>, next: AnyView, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let asked_by = asker(order);
        match self.port.call(WITHIN, |reply| Msg::Queue { batch, to, asked_by, reply }).await {
            Ok(Ok(true)) => Outcome::Done { next },
            Ok(Ok(false)) => Outcome::Refused { why: t!(lang, "transfers-nothing-waits"), next },
            Ok(Err(error)) => Outcome::Refused { why: not_noted(&error, &order.reader), next },
            Err(error) => Outcome::Refused { why: away(&error, &order.reader), next },
        }
    }

    async fn clash(&self, batch: Batch, at: &Place, reader: &Reader) -> Screen {
        match self.taken(batch, at, reader).await {
            Ok(taken) if taken.is_empty() => self.batch(batch, Some(at), reader).await,
            Ok(taken) => panel::clash(batch, at, &taken, reader),
            Err(why) => panel::refusal(&why, reader),
        }
    }

    async fn decline(&self, batch: Batch, order: &Order) -> Outcome {
        let write = move |tx: &rusqlite::Transaction<'_>| store::decline(tx, batch);
        let next = AnyView::Transfers(View::batch(batch));
        match self.kit.store.write(crate::store::Durability::Normal, write).await {
            Ok(()) => Outcome::Done { next },
            Err(error) => Outcome::Refused { why: not_noted(&error, &order.reader), next },
        }
    }

    async fn send(&self, what: &Target, volumes: bool, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let next = AnyView::Storage(files::View::Item(what.place.clone()));
        let asked = what.clone();
        let open = move |floor: &Floor| opened(floor, &asked);
        let (cargo, name) =
            match flat(self.kit.storage.work(Some(&what.place.root), "send", open).await, lang) {
                Ok(cargo) => cargo,
                Err(why) => return Outcome::Refused { why, next },
            };
        let limit = self.kit.courier.limits().deliver.0;
        match &cargo {
            send::Cargo::File { bytes: 0, .. } => {
                return Outcome::Refused { why: t!(lang, "transfers-empty"), next };
            }
            // Asked about first, with how many there would be.
            send::Cargo::File { bytes, .. } if *bytes > limit && !volumes => {
                return Outcome::Asked { next: AnyView::Transfers(View::Send(what.clone())) };
            }
            send::Cargo::Folder { .. } if !volumes => {
                return Outcome::Asked { next: AnyView::Transfers(View::Send(what.clone())) };
            }
            send::Cargo::File { .. } | send::Cargo::Folder { .. } => {}
        }
        let subject = send::Subject {
            place: what.place.clone(),
            name,
            cargo,
            chat: order.chat,
            lang,
            volumes,
            scratch: self.scratch.clone(),
            blobs: self.kit.blobs.clone(),
            courier: self.kit.courier.clone(),
        };
        match self.kit.jobs.start(send::order(subject, asker(order))).await {
            Ok(started) => Outcome::Started {
                job: started.job,
                next: AnyView::Jobs(job_intents::View::Job(started.job)),
            },
            Err(error) => Outcome::Refused { why: say(lang, &error.phrase()), next },
        }
    }
}

/// A note that could not be made, or read.
fn not_noted(error: &StoreError, reader: &Reader) -> String {
    tracing::warn!(%error, "a transfer was not noted");
    say(reader.lang, &phrase!("transfers-not-noted", why = error.phrase()))
}

/// The dock does not answer.
fn away(error: &CallError, reader: &Reader) -> String {
    tracing::warn!(%error, "a transfer was not noted");
    t!(reader.lang, "transfers-away")
}

fn asker(order: &Order) -> Asker {
    Asker::Pilot { id: order.pilot, name: order.pilot_name.clone(), chat: order.chat }
}

/// The folder that a screen is about.
fn folder_of(view: &AnyView) -> Option<Place> {
    match view {
        AnyView::Storage(files::View::Folder(folder)) => Some(folder.at.clone()),
        AnyView::Storage(files::View::Item(place)) => place.parent(),
        AnyView::Usage(usage::View::Folder { at, .. }) => Some(at.clone()),
        _ => None,
    }
}

/// A folder that can be written to. Blocking.
fn spot(floor: &Floor, place: Place) -> Result<Spot, Fault> {
    let opened = floor.roots.open(&place.root)?;
    opened.writable()?;
    let folder: Folder = opened.folder(&place.path)?;
    Ok(Spot { free: folder.space().map(|space| space.free), place })
}

/// What is to be carried, opened beneath its root, and what it is called. Blocking.
fn opened(floor: &Floor, what: &Target) -> Result<(send::Cargo, String), Fault> {
    let opened: Opened = floor.roots.open(&what.place.root)?;
    let meta = opened.look(&what.place.path)?;
    if meta.stamp != what.stamp {
        return Err(Fault::Changed);
    }
    let own = what.place.path.name().unwrap_or_else(|| {
        FileName::new(what.place.root.as_str().as_bytes()).expect("the name of a root is a name")
    });
    match meta.kind {
        Kind::File => {
            let (file, meta) = opened.file(&what.place.path)?;
            if meta.stamp != what.stamp {
                return Err(Fault::Changed);
            }
            let name = names::harmless(&own.shown()).shown();
            Ok((send::Cargo::File { file, bytes: meta.size }, name))
        }
        Kind::Folder => {
            let folder = opened.folder(&what.place.path)?;
            let name = names::harmless(&format!("{}.tar.zst", own.shown())).shown();
            Ok((send::Cargo::Folder { opened, folder, name: own }, name))
        }
        Kind::Link => Err(Fault::Link),
        Kind::Special(_) => Err(Fault::NotFile),
    }
}

impl Room for Transfers {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match view {
            View::Batch { batch, here } => self.batch(*batch, here.as_ref(), reader).await,
            View::Pick { batch, at, page } => self.pick(*batch, at, *page, reader).await,
            View::Clash { batch, at } => self.clash(*batch, at, reader).await,
            View::Send(what) => self.how(what, reader).await,
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        match act {
            Act::Save { batch, at, clash } => self.save(*batch, at, *clash, order).await,
            Act::Again(batch) => {
                let next = AnyView::Transfers(View::batch(*batch));
                self.queue(*batch, None, next, order).await
            }
            Act::Decline(batch) => self.decline(*batch, order).await,
            Act::Send { what, volumes } => self.send(what, *volumes, order).await,
        }
    }
}

impl std::fmt::Debug for Transfers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transfers({:?})", self.port)
    }
}
