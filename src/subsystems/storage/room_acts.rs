//! What is done when a pilot says so: small things at once on the actor's threads, long ones as jobs. Each change is
//! recorded with its exact path and its bytes.

use std::{io::Write, time::Duration};

use tokio::time::Instant;

use super::{
    actor::{AwayError, Floor},
    fault::Fault,
    folder::Kind,
    ops,
    panel::view,
    relocate::{self, Effort},
    room::{Storage, flat, say_away},
    trash::{self, Throw, Thrown},
    tree::{self, Alone, Sum, Watch},
    work::{self, Task, Tools},
};
use crate::{
    audit::{Entry, Outcome as Recorded},
    domain::{Bytes, FileName, Place, Reader, RootName, Target},
    intent::{
        Act as AnyAct, View as AnyView, jobs as job_intents,
        storage::{Act, Ask, Clash, Going, Relocation, ThrownId, View},
    },
    locale::{self, say, span},
    room::{Consequence, Order, Outcome},
    screen::{Mark, Topic},
    t,
};

/// How long a deletion to the trash counts what it deletes: the move itself takes no time.
const COUNT_FOR: Duration = Duration::from_secs(2);
/// The bridge waits 300 ms for what an act would cause.
const WEIGH_FOR: Duration = Duration::from_millis(180);
const WEIGH_WITHIN: Duration = Duration::from_millis(280);

/// Stops by itself.
struct Until(Instant);

impl Until {
    fn after(limit: Duration) -> Until {
        Until(Instant::now() + limit)
    }
}

impl Watch for Until {
    fn stopped(&self) -> bool {
        Instant::now() >= self.0
    }
    fn passed(&self, _: &FileName, _: u64, _: u64) {}
}

/// What was changed, for the record.
struct Change {
    verb: &'static str,
    place: Place,
    to: Option<Place>,
    sum: Sum,
}

impl Storage {
    fn record(&self, floor: &Floor, order: &Order, change: Change) {
        let mut entry =
            Entry::ordered(order, floor.clock.now(), change.verb, change.place.to_string(), Recorded::Done)
                .with("bytes", change.sum.bytes)
                .with("files", change.sum.files);
        if let Some(to) = change.to {
            entry = entry.with("to", to.to_string());
        }
        self.audit.note(entry);
        self.outlet.changed(Topic::Storage);
    }

    pub(super) async fn carry_out(&self, act: &Act, order: &Order) -> Outcome {
        match act {
            Act::Rename { what, name } => self.rename(what, name, order).await,
            Act::NewFolder { at, name } => self.new_folder(at, name, order).await,
            Act::Note { at, name, text } => self.note(at, name, text, order).await,
            Act::Relocate { going, clash } => self.relocate(going, *clash, order).await,
            Act::Throw(what) => self.throw(what, order).await,
            Act::Destroy(what) => self.destroy(what, order).await,
            Act::Restore { root, id, clash } => self.restore(root, id, *clash, order).await,
            Act::Purge { root, id } => self.purge(root, id, order).await,
            Act::Empty(root) => {
                let next = View::Trash { root: root.clone(), page: 0 };
                self.start(Task::Empty(root.clone()), next, order).await
            }
            Act::Checksum(what) => {
                self.start(Task::Checksum(what.clone()), View::Item(what.place.clone()), order).await
            }
            Act::Archive(what) => {
                self.start(Task::Archive(what.clone()), View::Item(what.place.clone()), order).await
            }
        }
    }

    /// Runs a change on the actor's threads, and records what it was.
    async fn change(
        &self,
        what: &'static str,
        back: View,
        order: &Order,
        f: impl FnOnce(&Floor) -> Result<(Change, View), Fault> + Send + 'static,
    ) -> Outcome {
        let root = root_of(&back);
        let done =
            self.work(root.as_ref(), what, move |floor| f(floor).map(|done| (done, floor.clone()))).await;
        match flat(done, order.reader.lang) {
            Ok(((change, next), floor)) => {
                self.record(&floor, order, change);
                Outcome::Done { next: view(next) }
            }
            Err(why) => Outcome::Refused { why, next: view(back) },
        }
    }

    async fn rename(&self, what: &Target, name: &FileName, order: &Order) -> Outcome {
        let (what, to) = (what.clone(), name.clone());
        let back = View::Item(what.place.clone());
        let rename = move |floor: &Floor| {
            let opened = floor.roots.open(&what.place.root)?;
            let found = ops::rename(&opened, &what.place.path, what.stamp, &to)?;
            let new = what.place.parent().ok_or(Fault::IsRoot)?.join(&to).map_err(|_| Fault::TooLong)?;
            let bytes = if found.kind == Kind::File { found.size } else { 0 };
            let sum = Sum { files: u64::from(found.kind != Kind::Folder), bytes, ..Sum::default() };
            let change = Change { verb: "storage.renamed", place: what.place, to: Some(new.clone()), sum };
            Ok((change, View::Item(new)))
        };
        self.change("rename", back, order, rename).await
    }

    async fn new_folder(&self, at: &Place, name: &FileName, order: &Order) -> Outcome {
        let (at, name) = (at.clone(), name.clone());
        let make = {
            let at = at.clone();
            move |floor: &Floor| {
                let opened = floor.roots.open(&at.root)?;
                ops::new_folder(&opened, &at.path, &name)?;
                let place = at.join(&name).map_err(|_| Fault::TooLong)?;
                let sum = Sum { folders: 1, ..Sum::default() };
                let change = Change { verb: "storage.made", place: place.clone(), to: None, sum };
                Ok((change, View::folder(place)))
            }
        };
        self.change("new folder", View::folder(at), order, make).await
    }

    async fn note(&self, at: &Place, name: &FileName, text: &str, order: &Order) -> Outcome {
        let (asked, name, text) = (at.clone(), name.clone(), text.to_owned());
        let write = move |floor: &Floor| {
            let place = write_note(floor, &asked, &name, &text)?;
            let sum = Sum { files: 1, bytes: text.len() as u64, ..Sum::default() };
            Ok((Change { verb: "storage.noted", place: place.clone(), to: None, sum }, View::Item(place)))
        };
        self.change("note", View::folder(at.clone()), order, write).await
    }

    async fn relocate(&self, going: &Going, clash: Clash, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let asked = going.clone();
        let weighed = self
            .work(Some(&going.to.root), "weigh", move |floor| match clash {
                Clash::Ask => relocate::weigh(floor, &asked.what, &asked.to, asked.how),
                Clash::KeepBoth | Clash::Replace => {
                    relocate::effort_of(floor, &asked.what, &asked.to, asked.how)
                }
            })
            .await;
        let back = View::Pick { going: going.clone(), page: 0 };
        match weighed {
            Ok(Ok(Effort::Small)) => {}
            Ok(Ok(Effort::Large)) => {
                let Going { what, how, to } = going.clone();
                return self.start(Task::Relocate { what, to, how, clash }, back, order).await;
            }
            Ok(Err(Fault::Exists)) => return taken(going, order),
            other => {
                let why = flat(other, lang).err().unwrap_or_default();
                return Outcome::Refused { why, next: view(back) };
            }
        }
        let (asked, by) = (going.clone(), order.pilot_name.clone());
        let run = move |floor: &Floor| {
            let ordered = relocate::Order { what: &asked.what, to: &asked.to, how: asked.how, clash };
            let limit = Until::after(COUNT_FOR);
            // A copy must not be cut by the limit that a rename's count has.
            let watch: &dyn Watch = if asked.how == Relocation::Move { &limit } else { &Alone };
            let throw = Throw { by: &by, now: floor.clock.now(), watch };
            let done = match relocate::run(floor, &ordered, &throw) {
                Err(Fault::Stopped) => relocate::run(floor, &ordered, &Throw { watch: &Alone, ..throw })?,
                other => other?,
            };
            let verb = if asked.how == Relocation::Move { "storage.moved" } else { "storage.copied" };
            let change =
                Change { verb, place: asked.what.place, to: Some(done.place.clone()), sum: done.sum };
            Ok((change, View::Item(done.place)))
        };
        self.change("relocate", back, order, run).await
    }

    async fn throw(&self, what: &Target, order: &Order) -> Outcome {
        let (asked, by) = (what.clone(), order.pilot_name.clone());
        let throw = move |floor: &Floor| {
            let opened = floor.roots.open(&asked.place.root)?;
            let watch = Until::after(COUNT_FOR);
            let how = Throw { by: &by, now: floor.clock.now(), watch: &watch };
            let thrown = trash::throw(&opened, &asked.place.path, asked.stamp, &how)?;
            let next = View::Thrown { root: asked.place.root.clone(), id: thrown.id };
            Ok((Change { verb: "storage.trashed", place: asked.place, to: None, sum: thrown.sum }, next))
        };
        self.change("trash", View::Item(what.place.clone()), order, throw).await
    }

    /// A folder may hold a million files: a job.
    async fn destroy(&self, what: &Target, order: &Order) -> Outcome {
        let asked = what.clone();
        let back = View::Item(what.place.clone());
        let found = self.work(Some(&what.place.root), "look", move |floor| {
            floor.roots.open(&asked.place.root)?.look(&asked.place.path)
        });
        match flat(found.await, order.reader.lang) {
            Ok(found) if found.kind == Kind::Folder => {
                self.start(Task::Destroy(what.clone()), back, order).await
            }
            Ok(found) => {
                let (asked, by) = (what.clone(), order.pilot_name.clone());
                let destroy = move |floor: &Floor| {
                    let opened = floor.roots.open(&asked.place.root)?;
                    let how = Throw { by: &by, now: floor.clock.now(), watch: &Alone };
                    trash::destroy(&opened, &asked.place.path, asked.stamp, &how)?;
                    let sum = Sum { files: 1, bytes: found.size, ..Sum::default() };
                    let next = asked.place.parent().map_or(View::Roots, View::folder);
                    Ok((Change { verb: "storage.deleted", place: asked.place, to: None, sum }, next))
                };
                self.change("delete", back, order, destroy).await
            }
            Err(why) => Outcome::Refused { why, next: view(back) },
        }
    }

    async fn restore(&self, root: &RootName, id: &ThrownId, clash: Clash, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let (name, entry, by) = (root.clone(), id.clone(), order.pilot_name.clone());
        let done = self.work(Some(root), "restore", move |floor| {
            let opened = floor.roots.open(&name)?;
            let how = Throw { by: &by, now: floor.clock.now(), watch: &Alone };
            trash::restore(&opened, &entry, clash, &how).map(|done| (done, floor.clone()))
        });
        let (root, id) = (root.clone(), id.clone());
        match done.await {
            Ok(Err(Fault::Exists)) if clash == Clash::Ask => {
                Outcome::Asked { next: view(View::RestoreClash { root, id }) }
            }
            done => match flat(done, lang) {
                Ok(((thrown, place), floor)) => {
                    let change = Change {
                        verb: "storage.restored",
                        place: thrown.place,
                        to: Some(place.clone()),
                        sum: thrown.sum,
                    };
                    self.record(&floor, order, change);
                    Outcome::Done { next: view(View::Item(place)) }
                }
                Err(why) => Outcome::Refused { why, next: view(View::Thrown { root, id }) },
            },
        }
    }

    async fn purge(&self, root: &RootName, id: &ThrownId, order: &Order) -> Outcome {
        let back = View::Thrown { root: root.clone(), id: id.clone() };
        let (name, entry) = (root.clone(), id.clone());
        let found = self.work(Some(root), "look", move |floor| trash::get(&floor.roots.open(&name)?, &entry));
        match flat(found.await, order.reader.lang) {
            Ok(thrown) if thrown.kind == Kind::Folder => {
                self.start(Task::Purge { root: root.clone(), id: id.clone() }, back, order).await
            }
            Ok(thrown) => {
                let (name, entry) = (root.clone(), id.clone());
                let purge = move |floor: &Floor| {
                    trash::purge(&floor.roots.open(&name)?, &entry, &Alone)?;
                    let Thrown { place, sum, .. } = thrown;
                    let next = View::Trash { root: name, page: 0 };
                    Ok((Change { verb: "storage.deleted", place, to: None, sum }, next))
                };
                self.change("purge", back, order, purge).await
            }
            Err(why) => Outcome::Refused { why, next: view(back) },
        }
    }

    async fn start(&self, task: Task, back: View, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let floor = match self.work(None, "floor", Floor::clone).await {
            Ok(floor) => floor,
            Err(away) => return Outcome::Refused { why: say_away(away, lang), next: view(back) },
        };
        let tools = Tools { floor, audit: self.audit.clone(), outlet: self.outlet.clone() };
        match self.jobs.start(work::order(task, tools, order.clone())).await {
            Ok(started) => Outcome::Started {
                job: started.job,
                next: AnyView::Jobs(job_intents::View::Job(started.job)),
            },
            Err(error) => Outcome::Refused { why: say(lang, &error.phrase()), next: view(back) },
        }
    }

    /// What a deletion would take away.
    pub(super) async fn consequences(&self, act: &Act, reader: &Reader) -> Vec<Consequence> {
        let lang = reader.lang;
        let asked = act.clone();
        let root = match AnyAct::Storage(act.clone()).origin() {
            AnyView::Storage(view) => root_of(&view),
            _ => None,
        };
        let weighed = super::actor::work(&self.port, root.as_ref(), "weigh", WEIGH_WITHIN, move |floor| {
            weigh(floor, &asked)
        });
        let look = |line| vec![Consequence { mark: Mark::Look, line }];
        match weighed.await {
            Ok(Ok(Some(weighed))) => weighed.lines(reader),
            Ok(Ok(None)) => Vec::new(),
            Ok(Err(fault)) => look(fault.say(lang)),
            Err(AwayError::Late) => look(t!(lang, "storage-weigh-late")),
            Err(away) => look(say_away(away, lang)),
        }
    }
}

/// Which root a view is of.
fn root_of(view: &View) -> Option<RootName> {
    match view {
        View::Roots => None,
        View::Folder(folder) => Some(folder.at.root.clone()),
        View::Item(place) | View::Text { at: place, .. } | View::Image(place) => Some(place.root.clone()),
        View::Ask(Ask::Rename(what)) | View::PickRoot { what, .. } => Some(what.place.root.clone()),
        View::Ask(Ask::NewFolder(at) | Ask::Note(at)) => Some(at.root.clone()),
        View::Pick { going, .. } | View::Clash(going) => Some(going.to.root.clone()),
        View::Trash { root, .. } | View::Thrown { root, .. } | View::RestoreClash { root, .. } => {
            Some(root.clone())
        }
    }
}

/// The name is taken: it is asked what becomes of what has it.
fn taken(going: &Going, order: &Order) -> Outcome {
    if going.is_there() {
        let next = view(View::Pick { going: going.clone(), page: 0 });
        return Outcome::Refused { why: t!(order.reader.lang, "storage-already-here"), next };
    }
    Outcome::Asked { next: view(View::Clash(going.clone())) }
}

fn write_note(floor: &Floor, at: &Place, name: &FileName, text: &str) -> Result<Place, Fault> {
    let opened = floor.roots.open(&at.root)?;
    opened.writable()?;
    let folder = opened.folder(&at.path)?;
    tree::must_fit(&folder, text.len() as u64)?;
    let name = if folder.look(name).is_ok() { trash::free_name(&folder, name)? } else { name.clone() };
    let part = floor.parts.begin(at)?;
    let mut file = folder.create(&part.name)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(Fault::from)
        .and_then(|()| Ok(rustix::fs::fchmod(&file, rustix::fs::Mode::from_raw_mode(0o644))?))
        .and_then(|()| ops::move_name(&folder, &part.name, &folder, &name));
    if let Err(fault) = written {
        let _ = tree::remove(&folder, &part.name, &Alone);
        return Err(tree::full(fault, &folder));
    }
    ops::sync(&folder);
    at.join(&name).map_err(|_| Fault::TooLong)
}

/// What the question before a deletion says.
struct Weighed {
    sum: Sum,
    folder: bool,
    /// Goes to the trash, and is kept there so long.
    kept: Option<Duration>,
    /// Named, where the act itself names only an entry.
    named: Option<Place>,
}

fn weigh(floor: &Floor, act: &Act) -> Result<Option<Weighed>, Fault> {
    let target = |what: &Target, kept| {
        let opened = floor.roots.open(&what.place.root)?;
        let (folder, name, found) = ops::take(&opened, &what.place.path, what.stamp)?;
        trash::check(&opened, &folder, &name, &found)?;
        let sum = tree::count(&folder, &name, &Until::after(WEIGH_FOR))?;
        Ok(Some(Weighed { sum, folder: found.kind == Kind::Folder, kept, named: None }))
    };
    match act {
        Act::Throw(what) => target(what, Some(floor.config.trash.keep)),
        Act::Destroy(what) => target(what, None),
        Act::Purge { root, id } => {
            let thrown = trash::get(&floor.roots.open(root)?, id)?;
            let folder = thrown.kind == Kind::Folder;
            Ok(Some(Weighed { sum: thrown.sum, folder, kept: None, named: Some(thrown.place) }))
        }
        Act::Empty(root) => {
            let sum = work::total(&trash::list(&floor.roots.open(root)?)?);
            Ok(Some(Weighed { sum, folder: true, kept: None, named: None }))
        }
        Act::Rename { .. } | Act::NewFolder { .. } | Act::Note { .. } | Act::Relocate { .. } => Ok(None),
        Act::Restore { .. } | Act::Checksum(_) | Act::Archive(_) => Ok(None),
    }
}

impl Weighed {
    fn lines(&self, reader: &Reader) -> Vec<Consequence> {
        let lang = reader.lang;
        let mut lines = Vec::new();
        if let Some(place) = &self.named {
            lines.push(Consequence { mark: Mark::Look, line: super::words::visible(&place.shown()) });
        }
        let (files, size) = (locale::count(lang, self.sum.files), Bytes(self.sum.bytes).to_string());
        let much = match (self.folder, self.sum.partial) {
            (false, _) => t!(lang, "storage-weigh-file", size = size),
            (true, false) => t!(lang, "storage-weigh-files", n = self.sum.files, files = files, size = size),
            (true, true) => t!(lang, "storage-weigh-at-least", files = files, size = size),
        };
        lines.push(Consequence { mark: Mark::Look, line: much });
        lines.push(match self.kept {
            Some(keep) => Consequence {
                mark: Mark::Good,
                line: t!(lang, "storage-weigh-kept", span = span(lang, keep)),
            },
            None => Consequence { mark: Mark::Bad, line: t!(lang, "storage-weigh-for-good") },
        });
        lines
    }
}
