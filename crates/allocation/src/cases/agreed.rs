//! Sums that the terms themselves set: hours and units bought, rates built up, instalments.

use super::*;

const TOTAL: &str = "";

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn cso_chan_1989_a_month_is_four_weeks_only_if_the_terms_say_so() {
    let text = include_str!("../../examples/terms/cases/cso-chan-1989.toml");
    let autumn = months("1989-09", 4);
    assert_eq!(charged(text, &autumn, TOTAL), dollars("5440.00"));
    let by = |weeks| replaced(text, "weeks = \"4_a_month\"", weeks);
    let calendar = by("weeks = \"calendar\"");
    assert_eq!(charged(&calendar, &autumn, TOTAL), dollars("5925.71"));
    // A third of 17,680.00 is 5,893.33; four instalments of 1,473.33 are a cent less.
    let of_year = by("weeks = \"52_a_year\"");
    assert_eq!(charged(&of_year, &autumn, TOTAL), dollars("5893.32"));
    assert_eq!(charged(text, &months("1990-01", 1), TOTAL), Cents::ZERO);
}

#[test]
fn cso_chan_1990_a_rate_is_built_up_from_rounded_parts() {
    let text = include_str!("../../examples/terms/cases/cso-chan-1990.toml");
    let rule = |text: &str| {
        let settled = settle(&terms(text), month("1990-01"), &Facts::default()).unwrap();
        settled.pools[0].facts[0].code.clone()
    };
    let said = rule(text);
    assert!(said.contains("1040 hours at $21.28 ("), "{said}");
    assert!(said.contains("liability $140.00 / 1040 = $0.14"), "{said}");
    let year = months("1990-01", 12);
    assert_eq!(charged(text, &year, TOTAL), dollars("22131.20"));
    // Rounded half-up the liability is 0.13, and the printed parts foot to a cent less.
    let half_up = replaced(text, ", mode = \"up\"", "");
    assert!(rule(&half_up).contains("at $21.27 ("));
    // Unrounded, 21.27833…: the same to the cent.
    let exact = half_up.replace(", places = 2", "");
    assert!(
        rule(&exact).contains("at $21.28, exactly $"),
        "{}",
        rule(&exact)
    );
}

#[test]
fn hrs_carver_2003_2004_the_leap_day_costs_what_the_terms_say() {
    let text = include_str!("../../examples/terms/cases/hrs-carver-2004.toml");
    let year = months("2004-01", 12);
    assert_eq!(charged(text, &year, TOTAL), dollars("897374.40"));
    let counted = replaced(text, "leap_day = \"free\"", "leap_day = \"charged\"");
    assert_eq!(charged(&counted, &year, TOTAL), dollars("899832.96"));
    let before = replaced(text, "51.22", "50.17");
    let year = months("2003-01", 12);
    assert_eq!(charged(&before, &year, TOTAL), dollars("878978.40"));
}

#[test]
fn fte_carver_2006_positions_and_differentials_foot() {
    let text = include_str!("../../examples/terms/cases/fte-carver-2006.toml");
    let year = months("2006-01", 12);
    for (line, published) in [
        ("charge/patrol-deputies/", "882309.20"),
        ("charge/deputies-nights/", "5895.50"),
        ("charge/corporals/", "179101.84"),
        ("charge/corporals-nights/", "2358.20"),
        ("charge/sergeant/", "99710.41"),
        (TOTAL, "1169375.15"),
    ] {
        assert_eq!(charged(text, &year, line), dollars(published), "{line}");
    }
}

#[test]
fn fte_carver_2010_vehicles_differ_by_two_hundred_and_a_fraction_joins_in_mid_year() {
    let head = "grammar = 1\nagreement = \"carver\"\ntowns = [\"chanhassen\"]\n\
                rounding = { residual = \"provider\" }\n";
    let line = |(name, price): (&str, &str)| {
        format!(
            "[[charge]]\nname = \"{name}\"\nto = \"chanhassen\"\nprice = \"{price}\"\nper = \
             \"year\"\n"
        )
    };
    let lines: String = [
        ("p-deputies", "881460"),
        ("p-deputies-nights", "8840"),
        ("p-corporals", "178932"),
        ("p-corporals-nights", "3536"),
        ("p-lieutenant", "103883"),
        ("p-investigator", "85202"),
        ("p-school", "83882"),
        ("v-patrol", "108084"),
        ("v-investigator", "5537"),
        ("v-lieutenant", "4100"),
        ("v-school", "5383"),
    ]
    .map(line)
    .concat();
    let (text, year) = (format!("{head}{lines}"), months("2010-01", 12));
    assert_eq!(charged(&text, &year, "charge/p-"), dollars("1345735"));
    // Published: 122,904, as the total of 1,468,639 has it too; the lines come to 200 more.
    assert_eq!(charged(&text, &year, "charge/v-"), dollars("123104"));
    assert_eq!(charged(&text, &year, TOTAL), dollars("1468839"));
    // Joined on 1 September 2009: a third of a year, or 0.33 of a position.
    let year = months("2009-01", 12);
    let joined = line(("school", "79665")) + "from = 2009-09-01\n";
    let text = format!("{head}{joined}");
    assert_eq!(charged(&text, &year, TOTAL), dollars("26555"));
    let fraction = line(("school", "80469.70")) + "quantity = \"0.33\"\n";
    let text = format!("{head}{fraction}");
    assert_eq!(charged(&text, &year, TOTAL), dollars("26555"));
}

#[test]
fn rate_palmdesert_2020_the_unrounded_rate_is_extended() {
    let text = include_str!("../../examples/terms/cases/rate-palmdesert-2020.toml");
    let year = months("2020-07", 12);
    let line = |text: &str, line: &str| charged(text, &year, &format!("charge/{line}/"));
    assert_eq!(line(text, "patrol"), dollars("10528756.13"));
    assert_eq!(line(text, "lieutenant"), dollars("302357.90"));
    assert_eq!(line(text, "sergeant"), dollars("268011.00"));
    // The rates as they are shown would give 63.07 more, 9.10 and 3.00 less.
    let shown = text.replace("per = ", "price_places = 2\nper = ");
    assert_eq!(line(&shown, "patrol"), dollars("10528819.20"));
    assert_eq!(line(&shown, "lieutenant"), dollars("302348.80"));
    assert_eq!(line(&shown, "sergeant"), dollars("268008.00"));
    let settled = settle(&terms(text), month("2020-07"), &Facts::default()).unwrap();
    let rule = &settled.lines[0].rule;
    assert!(rule.contains("$200.32, exactly $200.3188"), "{rule}");
}

#[test]
fn unit_rpv_2005_lines_are_rounded_and_the_surcharge_is_on_their_sum() {
    let text = include_str!("../../examples/terms/cases/unit-rpv-2005.toml");
    let settled = settle(&terms(text), month("2005-07"), &Facts::default()).unwrap();
    let [region, liability] = &settled.pools[..] else {
        panic!("{:?}", settled.pools);
    };
    let unit = region.facts.iter().find(|f| f.code.contains("deputy-56h"));
    assert_eq!(unit.unwrap().cents, Some(dollars("3360616.76").exact()));
    assert_eq!(region.amount_cents, dollars("4499382.76"));
    assert_eq!(liability.amount_cents, dollars("269962.97"));
    let total = Cents::sum(settled.totals.iter().map(|total| total.cents));
    assert_eq!(total, Ok(dollars("4769345.73")));
}

#[test]
fn hrs_nycrpd_2020_the_published_sum_is_62_80_short_of_its_own_rate() {
    let text = "grammar = 1\nagreement = \"nycrpd\"\ntowns = [\"north-codorus\"]\n\
                rounding = { residual = \"provider\" }\n[[charge]]\nname = \"hours\"\nto = \
                \"north-codorus\"\nquantity = \"170\"\nunit = \"hours\"\nprice = \"84.17\"\nper = \
                \"week\"\nweeks = \"52_a_year\"\n";
    // Published: 744,000.
    let year = months("2020-01", 12);
    assert_eq!(charged(text, &year, TOTAL), dollars("744062.80"));
}

#[test]
fn flat_oldham_1999_the_last_instalment_makes_up_for_the_others() {
    let text = include_str!("../../examples/terms/cases/flat-oldham-1999.toml");
    let each = months("1999-01", 12);
    let each = each.iter().map(|month| charged(text, &[*month], "charge/"));
    let each: Vec<Cents> = each.collect();
    assert_eq!(each[..11], [dollars("416.67"); 11]);
    assert_eq!(each[11], dollars("416.63"));
    assert_eq!(Cents::sum(each), Ok(dollars("5000.00")));
}

#[test]
fn setup_orangenc_2021_a_vehicle_once_then_a_fifth_a_year_under_a_cap() {
    let text = include_str!("../../examples/terms/cases/setup-orangenc-2021.toml");
    let (first, second) = (months("2021-07", 12), months("2022-07", 12));
    assert_eq!(charged(text, &first, TOTAL), dollars("134452"));
    assert_eq!(charged(text, &second, "charge/vehicle-r"), dollars("9000"));
    // The position at twice its price: the cap leaves an increase of 6,722.60.
    let dear = replaced(text, "price = \"75952\"", "price = \"151904\"");
    let town = |key: &str| charged(&dear, &second, key);
    let borne = [town("charge/"), town("limit/increase/hillsborough")];
    assert_eq!(Cents::sum(borne), Ok(dollars("141174.60")));
    let rest = [
        town("limit/increase/hillsborough"),
        town("limit/increase/provider"),
    ];
    assert_eq!(Cents::sum(rest), Ok(Cents::ZERO));
    assert_eq!(town("limit/increase/provider"), dollars("19729.40"));
    // On the employee's amount alone: 3,797.60.
    let alone = replaced(&dear, "at_most = \"134452\"", "at_most = \"75952\"");
    let employee = replaced(
        &alone,
        "of = [\"charge:employee\", \"charge:vehicle-and-equipment\", \"charge:vehicle-replacement\"]",
        "of = [\"charge:employee\"]",
    );
    let borne = [
        charged(&employee, &second, "charge/employee/"),
        charged(&employee, &second, "limit/increase/hillsborough"),
    ];
    assert_eq!(Cents::sum(borne), Ok(dollars("79749.60")));
}

#[test]
fn admin_longlake_2010_a_fee_names_the_amount_that_it_is_reckoned_on() {
    let fee = |base: &str| {
        let text = format!(
            "grammar = 1\nagreement = \"orono\"\ntowns = [\"long-lake\"]\nrounding = {{ residual = \
             \"provider\" }}\n[[charge]]\nname = \"administration\"\nto = \"long-lake\"\nprice = \
             [{{ what = \"base-police-budget\", amount = \"{base}\", times = \"0.10\" }}]\nper = \
             \"once\"\non = 2010-01-01\n"
        );
        charged(&text, &months("2010-01", 1), TOTAL)
    };
    assert_eq!(fee("2594360"), dollars("259436.00"));
    // Neither published budget gives the published fee.
    assert_eq!(fee("2628880"), dollars("262888.00"));
    assert_eq!(fee("2664343"), dollars("266434.30"));
}

#[test]
fn aid_andover_2023_gross_credit_and_net_stand_apart() {
    let text = include_str!("../../examples/terms/cases/aid-andover-2023.toml");
    let year = months("2023-01", 12);
    assert_eq!(charged(text, &year, "charge/"), dollars("3470315"));
    // Published as "a reduction of $26,192", which is 223,000 less.
    assert_eq!(charged(text, &year, "credit/"), dollars("-249192"));
    assert_eq!(charged(text, &year, TOTAL), dollars("3221123"));
}

#[test]
fn label_indianriver_2026_sixteen_hours_a_cycle_are_not_sixteen_a_week() {
    let text = include_str!("../../examples/terms/cases/label-indianriver-2026.toml");
    let year = months("2026-01", 12);
    // Published to the dollar: 37,705 and 11,952.
    assert_eq!(
        charged(text, &year, "charge/operator/"),
        dollars("37704.96")
    );
    assert_eq!(charged(text, &year, "charge/fuel/"), dollars("11952.00"));
    let literal = replaced(text, "quantity = \"576\"", "quantity = \"16\"");
    let literal = literal.replacen("per = \"year\"", "per = \"week\"\nweeks = \"52_a_year\"", 1);
    let operator = charged(&literal, &year, "charge/operator/");
    assert_eq!(operator, dollars("54462.72"));
}

#[test]
fn grant_rutland_2013_the_parts_do_not_foot_to_the_grant() {
    let parts = [
        ("vehicle", "29000"),
        ("shelter", "24500"),
        ("salary", "30000"),
    ];
    let parts = parts.map(|(name, price)| {
        format!(
            "[[charge]]\nname = \"{name}\"\nto = \"rutland\"\nprice = \"{price}\"\nper = \"once\"\n\
             on = 2013-07-01\n"
        )
    });
    let text = format!(
        "grammar = 1\nagreement = \"rutland\"\ntowns = [\"rutland\"]\nrounding = {{ residual = \
         \"provider\" }}\n{}",
        parts.concat()
    );
    let once = months("2013-07", 1);
    // Published: 84,000, 500 more (100 more with the other source's shelter of 24,900).
    assert_eq!(charged(&text, &once, TOTAL), dollars("83500"));
    let other = replaced(&text, "24500", "24900");
    assert_eq!(charged(&other, &once, TOTAL), dollars("83900"));
}
