//! Masking: what it costs to look for secrets where there are none, and where there are many.

use divan::Bencher;
use divan::counter::BytesCount;
use factory_dashboard::redaction::Redactor;

use super::inputs::transcript;

fn mask(bencher: Bencher<'_, '_>, text: &str) {
    let redactor = Redactor::new(["a-token-of-openclaw".to_owned()]);
    bencher.counter(BytesCount::of_str(text)).bench(|| redactor.mask(divan::black_box(text)).count);
}

/// Lines of transcripts.
#[divan::bench]
fn transcripts(bencher: Bencher<'_, '_>) {
    let (text, _) = transcript(1, 4 << 20);
    mask(bencher, &String::from_utf8_lossy(&text));
}

/// Prose in which nothing looks like a secret.
#[divan::bench]
fn prose(bencher: Bencher<'_, '_>) {
    let text = "The importer reads each file twice, and the second reading finds nothing new. 두 번째는 아무것도 찾지 못합니다.\n";
    mask(bencher, &text.repeat(10_000));
}

/// A secret on each line.
#[divan::bench]
fn secrets(bencher: Bencher<'_, '_>) {
    let token = format!("export GITHUB_TOKEN=ghp_{}\n", "a1B2c3D4e5F6".repeat(3));
    mask(bencher, &token.repeat(1_000));
}
