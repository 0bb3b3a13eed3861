//! Which screen a view of this room is: fetches what it shows from the store, the jobs and the engine, and hands it to
//! the panel. Changes nothing.

use std::path::{Path, PathBuf};

use super::{
    engine::EngineError,
    index,
    messages::{Board, Sheet},
    panel, panel_browse,
    panel_latest::{self, Newest},
    panel_snapshots, panel_verify,
    read::{self, Folder, PER_PAGE},
    room::Backup,
    store::{self, Held},
};
use crate::{
    domain::Reader,
    intent::backup::{Browse, View},
    screen::Screen,
};

impl Backup {
    /// All of a plan's repository, newest first.
    async fn all(&self, sheet: &Sheet) -> Option<Vec<Held>> {
        let plan = sheet.name.clone();
        self.desk.store.read(move |conn| store::snapshots(conn, &plan)).await.ok()
    }

    /// Whether this plan made it, and not another one of the same repository.
    fn is_own(&self, sheet: &Sheet, held: &Held) -> bool {
        held.is_of(sheet.name.as_str(), &sheet.plan.paths, self.desk.host.as_deref())
    }

    /// Those that belong together with one: the plan's own, or all where it is another's.
    async fn company(&self, sheet: &Sheet, snapshot: &str) -> Option<(Vec<Held>, Option<usize>)> {
        let mut all = self.all(sheet).await?;
        let is_own = all.iter().find(|held| held.which.id.as_str() == snapshot);
        if is_own.is_some_and(|held| self.is_own(sheet, held)) {
            all.retain(|held| self.is_own(sheet, held));
        }
        let at = all.iter().position(|held| held.which.id.as_str() == snapshot);
        Some((all, at))
    }

    pub(super) async fn one(&self, sheet: &Sheet, view: &View, reader: &Reader) -> Option<Screen> {
        let name = &sheet.name;
        Some(match view {
            View::Snapshots { page, all, .. } => {
                let (mut held, before) = (self.all(sheet).await?, 0);
                let whole = held.len();
                if !all {
                    held.retain(|held| self.is_own(sheet, held));
                }
                let others = if *all { before } else { whole - held.len() };
                panel_snapshots::list(sheet, &held, others, (*all, *page), reader)
            }
            View::Snapshot { snapshot, .. } => match self.company(sheet, snapshot).await? {
                (all, Some(at)) => panel_snapshots::one(sheet, &all[at], all.get(at + 1), reader),
                (_, None) => panel_snapshots::gone(sheet, snapshot, reader),
            },
            View::With { snapshot, page, .. } => match self.company(sheet, snapshot).await? {
                (all, Some(at)) => panel_snapshots::with(sheet, &all[at], &all, *page, reader),
                (_, None) => panel_snapshots::gone(sheet, snapshot, reader),
            },
            View::Diff { from, to, page, .. } => self.diff(sheet, from, to, *page, reader).await?,
            View::Size(_) => {
                let plan = name.clone();
                let sizes = self.desk.store.read(move |conn| store::sizes(conn, &plan)).await.ok()?;
                panel_verify::size(sheet, &sizes, reader)
            }
            View::Thin { page, .. } => {
                let plan = name.clone();
                let found = self.desk.store.read(move |conn| store::found(conn, &plan, store::THIN)).await;
                let busy = self.busy(sheet).await;
                panel_verify::thin(sheet, found.ok()?.as_ref(), busy, *page, reader)
            }
            View::Verify(_) => panel_verify::verify(sheet, self.busy(sheet).await, reader),
            View::Browse(browse) => self.browse(sheet, browse, reader).await?,
            View::Where(browse) => self.destination(sheet, browse, reader).await?,
            View::LatestOf { path, .. } => self.latest_of(sheet, path, reader).await?,
            View::List | View::Plan(_) | View::Latest(_) => panel::plan(sheet, &self.working().await, reader),
        })
    }

    async fn busy(&self, sheet: &Sheet) -> bool {
        let key = sheet.plan.key();
        self.working().await.iter().any(|one| one.key == key)
    }

    async fn held(&self, sheet: &Sheet, snapshot: &str) -> Option<Option<Held>> {
        let (plan, id) = (sheet.name.clone(), snapshot.to_owned());
        self.desk.store.read(move |conn| store::snapshot(conn, &plan, &id)).await.ok()
    }

    async fn diff(&self, sheet: &Sheet, from: &str, to: &str, page: u32, reader: &Reader) -> Option<Screen> {
        let (old, new) = (self.held(sheet, from).await?, self.held(sheet, to).await?);
        let (Some(old), Some(new)) = (&old, &new) else {
            let gone = if old.is_none() { from } else { to };
            return Some(panel_snapshots::gone(sheet, gone, reader));
        };
        let (plan, what) = (sheet.name.clone(), store::diff_of(from, to));
        let found = self.desk.store.read(move |conn| store::found(conn, &plan, &what)).await.ok()?;
        Some(panel_snapshots::diff(sheet, (old, new), found.as_ref(), page, reader))
    }

    async fn browse(&self, sheet: &Sheet, browse: &Browse, reader: &Reader) -> Option<Screen> {
        let Some(held) = self.held(sheet, &browse.snapshot).await? else {
            return Some(panel_snapshots::gone(sheet, &browse.snapshot, reader));
        };
        let folder = read::folder(&self.desk, sheet, &held, browse).await;
        let indexing = self.working().await;
        Some(panel_browse::folder(sheet, &held, browse, &folder, &indexing, reader))
    }

    async fn destination(&self, sheet: &Sheet, browse: &Browse, reader: &Reader) -> Option<Screen> {
        let Some(held) = self.held(sheet, &browse.snapshot).await? else {
            return Some(panel_snapshots::gone(sheet, &browse.snapshot, reader));
        };
        let (plan, id) = (sheet.name.clone(), browse.snapshot.clone());
        let picked: Vec<PathBuf> = browse.picked.iter().map(PathBuf::from).collect();
        let weight = self.desk.store.read(move |conn| index::weight(conn, &plan, &id, &picked)).await.ok()?;
        let most = self.desk.courier.limits().deliver;
        Some(panel_browse::destination(browse, &held, &self.roots(), weight, most, reader))
    }

    /// The newest snapshot of the plan that saves this path, opened at its folder with the file picked. Where several
    /// plans save it, the pilot chooses.
    pub(super) async fn latest(&self, board: &Board, path: &str, reader: &Reader) -> Option<Screen> {
        let target = Path::new(path);
        let covers = |sheet: &&Sheet| sheet.plan.paths.iter().any(|saved| target.starts_with(saved));
        let covering: Vec<&Sheet> = board.plans.iter().filter(covers).collect();
        let mut newest = Vec::new();
        for sheet in &covering {
            newest.extend(self.newest(sheet).await?.map(|held| Newest { sheet, at: held.at }));
        }
        match (covering.as_slice(), newest.as_slice()) {
            ([], _) => Some(panel_latest::not_saved(path, reader)),
            ([first, ..], []) => Some(panel_snapshots::list(first, &[], 0, (false, 0), reader)),
            (_, [one]) => self.latest_of(one.sheet, path, reader).await,
            _ => Some(panel_latest::choose(path, &newest, reader)),
        }
    }

    async fn newest(&self, sheet: &Sheet) -> Option<Option<Held>> {
        Some(self.all(sheet).await?.into_iter().find(|held| self.is_own(sheet, held)))
    }

    async fn latest_of(&self, sheet: &Sheet, path: &str, reader: &Reader) -> Option<Screen> {
        let Some(held) = self.newest(sheet).await? else {
            return Some(panel_snapshots::list(sheet, &[], 0, (false, 0), reader));
        };
        let parent = Path::new(path).parent().and_then(Path::to_str).unwrap_or("/");
        let browse = Browse::of(&sheet.name, held.which.id.as_str()).at(parent).toggled(path);
        // Listed first, to know on which page it stands.
        let folder = match read::folder(&self.desk, sheet, &held, &browse).await {
            Folder::Failed(EngineError::NothingThere(_)) => Folder::Page(index::Page::default()),
            folder => folder,
        };
        if !matches!(folder, Folder::Page(_)) {
            let indexing = self.working().await;
            return Some(panel_browse::folder(sheet, &held, &browse, &folder, &indexing, reader));
        }
        match self.rank(&browse, path).await? {
            Some(rank) => self.browse(sheet, &browse.page(page_of(rank)), reader).await,
            None => Some(panel_latest::not_in(sheet, &held, path, reader)),
        }
    }

    async fn rank(&self, browse: &Browse, path: &str) -> Option<Option<u64>> {
        let (plan, id, path) = (browse.plan.clone(), browse.snapshot.clone(), PathBuf::from(path));
        self.desk.store.read(move |conn| index::rank(conn, &plan, &id, &path)).await.ok()
    }

    /// The page on which a file stands.
    pub(super) async fn turned_to(&self, browse: &Browse, path: &str) -> Browse {
        let rank = self.rank(browse, path).await.flatten();
        browse.page(rank.map_or(browse.page, page_of))
    }
}

fn page_of(rank: u64) -> u32 {
    u32::try_from(rank / u64::from(PER_PAGE)).unwrap_or(u32::MAX)
}
