//! The real actor over the simulated systemd, on paused time: what a pilot sees, from the order to the evidence.

mod deck;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use self::deck::{SOON, fly, labels, reader, take_off, words};
use super::{
    config::Config,
    contract_tests::{Paced, name},
    messages::Msg,
    ops::Conclusion,
    room::Services,
    state::Refusal,
    systemd_fake::{Behaviour, Way, World},
    unit::{Active, Exit, Verb},
};
use crate::{
    domain::Lang,
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        services::{Act, Amount, Filter, Log, Since, View},
    },
    room::{Consequence, Outcome, Room},
    screen::{Block, Mark, Topic},
    supervision::{Health, Port},
};

#[tokio::test(start_paused = true)]
async fn a_restart_is_done_when_it_has_stayed_up_for_three_seconds() {
    let flight = take_off(&["nginx"]).await;
    let began = Instant::now();
    flight.act(Verb::Restart, "nginx").await.unwrap();
    let screen = flight.view(View::Unit(name("nginx"))).await;
    assert!(screen.live && words(&screen).contains("restarting…"), "{}", words(&screen));
    assert_eq!(labels(&screen), ["📜 Log"], "no second act while one is under way");
    let busy = flight.act(Verb::Stop, "nginx").await;
    assert!(matches!(busy, Err(Refusal::Busy { verb: Verb::Restart, .. })));

    flight.eventually("its end", async |f| f.report("nginx").await.op.is_none()).await;
    assert!(began.elapsed() >= Duration::from_secs(3), "steady takes three seconds");
    let screen = flight.view(View::Unit(name("nginx"))).await;
    assert!(words(&screen).contains("steady for 3 s") && !screen.live, "{}", words(&screen));
    let evidence = flight.report("nginx").await.evidence.unwrap();
    assert_eq!((evidence.conclusion, evidence.by.as_str()), (Conclusion::Steady, "Dre"));
    assert_eq!(evidence.took, Duration::from_millis(600), "stop and start, without the wait");
    assert!(flight.changed.lock().unwrap().contains(&Topic::Services));
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_is_told_as_it_was() {
    let flight = take_off(&[]).await;
    let flaky = flight.outcome(Verb::Restart, "flaky").await;
    assert_eq!((flaky.conclusion, flaky.unit.exit), (Conclusion::Died, Some(Exit::Code(1))));
    assert!(flaky.log.iter().any(|line| line.text.contains("lost my marbles")), "{:?}", flaky.log);
    assert!(flaky.took < Duration::from_secs(1));

    let looping = flight.outcome(Verb::Start, "crashloop").await;
    assert_eq!(looping.conclusion, Conclusion::Died);
    flight
        .eventually("systemd gives up", async |f| f.world.unit("crashloop").unwrap().active == Active::Failed)
        .await;
    let screen = flight.view(View::Unit(name("crashloop"))).await;
    assert!(words(&screen).contains("restarted 4× within"), "{}", words(&screen));
    assert!(words(&screen).contains("exit 7; too often, systemd gave up"), "{}", words(&screen));

    let broken = flight.outcome(Verb::Start, "broken").await;
    assert!(matches!(broken.conclusion, Conclusion::NotStarted(_)), "{:?}", broken.conclusion);
    let screen = flight.view(View::Unit(name("broken"))).await;
    assert!(words(&screen).contains("exit 203, program missing or not executable"), "{}", words(&screen));

    let began = Instant::now();
    let slow = flight.outcome(Verb::Stop, "slow").await;
    assert_eq!(slow.conclusion, Conclusion::StoppedBadly);
    assert!(slow.took >= Duration::from_secs(8) && began.elapsed() < Duration::from_secs(10));

    let no = flight.outcome(Verb::Stop, "obstinate").await;
    assert!(matches!(no.conclusion, Conclusion::Refused(_)));
    let masked = flight.outcome(Verb::Start, "oldthing").await;
    assert!(matches!(masked.conclusion, Conclusion::Refused(_)));
    let once = flight.outcome(Verb::Start, "backup").await;
    assert_eq!(once.conclusion, Conclusion::Ran);
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_on_the_screens_and_told_within_a_second() {
    let flight = take_off(&["nginx", "ssh"]).await;
    let glance = flight.room.glance(&flight.reader()).await;
    assert!(glance.problems.is_empty());
    assert_eq!(glance.blocks, [Block::State(Mark::Good, "2 services".into())]);
    let at = Instant::now();
    flight.world.crash("nginx", Exit::Code(1));
    flight.eventually("word of it", async |f| !f.events().is_empty()).await;
    assert!(at.elapsed() < Duration::from_secs(1));
    assert_eq!(flight.events(), ["nginx failed: exit-code"]);

    let glance = flight.room.glance(&flight.reader()).await;
    let problem = &glance.problems[0];
    assert_eq!((problem.mark, problem.label.as_str()), (Mark::Bad, "nginx"));
    assert!(problem.line.starts_with("nginx failed") && problem.line.ends_with("exit 1"), "{}", problem.line);
    assert_eq!(problem.view, AnyView::Services(View::Unit(name("nginx"))));

    let screen = flight.page(Filter::Watched, None, 0).await;
    assert!(words(&screen).contains("✖ nginx"), "{}", words(&screen));
    assert_eq!(labels(&screen)[0], "✖ nginx", "the failed ones first");
    let screen = flight.view(View::Unit(name("nginx"))).await;
    assert!(words(&screen).contains("| nginx: giving up"), "{}", words(&screen));

    flight.outcome(Verb::Start, "nginx").await;
    assert_eq!(flight.events(), ["nginx failed: exit-code", "nginx recovered"]);
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn lists_filter_search_and_turn_pages() {
    let flight = take_off(&["nginx", "php*", "nosuch"]).await;
    let all = flight.page(Filter::All, None, 0).await;
    let pager = all.pager.clone().expect("many pages");
    assert!(pager.pages >= 8 && pager.previous.is_none() && pager.next.is_some());
    // Further than the end is the end.
    let last = flight.page(Filter::All, None, 999).await;
    assert_eq!(last.pager.unwrap().page, pager.pages - 1);
    // What is on disk only can be found too.
    assert!(words(&flight.page(Filter::All, Some("accounts"), 0).await).contains("not in use"));

    let found = flight.page(Filter::All, Some("WEB server"), 0).await;
    assert!(labels(&found).contains(&"✔ nginx".to_owned()), "by its description: {:?}", labels(&found));
    assert!(words(&flight.page(Filter::All, Some("zzz"), 0).await).contains("Nothing found"));
    assert!(words(&flight.page(Filter::Failed, None, 0).await).contains("Nothing has failed"));

    let watched = words(&flight.page(Filter::Watched, None, 0).await);
    assert!(watched.contains("php8.2-fpm") && watched.contains("nginx"), "{watched}");
    assert!(watched.contains("✖ nosuch") && watched.contains("not installed"), "{watched}");
    assert!(watched.lines().all(|line| line.chars().count() <= 60), "{watched}");
    let timers = words(&flight.page(Filter::Timers, None, 0).await);
    assert!(timers.contains("heartbeat") && timers.contains("in "), "{timers}");

    // A page's figures: average at first, the present rate when it was looked at before.
    tokio::time::sleep(Duration::from_secs(4)).await;
    flight.page(Filter::Watched, None, 0).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let screen = flight.view(View::Unit(name("nginx"))).await;
    assert!(words(&screen).contains("CPU: 0.8 % ("), "{}", words(&screen));

    // An empty search asks for words.
    let ask = flight.page(Filter::All, Some(""), 0).await;
    assert_eq!(ask.prompt.unwrap().hole, Hole::ServicesSearch);
    let filled = flight.room.fill(&Hole::ServicesSearch, "  ngi\n nx ", &flight.reader()).await.unwrap();
    let search = Some("ngi nx".to_owned());
    assert_eq!(filled, Intent::View(AnyView::Services(View::List { filter: Filter::All, search, page: 0 })));
    assert!(flight.room.fill(&Hole::ServicesSearch, " ", &flight.reader()).await.is_err());
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_goes_away_is_survived_and_said() {
    let flight = take_off(&["nginx"]).await;
    flight.world.bus_away();
    flight
        .eventually("word of it", async |f| {
            let status = f.room.port.call(SOON, Msg::Status).await.unwrap();
            matches!(status.health, Health::Degraded { .. })
        })
        .await;
    let screen = flight.page(Filter::Watched, None, 0).await;
    assert!(words(&screen).contains("Reconnecting to systemd"), "{}", words(&screen));
    assert!(words(&screen).contains("nginx"), "watched units are listed all the same");
    assert!(matches!(flight.act(Verb::Restart, "nginx").await, Err(Refusal::NotLinked(_))));
    let glance = flight.room.glance(&flight.reader()).await;
    assert_eq!(glance.problems[0].mark, Mark::Look);
    // Nobody looks for an hour: it goes on trying, slower.
    tokio::time::sleep(Duration::from_secs(3600)).await;

    // Something failed meanwhile.
    flight.world.crash("nginx", Exit::Code(1));
    flight.world.bus_back();
    // Somebody looks: the next try is now.
    let looked = Instant::now();
    flight.page(Filter::Watched, None, 0).await;
    flight.eventually("the connection", async |f| f.counter("connections").await == 2).await;
    assert!(looked.elapsed() < Duration::from_secs(3), "{:?}", looked.elapsed());
    assert_eq!(flight.events(), ["nginx failed: exit-code"]);
    let screen = flight.page(Filter::Watched, None, 0).await;
    assert!(!words(&screen).contains("Reconnecting"), "{}", words(&screen));
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn an_act_whose_connection_breaks_is_judged_afterwards() {
    let flight = take_off(&[]).await;
    flight.act(Verb::Stop, "slow").await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    flight.world.bus_away();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(words(&flight.view(View::Unit(name("slow"))).await).contains("connection was lost meanwhile"));
    flight.world.bus_back();
    flight.eventually("the evidence", async |f| f.report("slow").await.evidence.is_some()).await;
    assert_eq!(flight.report("slow").await.evidence.unwrap().conclusion, Conclusion::StoppedBadly);
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn the_question_names_who_goes_down_with_it() {
    let flight = take_off(&[]).await;
    let weigh = async |act: Act| {
        let act = AnyAct::Services(act);
        assert!(flight.room.concerned(&act));
        flight.room.weigh(&act, &flight.reader()).await
    };
    let told = |consequences: Vec<Consequence>| {
        consequences.into_iter().map(|c| format!("{} {}", c.mark.sign(), c.line)).collect::<Vec<_>>()
    };
    assert_eq!(
        told(weigh(Act::Stop(name("docker"))).await),
        ["✖ docker-compose@shop stops with it", "▲ docker.socket can start it again by itself"]
    );
    assert_eq!(told(weigh(Act::Restart(name("nginx"))).await), [""; 0]);
    let ssh = told(weigh(Act::Restart(name("ssh"))).await);
    assert!(ssh[0].starts_with("✖ ssh is the way in by SSH"), "{ssh:?}");
    let own = told(weigh(Act::Stop(name("cockpit-bot"))).await);
    assert!(own[0].contains("Cockpit itself"), "{own:?}");
    let protected = told(weigh(Act::Stop(name("tailscaled"))).await);
    assert!(protected[0].contains("is protected") && protected[1].contains("VPN"), "{protected:?}");
    assert!(!flight.room.concerned(&AnyAct::Services(Act::Start(name("nginx")))));

    let refused = flight.room.act(&Act::Stop(name("tailscaled")), &flight.order()).await;
    assert!(matches!(refused, Outcome::Refused { ref why, .. } if why.contains("protected")), "{refused:?}");
    assert_eq!(flight.world.unit("tailscaled").unwrap().active, Active::Active, "and it was not touched");
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_journal_is_read_filtered_searched_and_sent() {
    let flight = take_off(&[]).await;
    let nginx = Log::of(name("nginx"));
    let page = flight.log(&nginx).await;
    assert_eq!(page.entries.len(), 48, "all there is");
    assert!(page.complete && page.entries.is_sorted_by_key(|entry| entry.at), "oldest first");
    let errors = flight.log(&Log { priority: Some(3), ..nginx.clone() }).await;
    assert!(errors.entries.len() == 12 && errors.entries.iter().all(|entry| entry.priority == Some(3)));
    let hour = flight.log(&Log { since: Since::Hour, ..nginx.clone() }).await;
    assert!(hour.entries.len() < 10 && !hour.entries.is_empty());
    let search = Some("TIMED out".to_owned());
    let found = flight.log(&Log { search, amount: Amount::TwoHundred, ..nginx.clone() }).await;
    assert_eq!(found.entries.len(), 12);

    let screen = flight.view(View::Log(Log { search: Some(String::new()), ..nginx.clone() })).await;
    assert_eq!(screen.prompt.unwrap().hole, Hole::ServiceLogSearch(nginx.clone()));
    let hole = Hole::ServiceLogSearch(nginx.clone());
    let filled = flight.room.fill(&hole, "timed out", &flight.reader()).await.unwrap();
    let want = Log { search: Some("timed out".into()), ..nginx.clone() };
    assert_eq!(filled, Intent::View(AnyView::Services(View::Log(want))));

    let Outcome::File(file) = flight.room.act(&Act::LogFile(nginx.clone()), &flight.order()).await else {
        panic!("a file");
    };
    assert!(file.caption.contains("nginx: 48 lines"), "{}", file.caption);
    let (meta, mut stream) = flight.blobs.open(file.blob).await.unwrap();
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.unwrap();
    assert_eq!((text.lines().count(), meta.size_bytes), (48, Some(text.len() as u64)));
    assert!(meta.name.starts_with("nginx-") && meta.name.ends_with(".log"), "{}", meta.name);
    assert!(
        text.lines().next().unwrap().ends_with("info nginx[1000]: 10.0.0.12 - - \"GET / HTTP/1.1\" 200 4523")
    );
    let none = flight.room.act(&Act::LogFile(Log::of(name("nosuch"))), &flight.order()).await;
    assert!(matches!(none, Outcome::Refused { .. }));
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_followed_log_shows_lines_as_they_come_and_is_let_go() {
    let flight = take_off(&[]).await;
    let log = Log { follow: true, ..Log::of(name("nginx")) };
    let screen = flight.view(View::Log(log.clone())).await;
    let [Topic::Feed(feed)] = screen.topics[..] else { panic!("{:?}", screen.topics) };
    assert!(screen.live);
    // A double tap shares the feed.
    assert_eq!(flight.log(&log).await.feed, Some(feed));
    flight.world.say(&name("nginx"), 4, "a new line");
    flight.world.say(&name("ssh"), 4, "not of nginx");
    flight.eventually("word of it", async |f| f.changed.lock().unwrap().contains(&Topic::Feed(feed))).await;
    let page = flight.log(&log).await;
    let last = page.entries.last().unwrap();
    assert_eq!(last.text.as_deref(), Some("a new line"));
    let texts: Vec<_> = page.entries.iter().map(|entry| entry.cursor.clone()).collect();
    let mut unique = texts.clone();
    unique.dedup();
    assert_eq!(texts, unique, "nothing comes twice where the reading ends and the following begins");
    assert_eq!(flight.counter("followed logs").await, 1);

    // Nobody looks any more.
    tokio::time::sleep(crate::room::feeds::FEED_IDLE + Duration::from_secs(10)).await;
    flight.eventually("its end", async |f| f.counter("followed logs").await == 0).await;
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn hostile_names_are_names() {
    let clock = Arc::new(Paced(Instant::now()));
    let world = World::new(clock.clone());
    let long = format!("{}@x", "a".repeat(200));
    for unit in ["dev-disk\\x2dby\\x20name", "a:b_c.d@e-f\\x2d", &long] {
        world.add(unit, Way { behaviour: Behaviour::Steady, ..Way::default() });
    }
    let flight = fly(world, clock, &[]).await;
    for unit in ["dev-disk\\x2dby\\x20name", "a:b_c.d@e-f\\x2d", &long] {
        let evidence = flight.outcome(Verb::Restart, unit).await;
        assert_eq!(evidence.conclusion, Conclusion::Steady, "{unit}");
        let screen = flight.view(View::Unit(name(unit))).await;
        assert_eq!(screen.crumbs[1], name(unit).to_string());
    }
    let list = words(&flight.page(Filter::All, None, 0).await);
    assert!(list.contains("aaaa…"), "{list}");
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn names_complete_from_their_first_letters() {
    let flight = take_off(&["nginx"]).await;
    let complete = async |letters: &str| flight.room.complete(letters).await;
    assert_eq!(complete("ngi").await, ["nginx.service"]);
    assert_eq!(complete("NGINX").await, ["nginx.service"]);
    assert_eq!(complete("fpm").await, ["php8.2-fpm.service"], "contained, as nothing begins so");
    assert_eq!(complete("docker.so").await, [""; 0], "sockets are not in the book");
    assert_eq!(complete("docker.socket").await, ["docker.socket"], "but a whole name is one");
    assert!(complete("system").await.len() >= 5);
    assert_eq!(complete("zzz").await, [""; 0]);
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_config_is_taken_up_live() {
    let flight = take_off(&["nginx"]).await;
    let config = Config { watch: vec!["ssh".into()], ..Config::default() };
    flight.room.port.cast(Msg::Configure(config)).unwrap();
    let watched = words(&flight.page(Filter::Watched, None, 0).await);
    assert!(watched.contains("ssh") && !watched.contains("nginx"), "{watched}");
    assert!(flight.act(Verb::Restart, "tailscaled").await.is_ok(), "no longer protected");
    assert_eq!(flight.counter("connections").await, 1, "the connection stays");
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_is_away_is_said_in_words() {
    let room = Services { port: Port::new() };
    let now = jiff::Timestamp::UNIX_EPOCH;
    for lang in Lang::ALL {
        let reader = reader(lang, now);
        let screen = room.view(&View::Unit(name("nginx")), &reader).await;
        assert_eq!(screen.topics, [Topic::Services]);
        assert!(matches!(&screen.blocks[..], [Block::State(Mark::Unknown, _)]));
        assert!(room.glance(&reader).await.problems.is_empty());
    }
}
