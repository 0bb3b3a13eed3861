//! The words of both languages: same messages, same variables, and every message named in the code exists.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{complain, rust_files};

type Variables = BTreeSet<String>;

fn messages(name: &str, text: &str) -> BTreeMap<String, Variables> {
    let resource =
        fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{name}.ftl: {errors:?}"));
    let mut found = BTreeMap::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut variables = Variables::new();
            if let Some(pattern) = &message.value {
                in_pattern(pattern, &mut variables);
            }
            let twice = found.insert(message.id.name.to_owned(), variables);
            assert!(twice.is_none(), "{name}.ftl: {} stands twice", message.id.name);
        }
    }
    found
}

fn in_pattern(pattern: &Pattern<&str>, variables: &mut Variables) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, variables);
        }
    }
}

fn in_expression(expression: &Expression<&str>, variables: &mut Variables) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, variables),
        Expression::Select { selector, variants } => {
            in_inline(selector, variables);
            variants.iter().for_each(|variant| in_pattern(&variant.value, variables));
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, variables: &mut Variables) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|argument| in_inline(argument, variables));
        }
        InlineExpression::Placeable { expression } => in_expression(expression, variables),
        _ => {}
    }
}

fn all(pick: impl Fn(&(&str, &'static str, &'static str)) -> &'static str) -> BTreeMap<String, Variables> {
    let mut found = BTreeMap::new();
    for file in cockpit_bot::locale::FILES {
        for (id, variables) in messages(file.0, pick(file)) {
            assert!(found.insert(id.clone(), variables).is_none(), "{id} stands in two files");
        }
    }
    found
}

/// CLDR knows one category only for Indonesian: a variant for "one" would never be chosen. `[1]` is.
#[test]
fn indonesian_has_no_words_that_are_never_said() {
    let mut faults = Vec::new();
    for (name, _, text) in cockpit_bot::locale::FILES {
        let lines = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("[one]"));
        faults.extend(lines.map(|(nth, _)| format!("{name}.ftl:{}: [one] is never chosen", nth + 1)));
    }
    complain("Indonesian plurals are numbers", faults);
}

#[test]
fn both_languages_say_the_same() {
    let (en, id) = (all(|file| file.1), all(|file| file.2));
    let mut faults = Vec::new();
    for key in en.keys().chain(id.keys()).collect::<BTreeSet<_>>() {
        match (en.get(key), id.get(key)) {
            (Some(a), Some(b)) if a != b => faults.push(format!("{key}: variables differ: {a:?} and {b:?}")),
            (Some(_), None) => faults.push(format!("{key}: not in Indonesian")),
            (None, Some(_)) => faults.push(format!("{key}: not in English")),
            _ => {}
        }
    }
    complain("English and Indonesian are both complete", faults);
}

#[test]
fn every_message_named_in_the_code_exists_with_its_variables() {
    let words = all(|file| file.1);
    let mut faults = Vec::new();
    for (path, text) in rust_files("src") {
        for (id, given) in calls(&text) {
            match words.get(&id) {
                None => faults.push(format!("{path}: {id} is not in the words")),
                Some(wanted) if *wanted != given => {
                    faults.push(format!("{path}: {id} wants {wanted:?}, is given {given:?}"));
                }
                Some(_) => {}
            }
        }
    }
    complain("words named in the code exist", faults);
}

/// Messages nobody shows are removed. Ids may also be named outside `t!` (in tables): any literal counts.
#[test]
fn every_message_is_used() {
    let source: String = rust_files("src").into_iter().map(|(_, text)| text).collect();
    let faults = all(|file| file.1)
        .into_keys()
        .filter(|id| !source.contains(&format!("\"{id}\"")))
        .map(|id| format!("{id}: nobody shows it"))
        .collect();
    complain("no dead words", faults);
}

/// The `t!(lang, "id", …)` and `phrase!("id", …)` calls of a file: id and the names of the variables given.
fn calls(text: &str) -> Vec<(String, Variables)> {
    let mut found = calls_of(text, "t!(", 1);
    found.extend(calls_of(text, "phrase!(", 0));
    found
}

/// Calls of one macro, whose argument number `id_at` (from 0) is the id.
fn calls_of(text: &str, name: &str, id_at: usize) -> Vec<(String, Variables)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(name) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') || line_is_comment(text, at) {
            continue;
        }
        let parts = arguments(&text[at + name.len()..]);
        let Some(id) =
            parts.get(id_at).and_then(|part| part.strip_prefix('"')).and_then(|rest| rest.strip_suffix('"'))
        else {
            continue;
        };
        let given = parts[id_at + 1..]
            .iter()
            .filter_map(|part| part.split_once('='))
            .map(|(name, _)| name.trim().trim_start_matches("r#").to_owned())
            .collect();
        found.push((id.to_owned(), given));
    }
    found
}

fn line_is_comment(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    text[start..at].trim_start().starts_with("//")
}

/// Splits a macro's arguments at the commas of its own level, up to the closing bracket.
fn arguments(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth, mut quoted, mut escaped) =
        (Vec::new(), String::new(), 0, false, false);
    for c in text.chars() {
        if quoted {
            part.push(c);
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                part.push(c);
            }
            ')' | ']' | '}' if depth == 0 => break,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part).trim().to_owned()),
            _ => {
                depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
                part.push(c);
            }
        }
    }
    let last = part.trim();
    if !last.is_empty() {
        parts.push(last.to_owned());
    }
    parts
}
