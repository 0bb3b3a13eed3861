//! Which keys a section has, asked from its struct itself: every struct on the way is read from a table that has one
//! key, and tells its fields. So no list of keys can differ from the code.

use serde::{
    Deserialize, Deserializer, de,
    de::{DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::fault::{Fault, Kind};

/// All keys of a section, the deepest ones only: "history.minutes"; a list's are written "[].id".
pub fn of<T: for<'de> Deserialize<'de>>() -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(path) = open.pop() {
        match below::<T>(&path) {
            Some(fields) => open.extend(fields.iter().map(|field| {
                let mut deeper = path.clone();
                deeper.push(*field);
                deeper
            })),
            None => found.push(path.join(".").replace(".[]", "[]")),
        }
    }
    found.sort();
    found
}

/// The names below a path; `None` where it ends.
fn below<T: for<'de> Deserialize<'de>>(path: &[&'static str]) -> Option<&'static [&'static str]> {
    let mut fields = None;
    // It stops at the end of the path: the answer is what it noted there.
    let _ = T::deserialize(Probe { path, fields: &mut fields });
    fields
}

const LIST: &[&str] = &["[]"];

struct Probe<'a> {
    path: &'a [&'static str],
    fields: &'a mut Option<&'static [&'static str]>,
}

fn stop() -> Fault {
    Kind::Bad("the end of the path".into()).into()
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(stop())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.path.split_first() {
            None => {
                *self.fields = Some(fields);
                Err(stop())
            }
            Some((first, rest)) => visitor
                .visit_map(One { name: Some(first), below: Some(Probe { path: rest, fields: self.fields }) }),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.path.split_first() {
            Some((_, rest)) => {
                visitor.visit_seq(One { name: None, below: Some(Probe { path: rest, fields: self.fields }) })
            }
            None => {
                // A list of structs has keys below it; of anything else it is a key itself.
                let mut deeper = None;
                let _ = visitor
                    .visit_seq(One { name: None, below: Some(Probe { path: &[], fields: &mut deeper }) });
                if deeper.is_some() {
                    *self.fields = Some(LIST);
                }
                Err(stop())
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct tuple tuple_struct map enum identifier ignored_any
    }
}

/// A table or list with one thing in it.
struct One<'a> {
    name: Option<&'static str>,
    below: Option<Probe<'a>>,
}

impl<'de> de::MapAccess<'de> for One<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some(name) = self.name.take() else { return Ok(None) };
        let name: StrDeserializer<'_, Fault> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(self.below.take().ok_or_else(stop)?)
    }
}

impl<'de> de::SeqAccess<'de> for One<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        self.below.take().map(|below| seed.deserialize(below)).transpose()
    }
}
