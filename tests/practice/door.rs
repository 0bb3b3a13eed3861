//! Who gets in.

use std::sync::Arc;

use cockpit_bot::{
    domain::SystemClock,
    practice::{self, Person, PracticeOptions, StartError},
};
use reqwest::{Client, Method, StatusCode, header};
use serde_json::json;

use crate::bot::{Aside, Flight};

#[tokio::test]
async fn the_shell_is_open_and_everything_else_wants_the_key() {
    let flight = Flight::start().await;
    let (http, base) = (Client::new(), &flight.server.api_url);
    for path in ["/", "/page.css", "/page.js", "/page.svg"] {
        let response = http.get(format!("{base}{path}")).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let body = response.text().await.expect("a body");
        assert!(!body.contains(&flight.server.key), "{path} gives the key away");
    }
    let calls = [
        (Method::GET, "events"),
        (Method::GET, "state"),
        (Method::POST, "say"),
        (Method::POST, "upload"),
        (Method::POST, "tap"),
        (Method::POST, "person"),
        (Method::POST, "faults"),
        (Method::GET, "file/practice-photo-000001"),
    ];
    let wrong_key = "0".repeat(32);
    for (method, path) in calls {
        for key in [None, Some(wrong_key.as_str()), Some("")] {
            let mut call = http.request(method.clone(), format!("{base}/page/{path}")).json(&json!({}));
            if let Some(key) = key {
                call = call.header("x-cockpit-key", key);
            }
            let response = call.send().await.expect("an answer");
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path} with {key:?}");
        }
    }
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused_everywhere() {
    let flight = Flight::start().await;
    let (http, base) = (Client::new(), &flight.server.api_url);
    let port = flight.server.address.port();
    let token = &flight.server.token;
    for path in ["/".to_owned(), "/page/state".to_owned(), format!("/bot{token}/getMe")] {
        let call = || http.get(format!("{base}{path}")).header("x-cockpit-key", &flight.server.key);
        for host in [format!("evil.example:{port}"), format!("localhost:{port}"), "127.0.0.1".to_owned()] {
            let response = call().header(header::HOST, &host).send().await.expect("an answer");
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} as {host}");
        }
        for origin in ["http://evil.example", "null", "https://127.0.0.1", ""] {
            let response = call().header(header::ORIGIN, origin).send().await.expect("an answer");
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} from {origin:?}");
        }
        let own = call().header(header::ORIGIN, base).send().await.expect("an answer");
        assert_eq!(own.status(), StatusCode::OK, "{path}");
        // A preflight is never granted.
        let preflight = http
            .request(Method::OPTIONS, format!("{base}{path}"))
            .header(header::ORIGIN, "http://evil.example");
        let response = preflight.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    }
}

#[tokio::test]
async fn only_loopback_unless_said_in_so_many_words() {
    let options =
        |listen: &str| PracticeOptions::new(listen.parse().expect("an address"), Arc::new(SystemClock));
    let refused = practice::start(options("0.0.0.0:0")).await.err().expect("refused");
    assert!(matches!(refused, StartError::BeyondLoopback(_)));
    assert!(refused.to_string().contains("--listen-beyond-loopback"), "{refused}");

    let open = practice::start(PracticeOptions { beyond_loopback: true, ..options("0.0.0.0:0") })
        .await
        .expect("forced");
    let (http, port) = (Client::new(), open.address.port());
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(open.api_url, url.trim_end_matches('/'));
    for (host, status) in [
        (format!("192.0.2.7:{port}"), 200),
        (format!("evil.example:{port}"), 403),
        ("192.0.2.7:1".to_owned(), 403),
    ] {
        let response = http.get(&url).header(header::HOST, &host).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{host}");
    }

    let taken = practice::start(options(&format!("127.0.0.1:{port}"))).await.err().expect("taken");
    assert!(matches!(taken, StartError::Listen { .. }), "{taken}");
    let token = PracticeOptions { token: "secret".to_owned(), ..options("127.0.0.1:0") };
    assert!(matches!(practice::start(token).await.err(), Some(StartError::Token)));
    let twice = [Person::usual(), Person::usual()].concat();
    let people = PracticeOptions { people: twice, ..options("127.0.0.1:0") };
    assert!(matches!(practice::start(people).await.err(), Some(StartError::People)));
}

#[tokio::test]
async fn the_end_of_a_flight_does_not_wait_for_those_who_listen() {
    let flight = Flight::start().await;
    let bot = flight.bot.clone();
    let poll = Aside::begin(async move { bot.call("getUpdates", json!({ "timeout": 25 })).await });
    let events = Client::new()
        .get(format!("{}/page/events", flight.server.api_url))
        .header("x-cockpit-key", &flight.server.key);
    let mut events = events.send().await.expect("a stream");
    let first = events.chunk().await.expect("a line").expect("a snapshot");
    assert!(first.starts_with(b"{\"answers\""), "{first:?}");
    flight.pilot.until("a poll", |view| view.listening().then_some(())).await;
    let url = flight.server.api_url.clone();
    tokio::time::timeout(std::time::Duration::from_secs(5), flight.server.shutdown()).await.expect("in time");
    assert_eq!(poll.result().await, Ok(json!([])));
    while events.chunk().await.expect("an orderly end").is_some() {}
    reqwest::get(url).await.expect_err("nobody listens any more");
}
