//! Who employs the officer, and what that allows: compensatory time, section 7(k), volunteering.
//!
//! # Why the kind of employer is asked at all
//! The same week has two lawful outcomes. A private provider pays overtime in cash, counts 40
//! hours and can take no unpaid service from anybody; a town or another public agency may do
//! otherwise within limits. The kind belongs to the assignment, dated, never to the installation:
//! one officer may be a provider's on Monday and a town's on Saturday.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an employer is, as far as the law asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmployerKind {
    /// A company or an association.
    Private,
    /// A state, one of its subdivisions such as a town, or a body of several (29 CFR 553.20).
    PublicAgency,
}

/// What is not open to this employer, with the section that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// Compensatory time at a private employer.
    #[error(
        "only a public agency may give compensatory time (29 CFR 553.20-.21): a private employer \
         pays overtime in cash"
    )]
    CompTimeAtPrivate,
    /// Compensatory time without an agreement, or with one made afterwards.
    #[error(
        "compensatory time needs an agreement made before the work (29 CFR 553.23): pay this \
         week's overtime in cash"
    )]
    CompTimeNotAgreed,
    /// Section 7(k) at a private employer.
    #[error(
        "section 7(k) is for public agencies (29 CFR 553.201, .211): a private employer counts 40 \
         hours a week"
    )]
    WorkPeriodAtPrivate,
    /// Section 7(k) for somebody without the power to arrest.
    #[error(
        "section 7(k) needs the power to arrest, which a non-sworn officer has not \
         (29 CFR 553.211(a)): count 40 hours a week"
    )]
    WorkPeriodWithoutArrest,
    /// Section 7(k) for somebody outside an empowered body or without its training.
    #[error(
        "section 7(k) needs membership of a body empowered to enforce laws and its training \
         (29 CFR 553.211(a)): count 40 hours a week"
    )]
    WorkPeriodOutsideBody,
    /// Unpaid service for a private employer.
    #[error(
        "nobody volunteers for a private employer (29 CFR 553.101: a public agency): these are \
         hours worked"
    )]
    VolunteerAtPrivate,
    /// Unpaid service of the same type for the agency that pays for it.
    #[error(
        "who is employed by an agency cannot volunteer the same type of service to it \
         (29 CFR 553.102-.103): these are hours worked"
    )]
    VolunteerSameService,
    /// Unpaid service that was promised pay or pressed for.
    #[error(
        "service that is promised pay or is not offered freely is no volunteering \
         (29 CFR 553.101): these are hours worked"
    )]
    VolunteerNotFree,
}

/// What section 7(k) asks of an officer; all three are needed (29 CFR 553.211(a)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawEnforcement {
    /// A member of a body empowered by statute or ordinance to enforce laws.
    pub empowered_body: bool,
    /// Has the power to arrest.
    pub power_to_arrest: bool,
    /// Has had, or is in, that body's training.
    pub police_training: bool,
}

/// Unpaid service that somebody offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volunteering {
    /// Through whom it is given.
    pub to: EmployerKind,
    /// Whether that agency, or a provider in its service, pays the same person already.
    pub employed_there: bool,
    /// Whether it is the type of service that the person is paid for.
    pub same_service: bool,
    /// Whether it is offered freely, without promise of pay.
    pub free: bool,
}

impl EmployerKind {
    /// Whether overtime of work that begins on `first_worked` may become compensatory time under
    /// an agreement of `agreed_on` (29 CFR 553.20-.23).
    pub fn comp_time(
        self,
        agreed_on: Option<Date>,
        first_worked: Option<Date>,
    ) -> Result<(), NotAllowed> {
        if self == Self::Private {
            return Err(NotAllowed::CompTimeAtPrivate);
        }
        match (agreed_on, first_worked) {
            (None, _) => Err(NotAllowed::CompTimeNotAgreed),
            (Some(agreed), Some(worked)) if agreed > worked => Err(NotAllowed::CompTimeNotAgreed),
            _ => Ok(()),
        }
    }

    /// Whether a work period of 7 to 28 days may stand in for the workweek (29 USC 207(k);
    /// 29 CFR 553.201, .211(a)).
    pub fn work_period(self, officer: LawEnforcement) -> Result<(), NotAllowed> {
        if self == Self::Private {
            return Err(NotAllowed::WorkPeriodAtPrivate);
        }
        if !officer.power_to_arrest {
            return Err(NotAllowed::WorkPeriodWithoutArrest);
        }
        if !(officer.empowered_body && officer.police_training) {
            return Err(NotAllowed::WorkPeriodOutsideBody);
        }
        Ok(())
    }
}

impl Volunteering {
    /// Whether it is volunteering at all (29 CFR 553.100-.106). If not, it is hours worked, to be
    /// recorded and paid.
    pub fn check(self) -> Result<(), NotAllowed> {
        if self.to == EmployerKind::Private {
            return Err(NotAllowed::VolunteerAtPrivate);
        }
        if self.employed_there && self.same_service {
            return Err(NotAllowed::VolunteerSameService);
        }
        if !self.free {
            return Err(NotAllowed::VolunteerNotFree);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
