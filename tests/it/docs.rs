//! What exists is documented: flags, routes, in both languages.

use factory_dashboard::config::OPTIONS;

fn read(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_option_is_in_both_readmes() {
    for file in ["README.md", "README.ko.md"] {
        let text = read(file);
        for option in OPTIONS {
            assert!(text.contains(&format!("`--{option}")), "{file} does not name --{option}");
        }
    }
}

#[test]
fn every_route_is_documented() {
    let (_, description) = factory_dashboard::http::routes().split_for_parts();
    for path in description.paths.paths.keys() {
        for file in ["docs/API.md", "README.md", "README.ko.md"] {
            assert!(read(file).contains(path.as_str()), "{file} does not name {path}");
        }
    }
}

#[test]
fn both_readmes_have_the_same_parts() {
    let headings = |file: &str| read(file).lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(headings("README.md"), headings("README.ko.md"));
}
