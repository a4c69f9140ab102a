//! What follows from facts of payroll.

use vocabulary::{Account, AgreementId};

/// Labour goes to the agreement that its account names, signed or not: the fact says it itself.
/// The provider's own labour goes nowhere.
pub(crate) fn on_labour_costed(account: &Account) -> Option<AgreementId> {
    match account {
        Account::Agreement(agreement) => Some(agreement.clone()),
        Account::Provider => None,
    }
}
