//! How long a record must be kept: rules as data, and on what grounds one is destroyed after.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

word! {
    /// Why somebody's data were erased, by code: `request`, `retention-over`. Its form leaves no
    /// room for a name.
    Grounds, "grounds for an erasure",
    "2 to 30 lower case letters and hyphens, such as `request` or `retention-over`",
    |text| {
        (2..=30).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    }
}

/// One rule that keeps a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Where the rule stands: `29 CFR 516.5`.
    pub rule: String,
    /// For how many months.
    pub months: u16,
    /// Counted from when.
    #[serde(default)]
    pub from: KeptFrom,
}

/// The day from which a rule counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptFrom {
    /// The last day that the record is about.
    #[default]
    LastDay,
    /// The end of that day's calendar year.
    YearEnd,
}

impl Keep {
    /// The last day on which the rule keeps a record about days up to `last_day`.
    pub fn until(&self, last_day: Date) -> Date {
        let from = match self.from {
            KeptFrom::LastDay => last_day,
            KeptFrom::YearEnd => last_day.last_of_year(),
        };
        from.saturating_add(i32::from(self.months).months())
    }

    /// The rule that keeps such a record longest, and its last day.
    pub fn longest(rules: &[Keep], last_day: Date) -> Option<(Date, &Keep)> {
        let ends = rules.iter().map(|rule| (rule.until(last_day), rule));
        ends.max_by_key(|(until, _)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn keep(rule: &str, months: u16, from: KeptFrom) -> Keep {
        let rule = rule.to_owned();
        Keep { rule, months, from }
    }

    #[test]
    fn the_rule_that_lasts_longest_decides() {
        let rules = [
            keep("29 CFR 516.5", 36, KeptFrom::LastDay),
            keep("29 CFR 516.6", 24, KeptFrom::LastDay),
            keep("26 CFR 31.6001-1(e)(2)", 49, KeptFrom::YearEnd),
        ];
        let (until, rule) = Keep::longest(&rules, date(2026, 2, 28)).unwrap();
        assert_eq!((until, rule.months), (date(2031, 1, 31), 49));
        let (until, _) = Keep::longest(&rules[..2], date(2024, 2, 29)).unwrap();
        assert_eq!(until, date(2027, 2, 28));
        assert_eq!(Keep::longest(&[], date(2026, 1, 1)), None);
    }
}
