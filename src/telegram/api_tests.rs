use std::sync::Mutex;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, TryStreamExt};

use super::*;
use crate::{
    domain::{BlobMeta, BlobSource, ChatId},
    screen::Style,
    telegram::methods::{Key, Photo},
};

const TOKEN: &str = "42:SECRET-x_y";

type Script = Arc<dyn Fn(&str, &HeaderMap, &[u8]) -> Response + Send + Sync>;

/// A server that records (path, body) and answers by a script.
#[derive(Clone)]
struct Server {
    seen: Arc<Mutex<Vec<(String, String)>>>,
    script: Script,
}

impl Server {
    async fn start(
        script: impl Fn(&str, &HeaderMap, &[u8]) -> Response + Send + Sync + 'static,
    ) -> (Server, Api, tokio::task::JoinSet<()>) {
        let server = Server { seen: Arc::default(), script: Arc::new(script) };
        let router = Router::new().fallback(answer).with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config =
            Config { api_url: format!("http://{}/", listener.local_addr().unwrap()), ..Config::default() };
        let api = Api::new(&config, Token::parse(TOKEN).unwrap(), Blobs::default()).unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        (server, api, tasks)
    }

    fn seen(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 64 << 20).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body).into_owned();
    server.seen.lock().unwrap().push((path.clone(), text));
    (server.script)(&path, &headers, &body)
}

fn ok(result: &str) -> Response {
    format!("{{\"ok\":true,\"result\":{result}}}").into_response()
}

fn refuse(code: u16, text: &str, hints: &str) -> Response {
    let body = format!(
        "{{\"ok\":false,\"error_code\":{code},\"description\":\"{text}\",\"parameters\":{{{hints}}}}}"
    );
    (StatusCode::from_u16(code).unwrap(), body).into_response()
}

fn keys(style: Style) -> Vec<Vec<Key>> {
    vec![vec![Key { text: "Stop".into(), callback_data: "1x".into(), style }]]
}

#[tokio::test]
async fn a_call_is_json_and_its_answer_names_the_message_and_the_picture() {
    let (server, api, _tasks) =
        Server::start(|_, _, _| ok(r#"{"message_id":7,"photo":[{"file_id":"small"},{"file_id":"large"}]}"#))
            .await;
    let sent = api.post(&methods::send_message(ChatId(5), "<b>hi</b>", &keys(Style::Danger), true)).await;
    assert_eq!(sent, Ok(Sent { message: Some(7), photo: Some("large".into()) }));
    let (path, body) = server.seen().remove(0);
    assert_eq!(path, "/bot42:SECRET-x_y/sendMessage");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "chat_id": 5, "text": "<b>hi</b>", "parse_mode": "HTML", "disable_notification": true,
            "link_preview_options": { "is_disabled": true },
            "reply_markup": { "inline_keyboard":
                [[{ "text": "Stop", "callback_data": "1x", "style": "danger" }]] },
        })
    );
}

#[tokio::test]
async fn a_field_the_server_does_not_know_is_dropped_once_and_for_all() {
    let (server, api, _tasks) = Server::start(|_, _, body| {
        let body = String::from_utf8_lossy(body);
        match () {
            () if body.contains("style") => refuse(400, "Bad Request: unknown button Style", ""),
            () if body.contains("link_preview") => refuse(400, "Bad Request: link preview options?", ""),
            () => ok(r#"{"message_id":7}"#),
        }
    })
    .await;
    for _ in 0..2 {
        let call = methods::send_message(ChatId(5), "hi", &keys(Style::Danger), false);
        api.post(&call).await.expect("goes through in the end");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 4, "three tries of the first, one of the second");
    assert!(seen[3].1.contains("\"disable_web_page_preview\":true"), "{}", seen[3].1);
    // A complaint about something that was not sent is a refusal like any other.
    let failure = api.post(&methods::answer("1", "style")).await.unwrap_err();
    assert_eq!(failure, Failure::Refused("Bad Request: unknown button Style".into()));
}

#[tokio::test]
async fn failures_are_told_apart_and_never_name_the_token() {
    let (_, api, _tasks) = Server::start(|path, _, _| match path.rsplit('/').next().unwrap() {
        "deleteMessage" => refuse(429, "Too Many Requests: retry after 3", "\"retry_after\":3"),
        "sendMessage" => (StatusCode::BAD_GATEWAY, "<html>nginx</html>").into_response(),
        "getMe" => refuse(401, "Unauthorized", ""),
        "answerCallbackQuery" => "not json".into_response(),
        _ => ok("true"),
    })
    .await;
    let chat = ChatId(5);
    assert_eq!(api.post(&methods::delete(chat, 1)).await, Err(Failure::TooMany(Duration::from_secs(3))));
    assert_eq!(api.post(&methods::send_message(chat, "x", &vec![], false)).await, Err(Failure::Server(502)));
    assert_eq!(api.me().await, Err(Failure::Unauthorised));
    assert!(matches!(api.post(&methods::answer("1", "")).await, Err(Failure::Unreachable(_))));
    assert_eq!(api.post(&methods::strip(chat, 1)).await, Ok(Sent::default()));

    let gone = Config { api_url: "http://127.0.0.1:1".into(), ..Config::default() };
    let api = Api::new(&gone, Token::parse(TOKEN).unwrap(), Blobs::default()).unwrap();
    let failure = api.me().await.unwrap_err();
    assert!(failure.passes(), "{failure:?}");
    for text in [format!("{failure}"), format!("{failure:?}"), format!("{api:?}")] {
        assert!(!text.contains("SECRET"), "{text}");
    }
}

/// `said` bytes by its own word, `real` in truth; `None` breaks in the middle.
struct Endless {
    said: Option<u64>,
    real: Option<u64>,
}

impl BlobSource for Endless {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: "x".into(), size_bytes: self.said }
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        let meta = self.meta();
        let real = self.real;
        Box::pin(async move {
            let parts = (0..).map(move |n: u64| match real {
                Some(real) if n * 1000 >= real => None,
                Some(real) => Some(Ok(vec![b'x'; (real - n * 1000).min(1000) as usize])),
                None if n == 3 => Some(Err(std::io::Error::other("the disk is gone"))),
                None => Some(Ok(vec![b'x'; 1000])),
            });
            let parts = futures_util::stream::iter(parts.map_while(|part| part));
            let parts = parts.map_ok(std::io::Cursor::new);
            Ok((meta, Box::pin(tokio_util::io::StreamReader::new(parts)) as ByteStream))
        })
    }
}

#[tokio::test]
async fn files_are_streamed_up_as_forms_within_the_limit() {
    let (server, mut api, _tasks) = Server::start(|_, _, _| ok(r#"{"message_id":9}"#)).await;
    let blob = api.blobs().put(Endless { said: Some(45_000_000), real: Some(45_000_000) });
    let send = |blob| methods::send_document(ChatId(5), "a \"b\".txt", UploadData::Blob(blob), "cap");
    assert_eq!(api.post(&send(blob)).await.unwrap().message, Some(9));
    let (path, body) = server.seen().remove(0);
    assert!(path.ends_with("/sendDocument"));
    assert!(body.contains("name=\"chat_id\"\r\n\r\n5\r\n"), "{}", &body[..400]);
    assert!(body.contains("name=\"caption\"\r\n\r\ncap\r\n"));
    assert_eq!(body.bytes().filter(|b| *b == b'x').count() as u64, 45_000_000 + 1, "one more in .txt");

    let blob = api.blobs().put(Endless { said: None, real: None });
    let failure = api.post(&send(blob)).await.unwrap_err();
    assert_eq!(failure, Failure::Unread(BlobError::Read(5)), "the file's fault, not the line's");

    api.local = false;
    let blob = api.blobs().put(Endless { said: Some(50_000_001), real: Some(0) });
    assert_eq!(api.post(&send(blob)).await, Err(Failure::TooLarge));
    let blob = api.blobs().put(Endless { said: None, real: Some(50_001_000) });
    assert_eq!(api.post(&send(blob)).await, Err(Failure::TooLarge));
    api.blobs().drop_blob(blob);
    assert_eq!(api.post(&send(blob)).await, Err(Failure::Unread(BlobError::Gone)));
}

#[tokio::test]
async fn a_picture_is_sent_along_or_named_by_its_id() {
    let (server, api, _tasks) = Server::start(|_, _, _| ok(r#"{"message_id":9}"#)).await;
    let new = Photo::New(UploadData::Bytes(vec![1, 2, 3].into()));
    api.post(&methods::edit_media(ChatId(5), 7, new, "cap", &vec![])).await.unwrap();
    api.post(&methods::edit_media(ChatId(5), 7, Photo::Id("abc".into()), "cap", &vec![])).await.unwrap();
    let seen = server.seen();
    assert!(
        seen[0].1.contains("attach://picture") && seen[0].1.contains("name=\"picture\""),
        "{}",
        seen[0].1
    );
    let body: Value = serde_json::from_str(&seen[1].1).unwrap();
    assert_eq!(body["media"]["media"], "abc");
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let arrived = Arc::new(tokio::sync::Notify::new());
    let cut = arrived.clone();
    let (_, api, _tasks) = Server::start(move |path, headers, _| {
        assert_eq!(path, "/file/bot42:SECRET-x_y/documents/a%20b.txt");
        let cut = cut.clone();
        match headers.get("range").map(|range| range.to_str().unwrap()) {
            None => {
                let start = futures_util::stream::iter([Ok(&b"hello "[..])]);
                let end = futures_util::stream::once(async move {
                    cut.notified().await;
                    Err(std::io::Error::other("the line is cut"))
                });
                Response::new(Body::from_stream(start.chain(end)))
            }
            Some("bytes=6-") => (StatusCode::PARTIAL_CONTENT, "world").into_response(),
            Some(other) => panic!("range {other}"),
        }
    })
    .await;
    let mut got = Vec::new();
    let first = api.download("documents/a b.txt", 0).await.unwrap();
    let mut first = Box::pin(first);
    let broken = loop {
        match first.try_next().await {
            Ok(Some(chunk)) => {
                got.extend(chunk);
                arrived.notify_one();
            }
            Ok(None) => panic!("ended as if it were whole"),
            Err(failure) => break failure,
        }
    };
    assert!(broken.passes(), "{broken:?}");
    let rest = api.download("documents/a b.txt", got.len() as u64).await.unwrap();
    got.extend(rest.try_concat().await.unwrap());
    assert_eq!(got, b"hello world");
}
