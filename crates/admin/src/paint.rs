//! Colours, where somebody sees them.

use anstyle::{AnsiColor, Style};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// At a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Colours for one stream, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Nothing but text.
    pub const NONE: Self = Self { on: false };

    /// What `--color` says; by itself, at a terminal without NO_COLOR (no-color.org).
    pub fn new(color: Color, is_terminal: bool, no_color: Option<&str>) -> Self {
        let forbidden = no_color.is_some_and(|value| !value.is_empty());
        let on = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !forbidden,
        };
        Self { on }
    }

    /// What is there no longer.
    pub fn old(self, text: &str) -> String {
        self.styled(AnsiColor::Red.on_default(), text)
    }

    /// What is new.
    pub fn fresh(self, text: &str) -> String {
        self.styled(AnsiColor::Green.on_default(), text)
    }

    /// What nobody may overlook.
    pub fn loud(self, text: &str) -> String {
        self.styled(AnsiColor::White.on(AnsiColor::Red).bold(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.on {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_is_heeded_unless_colours_are_asked_for() {
        let on = |color, terminal, no_color| Paint::new(color, terminal, no_color).on;
        assert!(on(Color::Auto, true, None) && on(Color::Auto, true, Some("")));
        assert!(!on(Color::Auto, true, Some("1")) && !on(Color::Auto, false, None));
        assert!(on(Color::Always, false, Some("1")) && !on(Color::Never, true, None));
    }

    #[test]
    fn without_colours_text_stays_as_it_is() {
        assert_eq!(Paint::NONE.loud("x"), "x");
        let painted = Paint::new(Color::Always, false, None).old("x");
        assert!(
            painted.contains("\u{1b}[31m") && painted.ends_with("\u{1b}[0m"),
            "{painted:?}"
        );
    }
}
