//! Screens of logs, details, volumes; every screen with hostile names.

use super::*;
use crate::intent::containers::Prune;

#[tokio::test(start_paused = true)]
async fn a_log_is_shown_searched_and_sent() {
    let flight = fly(&[]).await;
    let log =
        |search: Option<&str>| Log { search: search.map(str::to_owned), ..Log::of(name("vaultwarden")) };
    let all = flight.screen(View::Log(log(None))).await;
    assert!(all.contains("served request 0") && all.contains("served request 11"), "{all}");
    flight.world.say("vaultwarden", engine::Source::Err, "cried");
    let mixed = flight.screen(View::Log(log(None))).await;
    assert!(mixed.contains("┃ = stderr") && mixed.contains("┃ cried") && !mixed.contains('✖'), "{mixed}");
    let found = flight.screen(View::Log(log(Some("REQUEST 7")))).await;
    assert!(found.contains("served request 7") && !found.contains("served request 8"), "{found}");
    let Outcome::Done { next: AnyView::Containers(ready) } = flight.act(Act::LogFile(log(None))).await else {
        panic!("it is collected first")
    };
    let told_size = flight.screen(ready.clone()).await;
    assert!(told_size.contains("✔ Ready: 13 lines"), "{told_size}");
    let View::File { file, .. } = ready else { panic!("{ready:?}") };
    let send = Act::SendLog { log: log(None), file };
    assert!(matches!(flight.act(send).await, Outcome::File(file) if file.caption.contains("13 lines")));
    let gone = Act::SendLog { log: log(None), file: 7 };
    assert!(matches!(flight.act(gone).await, Outcome::Refused { .. }));
    let following = Log { follow: true, ..log(None) };
    let screen = flight.room.view(&View::Log(following.clone()), &flight.reader(Lang::En)).await;
    assert!(screen.live && screen.topics.len() == 1);
    pass(1).await;
    flight.world.say("vaultwarden", engine::Source::Err, "just now");
    pass(1).await;
    let live = flight.screen(View::Log(following)).await;
    assert!(live.contains("just now"), "{live}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn only_the_volumes_that_were_listed_are_removed() {
    let flight = fly(&[]).await;
    let listed = |screen: &Screen| match &screen.rows.last().unwrap()[0].intent {
        crate::intent::Intent::Act(AnyAct::Containers(act @ Act::PruneVolumes { .. })) => act.clone(),
        other => panic!("{other:?}"),
    };
    let screen = flight.room.view(&View::UnusedVolumes, &flight.reader(Lang::En)).await;
    assert!(told(&screen).contains("old_backup") && !told(&screen).contains("shop_db"), "{}", told(&screen));
    match flight.act(Act::PruneVolumes { listed: 7 }).await {
        Outcome::Refused { why, .. } => assert!(why.contains("nothing was removed"), "{why}"),
        other => panic!("{other:?}"),
    }
    let act = listed(&screen);
    let asked = flight.room.weigh(&AnyAct::Containers(act.clone()), &flight.reader(Lang::En)).await;
    assert!(asked[0].line.contains("old_backup") && asked[0].mark == Mark::Bad, "{asked:?}");
    assert!(matches!(flight.act(act).await, Outcome::Done { .. }));
    pass(1).await;
    let usage = flight.screen(View::Stock { what: Stock::Usage, page: 0 }).await;
    assert!(usage.contains("✔ 1 removed, 2.2 GiB given back."), "{usage}");
    assert!(!usage.contains("old_backup"), "{usage}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_clearing_away_tells_beforehand_what_it_takes_and_spares_what_is_needed() {
    let flight = fly(&["nightly"]).await;
    let lines = async |what| {
        let told = flight.room.weigh(&AnyAct::Containers(Act::Prune(what)), &flight.reader(Lang::En)).await;
        told.into_iter().map(|one| one.line).collect::<Vec<_>>().join("\n")
    };
    assert!(lines(Prune::Images).await.contains("is not counted yet"));
    let usage = View::Stock { what: Stock::Usage, page: 0 };
    flight.screen(usage.clone()).await;
    pass(1).await;
    for (what, says) in [
        (Prune::Images, "1 image without a tag and without a container: "),
        (Prune::BuildCache, "Up to "),
        (Prune::Containers, "Left alone, as protected or kept by an update: nightly"),
    ] {
        let told = lines(what).await;
        assert!(told.contains(says) && told.contains("Sizes counted"), "{what:?}: {told}");
    }
    assert!(lines(Prune::Networks).await.contains("containers are tied to every network"));
    assert!(matches!(flight.act(Act::Prune(Prune::Containers)).await, Outcome::Done { .. }));
    pass(1).await;
    assert!(flight.world.container("nightly").is_some(), "protected");
    let left = flight.screen(View::List { filter: Filter::Stopped, search: None, page: 0 }).await;
    assert!(left.contains("nightly") && left.contains("1 stopped"), "{left}");
    assert!(lines(Prune::Images).await.contains("is not counted yet"), "counted before it was cleared");
    assert!(matches!(flight.act(Act::Prune(Prune::Images)).await, Outcome::Done { .. }));
    pass(1).await;
    let done = flight.screen(usage).await;
    assert!(done.contains(" given back.") && !done.contains("removed"), "layers are not counted: {done}");
    let nothing = lines(Prune::Images).await;
    assert!(nothing.contains("Nothing to free") && !nothing.contains("fetched or built again"), "{nothing}");
    flight.end().await;
}

/// Every screen in both languages, with names as long and words as hostile as they come.
#[tokio::test(start_paused = true)]
async fn every_screen_fits_a_phone_in_both_languages_whatever_the_names() {
    let flight = fly(&[]).await;
    let long = "a-very-long-name-of-a-container-that-somebody-gave-in-anger-0123456789";
    let hostile = "registry.example.org/<b>&amp;\u{202e}evil\u{7}/app:</pre>1";
    let project = "an-unreasonably-long-project-name-for-a-phone";
    flight.world.add(Cast {
        name: long,
        image: hostile,
        compose: Some((project, "a-service-with-quite-some-name", "another-service-of-that-kind")),
        ports: &[("0.0.0.0", 65_001, 65_001), ("127.0.0.1", 65_002, 65_002)],
        volume: Some("a-volume-with-a-name-that-is-longer-than-any-screen-of-a-phone"),
        checked: true,
        ..Cast::default()
    });
    flight.world.say(long, engine::Source::Err, "\u{1b}[31m</pre><b>\u{0}\u{fffd} red");
    flight.world.publish("nginx:1.27", Life::Steady);
    flight.check().await;
    flight.act(Act::Restart(name(long))).await;
    pass(20).await;
    let Outcome::Done { next: AnyView::Containers(file) } =
        flight.act(Act::LogFile(Log::of(name(long)))).await
    else {
        panic!("collected")
    };
    flight.act(Act::Prune(Prune::BuildCache)).await;
    pass(1).await;
    let stock = |what| View::Stock { what, page: 0 };
    let views = [
        View::ALL,
        View::List { filter: Filter::Troubled, search: Some("nothing".into()), page: 0 },
        View::One(name(long)),
        View::One(name("shop-web-1")),
        View::Details(name(long)),
        View::Values(name(long)),
        View::Project(name(project)),
        View::Project(name("shop")),
        View::Log(Log::of(name(long))),
        file,
        stock(Stock::Usage),
        stock(Stock::Images),
        stock(Stock::Volumes),
        stock(Stock::Networks),
        stock(Stock::Map),
        View::UnusedVolumes,
        View::Updates { page: 0 },
    ];
    for lang in [Lang::En, Lang::Id] {
        let reader = flight.reader(lang);
        for view in &views {
            let screen = flight.room.view(view, &reader).await;
            // A gauge's label has eight columns.
            for block in &screen.blocks {
                let Block::Bar { label, .. } = block else { continue };
                assert!(crate::screen::text::columns(label) <= 8, "{label:?} is cut");
            }
            let text = told(&screen);
            assert!(!text.contains("containers-"), "an unknown word, {lang:?} {view:?}: {text}");
            assert!(!text.contains('\u{202e}') && !text.contains('\u{7}'), "{lang:?} {view:?}: {text:?}");
            let listed = matches!(view, View::List { .. } | View::Project(_) | View::Updates { .. });
            for block in screen.blocks.iter().filter(|_| listed || matches!(view, View::Stock { .. })) {
                let Block::Pre(lines) = block else { continue };
                for line in lines.lines() {
                    assert!(crate::screen::text::columns(line) <= 34, "{lang:?} {view:?}: {line}");
                }
            }
            for button in screen.rows.iter().flatten() {
                assert!(!button.label.trim().is_empty() && button.label.chars().count() <= 80, "{button:?}");
            }
            if *view == stock(Stock::Map) {
                assert!(screen.picture.is_some(), "the usage as a picture");
            }
        }
    }
    let details = flight.screen(View::Details(name(long))).await;
    assert!(details.contains("project.config_files = ") && details.contains(" · 900 MiB"), "{details}");
    flight.end().await;
}
