//! What gateway and outbox share: the way to Telegram, the store, the clock, the seal of buttons.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::{
    api::Api,
    config::{Config, Token},
    seal::Seal,
};
use crate::{
    domain::{Blobs, Clock},
    store::Store,
};

/// Made anew when the token or the server's address changes; cheap to clone.
#[derive(Clone)]
pub struct Line {
    pub api: Api,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// To see whether a reload changed anything.
    pub settings: (Config, Token),
    seal: Arc<OnceCell<Seal>>,
}

impl Line {
    /// # Errors
    /// No HTTP client can be made on this system, in words.
    pub fn new(
        config: &Config,
        token: Token,
        blobs: Blobs,
        store: Store,
        clock: Arc<dyn Clock>,
    ) -> Result<Line, String> {
        let api = Api::new(config, token.clone(), blobs)?;
        // What else stands in the section has no part in it.
        let settings = Config {
            token: None,
            token_file: None,
            api_url: config.api_url.clone(),
            practised: config.practised,
        };
        Ok(Line { api, store, clock, settings: (settings, token), seal: Arc::default() })
    }

    /// Opened at first use, since it needs the store.
    pub async fn seal(&self) -> &Seal {
        self.seal.get_or_init(|| Seal::open(&self.store)).await
    }

    /// Once it is open.
    pub fn seal_now(&self) -> Option<&Seal> {
        self.seal.get()
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({:?})", self.api)
    }
}
