use super::*;

#[test]
fn a_hash_survives_both_spellings() {
    let hash = Hash::of(b"barlow");
    assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
    assert_eq!(Hash::from_base64(&hash.to_base64()).unwrap(), hash);
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
}

#[test]
fn the_hash_of_nothing_is_the_known_one() {
    assert_eq!(
        Hash::of(b"").to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn other_spellings_of_a_hash_are_refused() {
    let hash = Hash::of(b"");
    let hex = hash.to_string();
    assert!(hex.to_uppercase().parse::<Hash>().is_err(), "upper case");
    assert!(hex[..63].parse::<Hash>().is_err(), "one digit short");
    assert!(
        "é".repeat(32).parse::<Hash>().is_err(),
        "64 bytes, but no digits"
    );
    let base64 = hash.to_base64();
    assert!(
        Hash::from_base64(base64.trim_end_matches('=')).is_err(),
        "no padding"
    );
    assert!(Hash::from_base64("AAAA").is_err(), "three bytes");
    // The last digit carries two unused bits; a decoder that ignores them accepts four spellings.
    let loose = format!("{}V=", &base64[..42]);
    assert_ne!(loose, base64);
    assert!(Hash::from_base64(&loose).is_err(), "loose bits");
    assert_eq!(Hash::try_from(&[0u8; 31][..]), Err(HashError::Length(31)));
}
