#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hagukumi_fuzz::content_promise::holds(bytes));
