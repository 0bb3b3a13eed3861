//! Snapshots with very many entries, by stand-ins for the engines that print as many lines as they are told to: what
//! the daemon's memory grows by does not depend on how many there are. `COCKPIT_BIG=1000000` measures a million.

use tokio::time::Instant;

use crate::{
    depot::{Depot, script, write},
    pilot::{OWNER, View},
    ship::Ship,
};

/// What restic and Borg say, as far as looking into a snapshot asks them. `ENTRIES` files with long names in /srv/all.
const RESTIC: &str = r#"id=67aa21d4832fbee0fece317616af6055522713e5fc34fcb1edc9caf6a1fb0367
for last; do :; done
case "$1" in
version) echo 'restic 0.14.0 compiled with go1.19.8 on linux/amd64';;
cat) echo "{\"version\":2,\"id\":\"$id\",\"chunker_polynomial\":\"25b468838dcb75\"}";;
snapshots) echo "[{\"time\":\"2026-11-22T10:00:00Z\",\"tree\":\"$id\",\"paths\":[\"/srv\"],\"hostname\":\"h\",\"username\":\"root\",\"tags\":[\"home\"],\"id\":\"$id\",\"short_id\":\"67aa21d4\"}]";;
ls)
case "$last" in
/) echo '{"name":"srv","type":"dir","path":"/srv","mode":2147484141,"mtime":"2026-11-22T10:00:00Z","struct_type":"node"}';;
/srv) echo '{"name":"all","type":"dir","path":"/srv/all","mode":2147484141,"mtime":"2026-11-22T10:00:00Z","struct_type":"node"}';;
/srv/all) exec awk 'BEGIN { for (i = 0; i < ENTRIES; i++) { n = sprintf("file %0240d", i); printf "{\"name\":\"%s\",\"type\":\"file\",\"path\":\"/srv/all/%s\",\"size\":7,\"mode\":420,\"mtime\":\"2026-11-22T10:00:00Z\",\"struct_type\":\"node\"}\n", n, n } }';;
esac;;
esac"#;

const BORG: &str = r#"id=67aa21d4832fbee0fece317616af6055522713e5fc34fcb1edc9caf6a1fb0367
case "$*" in
--version) echo 'borg 1.2.4';;
*--json-lines*) exec awk 'BEGIN { for (i = 0; i < ENTRIES; i++) printf "{\"type\": \"-\", \"mode\": \"-rw-r--r--\", \"path\": \"srv/all/file %0240d\", \"linktarget\": \"\", \"mtime\": \"2026-11-22T15:50:20.122810\", \"size\": 7}\n", i }';;
*--json*) echo "{\"archives\":[{\"archive\":\"home-2026-11-22T100000Z\",\"name\":\"home-2026-11-22T100000Z\",\"id\":\"$id\",\"start\":\"2026-11-22T10:00:00.000000\",\"hostname\":\"h\",\"username\":\"root\",\"comment\":\"\"}],\"repository\":{\"id\":\"$id\"},\"encryption\":{\"mode\":\"none\"}}";;
esac"#;

/// Lines of a listing are 600 bytes: 30,000 of them held in memory would be twice as much.
const GROWS_KIB_MAX: u64 = 12 << 10;

fn entries() -> u64 {
    std::env::var("COCKPIT_BIG").ok().and_then(|text| text.parse().ok()).unwrap_or(30_000)
}

async fn depot(engine: &'static str, says: &str, entries: u64) -> Depot {
    let ship = Ship::on_the_ground(&[]).await;
    let dir = ship.dir.path().to_owned();
    script(&dir.join("bin").join(engine), &says.replace("ENTRIES", &entries.to_string()));
    write(&dir.join("password"), "correct horse");
    let ship = ship.with_env("PATH", &format!("{}/bin:/usr/bin:/bin", dir.display()));
    let mut depot = Depot { ship, dir, engine };
    let plan = depot.plan("home", "").replace(&format!("{}/live", depot.dir.display()), "/srv");
    depot.fly(&plan).await;
    depot
}

#[tokio::test]
async fn a_folder_of_very_many_entries_opens_page_by_page_and_is_never_in_memory() {
    let entries = entries().min(100_000);
    let depot = depot("restic", RESTIC, entries).await;
    let ship = &depot.ship;
    ship.eventually_says("/backup home", "✔ backed up").await;
    let snapshot = depot.open_snapshot("One snapshot", 0).await;
    ship.tap(&snapshot, "Look inside").await;
    ship.tap(&snapshot, "📂 srv").await;
    ship.pilot.becomes(&snapshot, "/srv as it was").await;
    let before = ship.memory_peak_kib();
    let began = Instant::now();
    ship.tap(&snapshot, "📂 all").await;
    let opened = ship.pilot.becomes(&snapshot, "entries. Tick").await;
    let (took, grown) = (began.elapsed(), ship.memory_peak_kib() - before);
    println!("restic: {entries} entries of one folder in {took:.1?}, memory grew by {grown} KiB");
    assert_eq!(opened.labels().iter().flatten().filter(|label| label.contains("☐ file")).count(), 8);
    assert_eq!(
        ship.count("SELECT count(*) FROM backup_entry WHERE kind = 1"),
        i64::try_from(entries).unwrap()
    );
    assert!(grown < GROWS_KIB_MAX, "{grown} KiB for {entries} entries");
}

/// Of the real restic, with as many files in one folder as `COCKPIT_BIG` says.
#[tokio::test]
async fn a_real_folder_of_very_many_files_opens_page_by_page() {
    let files = std::env::var("COCKPIT_BIG").map_or(2_000, |_| entries().min(100_000));
    let Some(depot) = Depot::plain("restic").await else { return };
    let (ship, all) = (&depot.ship, depot.live().join("all"));
    for number in 0..files {
        write(&all.join(format!("photo {number:06} of a long holiday.jpg")), number.to_string());
    }
    depot.initialise().await;
    depot.back_up().await;
    let snapshot = depot.open_snapshot("One snapshot", 0).await;
    depot.walk_down(&snapshot).await;
    ship.pilot.becomes(&snapshot, "live as it was").await;
    let before = ship.memory_peak_kib();
    let began = Instant::now();
    ship.tap(&snapshot, "📂 all").await;
    let opened = ship.pilot.becomes(&snapshot, "entries. Tick").await;
    let (took, grown) = (began.elapsed(), ship.memory_peak_kib() - before);
    let began = Instant::now();
    ship.tap(&snapshot, "10 ▸").await;
    let second = |view: &View| {
        let bubble = view.bubbles(OWNER).into_iter().find(|bubble| bubble.id() == snapshot.id())?;
        bubble.button("☐ photo 000080").map(|_| ())
    };
    ship.pilot.until("the page ten pages on", second).await;
    println!(
        "restic: {files} files of one folder in {took:.1?}, memory grew by {grown} KiB; ten pages on {:.1?}",
        began.elapsed()
    );
    assert_eq!(opened.labels().iter().flatten().filter(|label| label.contains("☐ photo")).count(), 8);
    assert!(grown < GROWS_KIB_MAX, "{grown} KiB for {files} files");
}

#[tokio::test]
async fn a_snapshot_of_very_many_entries_is_listed_by_a_job_and_is_never_in_memory() {
    let entries = entries();
    let depot = depot("borg", BORG, entries).await;
    let ship = &depot.ship;
    ship.eventually_says("/backup home", "✔ backed up").await;
    let snapshot = depot.open_snapshot("One snapshot", 0).await;
    ship.tap(&snapshot, "Look inside").await;
    ship.pilot.becomes(&snapshot, "cannot list one folder alone").await;
    let before = ship.memory_peak_kib();
    let began = Instant::now();
    ship.tap(&snapshot, "List it").await;
    // A minute is enough for as many as are asked for by itself; a million takes longer.
    for _ in 0..1 + entries / 200_000 {
        let count = || ship.count("SELECT count(*) FROM backup_index") == 1;
        let wait = async {
            while !count() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(crate::ship::PATIENCE, wait).await.is_ok() {
            break;
        }
    }
    assert_eq!(ship.count("SELECT count(*) FROM backup_index"), 1, "never listed");
    let (took, grown) = (began.elapsed(), ship.memory_peak_kib() - before);
    println!("Borg: {entries} entries listed in {took:.1?}, memory grew by {grown} KiB");
    assert_eq!(
        ship.count("SELECT count(*) FROM backup_entry WHERE kind = 1"),
        i64::try_from(entries).unwrap()
    );
    assert!(grown < GROWS_KIB_MAX, "{grown} KiB for {entries} entries");
    let snapshot = depot.open_snapshot("One snapshot", 0).await;
    ship.tap(&snapshot, "Look inside").await;
    ship.tap(&snapshot, "📂 srv").await;
    let began = Instant::now();
    ship.tap(&snapshot, "📂 all").await;
    let opened = ship.pilot.becomes(&snapshot, "entries. Tick").await;
    println!("its folder of {entries} opened in {:.1?}", began.elapsed());
    assert_eq!(opened.labels().iter().flatten().filter(|label| label.contains("☐ file")).count(), 8);
}
