//! The other calls: expenses, lists, explanations, and who may not ask.

use tonic::Code;
use wire::statements::v1::{
    ExplainLineRequest, GetStatementRequest, ListExpensesRequest, ListStatementsRequest,
    RecordExpenseRequest,
};

use crate::told::october;
use crate::world::{Service, answer, bundle_of, by, closing};

fn fuel(pool: &str, town: &str, cents: i64) -> RecordExpenseRequest {
    RecordExpenseRequest {
        agreement: "three-rivers".to_owned(),
        pool: pool.to_owned(),
        town: town.to_owned(),
        amount_cents: cents,
        date: "2026-10-09".to_owned(),
        code: "fuel".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn expenses_are_numbered_listed_by_pages_and_charged() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    for (n, request) in [
        fuel("vehicle", "", 9_001),
        fuel("", "barlow", 250),
        fuel("", "provider", 17),
    ]
    .into_iter()
    .enumerate()
    {
        let recorded = service
            .client
            .record_expense(by("finance-1", request))
            .await;
        let recorded = answer(recorded).unwrap();
        assert_eq!(recorded.expense, format!("three-rivers.e{}", n + 1));
    }
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListExpensesRequest {
            agreement: "three-rivers".to_owned(),
            month: "2026-10".to_owned(),
            page_size: 2,
            page_token,
        };
        let page = answer(service.client.list_expenses(by("finance-1", request)).await).unwrap();
        listed.extend(page.expenses);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let told: Vec<_> = listed
        .iter()
        .map(|e| (e.pool.as_str(), e.town.as_str(), e.amount_cents))
        .collect();
    let expected = [
        ("vehicle", "", 9_001),
        ("", "barlow", 250),
        ("", "provider", 17),
    ];
    assert_eq!(told, expected);

    let closed = service.close("2026-10", false).await.unwrap();
    let vehicle = closed
        .pools
        .iter()
        .find(|pool| pool.pool == "pool/vehicle")
        .unwrap();
    let shares: Vec<_> = vehicle
        .shares
        .iter()
        .map(|s| {
            (
                s.party.as_str(),
                s.figure.as_str(),
                s.share.as_str(),
                s.charge_cents,
            )
        })
        .collect();
    // One call in Barlow, three in Milford; 9001 cents, the odd one to the larger remainder.
    let expected = [
        ("barlow", "1 calls", "1/4", 2_250),
        ("milford", "3 calls", "3/4", 6_751),
    ];
    assert_eq!(shares, expected);
    let amounts: Vec<_> = closed.statements.iter().map(|s| s.amount_cents).collect();
    assert_eq!(amounts, [19_200 + 2_250 + 250, 6_751, 17]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expense_with_a_fault_is_refused_naming_the_field() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    let before = service.leaves().await;
    let mut unknown = fuel("vehicle", "", 100);
    unknown.agreement = "unheard-of".to_owned();
    let mut named = fuel("vehicle", "", 100);
    named.code = "for Mr Smith".to_owned();
    let cases = [
        (fuel("", "", 100), Code::InvalidArgument, "pool"),
        (
            fuel("vehicle", "barlow", 100),
            Code::InvalidArgument,
            "town",
        ),
        (fuel("boat", "", 100), Code::InvalidArgument, "pool"),
        (fuel("", "elsewhere", 100), Code::InvalidArgument, "town"),
        (
            fuel("vehicle", "", 0),
            Code::InvalidArgument,
            "amount_cents",
        ),
        (named, Code::InvalidArgument, "code"),
        (unknown, Code::NotFound, "agreement"),
    ];
    for (request, code, field) in cases {
        let refused = service
            .client
            .record_expense(by("finance-1", request.clone()))
            .await;
        let refused = answer(refused).unwrap_err();
        assert_eq!(
            (refused.code, refused.violations[0].field.as_str()),
            (code, field),
            "{request:?}"
        );
    }
    assert_eq!(service.leaves().await, before);
    assert_eq!(
        service.store.heads().await.unwrap().len(),
        1,
        "no log was begun"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_explained_down_to_the_duty() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    let explain = |line: &str| ExplainLineRequest {
        agreement: "three-rivers".to_owned(),
        month: "2026-10".to_owned(),
        party: "barlow".to_owned(),
        line: line.to_owned(),
    };
    let request = by("clerk-barlow", explain("labour/cso-114/barlow"));
    let explained = answer(service.client.explain_line(request).await).unwrap();
    let [line] = explained.lines.as_slice() else {
        panic!("{explained:?}");
    };
    assert_eq!(line.amount_cents, 19_200);
    assert!(
        line.steps
            .iter()
            .any(|step| step.what == "terms" && step.value == "version 1")
    );
    let cited = line
        .steps
        .iter()
        .any(|step| step.from.contains("payroll:5 duty cso-114.1"));
    assert!(cited, "{line:?}");

    let all = answer(
        service
            .client
            .explain_line(by("finance-1", explain("")))
            .await,
    )
    .unwrap();
    assert!(all.lines.contains(line));
    let none = service
        .client
        .explain_line(by("finance-1", explain("labour/x")))
        .await;
    assert_eq!(answer(none).unwrap_err().reason, "LINE_UNKNOWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_sees_its_own_statement_and_no_other() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    let of = |party: &str| GetStatementRequest {
        agreement: "three-rivers".to_owned(),
        month: "2026-10".to_owned(),
        party: party.to_owned(),
    };
    let own = service
        .client
        .get_statement(by("clerk-barlow", of("barlow")))
        .await;
    assert_eq!(answer(own).unwrap().summary.unwrap().amount_cents, 19_200);
    for party in ["milford", "provider", ""] {
        let foreign = service
            .client
            .get_statement(by("clerk-barlow", of(party)))
            .await;
        assert_eq!(
            answer(foreign).unwrap_err().code,
            Code::PermissionDenied,
            "{party}"
        );
        let bundle = by("clerk-barlow", bundle_of("2026-10", party));
        let foreign = service.client.get_bundle(bundle).await.unwrap_err();
        assert_eq!(foreign.code(), Code::PermissionDenied, "{party}");
    }
    let close = by("trainer-1", closing("2026-11", false));
    let denied = service.client.close_month(close).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);

    let list = |party: &str, page_token: String| ListStatementsRequest {
        party: party.to_owned(),
        page_size: 2,
        page_token,
        ..ListStatementsRequest::default()
    };
    let own = list("barlow", String::new());
    let own = answer(
        service
            .client
            .list_statements(by("clerk-barlow", own))
            .await,
    )
    .unwrap();
    assert_eq!(own.statements.len(), 1);
    let first = list("", String::new());
    let first = answer(service.client.list_statements(by("finance-1", first)).await).unwrap();
    assert_eq!(first.statements.len(), 2);
    let rest = list("", first.next_page_token);
    let rest = answer(service.client.list_statements(by("finance-1", rest)).await).unwrap();
    let rest: Vec<_> = rest.statements.iter().map(|s| s.party.as_str()).collect();
    assert_eq!(rest, ["provider"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_was_not_issued_is_not_found() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    let request = bundle_of("2026-10", "barlow");
    let missing = service
        .client
        .get_bundle(by("finance-1", request))
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    let request = by("finance-1", closing("20-10", false));
    let malformed = answer(service.client.close_month(request).await).unwrap_err();
    assert_eq!(malformed.violations[0].field, "month");
}
