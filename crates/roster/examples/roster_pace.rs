//! How long a suggestion and a list of candidates take: `cargo run --release -p roster --example
//! roster_pace`. Ten towns, twelve officers, six weeks; then one officer leaves; then candidates
//! among two hundred officers.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::civil::{Date, Weekday, date, time};
use roster::{
    Assigned, Away, AwayWhy, Bought, Coverage, Limits, Officer, Request, Shift, ShiftKind,
    Suggestion, Team, Travel, Window, breaches, candidates, draft, suggest,
};
use vocabulary::{Minutes, OfficerId, TownId, Workweek, Zone};

const FROM: Date = date(2026, 10, 4);
const TO: Date = date(2026, 11, 15);

fn main() {
    let zone: Zone = "America/Chicago".parse().expect("a zone");
    let towns: Vec<Coverage> = (0..10).map(|n| town(n, &zone)).collect();
    let kind = ShiftKind::new("patrol").expect("a kind");
    let open: Vec<Shift> = towns
        .iter()
        .flat_map(|t| draft(t, &kind, FROM, TO, Minutes(480)).expect("shifts"))
        .collect();
    let mut team = team(12, &zone);
    println!(
        "{} open shifts, {} officers",
        open.len(),
        team.officers.len()
    );
    for rounds in [0, 5_000, 20_000, 100_000] {
        let started = Instant::now();
        let found = run(&team, &towns, &open, &[], rounds);
        report(rounds, started, &team, &found);
    }
    let full = run(&team, &towns, &open, &[], 100_000);
    show(&full);
    // The first week is published, then an officer leaves with the eighth day.
    let published: Vec<Assigned> = full
        .assigned
        .iter()
        .filter(|a| zone.day_of(a.shift.start()) < date(2026, 10, 11))
        .cloned()
        .collect();
    team.officers[0].away.push(Away {
        from: zone.start_of(date(2026, 10, 11)),
        to: zone.start_of(date(2027, 1, 1)),
        why: AwayWhy::NotEnrolled,
    });
    println!("\nwith {} gone from the second week:", team.officers[0].id);
    let started = Instant::now();
    let found = run(&team, &towns, &open, &published, 100_000);
    report(100_000, started, &team, &found);
    show(&found);
    crowd(&zone, &full, &open);
}

fn run(
    team: &Team,
    towns: &[Coverage],
    open: &[Shift],
    kept: &[Assigned],
    rounds: u32,
) -> Suggestion {
    suggest(&Request {
        team,
        coverage: towns,
        open,
        kept,
        from: FROM,
        to: TO,
        gate: &permits,
        seed: 7,
        rounds,
    })
}

/// Every third officer has no permit in the towns of odd number.
fn permits(officer: &OfficerId, shift: &Shift, _: Date) -> Result<(), String> {
    let last = |text: &str| text.bytes().last().map_or(0, |b| b - b'0');
    if last(officer.as_str()) % 3 == 0 && last(shift.town().as_str()) % 2 == 1 {
        return Err(format!("no permit in {}", shift.town()));
    }
    Ok(())
}

fn report(rounds: u32, started: Instant, team: &Team, found: &Suggestion) {
    let broken = breaches(team, &found.assigned, &permits).len();
    println!(
        "{rounds} rounds: {} ms, {} assigned, {} unmet, {broken} breaches, {:?}",
        started.elapsed().as_millis(),
        found.assigned.len(),
        found.unmet.len(),
        found.score
    );
}

fn show(found: &Suggestion) {
    for town in &found.towns {
        println!("  {town}");
    }
    for unmet in found.unmet.iter().take(2) {
        println!("  {} is open:", unmet.shift.id());
        for reason in unmet.why.iter().flat_map(|refused| &refused.reasons) {
            println!("    {reason}");
        }
    }
}

fn crowd(zone: &Zone, full: &Suggestion, open: &[Shift]) {
    let team = team(200, zone);
    let planned: Vec<Assigned> = (0..200 / 12)
        .flat_map(|copy| {
            full.assigned.iter().map(move |a| {
                let n: usize = a.officer.as_str()[4..].parse().expect("cso-n");
                Assigned {
                    officer: cso(n + copy * 12),
                    shift: a.shift.clone(),
                }
            })
        })
        .collect();
    let started = Instant::now();
    let found = candidates(&team, &planned, &open[open.len() / 2], &permits);
    println!(
        "\ncandidates among 200 officers with {} shifts: {} ms, {} possible, {} not",
        planned.len(),
        started.elapsed().as_millis(),
        found.possible.len(),
        found.refused.len()
    );
}

fn cso(n: usize) -> OfficerId {
    OfficerId::new(format!("cso-{n}")).expect("a badge")
}

/// Towns of 24 to 60 hours a week, every second one with nights.
fn town(n: usize, zone: &Zone) -> Coverage {
    let at = |hour| time(hour, 0, 0, 0);
    let nights = n % 2 == 1;
    let mut windows = vec![Window {
        weekdays: Weekday::Monday.cycle_forward().take(7).collect(),
        from: at(8),
        until: at(16),
        officers_min: 0,
    }];
    if nights {
        windows.push(Window {
            weekdays: vec![Weekday::Friday, Weekday::Saturday],
            from: at(20),
            until: at(2),
            officers_min: 1,
        });
    }
    Coverage {
        town: TownId::new(format!("town-{n}")).expect("a town"),
        zone: zone.clone(),
        bought: vec![Bought {
            from: date(2026, 1, 1),
            until: None,
            weekly_minutes: Minutes(60 * (24 + 4 * i64::try_from(n).expect("small"))),
        }],
        windows,
    }
}

fn team(officers: usize, zone: &Zone) -> Team {
    Team {
        officers: (1..=officers)
            .map(|n| Officer {
                id: cso(n),
                weekly_minutes: Minutes(2400),
                weekly_minutes_max: Some(Minutes(2400)),
                away: Vec::new(),
                wishes: Vec::new(),
            })
            .collect(),
        limits: Limits {
            rest_minutes: Minutes(600),
            stretch_minutes_max: Minutes(720),
            days_in_a_row_max: 6,
            weekly_minutes_max: Some(Minutes(2880)),
            overtime_after_minutes: Minutes(2400),
            workweek: Workweek {
                starts_on: Weekday::Sunday,
                zone: zone.clone(),
            },
        },
        travel: Travel {
            between: BTreeMap::new(),
            otherwise: Minutes(20),
        },
    }
}
