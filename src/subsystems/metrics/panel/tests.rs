//! The screens as the pilot reads them, of the simulated machine.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};

use super::{chart, details, glance, status};
use crate::{
    domain::{Bytes, ChatKind, Clock, Lang, Reader, Role, Theme},
    intent::metrics::{Metric, Range, View},
    screen::{Screen, html},
    subsystems::metrics::{
        config::Config,
        history,
        judge::Thresholds,
        machine::{Machine, Probe},
        messages::{Ask, Back, History, Snapshot},
        raw::Raw,
        state::{Effect, Moment, State},
        world::{Failure, World},
    },
};

struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The simulated machine, a quarter of an hour after noon.
struct Scene {
    world: World,
    hand: Arc<Hand>,
    state: State,
    probe: Box<dyn Probe>,
    mono: Duration,
}

impl Scene {
    fn new() -> Scene {
        let hand = Arc::new(Hand(Mutex::new("2025-06-01T05:00:00Z".parse().unwrap())));
        let world = World::new(hand.clone());
        let probe = world.probe();
        let mut scene =
            Scene { world, hand, state: State::new(Config::default()), probe, mono: Duration::ZERO };
        scene.passes(180);
        scene
    }

    fn passes(&mut self, count: usize) {
        let step = Duration::from_secs(5);
        for _ in 0..count {
            self.mono += step;
            *self.hand.0.lock().unwrap() += SignedDuration::from_secs(5);
            let mut raw = Raw::default();
            self.probe.read(&mut raw);
            let now = Moment { wall: self.hand.now(), mono: self.mono };
            let mut effects = Vec::new();
            self.state.sampled(raw, now, &mut effects);
            self.state.back(Back::Host(self.world.host()), now, &mut effects);
            self.state.back(Back::Sensors(self.world.sensors()), now, &mut effects);
            for effect in effects {
                if let Effect::Run(crate::subsystems::metrics::messages::Errand::Space(path)) = effect
                    && path.to_str() != Some("silent")
                {
                    let space = self.world.space(&path).ok();
                    self.state.back(Back::Space(path, space), now, &mut Vec::new());
                }
            }
        }
    }

    fn snapshot(&mut self) -> Snapshot {
        let now = Moment { wall: self.hand.now(), mono: self.mono };
        let mut snapshot = self.state.snapshot(Ask { cpu_above: Some(90.0), frequency: true }, now);
        snapshot.frequency = self.probe.frequency();
        snapshot
    }

    fn reader(&self, lang: Lang) -> Reader {
        Reader {
            lang,
            tz: jiff::tz::TimeZone::get("Asia/Jakarta").unwrap(),
            role: Role::Owner,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: self.hand.now(),
        }
    }

    fn history(&self, metric: Metric, range: Range) -> History {
        let lines = chart::lines(metric);
        let to = self.hand.now();
        let from = to - SignedDuration::from_secs(range.seconds());
        let oldest = self.state.ring.oldest().map(|ms| ms / 1000);
        let plan = history::plan(from.as_second(), to.as_second(), oldest, Duration::from_secs(5));
        let memory = history::of_memory(&self.state.ring, &lines, &plan, to.as_second());
        let lines = history::merge(Vec::new(), memory, &lines, range.seconds() as f64);
        History { from, to, lines, gap_s: plan.gap_s, in_part: false }
    }

    fn chart(&mut self, metric: Metric, range: Range, lang: Lang) -> Screen {
        let history = self.history(metric, range);
        chart::view((metric, range), &history, &self.snapshot(), &Thresholds::default(), &self.reader(lang))
    }
}

fn check(screen: &Screen, reader: &Reader, expected: Expect) {
    let buttons = screen
        .rows
        .iter()
        .map(|row| row.iter().map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" "));
    let text = html::plain(screen, reader) + &buttons.collect::<Vec<_>>().join("\n") + "\n";
    expected.assert_eq(&text);
}

fn dashboard(scene: &mut Scene, lang: Lang) -> Screen {
    let reader = scene.reader(lang);
    let glance = glance::glance(&scene.snapshot(), &Thresholds::default(), &reader);
    let problems = glance.problems.iter().map(|p| crate::screen::Block::State(p.mark, p.line.clone()));
    Screen { blocks: problems.chain(glance.blocks).collect(), ..Screen::default() }
}

#[test]
fn the_dashboard_says_it_at_a_glance() {
    let mut scene = Scene::new();
    let reader = scene.reader(Lang::En);
    check(
        &dashboard(&mut scene, Lang::En),
        &reader,
        expect![[r#"
            CPU ▂▂▂▂▂▂▂▂▂▂ 8 %  load 0.3/4
            RAM ███████▎░░ 5.6 of 7.7 GiB
            /   ██████▏░░░ 62 %  89.4 GiB free
            dre ███████▍░░ 74 %  119 GiB free
            nas ████▍░░░░░ 44 %  2.0 TiB free
            Available  2.1 GiB
            Swap       0.2 of 2.0 GiB
            Temp       49 °C
            Net        ↓579 ↑145 KiB/s
            Up         12 d 4 h

        "#]],
    );
    scene.world.play(Failure::DiskFills, true);
    scene.world.play(Failure::CpuHog, true);
    scene.world.play(Failure::SensorHot, true);
    scene.passes(90);
    let reader = scene.reader(Lang::Id);
    check(
        &dashboard(&mut scene, Lang::Id),
        &reader,
        expect![[r#"
            ✖ /mnt/dre terisi 97 %, tinggal 13.7 GiB
            ▲ CPU di atas 90 % selama 7 mnt
            ▲ Package id 0 sudah 96 °C, batasnya 85 °C
            CPU ▂▂▂▂▂█████ 97 %  beban 3.9/4
            RAM ███████▎░░ 5.6 dari 7.7 GiB
            /   ██████▏░░░ 62 %  sisa 89.4 GiB
            dre █████████▊ 97 %  sisa 13.7 GiB
            nas ████▍░░░░░ 44 %  sisa 2.0 TiB
            Tersedia  2.1 GiB
            Swap      0.2 dari 2.0 GiB
            Suhu      96 °C
            Net       ↓377 ↑94.3 KiB/s
            Nyala     12 hari 4 jam

        "#]],
    );
}

#[test]
fn the_status_screen_tells_the_whole_machine() {
    let mut scene = Scene::new();
    scene.world.play(Failure::MountMissing, true);
    scene.passes(2);
    let holder = |name: &str, mib: u64| status::Holder { name: name.into(), memory: Bytes(mib << 20) };
    let holders = [holder("node", 1843), holder("postgres", 612), holder("dockerd", 96)];
    for (lang, expected) in [
        (
            Lang::En,
            expect![[r#"
                Engine › System
                ✖ /mnt/dre is not mounted
                CPU ▂▂▂▂▂▂▂▂▂▂ 6 %  load 0.2/4
                RAM ███████▎░░ 5.6 of 7.7 GiB
                /   ██████▏░░░ 62 %  89.4 GiB free
                dre ░░░░?░░░░░ not mounted
                nas ████▍░░░░░ 44 %  2.0 TiB free
                Load       0.25 0.22 0.21 /4
                Clock      0.9 GHz (0.8–1.0)
                Available  2.1 GiB
                Cache      1.5 GiB
                Swap       0.2 of 2.0 GiB
                Swapping   nothing now
                Waiting    cpu 0 mem 0 io 0.1 %
                Temp       48 °C
                Disk I/O   r 516 w 309 KiB/s
                Net        ↓580 ↑145 KiB/s
                Tasks      412, 1 running
                Up         12 d 4 h

                Most memory
                1.8 GiB   node
                612 MiB   postgres
                96.0 MiB  dockerd

                This machine
                Name       potion
                Booted     2025-05-20 08:15
                System     Debian GNU/Linux 12
                Updates    unknown
                Kernel     6.1.0-23-amd64
                Processor  Simulated processor, 4
                           cores
                Model      Simulated server
                as of 12:15:10
                [📈 CPU] [📈 RAM] [📈 Disks]
                [📈 Net] [📈 Temp]
                [Processor] [Disks]
                [Network] [Sensors]
                [🏃 Processes]
            "#]],
        ),
        (
            Lang::Id,
            expect![[r#"
                Mesin › Sistem
                ✖ /mnt/dre tidak ter-mount
                CPU ▂▂▂▂▂▂▂▂▂▂ 6 %  beban 0.2/4
                RAM ███████▎░░ 5.6 dari 7.7 GiB
                /   ██████▏░░░ 62 %  sisa 89.4 GiB
                dre ░░░░?░░░░░ tak ter-mount
                nas ████▍░░░░░ 44 %  sisa 2.0 TiB
                Beban         0.25 0.22 0.21 /4
                Clock         0.9 GHz (0.8–1.0)
                Tersedia      2.1 GiB
                Cache         1.5 GiB
                Swap          0.2 dari 2.0 GiB
                Keluar-masuk  sepi
                Menunggu      cpu 0 mem 0 io 0.1 %
                Suhu          48 °C
                I/O disk      b 516 t 309 KiB/s
                Net           ↓580 ↑145 KiB/s
                Tugas         412, 1 jalan
                Nyala         12 hari 4 jam

                Paling banyak memori
                1.8 GiB   node
                612 MiB   postgres
                96.0 MiB  dockerd

                Mesin ini
                Nama         potion
                Nyala sejak  2025-05-20 08:15
                Sistem       Debian GNU/Linux 12
                Pembaruan    belum tahu
                Kernel       6.1.0-23-amd64
                Prosesor     Simulated processor,
                             4 cores
                Model        Simulated server
                per 12:15:10
                [📈 CPU] [📈 RAM] [📈 Disk]
                [📈 Net] [📈 Suhu]
                [Prosesor] [Disk]
                [Jaringan] [Sensor]
                [🏃 Proses]
            "#]],
        ),
    ] {
        let reader = scene.reader(lang);
        let screen = status::view(&scene.snapshot(), &holders, &Thresholds::default(), &reader);
        check(&screen, &reader, expected);
    }
}

#[test]
fn details_are_told_one_by_one() {
    let mut scene = Scene::new();
    let thresholds = Thresholds::default();
    for (view, expected) in [
        (
            View::Disks,
            expect![[r#"
                Engine › Disks
                /
                / ██████▏░░░ 62 %  89.4 GiB free
                Used     144 of 233 GiB
                Inodes   6 %
                Read     309 KiB/s
                Written  185 KiB/s
                Busy     0.8 %
                Type     ext4
                Device   /dev/nvme0n1p2

                /mnt/dre
                dre ███████▍░░ 74 %  119 GiB free
                Used     339 of 458 GiB
                Inodes   69 %
                Read     132 KiB/s
                Written  79.4 KiB/s
                Busy     0.8 %
                Type     ext4
                Device   /dev/sda1

                /mnt/nas
                nas ████▍░░░░░ 44 %  2.0 TiB free
                Used    1.6 of 3.6 TiB
                Inodes  6 %
                Type    nfs4
                Device  nas:/export
                as of 12:15:00
                [📈 How full] [📈 Read, written]
            "#]],
        ),
        (
            View::Processor,
            expect![[r#"
                Engine › Processor
                All        8.0 %
                Programs   5.6 %
                Kernel     2.4 %
                Disk wait  1.0 %
                Stolen     0.0 %
                Load       0.32 0.29 0.27 /4
                Clock      0.9 GHz (0.8–1.0)
                Waiting    cpu 0 mem 0 io 0.1 %
                0 █░░░░░░░░░ 9.6 %
                1 ▍░░░░░░░░░ 3.6 %
                2 ▉░░░░░░░░░ 8.2 %
                3 █░░░░░░░░░ 9.4 %
                as of 12:15:00
                [📈 By use] [📈 By core]
                [📈 Load] [📈 Waiting]
            "#]],
        ),
        (
            View::Sensors,
            expect![[r#"
                Engine › Sensors
                Sensor         now  limit
                Package id 0 49 °C 90/105
                nvme0            –  75/84
                as of 12:15:00
                [📈 Temperature]
            "#]],
        ),
        (
            View::Network,
            expect![[r#"
            Engine › Network
                  Received      Sent
            eth0 579 KiB/s 145 KiB/s
            as of 12:15:00
            [📈 Network] [📊 System]
        "#]],
        ),
    ] {
        let reader = scene.reader(Lang::En);
        check(&details::view(&view, &scene.snapshot(), &thresholds, &reader), &reader, expected);
    }
}

#[test]
fn a_chart_has_its_figures_in_the_caption() {
    let mut scene = Scene::new();
    for (metric, lang, expected) in [
        (
            Metric::Cpu,
            Lang::En,
            expect![[r#"
            Engine › CPU, %
            %   min  avg  max last
            CPU 4.4 10.5 15.7  8.0
            as of 12:15:00
            [• 15m] [1h] [6h]
            [24h] [7d] [30d]
            [RAM] [Disks] [Net] [Temp]
            [📈 By use] [📈 By core]
            [📈 Load] [📈 Waiting]
            [📊 System]
        "#]],
        ),
        (
            Metric::Memory,
            Lang::Id,
            expect![[r#"
                Mesin › Memori
                GiB      min rata maks kini
                Terpakai 5.6  5.6  5.6  5.6
                Cache    1.4  1.4  1.5  1.5
                per 12:15:00
                [• 15 mnt] [1 jam] [6 jam]
                [24 jam] [7 hari] [30 hari]
                [CPU] [Disk] [Net] [Suhu]
                [📊 Sistem]
            "#]],
        ),
        (
            Metric::Disks,
            Lang::En,
            expect![[r#"
            Engine › Disks, % full
            %    min  avg  max last
            /   61.6 61.6 61.6 61.6
            dre 74.1 74.1 74.1 74.1
            nas 44.0 44.0 44.0 44.0
            as of 12:15:00
            [• 15m] [1h] [6h]
            [24h] [7d] [30d]
            [CPU] [RAM] [Net] [Temp]
            [📈 Read, written]
            [📊 System]
        "#]],
        ),
        (
            Metric::Network,
            Lang::En,
            expect![[r#"
                Engine › Network
                KiB/s     min avg max last
                Received  317 500 639  579
                Sent     79.2 125 160  145
                as of 12:15:00
                [• 15m] [1h] [6h]
                [24h] [7d] [30d]
                [CPU] [RAM] [Disks] [Temp]
                [📊 System]
            "#]],
        ),
        (
            Metric::Temperature,
            Lang::Id,
            expect![[r#"
                Mesin › Suhu, °C
                °C            min rata maks kini
                Package id 0 47.3 49.8 52.1 49.1
                per 12:15:00
                [• 15 mnt] [1 jam] [6 jam]
                [24 jam] [7 hari] [30 hari]
                [CPU] [RAM] [Disk] [Net]
                [📊 Sistem]
            "#]],
        ),
    ] {
        let reader = scene.reader(lang);
        check(&scene.chart(metric, Range::Quarter, lang), &reader, expected);
    }
}

#[test]
fn every_metric_and_range_makes_a_screen_within_its_limits() {
    use crate::intent::metrics::Metric::*;
    let mut scene = Scene::new();
    for metric in [Cpu, Memory, Disks, Network, Temperature, CpuModes, CpuCores, Load, DiskIo, Pressure] {
        for range in Range::ALL {
            for lang in Lang::ALL {
                let reader = scene.reader(lang);
                let screen = scene.chart(metric, range, lang);
                let frame = html::Frame {
                    reader: &reader,
                    here: None,
                    live: html::Live::Off,
                    head: None,
                    asking: false,
                    late: None,
                };
                let page = html::page(&screen, &frame);
                assert_eq!(page.left_out, 0, "{metric:?} {range:?}");
                let Some(crate::screen::Picture::Chart(chart)) = &screen.picture else {
                    panic!("no picture")
                };
                assert!(chart.series.iter().all(|curve| curve.points.is_sorted_by_key(|point| point.t)));
            }
        }
    }
}

#[test]
fn stacks_and_mirrors_keep_their_order() {
    let mut scene = Scene::new();
    let labels = |screen: Screen| match screen.picture {
        Some(crate::screen::Picture::Chart(chart)) => {
            chart.series.into_iter().map(|s| s.label).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    assert_eq!(labels(scene.chart(Metric::Memory, Range::Hour, Lang::En)), ["Used", "Cache"]);
    assert_eq!(labels(scene.chart(Metric::Network, Range::Hour, Lang::En)), ["Received", "Sent"]);
    assert_eq!(labels(scene.chart(Metric::DiskIo, Range::Hour, Lang::Id)), ["Dibaca", "Ditulis"]);
}
