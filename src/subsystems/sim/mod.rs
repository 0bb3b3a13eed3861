//! The simulator's board: failures of the simulated server, to be switched on and off by a pilot or a test.
//!
//! Owns the list of toys and which are on. Knows no fake: each toy is a closure handed in at wiring. Exists only under
//! `--sim`; on a real server there is no such board.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    domain::Reader,
    intent::{
        Act as AnyAct,
        sim::{Act, View},
    },
    locale,
    room::{Order, Outcome, Room},
    screen::{Block, Button, Mark, Screen, Style},
    t,
};

/// One failure that can be played.
#[derive(Clone)]
pub struct Toy {
    /// Stable, in buttons and tests: "disk-fills".
    pub id: &'static str,
    /// The message id of its sentence.
    pub says: &'static str,
    /// Called with `true` to break, with `false` to mend.
    pub play: Arc<dyn Fn(bool) + Send + Sync>,
}

/// The board; cheap to clone.
#[derive(Clone, Default)]
pub struct Sim {
    toys: Arc<Vec<Toy>>,
    broken: Arc<Mutex<Vec<&'static str>>>,
}

impl Sim {
    pub fn new(toys: Vec<Toy>) -> Sim {
        Sim { toys: Arc::new(toys), broken: Arc::default() }
    }

    fn is_broken(&self, id: &str) -> bool {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    /// `false` if there is no such toy.
    fn play(&self, id: &str, on: bool) -> bool {
        let Some(toy) = self.toys.iter().find(|toy| toy.id == id) else { return false };
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.retain(|other| *other != toy.id);
        if on {
            broken.push(toy.id);
        }
        drop(broken);
        (toy.play)(on);
        true
    }
}

impl Room for Sim {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        let View::List = view;
        let lang = reader.lang;
        let mut screen = Screen {
            crumbs: vec![t!(lang, "sim-crumb")],
            blocks: vec![Block::Note(t!(lang, "sim-says"))],
            as_of: Some(reader.now),
            ..Screen::default()
        };
        for toy in self.toys.iter() {
            let says = locale::text(lang, toy.says, &[]);
            if self.is_broken(toy.id) {
                screen.blocks.push(Block::State(Mark::Bad, says.clone()));
                let mend =
                    Button::act(t!(lang, "sim-mend", what = says), AnyAct::Sim(Act::Mend(toy.id.into())));
                screen.rows.push(vec![mend.style(Style::Success)]);
            } else {
                let act = AnyAct::Sim(Act::Break(toy.id.into()));
                screen.rows.push(vec![Button::act(t!(lang, "sim-break", what = says), act)]);
            }
        }
        screen
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let next = crate::intent::View::Sim(View::List);
        let on = matches!(act, Act::Break(_));
        if self.play(act.toy(), on) {
            Outcome::Done { next }
        } else {
            Outcome::Refused { why: t!(order.reader.lang, "sim-unknown", what = act.toy()), next }
        }
    }
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sim({} toys)", self.toys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toy_is_played_and_remembered_until_it_is_mended() {
        let played = Arc::new(Mutex::new(Vec::new()));
        let record = played.clone();
        let play = Arc::new(move |on| record.lock().unwrap().push(on));
        let sim = Sim::new(vec![Toy { id: "disk-fills", says: "sim-disk-fills", play }]);
        assert!(sim.play("disk-fills", true) && sim.is_broken("disk-fills"));
        assert!(sim.play("disk-fills", false) && !sim.is_broken("disk-fills"));
        assert!(!sim.play("no-such-toy", true));
        assert_eq!(*played.lock().unwrap(), [true, false]);
    }
}
