use super::plain;
use crate::samples::fraction;

#[test]
fn numbers_are_decimals_where_they_have_one() {
    for (number, text) in [
        ("0", "0"),
        ("-5", "-5"),
        ("98/100", "0.98"),
        ("-1/8", "-0.125"),
        ("3/160", "0.01875"),
        ("1/3", "1/3"),
        ("7/30", "7/30"),
        ("1/10000000000000", "1/10000000000000"),
        ("1/99999999999999999999999", "1/99999999999999999999999"),
    ] {
        assert_eq!(plain(&fraction(number)), text);
    }
}
