//! The ground crew in flight: a long job watched, cancelled, cut off by a crash; warnings that live and end; a schedule.

use std::time::Duration;

use cockpit_bot::intent::{Act, Intent, codec, sim};

use crate::{
    pilot::{Bubble, OWNER, View},
    ship::Ship,
};

/// Breaks or mends something on the simulated server, as the button on its board does.
pub async fn play(ship: &Ship, bubble: &Bubble, act: sim::Act) {
    let codec::Encoded::Fits(data) = codec::encode(&Intent::Act(Act::Sim(act))) else { panic!("short") };
    let query = ship.pilot.tap_data(OWNER, OWNER, bubble.id(), &data).await;
    ship.pilot.answer_to(&query).await;
}

async fn start_job(ship: &Ship) -> Bubble {
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/jobs").await;
    let list = pilot.bubble(OWNER, "Nothing is running").await;
    ship.tap(&list, "Start a long task").await;
    pilot.becomes(&list, "left").await
}

fn is_cancelled(text: &str) -> bool {
    text.contains("cancelled") && !text.contains("stopping")
}

#[tokio::test]
async fn a_job_is_watched_by_itself_and_cancelled() {
    let ship = Ship::sim().await;
    let job = start_job(&ship).await;
    let share = |text: &str| {
        let at = text.find(" %")?;
        text[..at].rsplit(|c: char| !c.is_ascii_digit()).next()?.parse::<u32>().ok()
    };
    let first = share(job.text()).unwrap_or_else(|| panic!("a share in {}", job.text()));
    assert!(job.text().contains("of 25.9 GiB") && job.text().contains("/s"), "{}", job.text());
    // Nobody taps, and the screen goes on.
    ship.settles(&job, |text| share(text).is_some_and(|now| now > first)).await;
    ship.tap(&job, "Cancel").await;
    let ended = ship.settles(&job, is_cancelled).await;
    assert!(ended.text().contains("by Captain"), "{}", ended.text());
    assert!(ended.button("Cancel").is_none(), "{:?}", ended.labels());
    assert_eq!(ship.pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_job_cut_off_by_kill_9_is_told_with_what_to_do() {
    let mut ship = Ship::sim().await;
    start_job(&ship).await;
    ship.kill().await;
    ship.relaunch().await;
    // Unasked: the warning.
    // The job's own bubble says the same when it redraws; the warning is the one that leads to the job.
    let warning = |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.button("Show the job").is_some());
    let notice = ship.pilot.until("the warning", warning).await;
    assert!(notice.text().contains("interrupted"), "{}", notice.text());
    ship.tap(&notice, "Show the job").await;
    ship.pilot.bubble(OWNER, "last seen running").await;
    // And the way is free for the next one, which ends the warning when it succeeds.
    ship.pilot.say(OWNER, OWNER, "/jobs").await;
    let list = ship.pilot.bubble(OWNER, "Nothing is running").await;
    ship.tap(&list, "Start a long task").await;
    ship.pilot.becomes(&list, "left").await;
}

#[tokio::test]
async fn a_unit_that_fails_and_is_mended_is_one_message_edited() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/services").await;
    let board = pilot.bubble(OWNER, "nginx").await;
    play(&ship, &board, sim::Act::Break("service-crashes".into())).await;
    let notice = pilot
        .until("the warning", |view| {
            let is_notice =
                |b: &Bubble| b.is_bots() && b.id() != board.id() && b.text().contains("nginx.service");
            view.bubbles(OWNER).into_iter().find(|b| is_notice(b) && b.text().contains("failed"))
        })
        .await;
    assert!(notice.button("Start").is_some(), "{:?}", notice.labels());
    play(&ship, &board, sim::Act::Mend("service-crashes".into())).await;
    let over = pilot.becomes(&notice, "after").await;
    assert!(over.text().contains("over") && over.button("Start").is_none(), "{}", over.text());
    // A simulated disk may have its own warning by then.
    ship.ask("/alerts", "✔ nginx.service").await;
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_disk_that_fills_is_warned_of_until_there_is_room_again() {
    // Between 68 and 77 % full by itself, as the month goes.
    let rule = "[alerts]\ndisk = { for = \"0s\", above = \"80%\", clear_below = \"79%\" }";
    let ship = Ship::launch(rule, &["--sim"], &[]).await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/services").await;
    let board = pilot.bubble(OWNER, "nginx").await;
    play(&ship, &board, sim::Act::Break("disk-fills".into())).await;
    // It is so full within half a minute, and is looked at every fifteen seconds.
    let patience = tokio::time::Instant::now() + Duration::from_secs(150);
    let notice = loop {
        let view = pilot.view().await;
        let told =
            |b: &Bubble| b.is_bots() && b.text().contains("Disk /mnt/dre") && b.text().contains("full");
        if let Some(notice) = view.bubbles(OWNER).into_iter().find(told) {
            break notice;
        }
        assert!(tokio::time::Instant::now() < patience, "{}", view.describe());
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!(notice.text().contains("Above 80 %"), "{}", notice.text());
    play(&ship, &board, sim::Act::Mend("disk-fills".into())).await;
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        let view = pilot.view().await;
        let now = view.bubbles(OWNER).into_iter().find(|b| b.id() == notice.id()).expect("still there");
        if now.text().contains("over") {
            break;
        }
        assert!(tokio::time::Instant::now() < patience, "{}", view.describe());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_scheduled_task_runs_when_asked_pauses_and_remembers() {
    let mut ship = Ship::sim().await;
    let list = ship.ask("/schedule", "next").await;
    ship.tap(&list, "Simulated copy").await;
    let task = ship.pilot.becomes(&list, "daily at 02:30 (Asia/Jakarta)").await;
    ship.tap(&task, "Run now").await;
    let job = ship.pilot.becomes(&task, "left").await;
    ship.tap(&job, "Cancel").await;
    ship.settles(&job, is_cancelled).await;
    ship.eventually_says("/schedule", "next").await;
    let list = ship.pilot.bubble(OWNER, "next").await;
    ship.tap(&list, "Simulated copy").await;
    let task = ship.pilot.becomes(&list, "asked by Captain").await;
    ship.tap(&task, "1 day").await;
    ship.pilot.becomes(&task, "paused by Captain until").await;
    ship.kill().await;
    ship.relaunch().await;
    ship.eventually_says("/schedule", "paused by Captain").await;
}

/// Taps a button that leads somewhere, again and again, until the bubble there has another one: the room in question
/// is away now and then.
#[cfg(feature = "faults")]
async fn insist(ship: &Ship, bubble: &Bubble, data: &str, label: &str) -> Bubble {
    let patience = tokio::time::Instant::now() + crate::ship::PATIENCE;
    loop {
        let query = ship.pilot.tap_data(OWNER, OWNER, bubble.id(), data).await;
        ship.pilot.answer_to(&query).await;
        let has = |view: &View| {
            let here = view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id())?;
            here.button(label).is_some().then_some(here)
        };
        let look = ship.pilot.until(label, has);
        match tokio::time::timeout(Duration::from_secs(2), look).await {
            Ok(found) => return found,
            Err(_) if tokio::time::Instant::now() < patience => {}
            Err(_) => panic!("no {label:?}: {}\n{}", ship.pilot.view().await.describe(), ship.log()),
        }
    }
}

/// The room of the disks panics in the middle of a disk's self-test; the test goes on, and the room finds it again.
#[cfg(feature = "faults")]
#[tokio::test]
async fn a_job_goes_on_while_its_room_panics_and_the_room_finds_it_again() {
    use cockpit_bot::intent::smart;

    // Rare enough not to be parked: five times a minute would be.
    let ship = Ship::launch("", &["--sim"], &[("COCKPIT_FAULTS", "smart:panic:15s")]).await;
    let pilot = &ship.pilot;
    let panics = || ship.log().lines().filter(|l| l.contains("actor failed") && l.contains("smart")).count();
    let list = codec::encode(&Intent::View(cockpit_bot::intent::View::Smart(smart::View::List)));
    let codec::Encoded::Fits(list) = list else { panic!("short") };
    pilot.say(OWNER, OWNER, "/services").await;
    let bubble = pilot.bubble(OWNER, "58 in all").await;
    let disks = insist(&ship, &bubble, &list, "sda").await;
    let disk = disks.data("sda");
    let sheet = insist(&ship, &bubble, &disk, "Long test").await;
    let job = insist(&ship, &bubble, &sheet.data("Long test"), "Cancel").await;
    assert!(job.text().contains("self-test"), "{}", job.text());
    let before = panics();
    ship.eventually("the room to panic", || panics() > before).await;

    let sheet = insist(&ship, &bubble, &disk, "Self-test…").await;
    assert!(sheet.button("Long test").is_none(), "one at a time: {:?}", sheet.labels());
    let again = insist(&ship, &bubble, &sheet.data("Self-test…"), "Cancel").await;
    let title = |job: &Bubble| job.text().lines().next().map(str::to_owned);
    assert_eq!(title(&again), title(&job), "the same job");
    ship.tap(&again, "Cancel").await;
    ship.settles(&again, is_cancelled).await;
    let jobs = ship.ask("/jobs", "Nothing is running").await;
    assert_eq!(jobs.text().matches("self-test").count(), 1, "one job in all: {}", jobs.text());
}
