//! The Bot API over one HTTP client: posts calls, streams files both ways, tells failures apart.
//!
//! Never retries and never waits for its turn: that is the outbox's. The token is part of each address and of nothing
//! else: it is in no error, no Debug, no log line. Every request has a deadline, every answer a size limit.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::Stream;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_util::io::ReaderStream;

use super::{
    config::{Config, Token},
    failure::{Failure, Hints, classify},
    methods::{self, Call, Upload, UploadData},
};
use crate::domain::{BlobError, Blobs, ByteStream, Bytes};

/// One small request. Slower than this is as good as away.
const CALL_MAX: Duration = Duration::from_secs(15);
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// An upload may take this long for each MiB, and [`CALL_MAX`] once: 34 KiB/s.
const UPLOAD_PER_MIB: Duration = Duration::from_secs(30);
/// How long a poll waits for something to happen. Long for few wake-ups, short enough to notice a dead line.
pub const POLL_S: u64 = 30;
/// A batch of updates is far below; a larger answer is not from a Bot API server.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// What Telegram's own server takes; a local one takes 2000 MB both ways.
pub const DOWN_MAX: Bytes = Bytes(20_000_000);
pub const UP_MAX: Bytes = Bytes(50_000_000);
pub const LOCAL_MAX: Bytes = Bytes(2_000_000_000);

/// Fields younger than some servers: dropped once a server complains, and never sent to it again.
const NEWER: [&str; 2] = ["style", "link_preview_options"];

/// Cheap to clone; all clones share connections and what was learnt of the server.
#[derive(Clone)]
pub struct Api {
    client: reqwest::Client,
    base: Arc<str>,
    token: Token,
    local: bool,
    blobs: Blobs,
    /// One bit for each of [`NEWER`] that the server does not take.
    dropped: Arc<AtomicU8>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Api({})", self.base)
    }
}

/// How many bytes of a file have left so far; all clones are one gauge.
#[derive(Debug, Clone, Default)]
pub struct Gauge(Arc<AtomicU64>);

impl Gauge {
    pub fn read(&self) -> Bytes {
        Bytes(self.0.load(Ordering::Relaxed))
    }

    fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// The message a call made or changed; both `None` where the method answers `true`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    pub message: Option<i64>,
    /// Of the picture in it, for sending the same one again.
    pub photo: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Me {
    pub id: i64,
    pub username: Option<String>,
}

/// Where a file of a pilot lies at the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RemoteFile {
    pub file_path: Option<String>,
    pub file_size: Option<u64>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    ok: bool,
    result: Option<T>,
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Hints,
}

impl Api {
    /// # Errors
    /// The system's TLS or resolver settings are unusable, in words.
    pub fn new(config: &Config, token: Token, blobs: Blobs) -> Result<Api, String> {
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("cockpit-bot/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_MAX)
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30))
            // An answer, an edit, an upload and the poll: four at once without a handshake.
            .pool_max_idle_per_host(4)
            .pool_idle_timeout(Duration::from_secs(300))
            // A redirect would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none());
        if config.is_near() {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| error.without_url().to_string())?;
        let base = config.api_url.trim_end_matches('/').into();
        let local = config.is_local();
        Ok(Api { client, base, token, local, blobs, dropped: Arc::default() })
    }

    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// The largest file that can be fetched.
    pub fn down_max(&self) -> Bytes {
        if self.local { LOCAL_MAX } else { DOWN_MAX }
    }

    /// The largest file that can be sent.
    pub fn up_max(&self) -> Bytes {
        if self.local { LOCAL_MAX } else { UP_MAX }
    }

    /// # Errors
    /// See [`Failure`]. A field the server is too old for is dropped and the call posted again at once.
    pub async fn post(&self, call: &Call) -> Result<Sent, Failure> {
        self.post_gauged(call, &Gauge::default()).await
    }

    /// The same, and the gauge follows how much of the call's file has left.
    ///
    /// # Errors
    /// As [`Api::post`].
    pub async fn post_gauged(&self, call: &Call, gauge: &Gauge) -> Result<Sent, Failure> {
        let result: Value = loop {
            match self.post_once(call, gauge).await {
                Err(Failure::Refused(text)) if self.learn(&text, &call.body) => {}
                Err(failure) => return Err(failure),
                Ok(result) => break result,
            }
        };
        let photo = result["photo"].as_array().and_then(|sizes| sizes.last());
        Ok(Sent {
            message: result["message_id"].as_i64(),
            photo: photo.and_then(|size| size["file_id"].as_str()).map(str::to_owned),
        })
    }

    /// # Errors
    /// See [`Failure`].
    pub async fn me(&self) -> Result<Me, Failure> {
        self.post_once(&methods::me(), &Gauge::default()).await
    }

    /// # Errors
    /// See [`Failure`].
    pub async fn updates(&self, offset: Option<i64>) -> Result<Vec<Box<RawValue>>, Failure> {
        let call = methods::updates(offset, POLL_S);
        let request = self.client.post(self.address(call.method)).json(&call.body);
        self.read(request.timeout(CALL_MAX + Duration::from_secs(POLL_S))).await
    }

    /// # Errors
    /// See [`Failure`].
    pub async fn remote_file(&self, file_id: &str) -> Result<RemoteFile, Failure> {
        self.post_once(&methods::file(file_id), &Gauge::default()).await
    }

    /// Where a local server keeps a file on this machine, if this path is such a place.
    pub fn local_path<'a>(&self, path: &'a str) -> Option<&'a std::path::Path> {
        let path = std::path::Path::new(path);
        (self.local && path.is_absolute()).then_some(path)
    }

    /// The bytes of a file from `offset` on. The stream breaks off where the line does.
    ///
    /// # Errors
    /// See [`Failure`]; a server that cannot begin at `offset` is one.
    pub async fn download(
        &self,
        path: &str,
        offset: u64,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, Failure>> + Send + use<>, Failure> {
        let mut address = reqwest::Url::parse(&format!("{}/file/bot{}/", self.base, self.token.secret()))
            .map_err(|_| Failure::Own("the server's address is unusable".into()))?;
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        let mut request = self.client.get(address);
        if offset > 0 {
            request = request.header("range", format!("bytes={offset}-"));
        }
        // No deadline for the whole: whoever reads has one for each part.
        let sending = tokio::time::timeout(CALL_MAX, request.send());
        let response = sending.await.map_err(|_| self.late())?.map_err(|error| self.lost(error))?;
        let status = response.status().as_u16();
        match status {
            206 if offset > 0 => {}
            200 if offset == 0 => {}
            // Its address is good for an hour.
            404 | 410 => return Err(Failure::FileUnknown),
            _ => return Err(classify(status, &format!("HTTP {status}"), Hints::default())),
        }
        let api = self.clone();
        Ok(futures_util::stream::try_unfold(response, move |mut response| {
            let api = api.clone();
            async move {
                let chunk = tokio::time::timeout(CALL_MAX, response.chunk());
                match chunk.await.map_err(|_| api.late())?.map_err(|error| api.lost(error))? {
                    Some(bytes) => Ok(Some((bytes.to_vec(), response))),
                    None => Ok(None),
                }
            }
        }))
    }

    async fn post_once<T: DeserializeOwned>(&self, call: &Call, gauge: &Gauge) -> Result<T, Failure> {
        let request = self.client.post(self.address(call.method));
        match &call.file {
            None => self.read(request.json(&self.supported(&call.body)).timeout(CALL_MAX)).await,
            Some(upload) => {
                gauge.reset();
                let (form, size) = self.form(&call.body, upload, gauge).await?;
                let mib = u32::try_from(size.0 >> 20).unwrap_or(u32::MAX).saturating_add(1);
                let within = CALL_MAX + UPLOAD_PER_MIB.saturating_mul(mib);
                self.read(request.multipart(form).timeout(within)).await
            }
        }
    }

    /// The form, and how much it carries at most.
    async fn form(
        &self,
        body: &Map<String, Value>,
        upload: &Upload,
        gauge: &Gauge,
    ) -> Result<(reqwest::multipart::Form, Bytes), Failure> {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in self.supported(body) {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            form = form.text(name, text);
        }
        let (part, size) = self.part(&upload.data, gauge).await?;
        Ok((form.part(upload.field, part.file_name(upload.name.clone())), size))
    }

    async fn part(
        &self,
        data: &UploadData,
        gauge: &Gauge,
    ) -> Result<(reqwest::multipart::Part, Bytes), Failure> {
        match data {
            UploadData::Bytes(bytes) => {
                let size = Bytes(bytes.len() as u64);
                Ok((reqwest::multipart::Part::bytes(bytes.to_vec()), size))
            }
            UploadData::Blob(blob) => {
                let (meta, stream) = self.blobs.open(*blob).await.map_err(Failure::Unread)?;
                let limit = self.up_max();
                if meta.size_bytes.is_some_and(|size| size > limit.0) {
                    return Err(Failure::TooLarge);
                }
                let outgoing = Outgoing::new(stream, limit, gauge.clone());
                let body = reqwest::Body::wrap_stream(ReaderStream::with_capacity(outgoing, 64 << 10));
                Ok(match meta.size_bytes {
                    Some(size) => (reqwest::multipart::Part::stream_with_length(body, size), Bytes(size)),
                    None => (reqwest::multipart::Part::stream(body), limit),
                })
            }
        }
    }

    async fn read<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Failure> {
        let mut response = request.send().await.map_err(|error| self.lost(error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(error))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Failure::Unreachable("the answer is too long to be Telegram's".into()));
            }
            body.extend_from_slice(&chunk);
        }
        match serde_json::from_slice::<Envelope<T>>(&body) {
            Ok(Envelope { ok: true, result: Some(result), .. }) => Ok(result),
            Ok(Envelope { ok: true, result: None, .. }) => {
                Err(Failure::Unreachable("an answer without a result".into()))
            }
            Ok(answer) => {
                let code = answer.error_code.unwrap_or(status);
                Err(classify(code, &answer.description, answer.parameters))
            }
            // A proxy or a captive portal in between answers in HTML.
            Err(_) if status >= 400 => Err(classify(status, "not an answer of Telegram", Hints::default())),
            Err(_) => Err(Failure::Unreachable("an answer that is not Telegram's".into())),
        }
    }

    fn address(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.base, self.token.secret())
    }

    /// Without what this server does not know.
    fn supported(&self, body: &Map<String, Value>) -> Map<String, Value> {
        let mut body = body.clone();
        let dropped = self.dropped.load(Ordering::Relaxed);
        for (bit, field) in NEWER.iter().enumerate().filter(|(bit, _)| dropped & (1 << bit) != 0) {
            let had = remove(&mut body, field);
            if had && NEWER[bit] == "link_preview_options" {
                body.insert("disable_web_page_preview".into(), true.into());
            }
        }
        body
    }

    /// Whether the server complained about a newer field that was sent to it: then it is not sent again.
    fn learn(&self, complaint: &str, body: &Map<String, Value>) -> bool {
        let complaint = complaint.to_lowercase();
        let dropped = self.dropped.load(Ordering::Relaxed);
        let named = NEWER.iter().enumerate().find(|(bit, field)| {
            let sent = dropped & (1 << bit) == 0 && remove(&mut body.clone(), field);
            sent && (complaint.contains(**field) || complaint.contains(&field.replace('_', " ")))
        });
        let Some((bit, field)) = named else { return false };
        tracing::warn!(field, complaint, "server does not know a field: not sent any more");
        self.dropped.fetch_or(1 << bit, Ordering::Relaxed);
        true
    }

    fn late(&self) -> Failure {
        Failure::Unreachable("no answer in time".into())
    }

    /// The causes in words, without the address, which holds the token.
    fn lost(&self, error: reqwest::Error) -> Failure {
        let error = error.without_url();
        match blob_fault(&error) {
            Some(BlobError::TooLarge) => return Failure::TooLarge,
            Some(fault) => return Failure::Unread(fault),
            None => {}
        }
        if error.is_timeout() {
            return self.late();
        }
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            source = cause.source();
        }
        // No known error repeats the address; if one ever does, it does not leave here.
        Failure::Unreachable(text.replace(self.token.secret(), "…"))
    }
}

/// Takes a field out wherever it is; whether it was there.
fn remove(map: &mut Map<String, Value>, field: &str) -> bool {
    fn inside(value: &mut Value, field: &str) -> bool {
        match value {
            Value::Object(map) => remove(map, field),
            Value::Array(list) => list.iter_mut().fold(false, |had, item| inside(item, field) | had),
            _ => false,
        }
    }
    let here = map.remove(field).is_some();
    map.values_mut().fold(here, |had, value| inside(value, field) | had)
}

/// A file on its way up. Breaks off past the limit: a stream may be longer than it said.
struct Outgoing {
    /// One more than the limit: reaching it is too much.
    inner: tokio::io::Take<ByteStream>,
    gauge: Gauge,
}

impl Outgoing {
    fn new(stream: ByteStream, limit: Bytes, gauge: Gauge) -> Outgoing {
        Outgoing { inner: stream.take(limit.0.saturating_add(1)), gauge }
    }
}

impl AsyncRead for Outgoing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.gauge.add(buf.filled().len() - before);
        if self.inner.limit() == 0 {
            return Poll::Ready(Err(BlobError::TooLarge.into()));
        }
        read.map_err(|error| BlobError::from(error).into())
    }
}

/// Whether it was the file, not the line, that failed.
fn blob_fault(error: &reqwest::Error) -> Option<BlobError> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        if let Some(fault) = inner.and_then(|inner| inner.downcast_ref::<BlobError>()) {
            return Some(fault.clone());
        }
        source = cause.source();
    }
    None
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;
