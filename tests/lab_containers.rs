//! The room against the lab's real engine. Needs `COCKPIT_LAB=1` and a lab with `docker-demo` (see ../shared/lab), whose
//! host path is in `COCKPIT_LAB_ROOT`.

use std::{path::PathBuf, time::Duration};

use cockpit_bot::{
    intent::containers::Name,
    subsystems::containers::{
        engine::{Dock, EngineError, LogAsk, Source, Verb},
        engine_docker::Docker,
        model::{Health, State, What},
        ops::{self, End},
    },
};
use futures_util::StreamExt;

fn socket() -> Option<PathBuf> {
    if std::env::var_os("COCKPIT_LAB").is_none() {
        println!("skipped: COCKPIT_LAB is not set");
        return None;
    }
    let root = std::env::var_os("COCKPIT_LAB_ROOT").expect("COCKPIT_LAB_ROOT: what `lab root` prints");
    Some(PathBuf::from(root).join("run/docker.sock"))
}

#[tokio::test]
async fn the_lab_s_engine_is_seen_and_obeys() {
    let Some(socket) = socket() else { return };
    let mut link = Docker::new(Some(&socket)).connect().await.expect("a connection");
    assert_eq!(link.about.api, "1.41");
    let engine = link.engine.clone();
    let list = engine.list().await.expect("a list");
    let find = |name: &str| list.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(find("demo_web_1").health, Some(Health::Healthy));
    assert_eq!(find("demo_sick_1").health, Some(Health::Unhealthy));
    assert_eq!(find("lab-failed").state, State::Exited(Some(3)));

    // A crash loop is heard without anybody asking.
    let died = async {
        while let Some(Ok(one)) = link.happenings.next().await {
            if one.name == "demo_crash_1" && matches!(one.what, What::Died(Some(42))) {
                return;
            }
        }
        panic!("the stream ended");
    };
    tokio::time::timeout(Duration::from_secs(90), died).await.expect("the loop dies again");

    let web = Name::parse("demo_web_1").expect("a name");
    let end = ops::carry(&*engine, Verb::Restart, &web).await;
    assert_eq!(end, End::Up(Some(Health::Healthy)));
    let worker = Name::parse("demo_worker_1").expect("a name");
    assert_eq!(ops::carry(&*engine, Verb::Pause, &worker).await, End::Paused);
    assert_eq!(ops::carry(&*engine, Verb::Unpause, &worker).await, End::Up(None));
    assert!(matches!(ops::carry(&*engine, Verb::Stop, &worker).await, End::Down(_)));
    assert_eq!(ops::carry(&*engine, Verb::Start, &worker).await, End::Up(None));
    let crash = Name::parse("demo_crash_1").expect("a name");
    let end = ops::carry(&*engine, Verb::Restart, &crash).await;
    assert!(matches!(&end, End::Failed { log, .. } if !log.is_empty()), "{end:?}");
    let refused = ops::carry(&*engine, Verb::Remove, &worker).await;
    assert!(matches!(refused, End::Refused(EngineError::Refused(_))), "a running one stays: {refused:?}");

    let ask = LogAsk { container: crash, tail: Some(20), since: None, stdout: true, follow: false };
    let chunks: Vec<_> = engine.logs(&ask).await.expect("a log").collect().await;
    let sources: Vec<Source> = chunks.iter().flatten().map(|chunk| chunk.source).collect();
    assert!(sources.contains(&Source::Out) && sources.contains(&Source::Err), "{sources:?}");

    let mut readings = engine.readings(&find("demo_web_1").id).await.expect("figures");
    let reading = readings.next().await.expect("a first word").expect("figures");
    assert!(reading.memory.is_some_and(|bytes| bytes > 0), "{reading:?}");
    let usage = engine.usage().await.expect("usage");
    assert!(usage.containers.count >= 7 && usage.images.bytes > 0, "{usage:?}");
    assert!(!engine.networks().await.expect("networks").is_empty());
    assert!(engine.volumes().await.expect("volumes").iter().any(|one| one.name == "demo_webdata"));
    assert!(!engine.images().await.expect("images").is_empty());
}
