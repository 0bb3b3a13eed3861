//! The parsers over odd names, real files and anything at all.

use super::*;

fn line(name: &str) -> String {
    format!(
        "4242 ({name}) S 7 4242 4242 0 -1 4194560 1 2 3 4 500 30 6 7 20 -5 11 0 98765 104857600 2560 18446744073709551615 1 1 0\n"
    )
}

#[test]
fn a_name_may_hold_anything() {
    for name in ["nginx", "a b", ") R 1 (", "((", "", "tab\tnew\nline"] {
        let stat = stat(line(name).as_bytes()).unwrap_or_else(|| panic!("{name:?}"));
        assert_eq!(stat.name.text(), name);
        assert_eq!((stat.pid, stat.parent, stat.state), (4242, 7, b'S'));
        assert_eq!((stat.spent_ticks, stat.threads, stat.nice), (530, 11, -5));
        assert_eq!((stat.start_ticks, stat.resident_pages, stat.kernel), (98765, 2560, false));
    }
    let long = "kworker/u32:1-events_unbound";
    assert_eq!(stat(line(long).as_bytes()).unwrap().name.text(), &long[..NAME_MAX]);
}

#[test]
fn cut_lines_are_nothing() {
    let whole = line("x");
    let close = whole.find(')').unwrap();
    for end in 0..whole.find(" 2560").unwrap() {
        assert_eq!(stat(&whole.as_bytes()[..end]), None, "{:?}", &whole[..end.max(close)]);
    }
}

#[test]
fn this_process_is_read() {
    let read = |file: &str| std::fs::read(format!("/proc/self/{file}")).unwrap();
    let own = stat(&read("stat")).unwrap();
    assert_eq!(own.pid, std::process::id());
    assert!(own.threads > 0 && own.resident_pages > 0 && !own.kernel);
    assert_eq!(user(&read("status")), Some(rustix::process::getuid().as_raw()));
    assert!(open_files_max(&read("limits")).is_some());
    assert!(io(&read("io")).is_some());
    assert!(command(&read("cmdline")).contains("cockpit"));
}

#[test]
fn waiting_sockets_are_found_with_their_reach() {
    let tcp = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0000 100 0 0 10 0
   2: 0A00000A:0016 0B00000A:C001 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0000 100 0 0 10 0
";
    let found: Vec<(u64, Port)> = waiting(tcp, false).collect();
    let port = |port, udp, local| Port { port, udp, local };
    assert_eq!(found, [(111, port(8080, false, true)), (222, port(22, false, false))]);
    let udp6 = b"head
   0: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 0 0 0 444 2 0 0
   1: 00000000000000000000000000000000:14E9 0000000000000000FFFF00000100007F:0001 01 0:0 00:0 0 0 0 555 2 0 0
";
    assert_eq!(waiting(udp6, true).collect::<Vec<_>>(), [(444, port(53, true, true))]);
    assert_eq!(socket_inode(b"socket:[12345]"), Some(12345));
    assert_eq!(socket_inode(b"/dev/null"), None);
}

#[test]
fn command_lines_are_shown_as_typed_and_keep_secrets() {
    for (args, want) in [
        ("nginx: master process /usr/sbin/nginx\0\0\0", "nginx: master process /usr/sbin/nginx"),
        ("sh\0-c\0echo hi there\0", "sh -c 'echo hi there'"),
        ("app\0\0--x\0", "app '' --x"),
        ("mysqldump\0--password=hunter2\0db\0", "mysqldump --password=••• db"),
        ("app\0--api-key\0abc\0--verbose\0", "app --api-key ••• --verbose"),
        ("app\0--token\0--verbose\0", "app --token --verbose"),
        ("restic\0--password-file\0/etc/pw\0", "restic --password-file /etc/pw"),
        ("env\0DB_PASSWORD=x\0run\0", "env DB_PASSWORD=••• run"),
        ("psql\0postgres://u:p@ss@db:5432/x?y=1\0", "psql postgres://u:•••@db:5432/x?y=1"),
        ("git\0clone\0https://host/a:b@c\0", "git clone https://host/a:b@c"),
        ("", ""),
    ] {
        assert_eq!(command(args.as_bytes()), want, "{args:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_survived(text: Vec<u8>) {
        everything(&text);
    }

    #[test]
    fn a_broken_line_is_survived(at in 0usize..150, byte: u8) {
        let mut text = line("a (b) c").into_bytes();
        let at = at % text.len();
        text[at] = byte;
        everything(&text);
    }

    #[test]
    fn a_secret_is_never_shown(secret in "[a-zA-Z0-9]{8,20}") {
        for args in [
            format!("app\0--password={secret}\0"),
            format!("app\0--auth-token\0{secret}\0"),
            format!("API_KEY={secret}\0app\0"),
            format!("app\0amqp://user:{secret}@host/\0"),
        ] {
            proptest::prop_assert!(!command(args.as_bytes()).contains(&secret), "{}", args);
        }
    }
}

fn everything(text: &[u8]) {
    stat(text);
    user(text);
    io(text);
    open_files_max(text);
    waiting(text, true).for_each(drop);
    waiting(text, false).for_each(drop);
    socket_inode(text);
    command(text);
}
