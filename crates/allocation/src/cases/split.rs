//! Shares of one whole: fixed, equal, requested, by formula.

use super::*;
use crate::samples::{figure, fraction, incident, party};
use crate::{Share, Terms};

fn fixed(shares: &str) -> String {
    format!(
        "grammar = 1\nagreement = \"shares\"\ntowns = [\"one\", \"other\"]\nrounding = {{ order = \
         [\"one\", \"other\", \"provider\"] }}\n[[pool]]\nname = \"cost\"\nbasis = \
         \"fixed\"\n{shares}\n"
    )
}

fn shares(text: &str, cents: i64) -> Vec<i64> {
    let settled = spent_on(text, "cost", cents, "2020-01-15", Facts::default());
    let shares = settled.pools[0].shares.iter();
    shares.map(|share| share.cents.0).collect()
}

fn percent(share: &Share, places: u32) -> String {
    (&share.share * &fraction("100")).to_decimal(places)
}

#[test]
fn ppu_bvrpd_2020_what_nobody_asked_for_has_a_named_owner() {
    let asked = "shares = { one = \"0.5077\", other = \"0.48\" }";
    let problems = Terms::parse(&fixed(asked)).unwrap_err();
    assert!(problems[0].fix.contains("shares sum to 0.9877"));
    // Published in whole dollars: 1,108,078, 1,047,621 and 26,845 unfunded.
    let owned = fixed(&format!("{asked}\nresidual = \"provider\""));
    let split = shares(&owned, 218_254_400);
    assert_eq!(split, [110_807_759, 104_762_112, 2_684_529]);
}

#[test]
fn ppu_bvrpd_2021_aid_to_others_is_booked_to_a_named_owner() {
    // 1.23 points between the two readings are 29,942 of a base that is implied.
    let split = |own| {
        let text = format!("shares = {{ one = \"{own}\" }}\nresidual = \"other\"");
        shares(&fixed(&text), 243_430_894)[0]
    };
    assert_eq!(split("0.52") - split("0.5077"), 2_994_200);
    // 0.355 units of 520 hours are 184.6 hours of aid that had no payer.
    let minutes = fraction("0.355") * fraction("520") * fraction("60");
    let minutes = minutes.to_integer_exact().unwrap();
    assert_eq!(minutes, 11_076);
    let slices = (0..12).map(|n| {
        let day = format!("2026-10-{:02}", n + 1);
        crate::samples::slice(n + 1, &day, "aid:shelby-county", minutes / 12, 0)
    });
    let week = crate::samples::week(1, "2026-09-27", "0", slices.collect());
    let facts = Facts {
        labour: vec![week],
        ..Facts::default()
    };
    let labour = |aid| {
        format!(
            "[labour]\ncost = \"hourly\"\nhourly_rate = \"60\"\nsplit = \"worked\"\ntravel = \
             \"provider\"\nelsewhere = \"provider\"\naid = \"{aid}\"\n"
        )
    };
    let borne = |aid| {
        let text = fixed("shares = { one = \"1\" }") + &labour(aid);
        let settled = settle(&terms(&text), month("2026-10"), &facts).unwrap();
        (settled.lines[0].party.clone(), settled.lines[0].cents)
    };
    assert_eq!(borne("provider"), (party("provider"), dollars("11076.00")));
    assert_eq!(borne("other"), (party("other"), dollars("11076.00")));
}

#[test]
fn eight_grandchute_2009_the_published_share_is_25714_01_too_much() {
    let share = |share| {
        let text = format!("shares = {{ one = \"{share}\" }}\nresidual = \"other\"");
        shares(&fixed(&text), 1_946_307_200)[0]
    };
    // Published: 4,023,429 for "20.54 %", and "20.45 %" in the same text.
    assert_eq!(share("0.2054"), 399_771_499);
    assert_eq!(402_342_900 - share("0.2054"), 2_571_401);
    let saved = |share| {
        let text = format!("shares = {{ one = \"{share}\" }}\nresidual = \"other\"");
        shares(&fixed(&text), 8_811_400)[0]
    };
    assert_eq!((saved("0.2045"), saved("0.2054")), (1_801_931, 1_809_862));
}

#[test]
fn share_rutland_2014_a_share_with_two_decimals() {
    let text = fixed("shares = { one = \"0.1931\" }\nresidual = \"other\"");
    assert_eq!(shares(&text, 3_220_093)[0], 621_800);
    // From 11,067: 43.81 % less, published as 45 %.
    let cut = fraction("11067") - fraction("6218");
    let cut = (cut * fraction("100")).checked_div(&fraction("11067"));
    assert_eq!(cut.unwrap().to_decimal(2), "43.81");
}

#[test]
fn equal_agawam_2011_halves() {
    let text = include_str!("../../examples/terms/equal.toml");
    let settled = spent_on(text, "officer", 4_981_000, "2010-07-01", Facts::default());
    let halves = settled.pools[0].shares.iter().map(|share| share.cents);
    assert_eq!(halves.collect::<Vec<_>>(), [dollars("24905"); 2]);
}

#[test]
fn blend_tukwila_2016_eighty_use_and_twenty_residents_in_each_pool() {
    let pool = |name: &str, use_of: &str| {
        format!(
            "[[pool]]\nname = \"{name}\"\nbasis = \"weighted\"\nweights = [{{ basis = \
             \"figure:{use_of}\", weight = \"0.8\" }}, {{ basis = \"population\", weight = \"0.2\" \
             }}]\n"
        )
    };
    let text = format!(
        "grammar = 1\nagreement = \"animal-services\"\ntowns = [\"tukwila\", \
         \"others\"]\nrounding = {{ order = [\"tukwila\", \"others\", \"provider\"] }}\n{}{}",
        pool("field", "calls-2015"),
        pool("shelter", "intakes-2015")
    );
    // The region's totals are implied by the shares that were printed.
    let rows = [
        ("tukwila", "population", "19540"),
        ("others", "population", "1003497"),
        ("tukwila", "calls-2015", "188"),
        ("others", "calls-2015", "2498"),
        ("tukwila", "intakes-2015", "286"),
        ("others", "intakes-2015", "4723"),
    ];
    let rows = rows.iter().zip(1..);
    let facts = Facts {
        figures: rows
            .map(|((town, basis, value), seq)| figure(seq, town, basis, "2015-12-31", value))
            .collect(),
        ..Facts::default()
    };
    let share = |pool: &str| {
        let settled = spent_on(&text, pool, 100_000_000, "2016-01-15", facts.clone());
        let drawn = settled.pools.iter().find(|p| !p.shares.is_empty()).unwrap();
        percent(&drawn.shares[0], 3)
    };
    // 188 of 2,686 whole calls are 6.9993 %, printed as 7: with 7 it would be 5.982.
    assert_eq!(share("field"), "5.981");
    assert_eq!(share("shelter"), "4.950");
}

#[test]
fn multi_clpd_1999_staffing_need_is_frozen_and_the_cap_has_a_named_payer() {
    let text = include_str!("../../examples/terms/cases/multi-clpd-1999.toml");
    let towns = ["centerville", "circle-pines", "lexington"];
    let staffing = ["3.71", "5.39", "6.10"];
    let mut facts = Facts::default();
    for ((town, need), seq) in towns.iter().zip(staffing).zip(1..) {
        let of = |seq, basis, as_of, value| figure(seq, town, basis, as_of, value);
        facts.figures.push(of(seq, "staffing", "1999-05-26", need));
        facts
            .figures
            .push(of(seq + 10, "staffing", "2000-01-01", "9"));
        facts
            .figures
            .push(of(seq + 20, "population", "1990-04-01", "1000"));
        facts
            .incidents
            .push(incident(seq, town, "1998-06-01", None));
    }
    let settled = spent_on(text, "department", 90_000_000, "2000-01-31", facts);
    let shares = &settled.pools[0].shares;
    // 3.71 of 15.20 is 24.408 %, a fifth of it 4.882 %; calls and residents are alike here.
    let alike = fraction("0.8") * fraction("1/3");
    let need = |share: &Share| ((&share.share - &alike) * fraction("100")).to_decimal(3);
    let needs: Vec<String> = shares.iter().map(need).collect();
    assert_eq!(needs, ["4.882", "7.092", "8.026"]);
    assert_eq!(
        shares[0].figures[0].as_of,
        Some("1999-12-31".parse().unwrap())
    );
    // 312,236.84 by the formula, within 345,000: nothing is cut. At a cap of 300,000 it is.
    let cut = |text: &str| {
        let mut facts = Facts::default();
        for (town, seq) in towns.iter().zip(1..) {
            let need = staffing[usize::try_from(seq).unwrap() - 1];
            let row = |seq, basis, value| figure(seq, town, basis, "1999-01-01", value);
            facts.figures.push(row(seq, "staffing", need));
            facts.figures.push(row(seq + 20, "population", "1000"));
            facts
                .incidents
                .push(incident(seq, town, "1998-06-01", None));
        }
        let settled = spent_on(text, "department", 90_000_000, "2000-01-31", facts);
        let lines = settled.lines.iter().filter(|l| l.key.starts_with("limit/"));
        let lines = lines.map(|line| (line.party.to_string(), line.cents));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(cut(text), []);
    let tight = cut(&text.replace("percent = \"115\"", "percent = \"100\""));
    let moved = dollars("12236.84");
    assert_eq!(tight[1], ("circle-pines".to_owned(), moved));
    assert_eq!(tight[0], ("lexington".to_owned(), Cents(-moved.0)));
}
