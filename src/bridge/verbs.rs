//! What an act is called on its button and in its question.

use crate::{
    domain::Lang,
    intent::{Act, crew, services},
    t,
};

pub fn name(act: &Act, lang: Lang) -> String {
    match act {
        Act::Services(act) => match act {
            services::Act::Start(_) => t!(lang, "verb-start"),
            services::Act::Stop(_) => t!(lang, "verb-stop"),
            services::Act::Restart(_) => t!(lang, "verb-restart"),
        },
        Act::Crew(act) => match act {
            crew::Act::Restart(_) => t!(lang, "verb-restart"),
            crew::Act::Reload => t!(lang, "verb-reload"),
        },
    }
}
