//! The words that a town is described in, checked when they are made.

use vocabulary::word;

use crate::domain::line::one_line;

/// States, the district and the territories, as the postal service abbreviates them (USPS
/// Publication 28, appendix B).
const STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN \
                      MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA \
                      WV WI WY AS GU MP PR VI";

/// Bases of the terms language that no figure is handed in for: the platform measures them, or
/// the terms themselves say the shares.
const WITHOUT_FIGURE: [&str; 6] = [
    "hours",
    "calls",
    "incident_minutes",
    "fixed",
    "equal",
    "weighted",
];

word! {
    /// A town's public name, such as `Saint Mary's`.
    TownName, "a town's name", "1 to 80 printable characters, such as `Barlow`",
    |text| one_line(text, 80)
}
word! {
    /// A state of the United States, such as `MO`.
    UsState, "a US state", "two capital letters, such as `MO`",
    |text| text.len() == 2 && STATES.split(' ').any(|state| state == text)
}
word! {
    /// An office in a town, such as `clerk`. Its form leaves no room for a name.
    ContactRole, "a contact's role",
    "2 to 30 lower case letters and hyphens, such as `clerk` or `police-chief`",
    |text| {
        (2..=30).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    }
}
word! {
    /// What is counted in a town, such as `population`: a name of the terms language.
    Basis, "a basis that figures are handed in for",
    "2 to 39 of a-z, 0-9, - and _, beginning with a letter, such as `population` or \
     `property_value` (hours, calls and incident_minutes are measured by the platform)",
    |text| allocation::Name::new(text).is_ok() && !WITHOUT_FIGURE.contains(&text)
}
word! {
    /// Where a figure was published: a citation, such as `US Census 2020, table P1`.
    Source, "a source", "1 to 200 printable characters, such as `US Census 2020, table P1`",
    |text| one_line(text, 200)
}

#[cfg(test)]
mod tests {
    use super::{Basis, ContactRole, Source, TownName, UsState};

    #[test]
    fn states_are_those_of_the_postal_service() {
        for good in ["MO", "DC", "PR"] {
            assert!(good.parse::<UsState>().is_ok(), "{good}");
        }
        for bad in ["", "mo", "XX", "Missouri", "M", "MO ", "O M"] {
            assert!(bad.parse::<UsState>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_the_platform_measures_is_no_figure() {
        assert!("population".parse::<Basis>().is_ok());
        for measured in ["hours", "calls", "incident_minutes"] {
            let said = measured.parse::<Basis>().unwrap_err().to_string();
            assert!(said.contains("measured by the platform"), "{said}");
        }
    }

    #[test]
    fn a_role_is_an_office_not_a_name() {
        assert!("police-chief".parse::<ContactRole>().is_ok());
        for bad in ["Jane Doe", "clerk2", "-clerk", "x", ""] {
            assert!(bad.parse::<ContactRole>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_and_sources_are_one_printable_line() {
        assert!("Saint Mary's".parse::<TownName>().is_ok());
        assert!("US Census 2020, table P1".parse::<Source>().is_ok());
        for bad in ["", " ", " Barlow", "Bar\nlow", "Bar\u{0}low"] {
            assert!(bad.parse::<TownName>().is_err(), "{bad:?}");
            assert!(bad.parse::<Source>().is_err(), "{bad:?}");
        }
    }
}
