//! The content is compiled in; a file that is added there must not be missed.

fn main() {
    println!("cargo::rerun-if-changed=content");
}
