use vocabulary::Cents;

use super::*;

const THREE_TOWNS: &str = include_str!("../../weeks/three-towns.toml");

fn with(change: &str, by: &str) -> Result<Answer, Refusal> {
    assert!(THREE_TOWNS.contains(change), "{change}");
    compute(&THREE_TOWNS.replacen(change, by, 1))
}

fn refused(change: &str, by: &str) -> String {
    with(change, by).unwrap_err().to_string()
}

#[test]
fn the_documented_week_is_answered_as_the_document_says() {
    let answer = compute(THREE_TOWNS).unwrap();
    let json = serde_json::to_string_pretty(&answer).unwrap();
    let golden = include_str!("../../weeks/three-towns.json");
    assert_eq!(json.trim(), golden.trim(), "{json}");
    let document = include_str!("../../../../docs/week.md");
    for line in THREE_TOWNS.lines() {
        assert!(document.contains(line), "docs/week.md lacks: {line}");
    }
    for said in &answer.because {
        assert!(
            document.contains(said.as_str()),
            "docs/week.md lacks: {said}"
        );
    }
}

#[test]
fn every_key_and_kind_is_documented() {
    let document = include_str!("../../../../docs/week.md");
    let keys = [
        "format",
        "officer",
        "first_day",
        "zone",
        "employer",
        "pay.basis",
        "pay.salary",
        "pay.per",
        "pay.covers_minutes",
        "pay.overtime_rate",
        "pay.agreed_on",
        "minimum_wage",
        "minimum_wage_of",
        "rules",
        "rule_set",
        "work",
        "extra",
        "comp_time",
        "work_period",
        "attribution",
        "bonus",
        "shift_differential",
        "on_call_stipend",
        "other_pay",
        "discretionary_bonus",
        "gift",
        "paid_absence",
        "idle_pay",
        "comp_time_used",
        "reimbursement",
        "pro_rata",
        "pro_rata_by_pay",
        "worked_last",
        "caused",
        "pooled",
        "unless_ordered",
        "each_minute_once",
        "greatest",
        "weekly",
        "daily",
        "seventh_day",
        "on_days",
        "regular",
        "leave",
        "salary_remainder",
        "overtime_premium",
        "further_premium",
    ];
    for key in keys {
        assert!(
            document.contains(&format!("`{key}`")),
            "docs/week.md lacks `{key}`"
        );
    }
}

#[test]
fn the_order_of_work_in_the_file_makes_no_difference() {
    let (head, work) = THREE_TOWNS.split_once("[[work]]").unwrap();
    let mut stretches: Vec<_> = work.split("[[work]]").map(str::to_owned).collect();
    stretches.reverse();
    let reversed = format!("{head}\n[[work]]{}", stretches.join("\n[[work]]"));
    let (first, second) = (compute(THREE_TOWNS).unwrap(), compute(&reversed).unwrap());
    assert_eq!(
        (first.gross_cents, first.lines),
        (second.gross_cents, second.lines)
    );
}

#[test]
fn a_shift_over_the_weeks_edge_is_cut_and_the_rest_named() {
    let answer = with("2026-10-05T08:00", "2026-10-03T22:00").unwrap();
    // From Saturday 22:00 to Monday 20:00 is one duty: two hours of it are the week before's.
    assert_eq!(answer.left_out.len(), 1);
    let left = &answer.left_out[0];
    assert_eq!(Minutes::between(left.start, left.end), Minutes(120));
}

#[test]
fn a_break_counts_unless_it_is_a_whole_meal_without_duty() {
    let worked = |change, by| with(change, by).unwrap().worked_minutes.0;
    assert_eq!(worked("cso-114", "cso-114"), 46 * 60);
    assert_eq!(worked("relieved = true", "relieved = false"), 46 * 60 + 30);
    assert_eq!(worked("2026-10-07T12:30", "2026-10-07T12:29"), 46 * 60 + 30);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let unknown = refused("employer =", "emplover =");
    assert!(
        unknown.contains("line") && unknown.contains("emplover"),
        "{unknown}"
    );
    let float = refused("rate = \"20.00\"", "rate = 20.00");
    assert!(
        float.contains("line") && float.contains("expected a string"),
        "{float}"
    );
    let rate = refused("rate = \"20.00\"\n", "");
    assert!(rate.starts_with("work 1, rate: missing"), "{rate}");
    let gap = refused("2026-10-06T08:00", "2026-03-08T02:30");
    assert!(
        gap.starts_with("work 2, start") && gap.contains("does not exist"),
        "{gap}"
    );
    let reversed = refused("2026-10-06T20:00", "2026-10-06T07:00");
    assert!(reversed.starts_with("work 2: it ends at"), "{reversed}");
    assert_eq!(
        refused("format = 1", "format = 2"),
        "format = 2: this version reads format 1"
    );
    let place = refused("rules = [\"US-MO\"]", "rules = [\"US-ZZ\"]");
    assert!(
        place.starts_with("rules: no rules are known of US-ZZ"),
        "{place}"
    );
    let wage = refused(
        "_of = \"US-MO\"",
        "_of = \"US-MO\"\nminimum_wage = \"15.00\"",
    );
    assert!(wage.starts_with("minimum_wage: given twice"), "{wage}");
    let overlap = refused("2026-10-06T08:00", "2026-10-05T19:59");
    assert!(
        overlap.contains("duties cso-114.1 and cso-114.2 overlap"),
        "{overlap}"
    );
    let long = compute(&" ".repeat(LENGTH_MAX + 1))
        .unwrap_err()
        .to_string();
    assert!(long.contains("at most 1048576"), "{long}");
}

#[test]
fn pay_keys_that_do_not_fit_the_basis_are_refused() {
    let pay = |keys: &str| refused("basis = \"hourly\"", keys);
    assert!(pay("basis = \"hourly\"\nsalary = \"1\"").starts_with("pay.salary: belongs to"));
    assert!(pay("basis = \"hourly\"\ncovers_minutes = 1").starts_with("pay.covers_minutes"));
    assert!(pay("basis = \"exempt\"").starts_with("pay.salary: missing"));
    assert!(pay("basis = \"salaried\"\nsalary = \"1\"").starts_with("pay.covers_minutes: missing"));
    assert!(pay("basis = \"hourly\"\nagreed_on = \"2026-01-01\"").starts_with("pay.agreed_on"));
    let missing = pay("basis = \"hourly\"\novertime_rate = \"in_effect\"");
    assert!(missing.starts_with("pay.agreed_on: missing"), "{missing}");
    assert!(pay("basis = \"piece_rate\"").contains("778.111"));
    assert!(pay("basis = \"fluctuating_workweek\"").contains("778.114"));
    let rate = pay("basis = \"exempt\"\nsalary = \"920.00\"");
    assert!(
        rate.starts_with("work 1, rate: the salary is the rate"),
        "{rate}"
    );
}

#[test]
fn compensatory_time_and_work_periods_are_read_and_gated_by_the_employer() {
    let comp = "[comp_time]\nagreed_on = \"2026-10-01\"\ncap = \"general\"\nbalance_minutes = 0\n";
    let asked = format!("{comp}\n[attribution]");
    let private = refused("[attribution]", &asked);
    assert!(private.contains("553.20"), "{private}");
    let public = THREE_TOWNS.replacen("[attribution]", &asked, 1).replacen(
        "\"private\"",
        "\"public_agency\"",
        1,
    );
    let answer = compute(&public).unwrap();
    assert_eq!(answer.comp_time.unwrap().gained_minutes, Minutes(540));
    assert_eq!(answer.gross_cents, Cents(80_000));
    let negative = public.replace("balance_minutes = 0", "balance_minutes = -1");
    let negative = compute(&negative).unwrap_err().to_string();
    assert!(
        negative.starts_with("comp_time.balance_minutes"),
        "{negative}"
    );

    let period = "[work_period]\ndays = 14\nempowered_body = true\npower_to_arrest = false\n\
                  police_training = true\n\n[attribution]";
    assert!(refused("[attribution]", period).contains("553.201"));
    let six = period.replace("14", "6");
    assert!(refused("[attribution]", &six).starts_with("work_period.days"));
}

#[test]
fn salaries_payments_and_inline_rules_are_read() {
    let week = "
format = 1
officer = \"cso-114\"
first_day = \"2026-10-04\"
zone = \"America/Chicago\"
employer = \"private\"
[pay]
basis = \"salaried\"
salary = \"866.67\"
per = \"half_month\"
covers_minutes = 2400
[[extra]]
kind = \"on_call_stipend\"
amount = \"40.00\"
[[extra]]
kind = \"reimbursement\"
amount = \"12.34\"
day = \"2026-10-06\"
[[rule_set]]
name = \"handbook\"
citation = \"handbook 4.2\"
combine = \"each_minute_once\"
rule = [{ kind = \"daily\", after_minutes = 480, factor = \"1.5\" }]
[[work]]
start = \"2026-10-05T08:00\"
end = \"2026-10-05T18:00\"
location = \"town:barlow\"
account = \"provider\"
";
    let answer = compute(week).unwrap();
    let codes: Vec<_> = answer.lines.iter().map(|line| line.code).collect();
    assert_eq!(
        codes,
        [
            "regular",
            "reimbursement",
            "salary_remainder",
            "on_call_stipend",
            "further_premium"
        ]
    );
    // 866.67 x 24 / 52 is 400.00 a week and a fraction: 10.00 an hour, 14.00 with the stipend;
    // two hours past eight are owed half of that.
    let premium = &answer.lines[4];
    assert_eq!(premium.amount_cents, Cents(1_400));
    assert!(answer.because.iter().any(|said| said.contains("handbook")));
}
