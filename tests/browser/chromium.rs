//! A headless Chromium, driven through its debugging pipe: JSON messages that end in NUL, on descriptors 3 and 4. Each
//! has a profile of its own, which goes with it, and loads nothing but what it is told to.

#![allow(dead_code, reason = "each test binary uses the part it needs")]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout},
};

/// A machine with two busy cores starts a browser in a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Chromium {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    last: u64,
    session: String,
    /// Complaints of the page: exceptions, refused resources.
    pub complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

/// Where the program is, if it is installed.
pub fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path).flat_map(|dir| names.map(|name| dir.join(name))).find(|file| file.is_file())
}

impl Chromium {
    pub async fn start(program: &Path) -> Chromium {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        // The shell only moves the pipes to where Chromium wants them and becomes Chromium.
        let script = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;
        #[expect(clippy::disallowed_methods, reason = "a test's own browser; process/ is for the product")]
        let mut command = tokio::process::Command::new("/bin/sh");
        command.arg("-c").arg(script).arg(program).args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-extensions",
            "--hide-scrollbars",
            "--mute-audio",
            "--remote-debugging-pipe",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().expect("a shell");
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        let mut browser = Chromium {
            child,
            to,
            from,
            last: 0,
            session: String::new(),
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach).await;
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "DOM"] {
            browser.call(&format!("{domain}.enable"), json!({})).await;
        }
        browser
    }

    /// A command and its result.
    pub async fn call(&mut self, method: &str, params: Value) -> Value {
        let work = self.try_call(method, params);
        tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{method}: no answer"))
    }

    async fn try_call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).await.expect("Chromium reads");
        loop {
            let mut bytes = Vec::new();
            self.from.read_until(0, &mut bytes).await.expect("Chromium writes");
            assert_eq!(bytes.pop(), Some(0), "Chromium has gone");
            let message: Value = serde_json::from_slice(&bytes).expect("JSON");
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.overhear(&message);
        }
    }

    fn overhear(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                let details = &params["exceptionDetails"];
                let exception = &details["exception"]["description"];
                self.complaints.push(format!("exception: {} {exception}", details["text"]));
            }
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                let entry = &params["entry"];
                self.complaints.push(format!("{}: {} {}", entry["source"], entry["text"], entry["url"]));
            }
            Some("Runtime.consoleAPICalled") if params["type"] == "error" => {
                self.complaints.push(format!("console: {}", params["args"]));
            }
            _ => {}
        }
    }

    /// The screen's size in CSS pixels; two device pixels each on a phone.
    pub async fn size(&mut self, width: u32, height: u32) {
        let phone = width < 600;
        let scale = if phone { 2 } else { 1 };
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone,
            }),
        )
        .await;
    }

    pub async fn scheme(&mut self, name: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": name }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Goes to an address. A new fragment alone would not load a page anew: that is done by way of nowhere.
    pub async fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": "about:blank" })).await;
        let gone = self.call("Page.navigate", json!({ "url": url })).await;
        assert_eq!(gone.get("errorText"), None, "{url}");
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'").await;
    }

    /// The value of an expression; a promise is awaited.
    pub async fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let result = self.call("Runtime.evaluate", params).await;
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true (looked at every 20 ms, in the page).
    pub async fn until(&mut self, expression: &str) {
        let wait = format!(
            "new Promise(resolve => {{ const end = Date.now() + 20000; (function look() {{ \
             if ({expression}) resolve(true); else if (Date.now() > end) resolve(false); \
             else setTimeout(look, 20); }})(); }})"
        );
        if self.eval(&wait).await != true {
            let shown = self.eval("document.body.innerText").await;
            let shot = self.shot("in-vain").await;
            panic!("waited in vain for {expression}\n{shown}\nsee {}; {:?}", shot.display(), self.complaints);
        }
    }

    pub async fn until_text(&mut self, text: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(text))).await;
    }

    /// Lets everything arrive that is still sliding or fading.
    async fn come_to_rest(&mut self) {
        let finish = "document.getAnimations().filter(a => a.effect.getComputedTiming().iterations !== Infinity)\
                      .forEach(a => a.finish())";
        self.eval(finish).await;
    }

    /// Clicks with the mouse in the middle of the first element that matches and (if given) contains a text.
    pub async fn click(&mut self, selector: &str, text: &str) {
        let find = format!(
            "[...document.querySelectorAll({})].find(e => e.checkVisibility() && e.textContent.includes({}))",
            json!(selector),
            json!(text)
        );
        self.until(&format!("{find} !== undefined")).await;
        self.come_to_rest().await;
        let place = format!(
            "(() => {{ const e = {find}; e.scrollIntoView({{ block: 'nearest' }}); const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        );
        let place = self.eval(&place).await;
        for (kind, buttons) in [("mousePressed", 1), ("mouseReleased", 0)] {
            self.call("Input.dispatchMouseEvent", json!({
                "type": kind, "x": place[0], "y": place[1], "button": "left", "buttons": buttons, "clickCount": 1,
            }))
            .await;
        }
    }

    /// Types into what has the focus.
    pub async fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    pub async fn press(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Gives files to a file input.
    pub async fn pick(&mut self, selector: &str, files: &[&Path]) {
        let document = self.call("DOM.getDocument", json!({})).await;
        let query = json!({ "nodeId": document["root"]["nodeId"], "selector": selector });
        let node = self.call("DOM.querySelector", query).await;
        self.call("DOM.setFileInputFiles", json!({ "nodeId": node["nodeId"], "files": files })).await;
    }

    /// A picture of the screen, below `target/`, to be looked at.
    pub async fn shot(&mut self, name: &str) -> PathBuf {
        self.come_to_rest().await;
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" })).await;
        let bytes = BASE64.decode(shot["data"].as_str().expect("data").as_bytes()).expect("base64");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(format!("{name}.png"));
        std::fs::write(&file, bytes).expect("a file");
        file
    }

    pub async fn close(mut self) {
        self.session.clear();
        self.call("Browser.close", json!({})).await;
        let _ = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
    }
}
