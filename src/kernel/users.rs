//! Names of user ids, from sysinfo's reading of /etc/passwd: it is off the hot path, and its care for odd lines need
//! not be ours. Read again at most once a minute, since a name that is not found may have been made just now.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

#[derive(Debug, Default)]
pub struct Users {
    names: HashMap<u32, Box<str>>,
    read_at: Option<Instant>,
}

impl Users {
    const AGAIN: Duration = Duration::from_secs(60);

    pub fn new() -> Users {
        Users::default()
    }

    /// The user's name, or the number where there is none.
    pub fn name(&mut self, uid: u32) -> String {
        if !self.names.contains_key(&uid) && self.read_at.is_none_or(|at| at.elapsed() >= Self::AGAIN) {
            self.read();
        }
        self.names.get(&uid).map_or_else(|| uid.to_string(), ToString::to_string)
    }

    /// Gives the memory back until the next question.
    pub fn forget(&mut self) {
        *self = Users::default();
    }

    fn read(&mut self) {
        self.read_at = Some(Instant::now());
        if let Ok(users) = sysinfo::Users::new_with_refreshed_list() {
            self.names = users.iter().map(|user| (**user.id(), user.name().into())).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_its_name_and_a_stranger_his_number() {
        let mut users = Users::new();
        assert_eq!(users.name(0), "root");
        assert_eq!(users.name(3_999_999_999), "3999999999");
    }
}
