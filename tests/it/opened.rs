//! One session, opened: what was said, its runs, figures and family, against what a test reads from the same files.

mod bad_input;
mod detail;
mod export;
mod growing;
mod paging;
mod recordings;
mod runs;
mod search;
mod secrets;
mod switched_off;
