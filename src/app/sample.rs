//! The sample files of practice and of the simulated server: a folder within the data folder, with some of everything a
//! server's disk holds, odd names and links that lead out among them. Made once; what a pilot does to it stays done.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
};

use crate::{config::Config, domain::Flight, subsystems::storage::config::Root};

const FOLDER: &str = "sample";

/// Makes the sample where it is missing. `None`, told in the log, where that fails: then there are no files to browse.
pub fn lay_out(data: &Path) -> Option<Root> {
    let path = data.join(FOLDER);
    if !path.exists() {
        // Whole or not at all: half a sample would stay half for ever.
        let begun = data.join("sample.new");
        let _ = fs::remove_dir_all(&begun);
        if let Err(error) = make(&begun).and_then(|()| fs::rename(&begun, &path)) {
            tracing::warn!(%error, "the sample files could not be made");
            return None;
        }
    }
    Some(Root { name: FOLDER.into(), path, read_only: false, sample: true })
}

/// Puts the sample into a config. Only hands-on practice keeps the file's own roots beside it; a real flight has none
/// but those.
pub fn root(config: &mut Config, flight: Flight, sample: Option<Root>) {
    let roots = &mut config.storage.roots;
    match flight {
        Flight::Real => return,
        Flight::HandsOn => {}
        Flight::Practice | Flight::Sim => roots.clear(),
    }
    if !roots.iter().any(|root| root.name == FOLDER) {
        roots.extend(sample);
    }
}

fn make(root: &Path) -> io::Result<()> {
    for folder in ["Documents/Invoices 2026", "Photos/2026-07 Bromo", "Music", "Backups", "logs", "Odd names"]
    {
        fs::create_dir_all(root.join(folder))?;
    }
    let text = |path: &str, text: &str| fs::write(root.join(path), text);
    text("README.txt", README)?;
    text("Documents/shopping.md", "# Shopping\n\n- coffee\n- chilli\n- rice, 5 kg\n")?;
    text(
        "Documents/resep sambal.txt",
        "Sambal matah\n\n8 bawang merah, 5 cabai rawit, 2 serai,\nminyak kelapa, jeruk limau, garam.\n",
    )?;
    for month in 1..=11 {
        let line = format!("Invoice {month:02}/2026\n\nHosting          Rp {},000\n", 150 + month * 3);
        text(&format!("Documents/Invoices 2026/2026-{month:02}.txt"), &line)?;
    }
    // Two encodings of days gone by.
    fs::write(
        root.join("Documents/alte Notiz.txt"),
        b"Gr\xfc\xdfe aus K\xf6ln, sch\xf6n hier.\r\nBis bald!\r\n",
    )?;
    let wide: Vec<u8> = "\u{feff}name;city\r\nSiti;Bandung\r\nJörg;Köln\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(root.join("Documents/export.csv"), wide)?;
    for (at, name) in ["sunrise", "crater", "jeep"].into_iter().enumerate() {
        fs::write(root.join(format!("Photos/2026-07 Bromo/{name}.png")), picture(at as u32))?;
    }
    fs::write(root.join("Music/gamelan.wav"), tone())?;
    let dump: String = (0..20_000)
        .map(|row| format!("INSERT INTO visits VALUES ({row}, '10.0.{}.{}');\n", row / 250 % 250, row % 250))
        .collect();
    text("Backups/shop-2026-11-20.sql", &dump)?;
    let log: String = (0..1500)
        .map(|n| {
            format!(
                "2026-11-22T{:02}:{:02}:{:02} GET /item/{} 200 {} ms\n",
                n / 360 % 24,
                n / 6 % 60,
                n * 10 % 60,
                n * 37 % 900,
                5 + n * 7 % 90
            )
        })
        .collect();
    text("logs/app.log", &log)?;
    text(".hidden settings", "colour = teal\n")?;
    let odd = root.join("Odd names");
    for name in [
        &b"two\nlines.txt"[..],
        "<b>bold & brave.txt".as_bytes(),
        "photo\u{202e}gpj.exe".as_bytes(),
        "שלום עולם.txt".as_bytes(),
        "🚀 to the moon 🌕.txt".as_bytes(),
        b"latin-\xe9-\xff.txt",
        b"100% sure.txt",
        &[b'l'; 255],
    ] {
        fs::write(odd.join(OsStr::from_bytes(name)), "An odd name is still a name.\n")?;
    }
    symlink("../Documents/shopping.md", odd.join("link that stays"))?;
    symlink("/etc", odd.join("link that leads out"))
}

const README: &str = "These files are Cockpit's own sample, for practice.

Do with them what you like: rename, move, copy, delete,
restore. Nothing of your real disk is touched here.

On a real flight you name the folders yourself:

    [storage]
    roots = [{ name = \"data\", path = \"/mnt/data\" }]
";

/// A mountain in the morning, in a few colours.
fn picture(which: u32) -> Vec<u8> {
    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 400;
    let mut pixels = Vec::with_capacity((WIDTH * HEIGHT * 3) as usize);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let ridge = HEIGHT / 2 + (x.abs_diff(WIDTH / (2 + which)) / 3).min(150) + (x * 7 % 23) / 4;
            let sun = x.abs_diff(460).pow(2) + y.abs_diff(110 + which * 30).pow(2) < 1600;
            let share =
                |from: u32, to: u32| (from + (to * y).saturating_sub(from * y) / HEIGHT).min(255) as u8;
            pixels.extend(match (y > ridge, sun) {
                (true, _) => [40 + which as u8 * 12, 46, 60],
                (false, true) => [255, 214, 120],
                (false, false) => [share(70, 250), share(90, 190), share(150, 140 + which * 20)],
            });
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    written.expect("memory takes a picture of these sides");
    bytes
}

/// Two seconds of a bell, 8 kHz mono.
fn tone() -> Vec<u8> {
    const RATE: u32 = 8000;
    let samples = (0..RATE * 2).flat_map(|n| {
        let t = f64::from(n) / f64::from(RATE);
        let level = (t * 440.0 * std::f64::consts::TAU).sin() * (-t * 2.0).exp();
        ((level * 12_000.0) as i16).to_le_bytes()
    });
    let data: Vec<u8> = samples.collect();
    let len = u32::try_from(data.len()).expect("two seconds");
    let head: [&[u8]; 5] = [
        b"RIFF",
        &(36 + len).to_le_bytes(),
        b"WAVEfmt \x10\0\0\0\x01\0\x01\0",
        &RATE.to_le_bytes(),
        &(RATE * 2).to_le_bytes(),
    ];
    [&head.concat()[..], b"\x02\0\x10\0data", &len.to_le_bytes(), &data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_made_once_and_stays_as_it_was_left() {
        let data = tempfile::tempdir().unwrap();
        let root = lay_out(data.path()).unwrap();
        assert!(root.path.join("README.txt").is_file() && root.sample);
        assert!(png::Decoder::new(io::Cursor::new(picture(0))).read_info().is_ok());
        fs::remove_file(root.path.join("README.txt")).unwrap();
        let again = lay_out(data.path()).unwrap();
        assert!(!again.path.join("README.txt").exists());
    }

    #[test]
    fn practice_and_simulation_never_get_real_roots() {
        let real = Root { name: "real".into(), path: "/srv".into(), read_only: false, sample: false };
        let sample = Root { name: FOLDER.into(), path: "/tmp/x".into(), read_only: false, sample: true };
        for (flight, want) in [
            (Flight::Real, &["real"][..]),
            (Flight::Practice, &["sample"]),
            (Flight::Sim, &["sample"]),
            (Flight::HandsOn, &["real", "sample"]),
        ] {
            let mut config = Config::default();
            config.storage.roots.push(real.clone());
            root(&mut config, flight, Some(sample.clone()));
            let names: Vec<&str> = config.storage.roots.iter().map(|root| root.name.as_str()).collect();
            assert_eq!(names, want, "{flight:?}");
        }
    }
}
