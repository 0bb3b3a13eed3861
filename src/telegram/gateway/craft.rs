//! For tests: a gateway and an outbox that run, with a fake ship and a real store.

use std::sync::{Arc, Mutex};

use ractor::{Actor, ActorRef};

use super::{Arguments, Draw, Msg, Port, actor, fake_ship::FakeShip, outbox, told};
use crate::{
    domain::{ChatId, SystemClock},
    screen::Picture,
    store::testing::{self, Temp},
    telegram::{
        config::{Config, Token},
        line::Line,
    },
};

pub struct Craft {
    pub ship: FakeShip,
    pub store: Temp,
    pub gateway: Port<Msg>,
    pub outbox: Port<outbox::Msg>,
    pub actors: Option<(ActorRef<Msg>, ActorRef<outbox::Msg>)>,
    /// Chats of pilots who are no longer.
    pub left: Arc<Mutex<Vec<ChatId>>>,
    url: String,
    token: String,
}

impl Craft {
    pub async fn start(url: &str, token: &str) -> Craft {
        let mut craft = Craft {
            ship: FakeShip::default(),
            store: testing::temp().await,
            gateway: Port::new(),
            outbox: Port::new(),
            actors: None,
            left: Arc::default(),
            url: url.to_owned(),
            token: token.to_owned(),
        };
        craft.up().await;
        craft
    }

    pub async fn up(&mut self) {
        let config = Config { api_url: self.url.clone(), ..Config::default() };
        let token = Token::parse(&self.token).unwrap();
        let (store, clock) = (self.store.handle(), Arc::new(SystemClock));
        let line = Line::new(&config, token, self.ship.blobs.clone(), store, clock).unwrap();
        let draw: Draw = Arc::new(|picture| match picture {
            Picture::Treemap(map) if map.title == "broken" => Err("no".into()),
            other => outbox::painter()(other),
        });
        let (tell, left) = (told(&self.gateway), self.left.clone());
        let welcome: outbox::Welcome = Arc::new(move |chat| !left.lock().unwrap().contains(&chat));
        let arguments = outbox::Arguments { line: line.clone(), draw: draw.clone(), tell, welcome };
        let (outbox, _) = Actor::spawn(None, outbox::Outbox, arguments).await.unwrap();
        self.outbox.bind(outbox.clone());
        let ship = Arc::new(self.ship.clone());
        let arguments = Arguments { ship, line, draw, outbox: self.outbox.clone() };
        let (gateway, _) = Actor::spawn(None, actor::Gateway, arguments).await.unwrap();
        self.gateway.bind(gateway.clone());
        self.actors = Some((gateway, outbox));
    }

    /// As `kill -9` would: nothing is finished, nothing is said.
    pub async fn killed(&mut self) {
        let (gateway, outbox) = self.actors.take().expect("up");
        gateway.kill();
        outbox.kill();
        let _ = (gateway.wait(None).await, outbox.wait(None).await);
        self.gateway.unbind();
        self.outbox.unbind();
    }
}

impl Drop for Craft {
    fn drop(&mut self) {
        if let Some((gateway, outbox)) = self.actors.take() {
            gateway.kill();
            outbox.kill();
        }
    }
}
