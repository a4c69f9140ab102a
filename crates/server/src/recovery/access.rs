//! Access that comes back with a backup: what was taken away after it is in force again.

use eventlog::archive::Target;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rpc::grants::{GrantRow, TABLE, VERSION};

use crate::roles::Role;

/// Grants that were in force then; `None` where the backup is of a form that this cannot tell.
pub(super) async fn in_force(
    targets: &[(Role, Target)],
    at: Timestamp,
) -> Result<Option<Vec<GrantRow>>, String> {
    let told = |e: &dyn std::fmt::Display| format!("{}: {e}", Role::Registry);
    let registry = targets.iter().find(|(role, _)| *role == Role::Registry);
    let Some((_, registry)) = registry else {
        return Ok(None);
    };
    let rows = registry.projection(TABLE, VERSION).await;
    let Some(rows) = rows.map_err(|e| told(&e))? else {
        return Ok(None);
    };
    let today = at.to_zoned(TimeZone::UTC).date();
    let mut found = Vec::new();
    for row in rows {
        let row: GrantRow = serde_json::from_value(row).map_err(|e| told(&e))?;
        let over = row.revoked_on.is_some() || row.expires_on.is_some_and(|last| last < today);
        if !over && row.access.is_some() {
            found.push(row);
        }
    }
    Ok(Some(found))
}

/// Says whose they are: only people know who lost access since.
pub(super) fn tell(grants: &Option<Vec<GrantRow>>, at: Timestamp) {
    let Some(grants) = grants else {
        eprintln!(
            "whose access was in force at {at} is not told by this backup: look with `cwctl \
             access list` before you let anybody in"
        );
        return;
    };
    eprintln!(
        "access in force at {at}, and with it every token of then. Start the registry alone, and \
         take away again what was taken away or rotated since (`cwctl access revoke`, `rotate`):"
    );
    for GrantRow {
        actor,
        access,
        expires_on,
        seq,
        ..
    } in grants
    {
        let (mut roles, mut whom) = (String::new(), String::new());
        if let Some(access) = access {
            let names: Vec<_> = access.roles().iter().map(|role| role.name()).collect();
            (roles, whom) = (names.join(", "), access.scope().to_string());
        }
        let until = expires_on.map_or_else(String::new, |last| format!(", until {last}"));
        eprintln!("  {actor}: {roles}, for {whom}{until} (registry:{seq})");
    }
    if grants.is_empty() {
        eprintln!("  nobody's");
    }
}
