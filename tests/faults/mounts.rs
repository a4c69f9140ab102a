//! File systems of a test's own: small ones that fill up, and images whose power is cut. Only root
//! may make them; elsewhere the tests say that they did nothing.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A mounted folder; goes when dropped, with what stands in it.
pub(crate) struct Mount {
    /// Where it is mounted.
    pub(crate) at: PathBuf,
    /// The folder that holds the mount point and the images.
    home: PathBuf,
}

/// Whether this process may mount; says so if not.
pub(crate) fn may_mount(test: &str) -> bool {
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    let root = String::from_utf8_lossy(&id).trim() == "0";
    let probe = || run("unshare", &["--mount", "true"]);
    if root && probe() {
        return true;
    }
    eprintln!("SKIPPED: {test}: only root may mount a file system, so nothing was tested");
    false
}

impl Mount {
    /// A file system in memory of `megabytes`.
    pub(crate) fn small(megabytes: u32) -> Mount {
        let mount = Mount::place();
        let size = format!("size={megabytes}m,mode=0711");
        let at = mount.at.to_str().unwrap();
        assert!(run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", at]));
        mount
    }

    /// An ext4 file system in an image file.
    pub(crate) fn image(megabytes: u64) -> Mount {
        let mount = Mount::place();
        let image = mount.home.join("disk");
        let file = File::create(&image).unwrap();
        file.set_len(megabytes << 20).unwrap();
        assert!(run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]));
        mount.mount(&image);
        mount
    }

    /// The same files at another place too.
    pub(crate) fn also_at(&self, place: &Path) {
        let (at, place) = (self.at.to_str().unwrap(), place.to_str().unwrap());
        assert!(run("mount", &["--bind", at, place]));
    }

    fn place() -> Mount {
        static PLACES: AtomicU32 = AtomicU32::new(0);
        let (process, n) = (std::process::id(), PLACES.fetch_add(1, Ordering::Relaxed));
        let name = format!("commonwatch-faults-{process}-{n}");
        let home = std::env::temp_dir().join(name);
        let at = home.join("at");
        fs::create_dir_all(&at).unwrap();
        // The servers run as another user.
        open(&home);
        Mount { at, home }
    }

    fn mount(&self, image: &Path) {
        let (image, at) = (image.to_str().unwrap(), self.at.to_str().unwrap());
        assert!(run("mount", &["-o", "loop", image, at]));
        open(&self.at);
    }

    /// What the disk would hold if the power went now: the image without what only memory knows.
    /// Whoever writes must stand still.
    pub(crate) fn cut_power(&self, n: u64) -> PathBuf {
        let (disk, copy) = (self.home.join("disk"), self.home.join(format!("disk-{n}")));
        let (from, to) = (disk.to_str().unwrap(), copy.to_str().unwrap());
        assert!(run("cp", &["--sparse=always", from, to]));
        copy
    }

    /// Puts what was on the disk in place of what is mounted.
    pub(crate) fn replace(&self, copy: &Path) {
        let at = self.at.to_str().unwrap();
        // Lazily: the folder's lock is still held open, and goes on meaning the same folder.
        assert!(run("umount", &["-l", at]));
        let disk = self.home.join("disk");
        fs::rename(copy, &disk).unwrap();
        self.mount(&disk);
    }

    /// Writes until nothing more fits.
    pub(crate) fn fill(folder: &Path) -> PathBuf {
        let ballast = folder.join("ballast");
        let mut file = File::create(&ballast).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            let block = vec![0; size];
            while file.write_all(&block).is_ok() {}
        }
        ballast
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run("umount", &["-l", self.at.to_str().unwrap()]);
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn open(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).unwrap();
}

fn run(program: &str, args: &[&str]) -> bool {
    let done = Command::new(program).args(args).output();
    match done {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            eprintln!("{program}: {}", String::from_utf8_lossy(&output.stderr));
            false
        }
        Err(error) => {
            eprintln!("{program}: {error}");
            false
        }
    }
}

/// The servers below `folder`: those whose command line names it, and their children. Not the
/// shells that guard them.
pub(crate) fn servers_below(folder: &Path) -> Vec<u32> {
    let folder = folder.to_str().unwrap();
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let read = |what: &str| fs::read(entry.path().join(what)).unwrap_or_default();
        let line = String::from_utf8_lossy(&read("cmdline")).into_owned();
        let stat = String::from_utf8_lossy(&read("stat")).into_owned();
        // `pid (name) state parent …`
        let after = stat.rsplit(')').next().unwrap_or_default();
        let parent = after.split_whitespace().nth(1).unwrap_or_default();
        all.push((pid, parent.parse::<u32>().unwrap_or(0), line));
    }
    let named = |line: &str| line.contains(folder) && !line.starts_with("sh\0");
    let mut found: Vec<u32> = all
        .iter()
        .filter(|(_, _, line)| named(line))
        .map(|(pid, ..)| *pid)
        .collect();
    let children: Vec<u32> = all
        .iter()
        .filter(|(pid, parent, _)| found.contains(parent) && !found.contains(pid))
        .map(|(pid, ..)| *pid)
        .collect();
    found.extend(children);
    found
}

/// Sends a signal to each.
pub(crate) fn signal(signal: &str, pids: &[u32]) {
    for pid in pids {
        let _ = Command::new("kill")
            .args([signal, &pid.to_string()])
            .status();
    }
}
