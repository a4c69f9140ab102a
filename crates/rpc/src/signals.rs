//! What the calls count about themselves; docs/signals.md says what each name means.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use metrics::SharedString;

use crate::access::Rules;

/// What a call to a path that no proto declares is counted as. A caller may invent as many of
/// those as it likes, and each would else be a series for ever.
const UNKNOWN: (&str, &str) = ("unknown", "unknown");

/// The RPCs by path, as labels: service and method; and what they are counted under.
#[derive(Clone)]
pub(crate) struct Labels {
    by_path: Arc<BTreeMap<String, (SharedString, SharedString)>>,
    names: &'static Names,
}

/// Calls by code, how long they took, and refused ones by reason.
struct Names {
    calls: &'static str,
    duration: &'static str,
    refused: &'static str,
}

const SERVICE: Names = Names {
    calls: "commonwatch_calls_total",
    duration: "commonwatch_call_duration_seconds",
    refused: "commonwatch_calls_refused_total",
};

const GATEWAY: Names = Names {
    calls: "commonwatch_gateway_calls_total",
    duration: "commonwatch_gateway_call_duration_seconds",
    refused: "commonwatch_gateway_calls_refused_total",
};

impl Labels {
    /// For calls that are answered here.
    pub(crate) fn of(rules: &Rules) -> Labels {
        Labels::named(rules, &SERVICE)
    }

    /// For calls that are handed on here.
    pub(crate) fn of_gateway(rules: &Rules) -> Labels {
        Labels::named(rules, &GATEWAY)
    }

    fn named(rules: &Rules, names: &'static Names) -> Labels {
        let labels = rules.iter().filter_map(|(path, _)| {
            let (service, method) = path.trim_start_matches('/').split_once('/')?;
            // `commonwatch.payroll.v1.PayrollService` is payroll's.
            let service = service.split('.').nth(1).unwrap_or(service).to_owned();
            Some((path.to_owned(), (service.into(), method.to_owned().into())))
        });
        let by_path = Arc::new(labels.collect());
        Labels { by_path, names }
    }

    /// Service and method of a path.
    fn find(&self, path: &str) -> (SharedString, SharedString) {
        let unknown = || (UNKNOWN.0.into(), UNKNOWN.1.into());
        self.by_path.get(path).cloned().unwrap_or_else(unknown)
    }

    /// A call ended with `code` after that long; `reason` is empty when it was answered.
    pub(crate) fn called(&self, path: &str, code: &'static str, reason: &str, took: Duration) {
        let (service, method) = self.find(path);
        metrics::counter!(
            self.names.calls,
            "service" => service.clone(), "method" => method.clone(), "code" => code
        )
        .increment(1);
        metrics::histogram!(
            self.names.duration,
            "service" => service.clone(), "method" => method
        )
        .record(took);
        if !reason.is_empty() {
            metrics::counter!(
                self.names.refused,
                "service" => service, "code" => code, "reason" => reason.to_owned()
            )
            .increment(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rpc_is_counted_by_its_name_and_an_invented_one_by_none() {
        let labels = Labels::of(&Rules::of_protos().unwrap());
        let known = labels.find("/commonwatch.payroll.v1.PayrollService/ClockIn");
        assert_eq!(known, ("payroll".into(), "ClockIn".into()));
        let invented = labels.find("/commonwatch.payroll.v1.PayrollService/x7f3a");
        assert_eq!(invented, ("unknown".into(), "unknown".into()));
    }
}
