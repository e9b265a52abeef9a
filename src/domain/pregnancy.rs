//! pregnancy
