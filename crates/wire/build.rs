//! Turns every file under `proto/` into Rust, with no `protoc` to install.

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    // A folder's time changes when a file is added to it or removed, so the tree is watched
    // whole: new protos are picked up without touching this script.
    println!("cargo::rerun-if-changed={}", root.display());

    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|e| e == "proto") {
            files.push(entry.into_path());
        }
    }

    let mut compiler = protox::Compiler::new([&root])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(&files)?;
    // Encoded by protox: the typed set below has no room for the access options.
    std::fs::write(
        out.join("descriptors.bin"),
        compiler.encode_file_descriptor_set(),
    )?;

    let mut prost = tonic_prost_build::Config::new();
    prost.enable_type_names();
    tonic_prost_build::configure()
        .emit_rerun_if_changed(false)
        .include_file("protos.rs")
        .compile_fds_with_config(compiler.file_descriptor_set(), prost)?;
    Ok(())
}
