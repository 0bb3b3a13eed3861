//! The screens as the pilot reads them, of the simulated services.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use jiff::Timestamp;

use super::{
    bus::{Bus, BusError, Systemd},
    contract_tests::{clock, name},
    looks::{self, Sheet, Shelf},
    messages::{ListAsk, Load, UnitReport},
    panel, panel_diagnose, panel_unit,
    state::Link,
    systemd_fake::World,
    unit::{Exit, Unit},
};
use crate::{
    domain::{ChatKind, Clock, Lang, Reader, Role, Theme},
    intent::services::Filter,
    screen::{Screen, html},
};

struct Scene {
    world: World,
    bus: std::sync::Arc<dyn Bus>,
    clock: std::sync::Arc<dyn Clock>,
}

impl Scene {
    /// nginx has just failed, its port was taken.
    async fn new() -> Scene {
        let clock = clock();
        let world = World::demo(clock.clone());
        let bus = world.connect().await.unwrap().bus;
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        world.say(&name("nginx"), 3, "bind() to 0.0.0.0:80 failed (98: Address already in use)");
        world.crash("nginx", Exit::Code(1));
        tokio::time::sleep(std::time::Duration::from_secs(180)).await;
        Scene { world, bus, clock }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn reader(&self, lang: Lang) -> Reader {
        let tz = jiff::tz::TimeZone::get("Asia/Jakarta").unwrap();
        Reader { lang, tz, role: Role::Pilot, theme: Theme::Dark, chat: ChatKind::Private, now: self.now() }
    }

    fn link(&self) -> Link {
        Link::Up { since: self.now(), version: "252".into() }
    }

    async fn list(&self, filter: Filter, lang: Lang) -> Screen {
        let units = self.bus.units().await.unwrap();
        let watched = ["nginx", "ssh", "postgresql"].map(name);
        let watched: Vec<Unit> = units.iter().filter(|unit| watched.contains(&unit.name)).cloned().collect();
        let shelf = Shelf {
            bus: Some(self.bus.clone()),
            link: self.link(),
            units,
            watched,
            failed: 1,
            files: None,
            doing: BTreeMap::new(),
            samples: Default::default(),
        };
        let ask = ListAsk { filter, search: None, page: 0, per_page: panel::PER_PAGE };
        panel::list(&looks::list(shelf, ask, self.now()).await.0, &self.reader(lang))
    }

    fn sheet(&self, unit: &str) -> Sheet {
        let report = UnitReport {
            link: self.link(),
            name: name(unit),
            details: Err(BusError::Lost),
            last_known: None,
            load: Load::default(),
            timers: Vec::new(),
            dependants_up: Vec::new(),
            op: None,
            evidence: None,
            crashes: Vec::new(),
            log: Vec::new(),
            watched: true,
            protected: false,
            lifeline: None,
        };
        let journal = std::sync::Arc::new(self.world.clone());
        Sheet { bus: Some(self.bus.clone()), journal, samples: Default::default(), report }
    }

    async fn unit(&self, unit: &str, lang: Lang) -> Screen {
        let (report, _) = looks::unit(self.sheet(unit), self.now()).await;
        panel_unit::unit(&report, &self.reader(lang))
    }

    async fn diagnose(&self, unit: &str, lang: Lang) -> Screen {
        let (diagnosis, _) = looks::diagnose(self.sheet(unit), self.now()).await;
        panel_diagnose::diagnose(&diagnosis, &self.reader(lang))
    }

    fn check(&self, screen: &Screen, lang: Lang, expected: Expect) {
        let row = |row: &Vec<crate::screen::Button>| {
            row.iter().map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" ")
        };
        let buttons = screen.rows.iter().map(row).collect::<Vec<_>>().join("\n");
        expected.assert_eq(&format!("{}{buttons}\n", html::plain(screen, &self.reader(lang))));
    }
}

#[tokio::test(start_paused = true)]
async fn lists_put_what_failed_first() {
    let scene = Scene::new().await;
    scene.check(
        &scene.list(Filter::Watched, Lang::En).await,
        Lang::En,
        expect![[r#"
        Engine › Services
        ✖ 1 failed · 3 watched · 63 in all
        ✖ nginx               failed 3 min
            exit 1
        ✔ postgresql      running 12 d 4 h
            412 MiB · avg 2.1 %
        ✔ ssh             running 12 d 4 h
            6.0 MiB · avg 0.0 %
        as of 22:54:00
        [✖ nginx] [✔ postgresql]
        [✔ ssh]
        [● Watched] [Failed 1]
        [All] [Timers] [🔍 Search]
    "#]],
    );
    scene.check(
        &scene.list(Filter::Watched, Lang::Id).await,
        Lang::Id,
        expect![[r#"
        Mesin › Layanan
        ✖ 1 gagal · 3 dipantau · 63 semuanya
        ✖ nginx                gagal 3 mnt
            exit 1
        ✔ postgresql   jalan 12 hari 4 jam
            412 MiB · rata2 2.1 %
        ✔ ssh          jalan 12 hari 4 jam
            6.0 MiB · rata2 0.0 %
        per 22:54:00
        [✖ nginx] [✔ postgresql]
        [✔ ssh]
        [● Dipantau] [Gagal 1]
        [Semua] [Timer] [🔍 Cari]
    "#]],
    );
    scene.check(
        &scene.list(Filter::Timers, Lang::Id).await,
        Lang::Id,
        expect![[r#"
            Mesin › Layanan
            ✖ 1 gagal · 3 dipantau · 63 semuanya
            ✔ heartbeat             1 mnt lagi
                jalan 0 dtk yang lalu
            ✔ backup          8 jam 6 mnt lagi
                jalan 15 jam 54 mnt yang lalu
            ✔ certbot         8 jam 6 mnt lagi
                jalan 3 jam 54 mnt yang lalu
            ✔ logrotate       8 jam 6 mnt lagi
                jalan 15 jam 54 mnt yang lalu
            per 22:54:00
            [⏱ heartbeat.timer] [⏱ backup.timer]
            [⏱ certbot.timer] [⏱ logrotate.timer]
            [Dipantau] [Gagal 1]
            [Semua] [● Timer] [🔍 Cari]
        "#]],
    );
}

#[tokio::test(start_paused = true)]
async fn a_unit_is_told_with_its_acts() {
    let scene = Scene::new().await;
    scene.check(
        &scene.unit("nginx", Lang::En).await,
        Lang::En,
        expect![[r#"
        Engine › nginx.service
        ✖ failed 3 min ago, at 22:51: exit 1
        22:08:00 ✖ upstream timed out
          (110: Connection timed out)
          while reading response header
        22:51:00 ✖ bind() to 0.0.0.0:80
          failed (98: Address already in
          use)
        22:51:00 ✖ nginx: giving up
        22:51:00 ▲ nginx.service: Failed
          with result 'exit-code'.
        A high performance web server and a reverse proxy server
        Memory   –
        CPU      –
        PID      –
        At boot  starts
        as of 22:54:00
        [▶ Start] [✔ Forget failure]
        [✨ Diagnose] [📜 Log]
        [○ Not at boot]
        [📈 RAM] [📈 CPU]
    "#]],
    );
    scene.check(
        &scene.unit("nginx", Lang::Id).await,
        Lang::Id,
        expect![[r#"
        Mesin › nginx.service
        ✖ gagal 3 mnt yang lalu, pukul 22:51: exit 1
        22:08:00 ✖ upstream timed out
          (110: Connection timed out)
          while reading response header
        22:51:00 ✖ bind() to 0.0.0.0:80
          failed (98: Address already in
          use)
        22:51:00 ✖ nginx: giving up
        22:51:00 ▲ nginx.service: Failed
          with result 'exit-code'.
        A high performance web server and a reverse proxy server
        Memori     –
        CPU        –
        PID        –
        Saat boot  ikut jalan
        per 22:54:00
        [▶ Nyalakan] [✔ Lupakan gagalnya]
        [✨ Diagnosa] [📜 Log]
        [○ Jangan ikut boot]
        [📈 RAM] [📈 CPU]
    "#]],
    );
    scene.check(
        &scene.unit("docker", Lang::En).await,
        Lang::En,
        expect![[r#"
            Engine › docker.service
            ✔ running for 12 d 4 h, since 10 Nov 18:50
            Docker Application Container Engine
            Memory   96.0 MiB
            CPU      avg 1.2 % (3 h 30 min
                     used in all)
            PID      974
            Tasks    4
            At boot  starts
            Needed by: docker-compose@shop
            Started by: docker.socket
            as of 22:54:00
            [↻ Restart] [■ Stop]
            [✨ Diagnose] [📜 Log]
            [○ Not at boot]
            [📈 RAM] [📈 CPU]
        "#]],
    );
    scene.check(
        &scene.unit("backup.timer", Lang::Id).await,
        Lang::Id,
        expect![[r#"
            Mesin › backup.timer
            ✔ menunggu sudah 12 hari 4 jam, sejak 10 Nov 18:50
            Nightly backup
            Berikut    Sen 07:00 (8 jam 6 mnt
                       lagi)
            Terakhir   07:00 (15 jam 54 mnt
                       yang lalu)
            Saat boot  ikut jalan
            Menyalakan: backup
            per 22:54:00
            [↻ Restart] [■ Hentikan]
            [✨ Diagnosa] [📜 Log]
            [○ Jangan ikut boot]
        "#]],
    );
}

#[tokio::test(start_paused = true)]
async fn a_diagnosis_reads_in_both_languages() {
    let scene = Scene::new().await;
    scene.check(
        &scene.diagnose("nginx", Lang::En).await,
        Lang::En,
        expect![[r#"
            nginx.service › Diagnosis
            ✖ failed 3 min ago, at 22:51: exit 1

            What is seen
            ✖ Port 80 is taken by another program.
            “bind() to 0.0.0.0:80 failed (98: Address already in use)”

            What to try
            1. See below who holds port 80; stop one of the two, or give it another port.

            Its own last words
            21:56:00 10.0.0.12 - - "GET
              /style.css HTTP/1.1" 304 0
            22:02:00 ▲ upstream response is
              buffered to a temporary file
            22:08:00 ✖ upstream timed out
              (110: Connection timed out)
              while reading response header
            22:51:00 ✖ bind() to 0.0.0.0:80
              failed (98: Address already in
              use)
            22:51:00 ✖ nginx: giving up
            22:51:00 ▲ nginx.service: Failed
              with result 'exit-code'.
            as of 22:54:00
            [🔎 Who holds port 80]
            [⚠ Warnings] [📜 Log]
            [▶ Start] [✔ Forget failure]
        "#]],
    );
    scene.check(
        &scene.diagnose("nginx", Lang::Id).await,
        Lang::Id,
        expect![[r#"
        nginx.service › Diagnosa
        ✖ gagal 3 mnt yang lalu, pukul 22:51: exit 1

        Yang kelihatan
        ✖ Port 80 sedang dipakai program lain.
        “bind() to 0.0.0.0:80 failed (98: Address already in use)”

        Yang bisa dicoba
        1. Lihat di bawah siapa yang memakai port 80; hentikan salah satu, atau beri port lain.

        Kata-kata terakhirnya
        21:56:00 10.0.0.12 - - "GET
          /style.css HTTP/1.1" 304 0
        22:02:00 ▲ upstream response is
          buffered to a temporary file
        22:08:00 ✖ upstream timed out
          (110: Connection timed out)
          while reading response header
        22:51:00 ✖ bind() to 0.0.0.0:80
          failed (98: Address already in
          use)
        22:51:00 ✖ nginx: giving up
        22:51:00 ▲ nginx.service: Failed
          with result 'exit-code'.
        per 22:54:00
        [🔎 Siapa pakai port 80]
        [⚠ Peringatan] [📜 Log]
        [▶ Nyalakan] [✔ Lupakan gagalnya]
    "#]],
    );
    scene.check(
        &scene.diagnose("ssh", Lang::Id).await,
        Lang::Id,
        expect![[r#"
            ssh.service › Diagnosa
            ✔ jalan sudah 12 hari 4 jam, sejak 10 Nov 18:50

            Yang kelihatan
            ✔ Jalan, dan tidak ada yang kelihatan salah.

            Kata-kata terakhirnya
            20:14:00 Accepted publickey for
              dre from 100.101.7.3 port 51122
              ssh2
            20:20:00 Failed password for
              invalid user admin from
              203.0.113.66 port 40022 ssh2
            21:14:00 Accepted publickey for
              dre from 100.101.7.3 port 51122
              ssh2
            21:20:00 Failed password for
              invalid user admin from
              203.0.113.66 port 40022 ssh2
            22:14:00 Accepted publickey for
              dre from 100.101.7.3 port 51122
              ssh2
            22:20:00 Failed password for
              invalid user admin from
              203.0.113.66 port 40022 ssh2
            per 22:54:00
            [⚠ Peringatan] [📜 Log]
            [↻ Restart]
        "#]],
    );
}
