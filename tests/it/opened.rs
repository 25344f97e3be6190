//! One session, opened: what was said, its runs, figures and family, against what a test reads from the same files.

mod bad_input;
mod detail;
mod errors;
mod export;
mod family;
mod growing;
mod packed;
mod paging;
mod recordings;
mod runs;
mod search;
mod secrets;
mod switched_off;
