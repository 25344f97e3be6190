//! `cargo bench`: the parts whose speed the whole program rests on, each alone and in memory or in
//! a scratch folder. `cargo xtask bench` measures the whole from outside.
//!
//! `cargo bench -- ledger` runs what has "ledger" in its name. With `read-all FOLDER …` the program
//! reads state directories, each on a thread of its own, and prints what that took as JSON.

mod inputs;
mod ledger;
mod live;
mod read_all;
mod redaction;
mod scan;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some("read-all") {
        divan::main();
        return ExitCode::SUCCESS;
    }
    match read_all::run(&arguments.map(PathBuf::from).collect::<Vec<_>>()) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
