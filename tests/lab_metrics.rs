//! Pending updates against apt itself, in the lab: `COCKPIT_LAB=1 cargo test --test lab_metrics`.

mod lab;

use std::path::Path;

use cockpit_bot::subsystems::metrics::updates::Counted;
use lab::Lab;

/// A repository that offers each installed package: newer, older, newer by its epoch, much older, newer and yet a
/// candidate, not at all; in turns. (The same version with another checksum is another one to apt.)
const OFFER: &str = r#"mkdir -p /srv/updates && dpkg-query -W -f='${Package} ${Version} ${Architecture}\n' | awk '{
    n = NR % 6; v = $2; if (n == 0) next
    if (n == 1) v = v "+lab1"; else if (n == 2) v = v "~lab1"; else if (n == 3) v = "9:" v
    else if (n == 4) v = "0.1"; else if (n == 5) v = v ".1~rc2"
    printf "Package: %s\nVersion: %s\nArchitecture: %s\nFilename: ./x.deb\nSize: 1\nSHA256: %064d\n\n", $1, v, $3, 0
}' > /srv/updates/Packages"#;

/// What apt counts, and how many of these are on hold.
async fn by_apt(lab: &Lab) -> (usize, usize) {
    let count = async |line: &str| lab.sh(line).await.parse::<usize>().expect("a count");
    let all = count("apt list --upgradable 2>/dev/null | grep -c /").await;
    let held = count(
        "apt list --upgradable 2>/dev/null | sed 's,/.*,,' > /tmp/up; apt-mark showhold | grep -cxFf /tmp/up || true",
    );
    (all, held.await)
}

async fn by_us(lab: &Lab, root: &Path) -> usize {
    // Lists of a file: repository are links, which lead elsewhere when seen from outside.
    let copy = "rm -rf /tmp/seen && mkdir -p /tmp/seen/var/lib/dpkg /tmp/seen/etc && cp -rL /var/lib/apt /tmp/seen/var/lib \
        && cp /var/lib/dpkg/status /tmp/seen/var/lib/dpkg && cp -rL /etc/apt /tmp/seen/etc";
    lab.sh(copy).await;
    Counted::default().look(&root.join("tmp/seen")).expect("known").pending
}

#[tokio::test]
async fn updates_are_counted_as_apt_counts_them() {
    let Some(lab) = Lab::up().await else { return };
    let root = lab.root().await;
    lab.sh(OFFER).await;
    let source = |uri: &str| {
        format!(
            "printf 'Types: deb\\nURIs: {uri}\\nSuites: ./\\nTrusted: yes\\n' > /etc/apt/sources.list.d/updates.sources"
        )
    };
    for (name, prepare) in [
        ("as it comes", "rm -f /etc/apt/sources.list.d/updates.sources".to_owned()),
        ("sources in paragraphs", source("copy:/srv/updates")),
        ("links to files", source("file:/srv/updates")),
    ] {
        lab.sh(&prepare).await;
        for packed in ["false", "true"] {
            lab.sh(&format!("apt-get update -qq -o Acquire::GzipIndexes={packed}")).await;
            let lists = lab.sh("ls /var/lib/apt/lists").await;
            assert_eq!(lists.contains("_Packages.lz4"), packed == "true", "{name}: {lists}");
            let (all, held) = by_apt(&lab).await;
            assert_eq!(by_us(&lab, &root).await, all - held, "{name}, packed {packed}");
            assert!(all > if name == "as it comes" { 0 } else { 100 }, "{name}: {all}");
        }
    }
    lab.sh("apt-mark hold bash coreutils").await;
    let (all, held) = by_apt(&lab).await;
    let ours = by_us(&lab, &root).await;
    lab.sh("apt-mark unhold bash coreutils; rm -rf /etc/apt/sources.list.d/updates.sources /srv/updates; apt-get update -qq").await;
    assert!(held > 0, "{all}");
    assert_eq!(ours, all - held);
}
