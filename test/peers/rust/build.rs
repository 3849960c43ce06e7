//! Brings a file of the crate sev into this program: its page arithmetic, which the crate keeps to itself.

use std::{env, fs, path::Path, process::Command};

fn main() {
    let asked = Command::new(env::var("CARGO").unwrap())
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    let sev = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "sev").unwrap();
    let source = Path::new(sev["manifest_path"].as_str().unwrap()).with_file_name("src/measurement/gctx.rs");
    // Comments on a whole file cannot stand inside another.
    let kept: String = fs::read_to_string(source).unwrap().split_inclusive('\n').filter(|line| !line.starts_with("//!")).collect();
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("gctx.rs"), kept).unwrap();
    println!("cargo::rustc-cfg=feature=\"openssl\"");
    println!("cargo::rustc-check-cfg=cfg(feature, values(\"openssl\", \"crypto_nossl\"))");
    println!("cargo::rerun-if-changed=Cargo.lock");
}
