// What a relying party in Rust makes of the attestation result in a Keep's certificate: ear-peer KEY.pem EAR.jwt [NAME]... verifies it
// by crate ear, of Veraison, and prints profile, status, and the named claims of its submodule `keep` as JSON; or ends with 1.

use ear::{Ear, RawValue, RawValueKind};
use std::{env, fs, process};

fn need<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(1)
    })
}

fn main() {
    let words: Vec<String> = env::args().collect();
    let key = need(jsonwebtoken::DecodingKey::from_ec_pem(&need(fs::read(&words[1]))));
    let token = need(fs::read_to_string(&words[2]));
    let mut ear = need(Ear::from_jwt(token.trim(), jsonwebtoken::Algorithm::ES384, &key));
    need(ear.validate());
    let keep = need(ear.submods.get_mut("keep").ok_or("no submodule keep"));
    let mut claims = serde_json::Map::new();
    for (number, name) in words[3..].iter().enumerate() {
        need(keep.extensions.register(name, -70100 - number as i32, RawValueKind::String));
        if let Some(RawValue::String(text)) = keep.extensions.get_by_name(name) {
            claims.insert(name.clone(), text.into());
        }
    }
    println!(
        "{}",
        serde_json::json!({
            "profile": ear.profile,
            "status": keep.status.to_string(),
            "policies": keep.policy_ids,
            "developer": ear.vid.developer,
            "issued": ear.iat,
            "expires": ear.exp,
            "claims": claims,
        })
    );
}
