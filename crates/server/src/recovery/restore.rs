//! Putting back: everything is checked first, and a difference leaves the databases empty.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use bus::subject::Names;
use bus::{Bus, Connection};
use eventlog::archive::{Database, Keys, Target};
use eventlog::{Erasure, Register};

use super::access;
use super::backup::report;
use super::files::{self, Manifest};
use super::places::{Place, places};
use super::{Check, Restore};

/// How long NATS may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes a backup's files and compares them with its manifest.
pub(crate) fn check(args: &Check) -> Result<(), String> {
    let manifest = Manifest::read(&args.from)?;
    let bytes = manifest.check_files(&args.from)?;
    report(&manifest);
    let (from, taken_at) = (args.from.display(), manifest.taken_at);
    eprintln!("{from} is whole: {bytes} bytes as of {taken_at}");
    Ok(())
}

/// What one database is restored from.
struct Part<'a> {
    place: &'a Place,
    saved: &'a Database,
    keys: Keys,
    erasures: Vec<Erasure>,
}

/// Restores all databases, or says why not.
pub(crate) async fn restore(args: Restore) -> Result<(), String> {
    let places = places(&args.configs)?;
    let manifest = Manifest::read(&args.from)?;
    let bytes = manifest.check_files(&args.from)?;
    let (from, taken_at) = (args.from.display(), manifest.taken_at);
    eprintln!("{from} is whole: {bytes} bytes as of {taken_at}");
    let parts = parts(&args, &places, &manifest)?;
    for part in &parts {
        empty(part.place).await?;
    }
    let mut buses = Vec::new();
    for place in &places {
        buses.push((place.role, stream(&args, place).await?));
    }
    if args.dry_run {
        report(&manifest);
        eprintln!("nothing stands in the way; without --dry-run this would be restored");
        return Ok(());
    }
    let mut targets = Vec::new();
    for part in &parts {
        targets.push((part.place.role, fill(&args.from, part).await?));
    }
    let access = access::in_force(&targets, taken_at).await?;
    // From here on this must come to its end: until then no service starts on these databases.
    for (role, bus) in buses.iter().filter(|_| args.delete_streams) {
        let deleted = bus.delete_stream(role.name()).await;
        deleted.map_err(|e| format!("{role}: {e}"))?;
    }
    let anew = "make the databases anew before you try again";
    let mut filled = Vec::new();
    for (role, target) in targets {
        let committed = target.commit().await;
        filled.push((role, committed.map_err(|e| format!("{role}: {e}; {anew}"))?));
    }
    for (role, filled) in filled {
        let released = filled.release().await;
        released.map_err(|e| format!("{role}: {e}; {anew}"))?;
    }
    report(&manifest);
    access::tell(&access, taken_at);
    eprintln!("restored as of {taken_at}; start the services");
    Ok(())
}

/// Everything that is needed, per role.
fn parts<'a>(
    args: &Restore,
    places: &'a [Place],
    manifest: &'a Manifest,
) -> Result<Vec<Part<'a>>, String> {
    let mut parts = Vec::new();
    for place in places {
        let role = place.role;
        let saved = manifest.databases.iter().find(|d| d.service == role.name());
        let saved = saved.ok_or_else(|| format!("the backup holds no database of {role}"))?;
        let (keys_at, keys) = files::read_keys(&args.keys, role)?;
        if keys_at < manifest.taken_at {
            return Err(format!(
                "the keys of {role} were saved at {keys_at}, before the data ({}): later texts \
                 would stay locked for ever; give newer keys",
                manifest.taken_at
            ));
        }
        let erasures = erasures(args, place, saved, &keys)?;
        parts.push(Part {
            place,
            saved,
            keys,
            erasures,
        });
    }
    if let Some(unknown) = manifest.databases.get(parts.len()) {
        let service = &unknown.service;
        return Err(format!(
            "the backup holds {service}, which no --config is for"
        ));
    }
    Ok(parts)
}

/// Every key that was ever destroyed: by the register, and by what the keys' backup knew. A
/// register that knows less than either backup is not the one that was written last.
fn erasures(
    args: &Restore,
    place: &Place,
    saved: &Database,
    keys: &Keys,
) -> Result<Vec<Erasure>, String> {
    let (role, path) = (place.role, place.register.display());
    let register = Register::read(&place.register).map_err(|e| e.to_string())?;
    let lost = "who was erased meanwhile would come back. Bring the register back, or give \
                --registers-lost and erase them again by hand";
    let known: BTreeMap<String, Erasure> = match register {
        Some(register) => register.erasures,
        None if args.registers_lost => BTreeMap::new(),
        None => {
            return Err(format!(
                "the erasure register of {role}, {path}, is gone: {lost}"
            ));
        }
    };
    let older = keys.erasures.iter().any(|e| !known.contains_key(&e.person))
        || u64::try_from(known.len()).unwrap_or(u64::MAX) < saved.erasures;
    if older && !args.registers_lost {
        return Err(format!(
            "the erasure register of {role}, {path}, knows less than the backup: it is an old \
             one, and {lost}"
        ));
    }
    let mut all = known;
    for erasure in &keys.erasures {
        all.entry(erasure.person.clone())
            .or_insert_with(|| erasure.clone());
    }
    Ok(all.into_values().collect())
}

async fn empty(place: &Place) -> Result<(), String> {
    let role = place.role;
    let obstacle = Target::obstacle(&place.url, role.name()).await;
    match obstacle.map_err(|e| format!("{role}: {e}"))? {
        None => Ok(()),
        Some(table) => Err(format!(
            "the database of {role} is not empty: {table} holds rows. Restore goes into new \
             databases: stop the services, then DROP and CREATE DATABASE, or name another one"
        )),
    }
}

/// Facts of a past that is given up would pass for news: the role's stream must hold none. Each
/// role asks with its own login, which may see no other's.
async fn stream(args: &Restore, place: &Place) -> Result<Bus, String> {
    let (role, nats) = (place.role, &place.config.nats);
    let names = match nats.prefix.as_str() {
        "" => Names::new(),
        prefix => Names::try_prefixed(prefix).map_err(|e| e.to_string())?,
    };
    let connection = Connection {
        url: nats.url.clone(),
        login: place.config.nats_login().map_err(|e| e.to_string())?,
        client: format!("restore {role}"),
        names,
        patience: PATIENCE,
    };
    let bus = bus::connect(connection).await.map_err(|e| e.to_string())?;
    let held = bus.stored(role.name()).await;
    let held = held.map_err(|e| format!("{role}: {e}"))?;
    if held > 0 && !args.delete_streams {
        return Err(format!(
            "JetStream still holds {held} facts of {role}, perhaps of a time after the backup: \
             start NATS empty, or give --delete-streams"
        ));
    }
    Ok(bus)
}

/// Fills and compares one database; nothing is committed yet.
async fn fill(from: &Path, part: &Part<'_>) -> Result<Target, String> {
    let role = part.place.role;
    let told = |e: eventlog::Error| format!("{role}: {e}");
    let target = Target::begin(&part.place.url, part.saved)
        .await
        .map_err(told)?;
    for table in &part.saved.tables {
        let path = files::table_path(from, role.name(), table);
        let file = File::open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        target.copy(table, file).await.map_err(told)?;
    }
    target.check(part.saved).await.map_err(told)?;
    let erased = target
        .put_keys(&part.keys, &part.erasures)
        .await
        .map_err(told)?;
    let unnamed = target.drop_unnamed().await.map_err(told)?;
    let locked = target.locked().await.map_err(told)?;
    if locked > 0 {
        return Err(format!(
            "{role}: {locked} texts have no key: these are not its keys"
        ));
    }
    let rows: u64 = part.saved.tables.iter().map(|table| table.rows).sum();
    eprintln!("{role}: {rows} rows as saved, {erased} keys left out because they were destroyed");
    if unnamed > 0 {
        eprintln!("{role}: {unnamed} texts dropped whose commands came to nothing meanwhile");
    }
    for head in &part.saved.logs {
        let sound = target.verify(&head.log).await.map_err(told)?;
        eprintln!("{}: {} events verified", head.log, sound.events);
    }
    Ok(target)
}
