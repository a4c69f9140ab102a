//! `cwctl report`: training's reports.

use clap::Subcommand;
use wire::training::v1::{
    Carries, GetTaskMatrixRequest, ListEligibleRequest, ListExpiringRequest,
    ListTrainingHoursRequest, Question, TaskMatrix,
};

use super::Session;
use crate::failure::Failure;
use crate::output::{Format, Layout};
use crate::table::Table;
use crate::view::View;

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
    /// For every task of a programme the training that it takes, and whether any of it shows
    /// competence: what an accreditor can accept for officers with limited duties.
    #[command(
        after_help = "Examples:\n  cwctl report matrix us-mo-matthew-group-cso\n  \
        cwctl report matrix --town barlow -o csv > matrix.csv"
    )]
    Matrix {
        /// The programme, as it is.
        #[arg(default_value = "", hide_default_value = true)]
        programme: String,
        /// Instead of it a town, for what it makes of the programme it agreed to.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
        /// The day [default: today].
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        on: String,
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

const EXPIRING: &[&str] = &[
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

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Expiring { town, days, on } => {
            let request = ListExpiringRequest {
                town,
                days,
                on,
                ..ListExpiringRequest::default()
            };
            session
                .call(request, Layout::Rows("expiring", EXPIRING))
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
        Command::Matrix {
            programme,
            town,
            on,
        } => {
            let request = GetTaskMatrixRequest {
                programme,
                town,
                on,
            };
            matrix(request, session).await
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

/// Tasks down, requirements across; as data the reply as it is.
async fn matrix(request: GetTaskMatrixRequest, session: &Session) -> Result<(), Failure> {
    let found: TaskMatrix = session.client.call(&request).await?;
    if !matches!(session.output.format, Format::Table | Format::Csv) {
        return session.output.reply(&View::of(&found), Layout::Record);
    }
    let grid = grid(&found);
    let text = match session.output.format {
        Format::Csv => grid.csv(),
        _ => grid.text(None),
    };
    session.output.data(&text)
}

fn grid(found: &TaskMatrix) -> Table {
    let ids = found.requirements.iter().map(|it| it.requirement.as_str());
    let columns: Vec<&str> = ["kind", "task", "title", "role", "acceptable"]
        .into_iter()
        .chain(ids)
        .collect();
    let text = |name: &str, text: &str| (name.to_owned(), View::Text(text.to_owned()));
    let rows = found.tasks.iter().map(|task| {
        let acceptable = if task.acceptable { "yes" } else { "no" };
        let mut row = vec![
            text("kind", &task.kind),
            text("task", &task.task),
            text("title", &task.title),
            text("role", &task.role),
            text("acceptable", acceptable),
        ];
        row.extend(task.takes.iter().map(|id| text(id, "x")));
        View::Record(row)
    });
    Table::new(&columns, &rows.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use wire::training::v1::{MatrixRequirement, MatrixTask};

    use super::*;

    #[test]
    fn a_matrix_has_tasks_down_and_requirements_across() {
        let requirement = |id: &str| MatrixRequirement {
            requirement: id.into(),
            ..MatrixRequirement::default()
        };
        let task = |task: &str, takes: &[&str], acceptable| MatrixTask {
            kind: "duty".into(),
            task: task.into(),
            takes: takes.iter().map(|id| (*id).to_owned()).collect(),
            acceptable,
            ..MatrixTask::default()
        };
        let found = TaskMatrix {
            requirements: vec![requirement("background"), requirement("core")],
            tasks: vec![
                task("patrol", &["background", "core"], true),
                task("desk", &["background"], false),
            ],
            ..TaskMatrix::default()
        };
        assert_eq!(
            grid(&found).csv(),
            "kind,task,title,role,acceptable,background,core\n\
             duty,patrol,,,yes,x,x\n\
             duty,desk,,,no,x,\n"
        );
    }
}
