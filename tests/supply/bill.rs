//! The bill of materials (SBOM) of the programme, as CycloneDX 1.6 writes it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::packages::{Package, Packages};

/// The bill. The same `Cargo.lock` gives the same bill, byte by byte.
pub fn of(packages: &Packages) -> Value {
    let linked = packages.in_the_programme();
    let others = linked.iter().filter(|id| ***id != packages.programme);
    let components: Vec<Value> = others.map(|id| component(&packages.all[*id], "library")).collect();
    let dependencies: Vec<Value> = linked.iter().map(|id| needs(packages, id)).collect();
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(&packages.all[&packages.programme], "application"),
            "lifecycles": [{ "phase": "build" }],
        },
        "components": components,
        "dependencies": dependencies,
    });
    // A number of its own that follows from what is in it.
    let number = Uuid::new_v5(&Uuid::NAMESPACE_OID, bill.to_string().as_bytes());
    bill["serialNumber"] = json!(format!("urn:uuid:{number}"));
    bill
}

/// The name under which a package is known everywhere.
pub fn purl(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

fn component(package: &Package, kind: &str) -> Value {
    let mut component = json!({
        "type": kind,
        "bom-ref": purl(package),
        "name": package.name,
        "version": package.version,
        "purl": purl(package),
        "scope": "required",
    });
    if let Some(licence) = &package.licence {
        // Some still write the old sign for a choice.
        component["licenses"] = json!([{ "expression": licence.replace(" / ", "/").replace('/', " OR ") }]);
    }
    if let Some(source) = &package.source {
        component["properties"] = json!([{ "name": "source", "value": source }]);
    }
    if let Some(checksum) = &package.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

fn needs(packages: &Packages, id: &str) -> Value {
    let on: Vec<String> = packages.needs_of(id).map(|id| purl(&packages.all[id])).collect();
    json!({ "ref": purl(&packages.all[id]), "dependsOn": on })
}
