//! The store as a whole, on real files: what fails, what is long, what is killed.

use std::{
    io::{BufRead, BufReader},
    sync::mpsc,
    time::Duration,
};

use super::{Durability, Folder, Msg, Store, StoreError, kv, testing, testing::temp};
use crate::{
    process::small_disk::{goes_on_in_a_namespace, small},
    supervision::{Health, Port, Status},
};

async fn status(port: &Port<Msg>) -> Status {
    port.call(Duration::from_secs(5), Msg::Status).await.unwrap()
}

#[tokio::test]
async fn a_failed_or_panicking_write_leaves_nothing_and_harms_nobody() {
    let store = temp().await;
    let failed = store
        .write(Durability::Normal, |tx| {
            kv::set(tx, "a", &1i64)?;
            tx.execute("insert into nowhere values (1)", [])
        })
        .await
        .unwrap_err();
    assert!(matches!(failed, StoreError::Statement(_)), "{failed:?}");
    let panicked = store
        .write(Durability::Full, |tx| {
            kv::set(tx, "a", &2i64)?;
            if kv::get::<i64>(tx, "a")?.is_some() {
                panic!("a bug of a room");
            }
            Ok(())
        })
        .await
        .unwrap_err();
    assert!(matches!(&panicked, StoreError::Panicked(why) if why == "a bug of a room"), "{panicked:?}");
    assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), None);
    let status = status(&store.port).await;
    assert_eq!(status.health, Health::Good);
    assert_eq!(status.counters[2], ("failed".into(), 2));
    assert!(status.last_error.is_some());
}

#[tokio::test]
async fn a_long_read_holds_up_no_commit() {
    let store = temp().await;
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let reading = store.handle();
    let reader = async move {
        reading
            .read(move |c| {
                let before = kv::get::<i64>(c, "a")?;
                begun.send(()).unwrap();
                may_go_on.recv().unwrap();
                Ok((before, kv::get::<i64>(c, "a")?))
            })
            .await
    };
    let writer = async {
        tokio::task::spawn_blocking(move || has_begun.recv()).await.unwrap().unwrap();
        store.write(Durability::Full, |tx| kv::set(tx, "a", &1i64)).await.unwrap();
        go_on.send(()).unwrap();
    };
    let (read, ()) = tokio::join!(reader, writer);
    assert_eq!(read.unwrap(), (None, None), "and the read sees one state of things throughout");
    assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), Some(1));
}

const ENDLESS: &str =
    "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n";

#[tokio::test]
async fn an_endless_request_is_broken_off_at_its_deadline() {
    let store = temp().await;
    let hasty = store.within(Duration::from_millis(50));
    let late = hasty.read(|c| c.query_row(ENDLESS, [], |row| row.get::<_, i64>(0))).await.unwrap_err();
    assert!(matches!(late, StoreError::Timeout(_)), "{late:?}");
    assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), None, "the next is served");
    let late = hasty
        .write(Durability::Normal, |tx| {
            kv::set(tx, "a", &1i64)?;
            tx.query_row(ENDLESS, [], |row| row.get::<_, i64>(0))
        })
        .await
        .unwrap_err();
    assert!(matches!(late, StoreError::Timeout(_)), "{late:?}");
    store.write(Durability::Normal, |tx| kv::set(tx, "b", &1i64)).await.unwrap();
    assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), None, "and it was rolled back");
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_stands_still_while_the_store_works() {
    let store = temp().await;
    let before = tokio::time::Instant::now();
    for i in 0..20i64 {
        store.write(Durability::Full, move |tx| kv::set(tx, "a", &i)).await.unwrap();
        assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), Some(i));
    }
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_store_that_is_away_says_so_at_once() {
    let store = temp().await;
    let handle = store.handle();
    let _folder = store.stop().await;
    let error = handle.read(|c| kv::get::<i64>(c, "a")).await.unwrap_err();
    assert!(matches!(error, StoreError::Down), "{error:?}");
    let nobody = Store::new(Port::new());
    assert!(matches!(nobody.read(|_| Ok(())).await, Err(StoreError::Down)));
}

#[tokio::test]
async fn a_full_disk_is_called_that_until_there_is_room_again() {
    let store = temp().await;
    store.write(Durability::Normal, |tx| kv::set(tx, "small", &1i64)).await.unwrap();
    let pages: i64 =
        store.read(|c| c.pragma_query_value(None, "page_count", |row| row.get(0))).await.unwrap();
    let limit = move |max: i64| {
        move |tx: &rusqlite::Transaction<'_>| {
            tx.query_row(&format!("pragma max_page_count = {max}"), [], |row| row.get::<_, i64>(0))
        }
    };
    store.write(Durability::Normal, limit(pages)).await.unwrap();
    let big = || store.write(Durability::Full, |tx| kv::set(tx, "big", &vec![7u8; 1 << 20]));
    let full = big().await.unwrap_err();
    assert!(matches!(full, StoreError::DiskFull { .. }), "{full:?}");
    assert!(full.hint().contains("df -h"));
    assert!(matches!(status(&store.port).await.health, Health::Degraded { .. }));
    store.write(Durability::Normal, limit(1 << 20)).await.unwrap();
    big().await.unwrap();
    assert_eq!(status(&store.port).await.health, Health::Good);
}

#[tokio::test]
async fn on_a_disk_that_others_have_filled_there_is_room_for_what_is_done_about_it() {
    let name = "store::tests::on_a_disk_that_others_have_filled_there_is_room_for_what_is_done_about_it";
    if goes_on_in_a_namespace(name) {
        return;
    }
    let folder = Folder::temporary().unwrap();
    if !small(folder.path(), "8m") {
        return;
    }
    let store = testing::at(folder).await;
    store.write(Durability::Normal, |tx| kv::set(tx, "n", &0i64)).await.unwrap();
    let mut filler = std::fs::File::create(store.folder.path().join("filler")).unwrap();
    while std::io::Write::write_all(&mut filler, &[1; 4096]).is_ok() {}
    let mut written = 0;
    let full = loop {
        let key = format!("button {written}");
        match store.write(Durability::Full, move |tx| kv::set(tx, &key, &"x".repeat(200))).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::DiskFull { .. }), "{full:?}");
    assert!(written >= 300, "{written}");
}

#[tokio::test]
async fn a_damaged_file_is_told_and_a_good_one_in_its_place_is_taken_up() {
    let folder = Folder::temporary().unwrap();
    std::fs::write(folder.store_file(), "no database at all".repeat(1000)).unwrap();
    let store = testing::at(folder).await;
    for _ in 0..2 {
        let error = store.read(|c| kv::get::<i64>(c, "a")).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    }
    std::fs::remove_file(store.folder.store_file()).unwrap();
    assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), None);
    assert_eq!(status(&store.port).await.health, Health::Good);
}

#[test]
fn a_data_folder_is_held_by_one_daemon_at_a_time() {
    let folder = Folder::temporary().unwrap();
    let error = Folder::claim(folder.path()).unwrap_err();
    assert!(
        matches!(error, StoreError::Locked { pid: Some(pid), .. } if pid == std::process::id()),
        "{error:?}"
    );
    assert!(error.to_string().contains("another Cockpit (process "), "{error}");
    let path = folder.path().to_owned();
    drop(folder);
    assert!(!path.exists(), "a temporary folder goes with its holder");
}

#[test]
fn a_folder_that_cannot_be_made_is_told_with_what_to_do() {
    let folder = Folder::temporary().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let error = Folder::claim(&file.join("below")).unwrap_err();
    assert!(matches!(error, StoreError::Folder { .. }), "{error:?}");
    assert!(error.hint().contains("data.dir"));
}

#[tokio::test]
async fn the_file_is_ordinary_sqlite_without_a_log_after_a_stop() {
    let store = temp().await;
    store.write(Durability::Normal, |tx| kv::set(tx, "a", &1i64)).await.unwrap();
    store.read(|c| kv::get::<i64>(c, "a")).await.unwrap();
    let folder = store.stop().await;
    assert!(!folder.path().join("cockpit.db-wal").exists(), "the log was folded into the file");
    let conn = rusqlite::Connection::open(folder.store_file()).unwrap();
    let check: String = conn.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn a_file_is_inspected_beside_a_running_daemon() {
    let store = temp().await;
    let file = store.folder.store_file();
    assert!(matches!(super::inspect(&file), Err(StoreError::NotWritable { .. })), "there is none yet");
    store.write(Durability::Full, |tx| kv::set(tx, "a", &vec![7u8; 100_000])).await.unwrap();
    let found = super::inspect(&file).unwrap();
    assert!(found.schema >= 1 && found.bytes > 0 && found.complaints.is_empty(), "{found:?}");
    let folder = store.stop().await;
    let odd = folder.path().join("50% of #1?");
    std::fs::create_dir(&odd).unwrap();
    std::fs::copy(&file, odd.join("cockpit.db")).unwrap();
    assert_eq!(super::inspect(&odd.join("cockpit.db")).unwrap().complaints, [] as [&str; 0]);
    assert_eq!(std::fs::read_dir(&odd).unwrap().count(), 1, "nothing is left beside the file");
    // Half of the file overwritten: SQLite says what it thinks of it.
    let folder = Folder::temporary().unwrap();
    let store = testing::at(folder).await;
    store.write(Durability::Full, |tx| kv::set(tx, "a", &vec![7u8; 200_000])).await.unwrap();
    let folder = store.stop().await;
    let mut bytes = std::fs::read(folder.store_file()).unwrap();
    bytes[20_000..150_000].fill(0xA5);
    std::fs::write(folder.store_file(), bytes).unwrap();
    match super::inspect(&folder.store_file()) {
        Ok(found) => assert!(!found.complaints.is_empty(), "{found:?}"),
        Err(error) => assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}"),
    }
}

#[tokio::test]
async fn a_flood_is_refused_past_the_limit_and_the_rest_is_served() {
    let store = temp().await;
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let mut asked = tokio::task::JoinSet::new();
    let handle = store.handle();
    asked.spawn(async move {
        handle.read(move |_| may_go_on.recv().map_err(|_| rusqlite::Error::InvalidQuery)).await
    });
    for _ in 0..1200 {
        let handle = store.handle();
        asked.spawn(async move { handle.read(|_| Ok(())).await });
    }
    let mut refused = 0;
    while refused < 1200 - 1024 {
        let answer = asked.join_next().await.unwrap().unwrap();
        assert!(matches!(answer, Err(StoreError::Busy)), "{answer:?}");
        refused += 1;
    }
    go_on.send(()).unwrap();
    for answer in asked.join_all().await {
        // Whether the blocked one was already out of the line when the flood came decides about one more.
        assert!(matches!(answer, Ok(()) | Err(StoreError::Busy)), "{answer:?}");
    }
}

/// The child of the test below: writes durable rows and says so, until it is killed.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("COCKPIT_TEST_STORE") else { return };
    let folder = Folder::claim(path.as_ref()).unwrap();
    let store = testing::at(folder).await;
    for i in 0i64.. {
        store.write(Durability::Full, move |tx| kv::set(tx, &format!("row {i}"), &i)).await.unwrap();
        println!("acknowledged {i}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    let folder = Folder::temporary().unwrap();
    let path = folder.path().join("data");
    for round in 0..5 {
        #[expect(clippy::disallowed_methods, reason = "the test's own child: this very test program")]
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::child_that_writes_until_it_is_killed", "--nocapture"])
            .env("COCKPIT_TEST_STORE", &path)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let number = |line: &str| line.strip_prefix("acknowledged ")?.parse::<i64>().ok();
        // Killed at another point each time, somewhere after the n-th acknowledgement.
        let enough = 3 + 17 * round;
        let mut last = lines.by_ref().map(|l| l.unwrap()).filter_map(|l| number(&l)).find(|n| *n >= enough);
        child.kill().unwrap();
        child.wait().unwrap();
        // What was still in the pipe was acknowledged too; the kill may have cut the last line.
        for line in lines.map_while(Result::ok) {
            last = number(&line).or(last);
        }
        let last = last.expect("the child acknowledged some");

        let store = testing::at(Folder::claim(&path).unwrap()).await;
        let (rows, check) = store
            .read(|c| {
                let rows: i64 =
                    c.query_row("select count(*) from kv where key like 'row %'", [], |r| r.get(0))?;
                let check: String = c.query_row("pragma integrity_check", [], |r| r.get(0))?;
                Ok((rows, check))
            })
            .await
            .unwrap();
        assert_eq!(check, "ok");
        assert!(rows > last, "{last} acknowledged, {rows} rows found");
        store.stop().await;
    }
}
