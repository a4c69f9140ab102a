mod refusals;

use vocabulary::{Cents, Minutes};

use super::settle;
use crate::samples::*;
use crate::{Facts, Settlement};

fn charge(settlement: &Settlement, key: &str) -> i64 {
    let line = settlement.lines.iter().find(|line| line.key == key);
    line.unwrap_or_else(|| panic!("no line {key} in {:#?}", keys(settlement)))
        .cents
        .0
}

fn keys(settlement: &Settlement) -> Vec<(String, i64)> {
    let lines = settlement.lines.iter();
    lines.map(|line| (line.key.clone(), line.cents.0)).collect()
}

fn of_pool(tables: &str, facts: &Facts) -> Vec<i64> {
    let settlement = settle(&with(tables), month("2026-10"), facts).unwrap();
    let pool = settlement
        .pools
        .iter()
        .find(|pool| pool.pool == "pool/cost")
        .unwrap();
    pool.shares.iter().map(|share| share.cents.0).collect()
}

const BY: &str = "[[pool]]\nname = \"cost\"\nbasis = ";
const LABOUR: &str = "[labour]\ncost = \"actual\"\nsplit = \"worked\"\ntravel = \"destination\"\n\
                      elsewhere = \"provider\"\npremium = ";

#[test]
fn a_month_of_three_towns_adds_up_to_the_cent() {
    let settlement = settle(&terms(THREE_RIVERS), month("2026-10"), &october()).unwrap();
    let labour = 48 * (480 + 25 + 455 + 240 + 600 + 610);
    let premium = 617; // 4320/7
    let base = labour + premium + 31_007;
    let fee = (base + 5) / 10;
    let total: i64 = settlement.totals.iter().map(|total| total.cents.0).sum();
    assert_eq!(total, base + 4_999 + fee);
    for pool in &settlement.pools {
        let shares = pool.shares.iter().map(|share| share.cents);
        assert_eq!(Cents::sum(shares), Ok(pool.amount_cents), "{}", pool.pool);
    }
    assert_eq!(charge(&settlement, "labour/cso-114/barlow"), 48 * 1090);
    assert_eq!(charge(&settlement, "labour/cso-114/fenwick"), 48 * 480);
    assert_eq!(charge(&settlement, "direct/three-rivers.e2/fenwick"), 4_999);
    assert_eq!(settlement.usage[0].minutes, Minutes(1090));
    assert_eq!(settlement.usage[1].travel_minutes, Minutes(25));
    assert_eq!(settlement.usage[0].calls, 2);
    assert_eq!(
        settlement.usage[3].minutes,
        Minutes(240),
        "the provider's: outside the towns"
    );
}

#[test]
fn training_goes_through_its_pool_to_the_towns() {
    let settlement = settle(&terms(THREE_RIVERS), month("2026-10"), &october()).unwrap();
    let pool = settlement
        .pools
        .iter()
        .find(|p| p.pool == "pool/readiness")
        .unwrap();
    assert_eq!(pool.amount_cents, Cents(48 * 240));
    assert_eq!(pool.facts[0].code, "duty cso-114.4/1 training");
    // 0.4 × 2/3 + 0.6 × 1480/4696
    assert_eq!(
        pool.shares[0].share,
        fraction("4/15") + fraction("3/5") * fraction("1480/4696")
    );
    assert_eq!(pool.shares[0].figures.len(), 2);
    assert_eq!(
        pool.shares[0].figures[1].sources[0].source,
        Some(at("registry", 1))
    );
}

#[test]
fn hours_calls_minutes_and_figures_each_split_a_pool() {
    let mut facts = october();
    facts.expenses = spent(10_000).expenses;
    let labour = format!("{LABOUR}\"provider\"\n");
    assert_eq!(
        of_pool(&format!("{labour}{BY}\"hours\""), &facts),
        [5023, 2212, 2765]
    );
    let labour = labour.replace("destination", "provider");
    assert_eq!(
        of_pool(&format!("{labour}{BY}\"hours\""), &facts),
        [5082, 2121, 2797]
    );
    facts.labour.clear();
    assert_eq!(of_pool(&format!("{BY}\"calls\""), &facts), [6667, 0, 3333]);
    let zero = "\nwithout_minutes = \"zero\"";
    let minutes = format!("{BY}\"incident_minutes\"{zero}");
    assert_eq!(of_pool(&minutes, &facts), [4118, 0, 5882]);
    assert_eq!(
        of_pool(&format!("{BY}\"population\""), &facts),
        [3152, 1927, 4921]
    );
    let other = format!("{BY}\"calls\"\ncall_types = [\"theft\"]\nif_zero = \"equal\"");
    assert_eq!(of_pool(&other, &facts), [3334, 3333, 3333]);
    let some = format!("{BY}\"equal\"\namong = [\"oakhurst\", \"provider\"]");
    assert_eq!(of_pool(&some, &facts), [5000, 5000]);
}

#[test]
fn equal_halves_of_a_shared_officer() {
    // EQUAL-AGAWAM-2011: each pays 24,905 of 49,810.
    let text = include_str!("../../examples/terms/equal.toml");
    let facts = Facts {
        expenses: vec![expense(1, pool("officer"), 4_981_000, "2026-10-01")],
        ..Facts::default()
    };
    let settlement = settle(&terms(text), month("2026-10"), &facts).unwrap();
    assert_eq!(charge(&settlement, "pool/officer/aldham"), 2_490_500);
    assert_eq!(charge(&settlement, "pool/officer/westfield"), 2_490_500);
}

#[test]
fn a_surcharge_is_reckoned_on_rounded_charges() {
    // UNIT-RPV-2005: 6 % of 4,499,382.76 is 269,962.97.
    let text = include_str!("../../examples/terms/fixed.toml");
    let mut facts = Facts {
        expenses: vec![expense(1, pool("region"), 449_938_276, "2026-10-01")],
        ..Facts::default()
    };
    let settlement = settle(&terms(text), month("2026-10"), &facts).unwrap();
    let fee = settlement
        .pools
        .iter()
        .find(|pool| pool.pool == "fee/liability")
        .unwrap();
    assert_eq!(fee.amount_cents, Cents(26_996_297));
    facts.expenses[0].to = direct("provider");
    let settlement = settle(&terms(text), month("2026-10"), &facts).unwrap();
    assert_eq!(
        settlement.pools[1].amount_cents,
        Cents(0),
        "the provider pays itself no fee"
    );
}

#[test]
fn an_agreed_rate_charges_minutes_whatever_they_cost() {
    // CSO-CHAN-1989: $17.00 an hour; 16 weeks of 20 hours come to $5,440.00.
    let text = include_str!("../../examples/terms/hourly-rate.toml");
    let weeks = (0..16_i64).map(|n| {
        let start = date("2026-09-06")
            .checked_add(jiff::ToSpan::days(n * 7))
            .unwrap();
        let day = start.tomorrow().unwrap().to_string();
        week(
            n.unsigned_abs(),
            &start.to_string(),
            "100",
            vec![slice(1, &day, "town:bayside", 1200, 0)],
        )
    });
    let facts = Facts {
        labour: weeks.collect(),
        ..Facts::default()
    };
    let months = ["2026-09", "2026-10", "2026-11", "2026-12"];
    let charged = months.map(|m| {
        let settlement = settle(&terms(text), month(m), &facts).unwrap();
        assert!(
            settlement
                .lines
                .iter()
                .all(|line| !line.key.starts_with("premium/"))
        );
        settlement
            .totals
            .iter()
            .map(|total| total.cents.0)
            .sum::<i64>()
    });
    assert_eq!(charged.iter().sum::<i64>(), 544_000);
}

#[test]
fn premium_follows_all_minutes_or_those_worked_last() {
    let mut facts = october();
    facts.labour.remove(0);
    let charged = |facts: &Facts, premium: &str| {
        let terms = with(&format!(
            "{LABOUR}{premium}\n[[pool]]\nname = \"ot\"\nbasis = \"equal\""
        ));
        let mut facts = facts.clone();
        facts.expenses.clear();
        let settlement = settle(&terms, month("2026-10"), &facts).unwrap();
        let lines = settlement.lines.iter();
        let lines = lines.filter(|l| l.key.starts_with("premium") || l.key.starts_with("pool"));
        lines
            .map(|line| (line.party.to_string(), line.cents.0))
            .collect::<Vec<_>>()
    };
    let row = |party: &str, cents| (party.to_owned(), cents);
    assert_eq!(
        charged(&facts, "\"pro_rata\""),
        [row("barlow", 311), row("oakhurst", 306)]
    );
    assert_eq!(charged(&facts, "\"worked_last\""), [row("barlow", 617)]);
    assert_eq!(charged(&facts, "\"provider\""), [row("provider", 617)]);
    let pooled = [
        row("barlow", 206),
        row("fenwick", 206),
        row("oakhurst", 205),
    ];
    assert_eq!(charged(&facts, "\"pool:ot\""), pooled);
    facts.labour[0].slices[1].past_threshold_minutes = Minutes(0);
    let fallback = [row("barlow", 311), row("oakhurst", 306)];
    assert_eq!(
        charged(&facts, "\"worked_last\""),
        fallback,
        "nothing past the threshold lies here"
    );
}

#[test]
fn a_premium_counts_in_the_month_its_week_ends() {
    let facts = Facts {
        labour: vec![week(
            1,
            "2026-09-27",
            "900",
            vec![slice(1, "2026-09-28", "town:barlow", 600, 10)],
        )],
        ..Facts::default()
    };
    let terms = with(&format!("{LABOUR}\"worked_last\""));
    let september = settle(&terms, month("2026-09"), &facts).unwrap();
    assert_eq!(
        keys(&september),
        [("labour/cso-114/barlow".to_owned(), 28_800)]
    );
    let october = settle(&terms, month("2026-10"), &facts).unwrap();
    assert_eq!(keys(&october), [("premium/cso-114/barlow".to_owned(), 900)]);
}

#[test]
fn what_no_town_bears_lands_on_the_providers_line() {
    let slices = vec![
        slice(1, "2026-10-05", "town:carver", 60, 0),
        slice(2, "2026-10-05", "travel:carver", 30, 0),
        slice(3, "2026-10-05", "aid:shelby-county", 15, 0),
    ];
    let facts = Facts {
        labour: vec![week(1, "2026-10-04", "0", slices)],
        ..Facts::default()
    };
    let terms = with(&format!("{LABOUR}\"pro_rata\""));
    let settlement = settle(&terms, month("2026-10"), &facts).unwrap();
    assert_eq!(
        keys(&settlement),
        [("labour/cso-114/provider".to_owned(), 48 * 105)]
    );
}

#[test]
fn months_never_drift_from_what_the_officer_cost() {
    // A third of a cent a day: no single month may invent or lose one.
    let days = ["2026-08-30", "2026-09-30", "2026-10-30", "2026-11-30"];
    let weeks = days.iter().zip(1..).map(|(day, n)| {
        let mut worked = slice(n, day, "town:barlow", 1, 0);
        worked.base_cost_cents = fraction("100/3");
        week(n, day, "0", vec![worked])
    });
    let facts = Facts {
        labour: weeks.collect(),
        ..Facts::default()
    };
    let terms = with(&format!("{LABOUR}\"pro_rata\""));
    let charged = ["2026-08", "2026-09", "2026-10", "2026-11"]
        .map(|m| settle(&terms, month(m), &facts).unwrap().totals[0].cents.0);
    assert_eq!(charged, [33, 34, 33, 33], "33, 67, 100, 133 in all");
}

#[test]
fn a_line_says_which_cent_rounding_moved() {
    let settlement = settle(
        &with(&format!("{BY}\"equal\"")),
        month("2026-10"),
        &spent(101),
    );
    let settlement = settlement.unwrap();
    let moved: Vec<_> = settlement
        .lines
        .iter()
        .map(|l| (l.cents.0, l.moved_cent))
        .collect();
    assert_eq!(moved, [(34, 0), (34, 0), (33, -1)]);
    assert_eq!(settlement.lines[0].exact_cents, fraction("101/3"));
    assert!(
        settlement
            .rounding
            .ends_with("barlow, fenwick, oakhurst, provider")
    );
}

#[test]
fn the_latest_figure_before_the_months_end_counts_unless_a_day_is_given() {
    let mut facts = spent(1000);
    facts.figures = figures();
    facts
        .figures
        .push(figure(9, "barlow", "population", "2026-10-31", "905"));
    facts
        .figures
        .push(figure(8, "barlow", "population", "2026-11-01", "1"));
    let by = |rest: &str| of_pool(&format!("{BY}\"population\"{rest}"), &facts);
    assert_eq!(by(""), [220, 219, 561]);
    assert_eq!(by("\nas_of = 2026-10-30"), [315, 193, 492]);
}

#[test]
fn a_figure_recorded_later_for_the_same_day_replaces_the_earlier() {
    let mut facts = spent(1000);
    facts.figures = figures();
    facts
        .figures
        .insert(0, figure(9, "barlow", "population", "2020-04-01", "0"));
    assert_eq!(
        of_pool(&format!("{BY}\"population\""), &facts),
        [0, 281, 719]
    );
}

#[test]
fn a_withdrawn_incident_counts_nowhere() {
    let mut facts = spent(1000);
    facts.incidents = october().incidents;
    let mut gone = incident(21, "barlow", "2026-10-05", None);
    gone.source.seq = 99;
    gone.withdrawn = true;
    facts.incidents.insert(0, gone);
    assert_eq!(of_pool(&format!("{BY}\"calls\""), &facts), [500, 0, 500]);
}

#[test]
fn several_incidents_of_a_day_are_cited_by_their_number() {
    let mut facts = spent(1000);
    facts.incidents = [(1, "2026-10-05", Some(20)), (2, "2026-10-05", None)]
        .into_iter()
        .chain([(3, "2026-10-05", Some(22)), (4, "2026-10-06", None)])
        .map(|(number, day, minutes)| incident(number, "barlow", day, minutes))
        .collect();
    let settlement = settle(&with(&format!("{BY}\"calls\"")), month("2026-10"), &facts).unwrap();
    let cited = settlement.lines[0].figures[0].sources.iter();
    let cited: Vec<_> = cited
        .map(|c| (c.code.as_str(), c.source.is_some(), c.minutes))
        .collect();
    let minutes = Some(vocabulary::Minutes(42));
    let expected = [
        ("3 incidents", false, minutes),
        ("incident cad/4", true, None),
    ];
    assert_eq!(cited, expected);
}
