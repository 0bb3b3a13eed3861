//! Reads a section's struct from the tree. Our own, because it must tell the exact way to what is wrong, and because a
//! text from the environment may look like a number.

use serde::{
    Deserializer, de,
    de::{DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::{
    fault::Fault,
    node::{Key, Node, Step, Value},
};

/// # Errors
/// The first fault, with the way to it.
pub fn read<'de, T: serde::Deserialize<'de>>(node: &'de Node) -> Result<T, Fault> {
    T::deserialize(Reading(node))
}

#[derive(Clone, Copy)]
struct Reading<'a>(&'a Node);

impl Reading<'_> {
    fn kind(self) -> &'static str {
        match self.0.value {
            Value::Text(_) => "text",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Void => "nothing",
        }
    }
}

impl<'de> Deserializer<'de> for Reading<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Int(n) => match u64::try_from(*n) {
                Ok(n) => visitor.visit_u64(n),
                Err(_) => visitor.visit_i64(*n),
            },
            Value::Float(n) => visitor.visit_f64(*n),
            Value::Bool(b) => visitor.visit_bool(*b),
            Value::List(list) => visitor.visit_seq(Items { list, next: 0 }),
            Value::Table(table) => visitor.visit_map(Entries { table, at: None }),
            Value::Void => visitor.visit_unit(),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (&self.0.value, &self.0.raw) {
            (Value::Int(_) | Value::Float(_) | Value::Bool(_), Some(raw)) => visitor.visit_borrowed_str(raw),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.value {
            Value::Void => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
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
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0.value {
            // A list would be taken for the fields in their order: never meant so in a file.
            Value::Table(_) => self.deserialize_any(visitor),
            _ => Err(Fault::wrong_type(self.kind(), "a table, such as { key = \"value\" }")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Text(text) => {
                let text: StrDeserializer<'_, Fault> = text.as_str().into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            _ => Err(super::fault::Kind::NotOneOf { got: self.kind().into(), known: variants }.into()),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char
        bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'a> {
    list: &'a [Node],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        while let Some(node) = self.list.get(self.next) {
            self.next += 1;
            if node.value != Value::Void {
                let step = Step::Index(self.next - 1);
                return seed.deserialize(Reading(node)).map(Some).map_err(|fault| fault.under(step));
            }
        }
        Ok(None)
    }
}

struct Entries<'a> {
    table: &'a [(Key, Node)],
    at: Option<&'a (Key, Node)>,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        while let Some((entry, rest)) = self.table.split_first() {
            self.table = rest;
            if entry.1.value != Value::Void {
                self.at = Some(entry);
                let name: StrDeserializer<'_, Fault> = entry.0.name.as_str().into_deserializer();
                return seed.deserialize(name).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self.at.take().expect("serde asks for a value after its key");
        seed.deserialize(Reading(node)).map_err(|fault| fault.under(Step::Key(key.name.clone())))
    }
}
