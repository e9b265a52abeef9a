//! What LINE documents, held against what we have: samples, signatures and error bodies that LINE
//! publishes, against the simulator and the client.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod simulator;
