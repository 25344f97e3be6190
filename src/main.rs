//! Exit code; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    factory_dashboard::cli::run()
}
