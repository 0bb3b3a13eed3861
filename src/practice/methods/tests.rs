//! The table of methods against Telegram's own description of them (names and types of Bot API 10.1).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Kind, METHODS, NO_PREVIEW, UNPRACTISED};

#[derive(Deserialize)]
struct Documented {
    methods: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

fn documented() -> Documented {
    let text = include_str!("../../../tests/data/telegram/methods.json");
    serde_json::from_str(text).expect("the description")
}

#[test]
fn every_documented_method_is_practised_and_no_other() {
    let documented = documented();
    let mut ours: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
    ours.sort_unstable();
    assert_eq!(ours, documented.methods.keys().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn every_documented_parameter_is_taken_or_refused_by_name() {
    let documented = documented();
    for method in METHODS {
        for name in documented.methods[method.name].keys() {
            let taken = method.params.iter().any(|(known, _)| known == name);
            assert!(taken || UNPRACTISED.contains(&name.as_str()), "{} {name}", method.name);
        }
    }
    for name in UNPRACTISED {
        assert!(documented.methods.values().any(|params| params.contains_key(*name)), "{name} is nobody's");
    }
}

#[test]
fn every_parameter_has_its_documented_type() {
    let documented = documented();
    for method in METHODS {
        for (name, kind) in method.params.iter().filter(|param| **param != NO_PREVIEW) {
            let types = documented.methods[method.name].get(*name);
            let types = types.unwrap_or_else(|| panic!("{} has no {name}", method.name)).join("|");
            let expected = match types.as_str() {
                "Integer" => Kind::Integer,
                "Boolean" => Kind::Boolean,
                "String" => Kind::Text,
                "Integer|String" => Kind::Chat,
                "InputFile|String" => Kind::File,
                _ => Kind::Json,
            };
            assert_eq!(*kind, expected, "{} {name}: {types}", method.name);
        }
    }
}
