//! What a machine does to a server: a disk that is slow, full or broken, a database that goes and comes,
//! a clock that jumps, processes that stand still, limits of memory and files.
//!
//! The faults are real: the built programme runs in a process of its own, behind a library that spoils
//! what it asks of the system (`shim`), on a PostgreSQL that is stopped, started and cut off.
