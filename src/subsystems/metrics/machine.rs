//! The machine as this room sees it: the seam between the actor and the kernel, or a simulated world.

use std::{io, path::Path, path::PathBuf, sync::Arc};

use jiff::Timestamp;

use super::{
    raw::{Raw, Sensor, Space},
    store::Minute,
    updates::Updates,
};
use crate::kernel::cgroup::Usage;

/// What may take its time. Each method is called in a blocking task with a deadline, never by the actor itself.
pub trait Machine: Send + Sync + 'static {
    /// Opens what a pass reads.
    fn probe(&self) -> Box<dyn Probe>;
    fn host(&self) -> Host;
    /// # Errors
    /// What the file system says; or it does not return at all.
    fn space(&self, path: &Path) -> io::Result<Space>;
    fn sensors(&self) -> Vec<Arc<Sensor>>;
    /// One sensor, °C.
    fn heat(&self, sensor: &Sensor) -> Option<f32>;
    fn groups(&self) -> Vec<Usage>;
    /// Packages with a newer version; `None` = unknown.
    fn updates(&self) -> Option<Updates>;
    /// A history that nobody recorded: only a simulated machine has one, so that its charts show something.
    fn past(&self) -> Option<Past> {
        None
    }
}

/// Rows for an empty store.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    pub minutes: Vec<Minute>,
    pub quarters: Vec<Minute>,
}

/// The pass over the cheap files, made every few seconds. Never waits for a device, a network or a program.
pub trait Probe: Send {
    fn read(&mut self, raw: &mut Raw);
    /// The config's list of mounts; `None` tells of every real local file system.
    fn tell_of(&mut self, listed: Option<Vec<PathBuf>>);
    /// Which sensors a pass reads; slow ones are only named.
    fn watch(&mut self, sensors: Vec<Arc<Sensor>>);
    /// Read when somebody looks: it wakes every core.
    fn frequency(&mut self) -> Option<Frequency>;
}

/// MHz, over the cores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frequency {
    pub lowest: f32,
    pub average: f32,
    pub highest: f32,
}

impl Frequency {
    pub fn over(mhz: impl Iterator<Item = f32>) -> Option<Frequency> {
        let (mut lowest, mut sum, mut highest, mut count) = (f32::MAX, 0f32, 0f32, 0u32);
        for mhz in mhz.filter(|mhz| mhz.is_finite() && *mhz > 0.0) {
            lowest = lowest.min(mhz);
            highest = highest.max(mhz);
            sum += mhz;
            count += 1;
        }
        (count > 0).then(|| Frequency { lowest, average: sum / count as f32, highest })
    }
}

/// What stays while the machine runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Host {
    pub name: Option<String>,
    /// "Debian GNU/Linux 12".
    pub system: Option<String>,
    pub kernel: Option<String>,
    pub architecture: Option<String>,
    pub processor: Option<String>,
    /// Of the machine, as its maker wrote it into the firmware.
    pub model: Option<String>,
    pub boot_id: Option<String>,
    pub booted_at: Option<Timestamp>,
    /// A package asks for a restart (Debian and Ubuntu say so in a file); how many do.
    pub restart_wanted_by: Option<usize>,
}
