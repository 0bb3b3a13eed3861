//! The file and the environment as one tree, in which every value still knows where it was written.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Where a value or a key was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Bytes of the file.
    File(Range<usize>),
    /// An environment variable.
    Env(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
    /// Already told to be wrong, and out of the way.
    Void,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub name: String,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub value: Value,
    pub place: Place,
    /// As it stands in the environment, where a text may look like a number.
    pub raw: Option<String>,
}

/// A way down the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// "pilots[1].role"
pub fn text_of(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(n) => text.push_str(&format!("[{n}]")),
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
        }
    }
    text
}

/// The other way round, for keys that rooms name in their issues.
pub fn path_of(text: &str) -> Vec<Step> {
    let mut path = Vec::new();
    for part in text.split('.').filter(|part| !part.is_empty()) {
        let (key, indices) = part.split_once('[').unwrap_or((part, ""));
        if !key.is_empty() {
            path.push(Step::Key(key.into()));
        }
        path.extend(indices.split(['[', ']']).filter_map(|n| n.parse().ok()).map(Step::Index));
    }
    path
}

impl Node {
    pub fn empty() -> Node {
        Node { value: Value::Table(Vec::new()), place: Place::File(0..0), raw: None }
    }

    pub fn of(table: &Spanned<DeTable<'_>>) -> Node {
        Node::of_table(table.get_ref(), table.span())
    }

    fn of_table(table: &DeTable<'_>, span: Range<usize>) -> Node {
        let entry = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            let place = Place::File(key.span());
            (Key { name: key.get_ref().to_string(), place }, Node::of_value(value))
        };
        Node { value: Value::Table(table.iter().map(entry).collect()), place: Place::File(span), raw: None }
    }

    fn of_value(value: &Spanned<DeValue<'_>>) -> Node {
        let made = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            // Too long for us is a float: it fits no key, and is told as a number there.
            DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
                Ok(n) => Value::Int(n),
                Err(_) => Value::Float(f64::INFINITY),
            },
            DeValue::Float(n) => Value::Float(n.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(b) => Value::Bool(*b),
            DeValue::Datetime(at) => Value::Text(at.to_string()),
            DeValue::Array(list) => Value::List(list.iter().map(Node::of_value).collect()),
            DeValue::Table(table) => return Node::of_table(table, value.span()),
        };
        Node { value: made, place: Place::File(value.span()), raw: None }
    }

    /// What an environment variable holds: TOML where it is that (`5`, `true`, `["a"]`, `{ a = 1 }`), else text.
    pub fn of_env(variable: &str, text: &str) -> Node {
        let mut node = match DeValue::parse(text) {
            Ok(value) => Node::of_value(&value),
            Err(_) => Node { value: Value::Text(text.into()), place: Place::File(0..0), raw: None },
        };
        node.written_in(&Place::Env(variable.into()));
        node.raw = Some(text.into());
        node
    }

    fn written_in(&mut self, place: &Place) {
        self.place = place.clone();
        match &mut self.value {
            Value::List(list) => list.iter_mut().for_each(|node| node.written_in(place)),
            Value::Table(table) => {
                for (key, node) in table {
                    key.place = place.clone();
                    node.written_in(place);
                }
            }
            Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Void => {}
        }
    }

    pub fn table(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Whether something in it was put out of the way: then it says less than was written.
    pub fn has_void(&self) -> bool {
        match &self.value {
            Value::Void => true,
            Value::List(list) => list.iter().any(Node::has_void),
            Value::Table(table) => table.iter().any(|(_, node)| node.has_void()),
            Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => false,
        }
    }

    pub fn entry(&self, name: &str) -> Option<(&Key, &Node)> {
        self.table()?.iter().find(|(key, _)| key.name == name).map(|(key, node)| (key, node))
    }

    fn entry_mut(&mut self, name: &str) -> Option<&mut Node> {
        match &mut self.value {
            Value::Table(table) => table.iter_mut().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }

    fn item_mut(&mut self, n: usize) -> Option<&mut Node> {
        match &mut self.value {
            Value::List(list) => list.get_mut(n),
            _ => None,
        }
    }

    pub fn find(&self, path: &[Step]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(name), _) => node.entry(name).map(|(_, node)| node),
            (Step::Index(n), Value::List(list)) => list.get(*n),
            (Step::Index(_), _) => None,
        })
    }

    /// A way through what was read, as a way through what was written: elements of lists that were put out of the way
    /// are counted again.
    pub fn as_written(&self, path: &[Step]) -> Vec<Step> {
        let mut written = Vec::new();
        for step in path {
            let step = match (step, self.find(&written).map(|node| &node.value)) {
                (Step::Index(n), Some(Value::List(list))) => {
                    let read = list.iter().enumerate().filter(|(_, node)| node.value != Value::Void);
                    Step::Index(read.map(|(i, _)| i).nth(*n).unwrap_or(*n))
                }
                (step, _) => step.clone(),
            };
            written.push(step);
        }
        written
    }

    /// The place of the key (or list element) at this path, or of the nearest one above it that was written.
    pub fn place_at(&self, path: &[Step]) -> &Place {
        let mut node = self;
        let mut place = &self.place;
        for step in path {
            let below = match (step, &node.value) {
                (Step::Key(name), _) => node.entry(name).map(|(key, node)| (&key.place, node)),
                (Step::Index(n), Value::List(list)) => list.get(*n).map(|node| (&node.place, node)),
                (Step::Index(_), _) => None,
            };
            let Some((written, below)) = below else { break };
            (place, node) = (written, below);
        }
        place
    }

    /// The place of the value at this path where it is a plain one, else as [`Node::place_at`]: a table's span says
    /// little.
    pub fn value_place_at(&self, path: &[Step]) -> &Place {
        match self.find(path) {
            Some(node) if !matches!(node.value, Value::Table(_)) => match &node.place {
                Place::File(span) if span.is_empty() => self.place_at(path),
                place => place,
            },
            _ => self.place_at(path),
        }
    }

    /// Puts what stands at this path out of the way. `false`: there is nothing.
    pub fn void(&mut self, path: &[Step]) -> bool {
        let mut node = self;
        for step in path {
            let below = match step {
                Step::Key(name) => node.entry_mut(name),
                Step::Index(n) => node.item_mut(*n),
            };
            let Some(below) = below else { return false };
            node = below;
        }
        let stood = node.value != Value::Void;
        node.value = Value::Void;
        stood
    }

    /// Lays a value over what the file says, making tables on the way.
    pub fn lay(&mut self, names: &[String], over: Node) {
        let Some((name, rest)) = names.split_first() else {
            *self = over;
            return;
        };
        if self.table().is_none() {
            self.value = Value::Table(Vec::new());
        }
        if self.entry(name).is_none()
            && let Value::Table(table) = &mut self.value
        {
            let key = Key { name: name.clone(), place: over.place.clone() };
            table.push((key, Node { place: over.place.clone(), ..Node::empty() }));
        }
        let Value::Table(table) = &mut self.value else { return };
        if let Some((key, below)) = table.iter_mut().find(|(key, _)| key.name == *name) {
            if rest.is_empty() {
                key.place = over.place.clone();
            }
            below.lay(rest, over);
        }
    }
}

/// The overrides of an environment: `COCKPIT_SECTION__KEY=value`, deeper keys by more `__`.
pub fn overrides(env: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, Vec<String>, &str)> {
    env.iter().filter_map(|(variable, text)| {
        let (section, keys) = variable.strip_prefix("COCKPIT_")?.split_once("__")?;
        let names = std::iter::once(section).chain(keys.split("__")).map(str::to_ascii_lowercase).collect();
        Some((variable.as_str(), names, text.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_its_text() {
        for text in ["", "metrics", "metrics.history.minutes", "pilots[1].role", "a[0][2].b"] {
            assert_eq!(text_of(&path_of(text)), text);
        }
    }

    #[test]
    fn the_environment_is_read_as_values_or_as_text() {
        for (text, want) in [
            ("5", Value::Int(5)),
            ("true", Value::Bool(true)),
            ("5s", Value::Text("5s".into())),
            ("90%", Value::Text("90%".into())),
            ("\"quoted\"", Value::Text("quoted".into())),
            ("123:AAF_x", Value::Text("123:AAF_x".into())),
            ("", Value::Text(String::new())),
        ] {
            assert_eq!(Node::of_env("X", text).value, want, "{text}");
        }
        let env = [("COCKPIT_A__B__C", "1"), ("COCKPIT_FAULTS", "x"), ("HOME", "/")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()));
        let env = BTreeMap::from(env);
        let found: Vec<_> = overrides(&env).collect();
        assert_eq!(found, [("COCKPIT_A__B__C", vec!["a".into(), "b".into(), "c".into()], "1")]);
    }
}
