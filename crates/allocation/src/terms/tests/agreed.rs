//! What is wrong in charges, credits, transfers, promises, limits, memberships and windows.

use super::says;

#[test]
fn a_charge_says_for_whom_how_much_and_per_what() {
    let charge = |keys: &str| format!("[[charge]]\nname = \"patrol\"\n{keys}\n");
    let due = |keys: &str| charge(&format!("to = \"barlow\"\nprice = \"5\"\n{keys}"));
    says(&charge("price = \"5\"\nper = \"month\""), "`to` is missing");
    says(
        &charge("to = \"barlow\"\nper = \"month\""),
        "`price` is missing",
    );
    says(&due(""), "`per` is missing");
    says(&due("per = \"fortnight\""), "write \"year\", \"month\"");
    says(&due("per = \"once\""), "`on` is missing");
    says(&due("per = \"week\"\nweeks = \"53\""), "\"52_a_year\"");
    says(
        &due("per = \"day\"\nleap_day = \"maybe\""),
        "what 29 February costs",
    );
    says(&due("per = \"year\"\nyear_begins = 13"), "1 to 12");
    says(
        &due("per = \"month\"\nweeks = \"calendar\""),
        "not known here",
    );
    says(&due("per = \"month\"\nquantity = \"0\""), "above zero");
    says(
        &due("per = \"month\"\nfrom = 2026-02-01\nuntil = 2026-01-01"),
        "ends before it begins",
    );
    says(&due("per = \"month\"\npartial = \"days\""), "drop this");
    let pool = due("per = \"month\"").replace("barlow", "pool:none");
    says(&pool, "there is no such pool");
    says(
        &due("per = \"month\"").repeat(2),
        "another charge has this name",
    );
}

#[test]
fn a_price_is_a_number_or_named_items() {
    let priced = |price: &str| {
        format!(
            "[[charge]]\nname = \"patrol\"\nto = \"barlow\"\nper = \"month\"\nprice = {price}\n"
        )
    };
    says(&priced("42.5"), "a bare decimal is not exact");
    says(&priced("\"-1\""), "not below zero");
    says(&priced("[]"), "name its items");
    says(&priced("[{ amount = \"5\" }]"), "`what` is missing");
    says(
        &priced("[{ what = \"car\", amount = \"5\", over = \"0\" }]"),
        "above zero",
    );
    says(
        &priced("[{ what = \"car\", amount = \"5\", mode = \"up\" }]"),
        "nothing is rounded without `places`",
    );
    says(&priced("\"5\"\nprice_places = 9"), "0 to 6");
}

#[test]
fn transfers_sum_to_nothing() {
    let transfer = |amounts: &str| {
        format!("[[transfer]]\nname = \"buy-in\"\non = 2026-10-01\namounts = {amounts}\n")
    };
    says(
        &transfer("{ barlow = \"5\", fenwick = \"-4\" }"),
        "the amounts sum to $1.00, and must sum to nothing",
    );
    says(
        &transfer("{ barlow = \"0.005\", fenwick = \"-1\" }"),
        "whole cents",
    );
    says(
        &transfer("{ carver = \"1\", fenwick = \"-1\" }"),
        "no party of the agreement",
    );
    let beyond = "{ barlow = \"90000000000000000\", fenwick = \"90000000000000000\" }";
    says(&transfer(beyond), "64-bit cents");
}

#[test]
fn promised_hours_are_credited_or_charged_not_both() {
    let promise = |keys: &str| {
        format!("[[promise]]\ntown = \"barlow\"\nhours = \"20\"\nper = \"week\"\n{keys}\n")
    };
    says(
        &promise("undelivered_credit = \"5\"\nundelivered_charge = \"5\""),
        "either credited or charged",
    );
    says(&promise("carry_months = 2"), "from a first day on");
    says(&promise("from = 2026-01-01\ncarry_months = 25"), "1 to 24");
    says(&promise("travel = \"no\""), "\"counts\" or \"extra\"");
    says(&promise("").repeat(2), "has a promise already");
    says(
        &promise("").replace("barlow", "provider"),
        "promised to a town",
    );
    says(
        &promise("").replace("hours = \"20\"\n", ""),
        "`hours` is missing",
    );
    let once = promise("on = 2026-01-01").replace("week", "once");
    says(&once, "per day, week, month or year");
}

#[test]
fn a_cap_that_contradicts_a_minimum_is_refused() {
    let limit = |name: &str, keys: &str| {
        format!(
            "[[limit]]\nname = \"{name}\"\nparty = \"barlow\"\nof = [\"direct\"]\nper = \
             \"year\"\nexcess_to = \"fenwick\"\n{keys}\n"
        )
    };
    says(
        &limit("cap", "at_most = \"100\"\nat_least = \"100.01\""),
        "the least is above the most, $100.00",
    );
    let two = limit("cap", "at_most = \"100\"") + &limit("floor", "at_least = \"200\"");
    says(
        &two,
        "the limit \"cap\" counts some of these for barlow already",
    );
    says(&limit("cap", ""), "a limit limits something");
    let own = limit("cap", "at_most = \"1\"").replace("fenwick", "barlow");
    says(&own, "name another");
    let weekly = limit("cap", "at_most = \"1\"").replace("year", "week");
    says(&weekly, "\"month\" or \"year\"");
    let of = limit("cap", "at_most = \"1\"").replace("\"direct\"", "\"charge:patrol\"");
    says(&of, "there is no such charge");
}

#[test]
fn memberships_windows_and_sums_say_what_they_lack() {
    let member = |keys: &str| format!("[[membership]]\ntown = \"barlow\"\n{keys}\n");
    says(&member(""), "`from`, `until` or both");
    says(&member("from = 2026-01-01").repeat(2), "stands here twice");
    let provider = member("from = 2026-01-01").replace("barlow", "provider");
    says(&provider, "a party throughout");
    let pool = |keys: &str| format!("[[pool]]\nname = \"cost\"\n{keys}\n");
    says(
        &pool("basis = \"calls\"\nlag = \"1 year\""),
        "over which time is counted",
    );
    says(
        &pool("basis = \"calls\"\naverage = \"three years\""),
        "\"3 years\"",
    );
    says(
        &pool("basis = \"population\"\nlag = \"1 year\"\nas_of = 2020-01-01"),
        "freezes the day already",
    );
    says(
        &pool("basis = \"sum\"\nfigures = [{ basis = \"equal\", per = \"1\" }]"),
        "not shares",
    );
    says(
        &pool("basis = \"sum\"\nfigures = [{ basis = \"calls\", per = \"0\" }]"),
        "above zero",
    );
}

#[test]
fn a_phase_in_sums_to_one_on_every_day() {
    let pool = |first: &str, second: &str| {
        format!(
            "[[pool]]\nname = \"cost\"\nbasis = \"weighted\"\nweights = [{{ basis = \"calls\", \
             weight = [{first}] }}, {{ basis = \"equal\", weight = [{second}] }}]\n"
        )
    };
    let step = |from: &str, weight: &str| format!("{{ from = {from}, weight = \"{weight}\" }}");
    let (start, later) = (step("2026-01-01", "0.5"), step("2027-01-01", "0.4"));
    let both = format!("{start}, {later}");
    says(
        &pool(&both, &start),
        "weights sum to 0.9 from 2027-01-01 on",
    );
    let midst = format!("{start}, {}", step("2026-03-02", "0.5"));
    says(&pool(&midst, &start), "on the first of a month");
    let twice = format!("{start}, {start}");
    says(&pool(&twice, &start), "stands here twice");
}

#[test]
fn overtime_beyond_a_promise_needs_every_towns_promise() {
    let promise =
        |town: &str| format!("[[promise]]\ntown = \"{town}\"\nhours = \"9\"\nper = \"week\"\n");
    let labour = "[labour]\ncost = \"actual\"\nsplit = \"worked\"\ntravel = \
                  \"destination\"\nelsewhere = \"provider\"\npremium = \"beyond_promise\"\n";
    let some = format!("{labour}{}{}", promise("barlow"), promise("oakhurst"));
    says(
        &some,
        "needs a [[promise]] for every town: fenwick has none",
    );
}
