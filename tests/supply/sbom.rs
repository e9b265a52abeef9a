//! `cargo run --locked --example sbom > hagukumi.cdx.json`: the bill of materials of a release.

mod bill;
mod packages;

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let bill = bill::of(&packages::Packages::read());
    writeln!(std::io::stdout(), "{bill:#}")
}
