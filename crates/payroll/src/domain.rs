//! Payroll's rules: one aggregate, the timesheet.

pub mod timesheet;
