//! The months as they should go.

use allocation::Statement;
use vocabulary::{Cents, Fraction};
use wire::payroll::v1::GetTimesheetRequest;
use wire::statements::v1::CloseMonthResponse;

use super::copies;
use super::files::Who::Officer;
use super::golden;
use super::month::script::OCTOBER_WEEKS;
use super::month::{self, MONTHS, OFFICER, PARTIES, Told, Undisturbed};
use super::platform::Platform;

#[tokio::test(flavor = "multi_thread")]
async fn two_undisturbed_months_add_up_verify_and_are_what_was_once_published() {
    let mut platform = Platform::start().await;
    let told = month::told(&mut platform, &mut Undisturbed).await;
    let filled = told.closes[0]
        .pools
        .iter()
        .filter(|pool| pool.amount_cents > 0);
    assert!(
        filled.count() >= 6,
        "the example uses few of the rules: {:?}",
        told.closes[0].pools
    );
    for close in &told.closes {
        assert_adds_up(close);
    }
    assert_adjusts_what_was_corrected(&told);
    assert_every_minute_is_somewhere(&told);
    assert_ties_to_payroll(&mut platform, &told.closes[0]).await;
    for party in PARTIES {
        golden::verify(&mut platform, &told, party).await;
    }
    copies::assert_true_and_complete(&platform).await;
    if golden::is_written() {
        golden::write_statements(&told);
        let files = month::bundle(&mut platform, MONTHS[1], "barlow").await;
        golden::write_bundle(&files);
    }
    golden::assert_same_statements(&told);
    let tally = platform.finish().await;
    assert_eq!(
        tally.repeats, 0,
        "nothing was away, so nothing had to be asked twice"
    );
}

/// Parts equal the whole: every pool's charges, and every party's statement.
fn assert_adds_up(close: &CloseMonthResponse) {
    for pool in close.pools.iter().filter(|pool| !pool.shares.is_empty()) {
        let charged: i64 = pool.shares.iter().map(|share| share.charge_cents).sum();
        assert_eq!(charged, pool.amount_cents, "{}", pool.pool);
    }
    let parties: Vec<&str> = close.statements.iter().map(|s| s.party.as_str()).collect();
    assert_eq!(parties, PARTIES);
    assert!(close.open.is_empty(), "{:?}", close.open);
}

fn statement(told: &Told, month: &str, party: &str) -> Statement {
    let (json, _) = &told.statements[&(month.to_owned(), party.to_owned())];
    Statement::from_json(json).unwrap()
}

/// Added up by hand from the script: a night is cut at the end of the month, and its repeated hour
/// counts twice.
fn assert_every_minute_is_somewhere(told: &Told) {
    for (month, minutes) in [(MONTHS[0], 5_390), (MONTHS[1], 1_110)] {
        let of = PARTIES.map(|party| statement(told, month, party));
        let found: i64 = of.iter().map(|s| s.minutes.0 + s.travel_minutes.0).sum();
        assert_eq!(found, minutes, "{month}");
    }
}

/// What payroll reckoned for the weeks of October, and nothing else, is what its pools hold. (No
/// week before November's reaches into another month.)
async fn assert_ties_to_payroll(platform: &mut Platform, close: &CloseMonthResponse) {
    let (mut cost, mut premium) = (Vec::new(), Vec::new());
    for week in OCTOBER_WEEKS {
        let (officer, week) = (OFFICER.into(), week.into());
        let sheet = platform.must(Officer, GetTimesheetRequest { officer, week });
        for account in sheet.await.costs {
            assert_eq!(account.account, "agreement:three-rivers");
            cost.push(account.cost_cents.parse::<Fraction>().unwrap());
            premium.push(account.premium_cents.parse::<Fraction>().unwrap());
        }
    }
    let rounded = |parts: &[Fraction]| Fraction::sum(parts).to_cents_half_up().unwrap().0;
    let pool = |name: &str| {
        let pool = close.pools.iter().find(|pool| pool.pool == name);
        pool.unwrap_or_else(|| panic!("no pool {name}"))
            .amount_cents
    };
    // The training went into readiness, beside the insurance.
    let from_labour = pool("pool/readiness") - 62_500;
    let charged = pool("labour/cso-114") + pool("premium/cso-114") + from_labour;
    assert!(from_labour > 0);
    assert_eq!(charged, rounded(&cost) + rounded(&premium));
}

/// The corrected afternoon went from one town to the other; the late incident moved calls and
/// minutes. Nothing is lost: what one pays less the others pay more.
fn assert_adjusts_what_was_corrected(told: &Told) {
    let mut causes = String::new();
    for party in PARTIES {
        assert_eq!(statement(told, MONTHS[0], party).adjustments, []);
        for adjustment in statement(told, MONTHS[1], party).adjustments {
            assert_eq!(adjustment.month.to_string(), MONTHS[0]);
            adjustment
                .causes
                .iter()
                .for_each(|cause| causes.push_str(&cause.code));
        }
    }
    assert!(causes.contains("cso-114.12"), "{causes}");
    assert!(statement(told, MONTHS[1], "barlow").adjustments_cents < Cents::ZERO);
    assert!(statement(told, MONTHS[1], "cedar-fork").adjustments_cents > Cents::ZERO);
    let moved = told.closes[1].statements.iter().map(|s| s.adjustment_cents);
    // What the correction cost in itself (another rate, another fee) is the rest.
    assert!(moved.sum::<i64>().abs() < 10_000);
}
