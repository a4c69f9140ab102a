//! An auditor's look at both sides: the agreement's log against the logs that it cites.

use std::collections::BTreeMap;

use eventlog::FactRow;
use prost::Message as _;
use wire::payroll::v1::LabourCosted;
use wire::statements::v1::FactCopied;

use super::month::AGREEMENT;
use super::platform::Platform;
use super::role::Role;

/// Every fact that the agreement's log cites is cited once, byte for byte as its owner has it; and
/// what must be there is there: each costing charged to the agreement, each incident of its towns.
pub(crate) async fn assert_true_and_complete(platform: &Platform) {
    let mut due = BTreeMap::new();
    for owner in [Role::Registry, Role::Payroll, Role::Incidents] {
        for fact in facts(platform, owner, owner.name()).await {
            due.insert((owner.name().to_owned(), fact.seq), fact);
        }
    }
    let log = format!("statements/{AGREEMENT}");
    for fact in facts(platform, Role::Statements, &log).await {
        if fact.kind != "FactCopied" {
            continue;
        }
        let copied = FactCopied::decode(fact.bytes.as_slice()).unwrap();
        let at = (copied.source_log, copied.source_seq);
        // Taken out: a second copy finds nothing.
        let source = due.remove(&at);
        let source = source.unwrap_or_else(|| panic!("{at:?} is copied twice, or is no fact"));
        let leaf_hash = source.leaf_hash.to_bytes().to_vec();
        assert_eq!(
            (copied.kind, copied.body),
            (source.kind, source.bytes),
            "{at:?}"
        );
        assert_eq!(copied.source_leaf_hash, leaf_hash, "{at:?}");
    }
    let forgotten: Vec<_> = due.into_iter().filter(|(_, fact)| concerns(fact)).collect();
    assert!(forgotten.is_empty(), "not copied: {forgotten:?}");
}

/// The stories know one agreement, and every incident happens in one of its towns.
fn concerns(fact: &FactRow) -> bool {
    match fact.kind.as_str() {
        "LabourCosted" => {
            let costed = LabourCosted::decode(fact.bytes.as_slice()).unwrap();
            costed.account == format!("agreement:{AGREEMENT}")
        }
        kind => ["IncidentClosed", "AgreementSigned", "BasisFigureRecorded"].contains(&kind),
    }
}

async fn facts(platform: &Platform, role: Role, log: &str) -> Vec<FactRow> {
    let log = log.parse().unwrap();
    platform
        .store(role)
        .read_facts(&log, 0, 5_000)
        .await
        .unwrap()
}
