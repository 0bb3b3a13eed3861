//! What a unit says of itself: its journal in every way, and why it failed.

use cockpit_bot::{
    domain::{Attachment, ChatId, PilotId},
    intent::services::{Act, Amount, Log, Since, View},
    room::{Order, Outcome, Room},
    screen::Topic,
    subsystems::services::{
        messages::Msg,
        unit::{Active, Verb},
    },
};
use tokio::time::Instant;

use crate::flight::{Flight, SOON, name};

#[tokio::test]
async fn a_diagnosis_names_the_cause_of_a_real_failure() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    let why = async |unit: &str| flight.show(View::Diagnose(name(unit))).await;
    // Of this type, starting it fails when its program can't be started, and with it what needs it.
    flight.add("cockpit-noprog", "[Service]\nType=exec\nExecStart=/no/such/program").await;
    flight.outcome(Verb::Start, "cockpit-noprog").await;
    let words = why("cockpit-noprog").await;
    assert!(words.contains("can't be started") && words.contains("ExecStart="), "{words}");

    // nginx of the lab holds port 80: a second one says so in its own words.
    let start = "ExecStart=/usr/sbin/nginx -c /root/second.conf -g 'daemon off;'";
    flight.add("cockpit-second", &format!("[Service]\n{start}")).await;
    let conf = "pid /run/second.pid; events {} http { server { listen 80; } }";
    flight.lab.sh(&format!("echo '{conf}' > /root/second.conf; systemctl start nginx")).await;
    flight.outcome(Verb::Start, "cockpit-second").await;
    flight
        .eventually("a failure", async |f| {
            f.report("cockpit-second").await.details.is_ok_and(|d| d.unit.active == Active::Failed)
        })
        .await;
    let words = why("cockpit-second").await;
    assert!(words.contains("Port 80 is taken"), "{words}");

    // What it needs is told before anything else.
    flight.add("cockpit-needy", "[Unit]\nRequires=cockpit-noprog.service\nAfter=cockpit-noprog.service\n[Service]\nExecStart=/bin/sleep 99").await;
    flight.act(Verb::Start, "cockpit-needy").await;
    flight.end_of("cockpit-needy").await;
    let words = why("cockpit-needy").await;
    assert!(words.contains("It needs cockpit-noprog, which is failed"), "{words}");

    let well = why("cron").await;
    assert!(well.contains("It runs"), "{well}");
    flight.lab.sh("rm /etc/systemd/system/cockpit-noprog.service /etc/systemd/system/cockpit-second.service /etc/systemd/system/cockpit-needy.service; systemctl daemon-reload; systemctl reset-failed").await;
    flight.land().await;
}

#[tokio::test]
async fn a_real_journal_is_read_in_every_way() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    let chatty = Log::of(name("chatty"));
    let page = async |log: &Log| {
        flight.room.port.call(SOON, |reply| Msg::Log(log.clone(), reply)).await.unwrap().unwrap()
    };
    flight.lab.sh("systemctl kill -s USR1 chatty").await;
    let two_hundred = Log { amount: Amount::TwoHundred, ..chatty.clone() };
    flight.eventually("500 lines", async |_| page(&two_hundred).await.entries.len() == 200).await;
    let began = Instant::now();
    let fifty = page(&chatty).await;
    eprintln!("last 50 lines in {:?}", began.elapsed());
    assert!(fifty.entries.len() == 50 && fifty.entries.is_sorted_by_key(|entry| entry.at));
    let errors = page(&Log { priority: Some(3), ..chatty.clone() }).await;
    assert!(!errors.entries.is_empty() && errors.entries.iter().all(|e| e.priority.unwrap() <= 3));
    let search = Some("unicode".to_owned());
    let found = page(&Log { search, since: Since::Boot, ..chatty.clone() }).await;
    assert!(
        found.entries.iter().all(|e| e.text.as_deref().unwrap().contains("🚀")) && !found.entries.is_empty()
    );

    // Live: from the last line on, without a gap and without one twice.
    let follow = Log { follow: true, ..chatty.clone() };
    let first = page(&follow).await;
    flight.lab.sh("systemctl kill -s USR1 chatty").await;
    let feed = Topic::Feed(first.feed.unwrap());
    flight.eventually("new lines", async |f| f.changed.lock().unwrap().contains(&feed)).await;
    flight
        .eventually("the burst", async |_| {
            page(&follow).await.entries.iter().any(|e| {
                e.text.as_deref().unwrap_or_default().contains("499")
                    || e.text.as_deref().unwrap_or_default().contains("500")
            })
        })
        .await;

    // A message of a megabyte, colours, control bytes, and one that is no text.
    flight.add("cockpit-loud", "[Service]\nType=oneshot\nExecStart=/usr/bin/python3 /root/loud.py").await;
    flight.lab.sh(concat!(
        "cat > /root/loud.py <<'END'\n",
        "import fcntl, os, socket, time\n",
        "print('\\033[31mred\\033[0m \\007bell', flush=True)\n",
        "to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n",
        "to.connect('/run/systemd/journal/socket')\n",
        "big = os.memfd_create('big', os.MFD_ALLOW_SEALING)\n",
        "os.write(big, b'MESSAGE=BIG ' + b'x' * 2000000 + b'\\nPRIORITY=4\\n')\n",
        "fcntl.fcntl(big, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)\n",
        "socket.send_fds(to, [b''], [big])\n",
        "to.send(b'MESSAGE=after\\n')\n",
        // journald asks whose words these are; nobody can tell of a process that has ended.
        "time.sleep(3)\n",
        "END\n",
        "systemctl start cockpit-loud"
    )).await;
    let loud = Log::of(name("cockpit-loud"));
    let texts = async || {
        page(&loud).await.entries.iter().map(|e| e.text.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    flight.eventually("its words", async |_| texts().await.iter().any(|text| text == "after")).await;
    let texts = texts().await;
    assert!(texts.contains(&"red bell".to_owned()), "{texts:?}");
    let big = texts.iter().find(|text| text.starts_with("BIG xxx")).expect("the beginning of the big one");
    assert!(big.len() < 5000 && big.ends_with('…'), "{}", big.len());

    // The whole, as a file: line for line what journalctl has.
    let order = Order {
        pilot: PilotId(1),
        pilot_name: "Dre".into(),
        chat: ChatId(1),
        reader: flight.reader(),
        op: "1".into(),
    };
    let began = Instant::now();
    let Outcome::File(Attachment { blob, caption }) =
        flight.room.act(&Act::LogFile(chatty.clone()), &order).await
    else {
        panic!("a file");
    };
    eprintln!("{caption} in {:?}", began.elapsed());
    let (_, mut stream) = flight.blobs.open(blob).await.unwrap();
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.unwrap();
    let last =
        text.lines().rfind(|line| line.contains("chatty") || line.contains("python3")).unwrap().to_owned();
    let until = last.split(' ').next().unwrap().to_owned();
    let theirs = flight
        .lab
        .sh(&format!("journalctl -u chatty -o json --until=\"@$(date +%s -d '{until}')\" | wc -l"))
        .await;
    let theirs: usize = theirs.parse().unwrap();
    let ours = text.lines().filter(|line| !line.starts_with("    ")).count();
    assert!(
        ours >= theirs && ours - theirs < 600,
        "{ours} lines in the file, {theirs} in the journal until its last second"
    );
    flight.land().await;
}
