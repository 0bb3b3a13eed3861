use jiff::{Timestamp, tz::TimeZone};

use serde_json::Value;

use super::*;
use crate::{
    domain::{ChatId, Role},
    store::{settings::Setting, testing::temp},
};

const PILOT: PilotId = PilotId(1001);

fn reader(chat: ChatKind) -> Reader {
    let (lang, theme, now) = (Lang::En, Theme::Dark, Timestamp::UNIX_EPOCH);
    Reader { lang, tz: TimeZone::UTC, role: Role::Observer, theme, chat, now }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

fn order() -> Order {
    Order {
        pilot: PILOT,
        pilot_name: "Dre".into(),
        chat: ChatId(PILOT.0),
        reader: reader(ChatKind::Private),
        op: "op".into(),
    }
}

fn chosen(screen: &Screen) -> Vec<&str> {
    let buttons = screen.rows.iter().flatten();
    buttons.filter_map(|button| button.label.strip_prefix("• ")).collect()
}

#[tokio::test]
async fn a_choice_holds_at_once_and_after_a_restart() {
    let kept = temp().await;
    let room = Display { tastes: Tastes::default(), store: (*kept).clone(), clock: Arc::new(Still) };
    for act in [Act::Theme(Theme::Light), Act::Language(Some(Lang::Id))] {
        assert!(matches!(room.act(&act, &order()).await, Outcome::Done { .. }));
    }
    let want = Taste { lang: Some(Lang::Id), theme: Some(Theme::Light) };
    assert_eq!(room.tastes.of(PILOT), want);
    assert_eq!(room.tastes.of(PilotId(2002)), Taste::default(), "nobody else's");
    let rows = room.store.read(settings::all).await.unwrap();
    assert_eq!(Tastes::from_settings(&rows).of(PILOT), want);

    room.act(&Act::Language(None), &order()).await;
    let rows = room.store.read(settings::all).await.unwrap();
    assert_eq!(Tastes::from_settings(&rows).of(PILOT), Taste { lang: None, ..want });
}

#[test]
fn the_screen_marks_what_holds_and_says_why() {
    let screen = |taste, chat| mine(taste, true, &reader(chat));
    let free = screen(Taste::default(), ChatKind::Private);
    assert_eq!(chosen(&free), ["🌙 dark", "Automatic"]);
    assert!(format!("{:?}", free.blocks).contains("English, as your Telegram or the config says"));
    let own = Taste { lang: Some(Lang::En), theme: Some(Theme::Light) };
    let own = screen(own, ChatKind::Private);
    assert_eq!(chosen(&own), ["☀ light", "English"]);
    assert!(format!("{:?}", own.blocks).contains("English, your choice"));
    let group = screen(Taste::default(), ChatKind::Group);
    assert!(format!("{:?}", group.blocks).contains("in this group"));
}

#[test]
fn rows_that_mean_nothing_here_are_passed_over() {
    let row = |key: &str, value: Value| Setting {
        key: key.into(),
        value,
        set_by: PILOT,
        set_at: Timestamp::UNIX_EPOCH,
    };
    let rows = [
        row("alerts.cpu", "90%".into()),
        row("pilot.1001.theme", "solarized".into()),
        row("pilot.1001.language", "id".into()),
        row("pilot.x.theme", "light".into()),
        row("pilot.7", "light".into()),
        row("pilot.1001.hat", "red".into()),
    ];
    let tastes = Tastes::from_settings(&rows);
    assert_eq!(tastes.of(PILOT), Taste { lang: Some(Lang::Id), theme: None });
    assert_eq!(tastes.of(PilotId(7)), Taste::default());
}
