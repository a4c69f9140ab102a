//! The calls: parse, execute, reply. No rule and no SQL stands here.

mod explain;
mod parse;
mod reply;
mod status;

use std::pin::Pin;

use bus::Backfill;
use eventlog::{LogId, Page, Row};
use futures::{Stream, StreamExt, stream};
use tonic::{Request, Response, Status};
use vocabulary::{AgreementId, Month, PartyId};
use wire::statements::v1 as proto;
use wire::statements::v1::statements_service_server::StatementsService;

use crate::close::{self, Closing};
use crate::domain::books::{Books, Command};
use crate::mirror::agreements;
use crate::projection::statements::Summary;
use crate::projection::{documents, expenses, months, statements};
use crate::{bundle, log};

/// The service over its store.
pub(crate) struct Statements<B> {
    pub(crate) closing: Closing<B>,
}

type Answer<T> = Result<Response<T>, Status>;

impl<B: Backfill> Statements<B> {
    fn store(&self) -> &eventlog::Store {
        &self.closing.store
    }

    /// The document of a statement.
    async fn document(
        &self,
        agreement: &AgreementId,
        month: Month,
        party: &PartyId,
    ) -> Result<documents::Document, Status> {
        let found = documents::find(self.store(), &log(agreement), month, party).await;
        let found = found.map_err(rpc::refuse)?;
        found.ok_or_else(|| status::not_issued(agreement, month, party))
    }

    /// The books of an agreement that was signed.
    async fn books(&self, agreement: &AgreementId) -> Result<crate::domain::books::State, Status> {
        let log = log(agreement);
        let read = self.store().state::<Books>(&log, agreement.as_str()).await;
        let (state, _) = read.map_err(rpc::refuse)?;
        if state.ledger().agreement().is_none() {
            return Err(status::unknown(agreement));
        }
        Ok(state)
    }

    /// Rows of one log after a key, or of every log after a log and a key.
    async fn list(
        &self,
        agreement: Option<&AgreementId>,
        filter: &[(&str, &str)],
        page: &rpc::Page,
    ) -> Result<Vec<Row<Summary>>, eventlog::Error> {
        let (first, mut after) = match page.after.split_once(' ') {
            Some((log, key)) => (log.to_owned(), key.to_owned()),
            None => (String::new(), String::new()),
        };
        let logs: Vec<LogId> = match agreement {
            Some(agreement) => vec![log(agreement)],
            None => {
                let heads = self.store().heads().await?;
                heads.into_iter().map(|(log, _)| log).collect()
            }
        };
        let mut found = Vec::new();
        let wanted = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
        for log in logs.iter().filter(|log| log.as_str() >= first.as_str()) {
            if log.as_str() != first {
                after = String::new();
            }
            let limit = u32::try_from(wanted - found.len()).unwrap_or(u32::MAX);
            let window = Page {
                after: std::mem::take(&mut after),
                limit,
            };
            let rows = statements::list(self.store(), log, filter, &window).await?;
            found.extend(rows.into_iter().map(|row| Row {
                key: format!("{log} {}", row.key),
                ..row
            }));
            if found.len() >= wanted {
                break;
            }
        }
        Ok(found)
    }
}

#[tonic::async_trait]
impl<B: Backfill> StatementsService for Statements<B> {
    async fn record_expense(
        &self,
        request: Request<proto::RecordExpenseRequest>,
    ) -> Answer<proto::RecordExpenseResponse> {
        let meta = rpc::meta(&request)?;
        let (agreement, expense) = parse::record_expense(request.get_ref())?;
        // Where nothing was signed no log is begun.
        let known = agreements::find(self.store(), &agreement).await;
        if known.map_err(rpc::refuse)?.is_none() {
            return Err(status::unknown(&agreement));
        }
        let (log, key) = (log(&agreement), agreement.as_str());
        let command = Command::RecordExpense(expense);
        let outcome = self
            .store()
            .execute::<Books>(&log, key, command, meta)
            .await;
        Ok(Response::new(reply::expense_recorded(
            &outcome.map_err(rpc::refuse)?,
        )?))
    }

    async fn list_expenses(
        &self,
        request: Request<proto::ListExpensesRequest>,
    ) -> Answer<proto::ListExpensesResponse> {
        let asked = request.get_ref();
        let (agreement, month) = parse::list_expenses(asked)?;
        let filter_of = [asked.agreement.as_str(), asked.month.as_str()];
        let page = rpc::Page::read(asked.page_size, &asked.page_token, &filter_of)?;
        let month = month.map(|month| month.to_string());
        let filter: Vec<_> = month
            .iter()
            .map(|month| ("month", month.as_str()))
            .collect();
        let window = page.rows();
        let rows = expenses::list(self.store(), &log(&agreement), &filter, &window).await;
        let (rows, next_page_token) = page.cut(rows.map_err(rpc::refuse)?, |row| &row.key);
        Ok(Response::new(proto::ListExpensesResponse {
            expenses: rows.into_iter().map(reply::expense).collect(),
            next_page_token,
        }))
    }

    async fn preview_month(
        &self,
        request: Request<proto::PreviewMonthRequest>,
    ) -> Answer<proto::PreviewMonthResponse> {
        let asked = request.get_ref();
        let (agreement, month) = parse::month(&asked.agreement, &asked.month)?;
        let books = self.books(&agreement).await?;
        let agreed = agreements::find(self.store(), &agreement).await;
        let agreed = agreed
            .map_err(rpc::refuse)?
            .ok_or_else(|| status::unknown(&agreement))?;
        let open = close::open_time(self.store(), &agreed, month)
            .await
            .map_err(rpc::refuse)?;
        let heads = close::receipts(self.store()).await.map_err(rpc::refuse)?;
        let preview = reply::preview(books.ledger(), month, &open, &heads);
        Ok(Response::new(preview.map_err(status::rules)?))
    }

    async fn close_month(
        &self,
        request: Request<proto::CloseMonthRequest>,
    ) -> Answer<proto::CloseMonthResponse> {
        let meta = rpc::meta(&request)?;
        let asked = request.get_ref();
        let (agreement, month) = parse::month(&asked.agreement, &asked.month)?;
        let closed = self
            .closing
            .close(&agreement, month, asked.allow_open, meta)
            .await;
        let closed = closed.map_err(status::not_closed)?;
        Ok(Response::new(reply::closed(closed)?))
    }

    async fn list_months(
        &self,
        request: Request<proto::ListMonthsRequest>,
    ) -> Answer<proto::ListMonthsResponse> {
        let agreement = parse::agreement(&request.get_ref().agreement)?;
        let books = self.books(&agreement).await?;
        let closed = months::of_agreement(self.store(), &log(&agreement)).await;
        let closed = closed.map_err(rpc::refuse)?;
        let ledger = books.ledger();
        let next = ledger
            .next_month()
            .filter(|next| ledger.closable(*next).is_ok());
        Ok(Response::new(proto::ListMonthsResponse {
            closed: closed
                .into_iter()
                .map(|row| reply::month(&row.row))
                .collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    async fn get_statement(
        &self,
        request: Request<proto::GetStatementRequest>,
    ) -> Answer<proto::Statement> {
        let asked = request.get_ref();
        let (agreement, month, party) =
            parse::statement(&asked.agreement, &asked.month, &asked.party)?;
        let json = self.document(&agreement, month, &party).await?.json;
        let summary = statements::find(self.store(), &log(&agreement), month, &party).await;
        Ok(Response::new(proto::Statement {
            summary: summary.map_err(rpc::refuse)?.map(reply::summary),
            csv: bundle::csv(&json).map_err(rpc::refuse)?,
            json,
        }))
    }

    async fn list_statements(
        &self,
        request: Request<proto::ListStatementsRequest>,
    ) -> Answer<proto::ListStatementsResponse> {
        let asked = request.get_ref();
        let (agreement, month, party) = parse::list_statements(asked)?;
        let filter_of = [&asked.agreement, &asked.month, &asked.party].map(String::as_str);
        let page = rpc::Page::read(asked.page_size, &asked.page_token, &filter_of)?;
        let month = month.map(|month| month.to_string());
        let party = party.map(|party| party.to_string());
        let by_month = month.iter().map(|month| ("month", month.as_str()));
        let by_party = party.iter().map(|party| ("party", party.as_str()));
        let filter: Vec<_> = by_month.chain(by_party).collect();
        let rows = self.list(agreement.as_ref(), &filter, &page).await;
        let (rows, next_page_token) = page.cut(rows.map_err(rpc::refuse)?, |row| &row.key);
        Ok(Response::new(proto::ListStatementsResponse {
            statements: rows
                .into_iter()
                .map(|row| reply::summary(row.row))
                .collect(),
            next_page_token,
        }))
    }

    async fn explain_line(
        &self,
        request: Request<proto::ExplainLineRequest>,
    ) -> Answer<proto::ExplainLineResponse> {
        let asked = request.get_ref();
        let (agreement, month, party) =
            parse::statement(&asked.agreement, &asked.month, &asked.party)?;
        let json = self.document(&agreement, month, &party).await?.json;
        let statement = allocation::Statement::from_json(&json);
        let statement = statement.map_err(|error| rpc::internal(&error))?;
        let lines = explain::lines(&statement, &asked.line);
        if lines.is_empty() && !asked.line.is_empty() {
            return Err(status::no_such_line(&statement, &asked.line));
        }
        Ok(Response::new(proto::ExplainLineResponse { lines }))
    }

    type GetBundleStream =
        Pin<Box<dyn Stream<Item = Result<proto::BundleChunk, Status>> + Send + 'static>>;

    async fn get_bundle(
        &self,
        request: Request<proto::GetBundleRequest>,
    ) -> Answer<Self::GetBundleStream> {
        let asked = request.get_ref();
        let (agreement, month, party) =
            parse::statement(&asked.agreement, &asked.month, &asked.party)?;
        let signing = &self.closing.signing;
        let files = bundle::files(self.store(), signing, &agreement, month, &party).await;
        let files = files.map_err(rpc::refuse)?;
        let files = files.ok_or_else(|| status::not_issued(&agreement, month, &party))?;
        let chunks = files
            .into_iter()
            .flat_map(|(file, data)| reply::chunks(file, &data));
        let chunks: Vec<_> = chunks.map(Ok).collect();
        Ok(Response::new(stream::iter(chunks).boxed()))
    }

    async fn get_verifier_key(
        &self,
        _: Request<proto::GetVerifierKeyRequest>,
    ) -> Answer<proto::GetVerifierKeyResponse> {
        let key = self.closing.signing.verifier_key().to_string();
        Ok(Response::new(proto::GetVerifierKeyResponse { key }))
    }
}
