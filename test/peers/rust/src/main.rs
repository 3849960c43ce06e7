//! rust_peers CASES [REPEAT]: what sev, dcap-qvl and nitro_attest make of the cases, a line of JSON each.
//! rust_peers --launch LIST: the digests that sev computes of lists of pages as `enarx measure snp` reads them.

use std::{fs, panic, time::Instant};

use dcap_qvl::QuoteCollateralV3;
use serde_json::{json, Value};
use sev::{
    certs::snp::{ca, Certificate, Chain, Verifiable},
    firmware::guest::AttestationReport,
    parser::ByteParser,
};

// What sev's own file, which build.rs brings here, says `crate` to.
use sev::error;
mod launch {
    #[derive(Clone, Copy)]
    pub enum PageType { Normal = 1, Vmsa, Zero, Unmeasured, Secrets, Cpuid }
}
mod measurement {
    pub mod snp {
        pub use sev::measurement::snp::SnpLaunchDigest;
        pub const LD_BYTES: usize = 48;
    }
}
#[allow(dead_code)]
mod gctx {
    include!(concat!(env!("OUT_DIR"), "/gctx.rs"));
}

type Answer = Result<(), String>;

fn text<E: std::fmt::Debug>(error: E) -> String {
    format!("{error:?}")
}

fn read(case: &Value, name: &str) -> Vec<u8> {
    fs::read(case[name].as_str().unwrap_or("")).unwrap_or_default()
}

fn pem(der: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut line = String::new();
    for three in der.chunks(3) {
        let value = three.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for i in 0..4 {
            let digit = char::from(ALPHABET[(value >> (18 - 6 * i) & 63) as usize]);
            line.push(if i <= three.len() { digit } else { '=' });
        }
    }
    let lines: Vec<&str> = line.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

fn snp(case: &Value) -> Box<dyn Fn() -> Answer> {
    let (evidence, leaf, ask, ark) = (read(case, "evidence"), read(case, "leaf"), read(case, "ask"), read(case, "ark"));
    Box::new(move || {
        let report = AttestationReport::from_bytes(&evidence).map_err(text)?;
        let chain = Chain {
            ca: ca::Chain { ark: Certificate::from_der(&ark).map_err(text)?, ask: Certificate::from_der(&ask).map_err(text)? },
            vek: Certificate::from_der(&leaf).map_err(text)?,
        };
        (&chain, &report).verify().map_err(text)
    })
}

/// The signed value exactly as it came, and its signature.
fn document(bytes: &[u8]) -> (String, Vec<u8>) {
    let whole = String::from_utf8_lossy(bytes).into_owned();
    let (start, end) = (whole.find(':').unwrap_or(0) + 1, whole.rfind(",\"signature\"").unwrap_or(0));
    let parsed: Value = serde_json::from_str(&whole).unwrap_or_default();
    (whole.get(start..end).unwrap_or("").to_owned(), hex::decode(parsed["signature"].as_str().unwrap_or("")).unwrap_or_default())
}

fn quote(case: &Value) -> Box<dyn Fn() -> Answer> {
    let root = pem(&read(case, "root"));
    let signers = pem(&read(case, "signer")) + &root;
    let (tcb_info, tcb_info_signature) = document(&read(case, "tcb_info"));
    let (qe_identity, qe_identity_signature) = document(&read(case, "qe_identity"));
    let collateral = QuoteCollateralV3 {
        pck_crl_issuer_chain: pem(&read(case, "ca")) + &root,
        root_ca_crl: read(case, "root_crl"),
        pck_crl: read(case, "pck_crl"),
        tcb_info_issuer_chain: signers.clone(),
        tcb_info,
        tcb_info_signature,
        qe_identity_issuer_chain: signers,
        qe_identity,
        qe_identity_signature,
        pck_certificate_chain: None,
    };
    let (evidence, at) = (read(case, "evidence"), case["at"].as_u64().unwrap_or(0));
    Box::new(move || dcap_qvl::verify::ring::verify(&evidence, &collateral, at).map(|_| ()).map_err(text))
}

fn nitro(case: &Value) -> Box<dyn Fn() -> Answer> {
    let evidence = read(case, "evidence");
    let at = time::OffsetDateTime::from_unix_timestamp(case["at"].as_i64().unwrap_or(0)).unwrap();
    Box::new(move || nitro_attest::UnparsedAttestationDoc::from(evidence.as_slice()).parse_and_verify(at).map(|_| ()).map_err(text))
}

fn median(verify: &dyn Fn() -> Answer, repeat: usize) -> f64 {
    let mut times: Vec<f64> = (0..repeat)
        .map(|_| {
            let started = Instant::now();
            let _ = verify();
            started.elapsed().as_nanos() as f64 / 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[repeat / 2]
}

fn report(peer: &str, mode: &str, case: &Value, verify: Box<dyn Fn() -> Answer>, repeat: usize) {
    let answer = panic::catch_unwind(panic::AssertUnwindSafe(|| verify())).unwrap_or_else(|_| Err("PANIC".to_owned()));
    let us = if repeat > 0 && answer.is_ok() { median(&*verify, repeat) } else { 0.0 };
    let outcome = if answer.is_ok() { "accepted" } else { "refused" };
    let reason: String = answer.err().unwrap_or_default().chars().take(300).collect();
    println!("{}", json!({"peer": peer, "name": case["name"], "mode": mode, "outcome": outcome, "reason": reason, "us": us}));
}

fn launch_digest(case: &Value) -> String {
    use launch::PageType;
    let mut context = gctx::Gctx::default();
    for page in case["pages"].as_array().unwrap() {
        let gpa = u64::from_str_radix(page["gpa"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
        let mut bytes = hex::decode(page["data_hex_then_zero_padded_to_4096"].as_str().unwrap_or("")).unwrap();
        bytes.resize(4096, 0);
        let (kind, contents) = match page["page_type"].as_u64().unwrap() {
            1 => (PageType::Normal, Some(bytes.as_slice())),
            2 => (PageType::Vmsa, Some(bytes.as_slice())),
            3 => (PageType::Zero, None),
            4 => (PageType::Unmeasured, None),
            5 => (PageType::Secrets, None),
            _ => (PageType::Cpuid, None),
        };
        context.update_page(kind, gpa, contents, Some(4096)).unwrap();
    }
    context.finished().ld().get_hex_ld()
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if words[1] == "--launch" {
        let cases: Value = serde_json::from_slice(&fs::read(&words[2]).unwrap()).unwrap();
        for case in cases.as_array().unwrap() {
            println!("{}", json!({"name": case["name"], "digest": launch_digest(case)}));
        }
        return;
    }
    panic::set_hook(Box::new(|_| {}));
    let cases: Value = serde_json::from_slice(&fs::read(&words[1]).unwrap()).unwrap();
    let repeat = words.get(2).and_then(|n| n.parse().ok()).unwrap_or(0);
    for case in cases.as_array().unwrap() {
        match case["kind"].as_str().unwrap() {
            "snp" => report("sev", "chain", case, snp(case), repeat),
            "nitro" => report("nitro_attest", "complete", case, nitro(case), repeat),
            _ if case["tcb_info"].is_string() && case["pck_crl"].is_string() => {
                report("dcap-qvl", "complete", case, quote(case), repeat)
            }
            _ => {}
        }
    }
}
