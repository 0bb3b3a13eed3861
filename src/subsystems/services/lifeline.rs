//! Units the pilot's own connection, or Cockpit itself, hangs on; and units that take the whole server down. Names
//! only: whether such a unit really carries the connection is not known, so the question says so and lets decide.

use crate::domain::UnitName;

/// What is lost with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lifeline {
    /// Cockpit itself.
    Own,
    Network,
    /// Names of servers, among them Telegram's.
    Names,
    Ssh,
    Vpn,
    /// D-Bus: half of the system talks over it, also to systemd.
    Bus,
    /// What everything else needs: basic.target, a slice.
    Base,
}

const NETWORK: &[&str] = &[
    "systemd-networkd",
    "NetworkManager",
    "networking",
    "network-manager",
    "connman",
    "wpa_supplicant",
    "wpa_supplicant@",
    "iwd",
    "dhcpcd",
    "dhcpcd5",
    "dhclient",
    "ifup@",
    "ifplugd@",
    "netctl@",
    "wicked",
    "wickedd",
    "cloud-init-local",
];
const NAMES: &[&str] = &["systemd-resolved", "dnsmasq", "unbound", "named", "bind9"];
const SSH: &[&str] = &["ssh", "sshd", "ssh@", "sshd@", "dropbear"];
const VPN: &[&str] =
    &["tailscaled", "wg-quick@", "openvpn@", "openvpn-client@", "zerotier-one", "strongswan", "nebula"];
const BUS: &[&str] = &["dbus", "dbus-broker"];

/// `own` is the unit Cockpit runs in, where it runs in one.
pub fn of(unit: &UnitName, own: Option<&UnitName>) -> Option<Lifeline> {
    if Some(unit) == own {
        return Some(Lifeline::Own);
    }
    let (stem, kind) = unit.as_str().rsplit_once('.').unwrap_or((unit.as_str(), ""));
    match kind {
        "service" | "socket" => {
            // "wg-quick@wg0" is an instance of "wg-quick@".
            let template = stem.find('@').map(|at| &stem[..=at]);
            let known =
                |list: &[&str]| list.contains(&stem) || template.is_some_and(|name| list.contains(&name));
            [
                (NETWORK, Lifeline::Network),
                (NAMES, Lifeline::Names),
                (SSH, Lifeline::Ssh),
                (VPN, Lifeline::Vpn),
                (BUS, Lifeline::Bus),
            ]
            .into_iter()
            .find_map(|(list, what)| known(list).then_some(what))
        }
        "target" => match stem {
            "network" | "network-online" | "network-pre" => Some(Lifeline::Network),
            "basic" | "sysinit" | "multi-user" | "graphical" | "sockets" | "local-fs" | "default" => {
                Some(Lifeline::Base)
            }
            _ => None,
        },
        "slice" => Some(Lifeline::Base),
        _ => None,
    }
}

/// Starting (or restarting) such a unit ends or freezes the whole system: not from a list of services.
pub fn takes_server_down(unit: &UnitName) -> bool {
    const STEMS: &[&str] = &[
        "poweroff",
        "reboot",
        "soft-reboot",
        "halt",
        "kexec",
        "exit",
        "shutdown",
        "final",
        "umount",
        "rescue",
        "emergency",
        "sleep",
        "suspend",
        "hibernate",
        "hybrid-sleep",
        "suspend-then-hibernate",
        "factory-reset",
        "factory-reset-now",
        "system-update",
        "ctrl-alt-del",
        "runlevel0",
        "runlevel1",
        "runlevel6",
        "initrd-switch-root",
        "initrd-cleanup",
        "debug-shell",
    ];
    let (stem, _) = unit.as_str().rsplit_once('.').unwrap_or((unit.as_str(), ""));
    STEMS.contains(&stem.strip_prefix("systemd-").unwrap_or(stem))
}

/// The unit a process runs in, from its `/proc/PID/cgroup` (v2, or the systemd hierarchy of v1).
pub fn unit_of_cgroup(text: &str) -> Option<UnitName> {
    let path = text.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        (controllers.is_empty() || controllers == "name=systemd").then_some(path)
    })?;
    // The innermost service; a scope inside it (a container's) is not a unit to restart.
    let last = path.split('/').rfind(|part| part.ends_with(".service"))?;
    UnitName::parse(last).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str) -> UnitName {
        UnitName::parse(name).unwrap()
    }

    #[test]
    fn what_would_cut_the_pilot_off_is_known_by_name() {
        let own = unit("cockpit-bot");
        for (name, want) in [
            ("cockpit-bot", Some(Lifeline::Own)),
            ("ssh", Some(Lifeline::Ssh)),
            ("ssh.socket", Some(Lifeline::Ssh)),
            ("sshd@10.0.0.1:22-1", Some(Lifeline::Ssh)),
            ("tailscaled", Some(Lifeline::Vpn)),
            ("wg-quick@wg0", Some(Lifeline::Vpn)),
            ("NetworkManager", Some(Lifeline::Network)),
            ("network.target", Some(Lifeline::Network)),
            ("systemd-resolved", Some(Lifeline::Names)),
            ("dbus.socket", Some(Lifeline::Bus)),
            ("system.slice", Some(Lifeline::Base)),
            ("nginx", None),
            ("sshguard", None),
            ("docker", None),
        ] {
            assert_eq!(of(&unit(name), Some(&own)), want, "{name}");
        }
    }

    #[test]
    fn the_whole_server_is_not_taken_down_as_if_it_were_a_service() {
        for (name, want) in [
            ("poweroff.target", true),
            ("systemd-poweroff", true),
            ("reboot.target", true),
            ("rescue", true),
            ("emergency.target", true),
            ("suspend.target", true),
            ("nginx", false),
            ("multi-user.target", false),
        ] {
            assert_eq!(takes_server_down(&unit(name)), want, "{name}");
        }
    }

    #[test]
    fn the_own_unit_is_read_from_the_cgroup() {
        for (text, want) in [
            ("0::/system.slice/cockpit-bot.service\n", Some("cockpit-bot.service")),
            ("12:cpu:/\n1:name=systemd:/system.slice/bot@2.service\n0::/\n", Some("bot@2.service")),
            ("0::/user.slice/user-1000.slice/session-3.scope\n", None),
            ("0::/\n", None),
            ("", None),
        ] {
            assert_eq!(unit_of_cgroup(text).as_ref().map(UnitName::as_str), want, "{text:?}");
        }
    }
}
