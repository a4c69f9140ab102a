//! `cwctl report`: training's reports.

use clap::Subcommand;
use wire::training::v1::{
    Carries, ListEligibleRequest, ListExpiringRequest, ListTrainingHoursRequest, Question,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// What officers meet today for a town's duties and equipment, and will meet no longer soon.
    #[command(after_help = "Examples:\n  cwctl report expiring --days 90\n  \
        cwctl report expiring --town barlow --days 30 --on 2026-11-22 -o csv")]
    Expiring {
        /// Only in this town; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
        /// Within so many days: 30, 60, 90.
        #[arg(long, default_value_t = 30)]
        days: u32,
        /// From this day [default: today].
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        on: String,
    },
    /// Who could be armed in a town on a day.
    #[command(
        after_help = "Examples:\n  cwctl report armed --town barlow --on 2026-10-31\n  \
        cwctl report armed --town barlow --item taser -o csv"
    )]
    Armed {
        /// In which town.
        #[arg(long)]
        town: String,
        /// The day [default: today].
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        on: String,
        /// For which kind of duty.
        #[arg(long, default_value = "patrol")]
        duty: String,
        /// With which item.
        #[arg(long, default_value = "handgun")]
        item: String,
    },
    /// Training hours of officers in a period, by course and kind of service.
    #[command(
        after_help = "Examples:\n  cwctl report hours --from 2026-01-01 --until 2026-12-31\n  \
        cwctl report hours --officer cso-114 --from 2026-01-01 --until 2026-12-31 -o csv"
    )]
    Hours {
        /// Only this officer's.
        #[arg(long, default_value = "", hide_default_value = true)]
        officer: String,
        /// The first day.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        until: String,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Expiring { town, days, on } => {
            let columns = &[
                "until",
                "days",
                "town",
                "officer",
                "needed_for",
                "requirement",
                "mandatory",
                "credential",
                "renewable_from",
                "renewable_until",
            ];
            let request = ListExpiringRequest {
                town,
                days,
                on,
                ..ListExpiringRequest::default()
            };
            session
                .call(request, Layout::Rows("expiring", columns))
                .await
        }
        Command::Armed {
            town,
            on,
            duty,
            item,
        } => {
            let carries = vec![Carries {
                item,
                ..Carries::default()
            }];
            let question = Question {
                town,
                duty,
                carries,
                on,
                ..Question::default()
            };
            let request = ListEligibleRequest {
                question: Some(question),
                ..ListEligibleRequest::default()
            };
            let columns = &["officer", "verdict", "stays_until", "missing", "conditions"];
            session
                .call(request, Layout::Rows("officers", columns))
                .await
        }
        Command::Hours {
            officer,
            from,
            until,
        } => {
            let columns = &["officer", "what", "minutes", "records"];
            let request = ListTrainingHoursRequest {
                officer,
                from,
                until,
                ..ListTrainingHoursRequest::default()
            };
            session.call(request, Layout::Rows("hours", columns)).await
        }
    }
}
