//! The words of the sign-in page, in the browser's language, put into `web/sign-in.html`.

use axum::http::{HeaderMap, header};

const TEMPLATE: &str = include_str!("../../../web/sign-in.html");

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Korean,
}

/// Why the page is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    NoToken,
    WrongToken,
    TooManyAttempts(u64),
}

/// What the page says.
pub(super) struct Page<'a> {
    pub(super) language: Language,
    /// Where to go afterwards.
    pub(super) next: &'a str,
    pub(super) trouble: Option<Trouble>,
    /// Whether the browser shall ask once more at once.
    pub(super) again: bool,
}

impl Language {
    /// The one of ours that the browser likes best; English where it likes neither.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut best = (Self::English, 0.0);
        for part in wanted.split(',') {
            let mut parts = part.split(';').map(str::trim);
            let language = match parts.next().and_then(|name| name.split('-').next()) {
                Some(name) if name.eq_ignore_ascii_case("ko") => Self::Korean,
                Some(name) if name.eq_ignore_ascii_case("en") => Self::English,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            // Of two that are liked as much, the first.
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }
}

impl Page<'_> {
    pub(super) fn html(&self) -> String {
        let korean = self.language == Language::Korean;
        let pick = |english: &'static str, hangul: &'static str| if korean { hangul } else { english };
        let error = self.trouble.map_or_else(String::new, |trouble| {
            format!("<p class=\"fd-signin__error\" id=\"error\" role=\"alert\">{}</p>", self.trouble_in_words(trouble))
        });
        let described = if self.trouble.is_some() { " aria-invalid=\"true\" aria-describedby=\"error\"" } else { "" };
        let next = escape(self.next);
        let again = if self.again { "<meta http-equiv=\"refresh\" content=\"0; url=/sign-in\">" } else { "" };
        let parts = [
            ("{{lang}}", pick("en", "ko")),
            ("{{title}}", pick("Sign in", "로그인")),
            ("{{label}}", pick("Token", "토큰")),
            ("{{button}}", pick("Sign in", "로그인")),
            (
                "{{where}}",
                pick(
                    "The token was printed when the program was first started. It is also in the file <code>token</code> in its data folder, or in the file that <code>--token-file</code> names.",
                    "토큰은 프로그램을 처음 시작할 때 출력되었습니다. 데이터 폴더의 <code>token</code> 파일이나 <code>--token-file</code>로 지정한 파일에도 있습니다.",
                ),
            ),
            ("{{again}}", again),
            ("{{described}}", described),
            ("{{error}}", &error),
            // Last, since it is the only part that somebody else wrote.
            ("{{next}}", &next),
        ];
        parts.iter().fold(TEMPLATE.to_owned(), |page, (name, value)| page.replace(name, value))
    }

    fn trouble_in_words(&self, trouble: Trouble) -> String {
        match (trouble, self.language) {
            (Trouble::NoToken, Language::English) => "Enter the token.".to_owned(),
            (Trouble::NoToken, Language::Korean) => "토큰을 입력하세요.".to_owned(),
            (Trouble::WrongToken, Language::English) => "That is not the token of this dashboard.".to_owned(),
            (Trouble::WrongToken, Language::Korean) => "이 대시보드의 토큰이 아닙니다.".to_owned(),
            (Trouble::TooManyAttempts(seconds), Language::English) => {
                format!("Too many wrong tokens came from your address. Try again in {seconds} s.")
            }
            (Trouble::TooManyAttempts(seconds), Language::Korean) => {
                format!("이 주소에서 잘못된 토큰을 너무 많이 보냈습니다. {seconds}초 뒤에 다시 시도하세요.")
            }
        }
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_the_language() {
        let language = |text: &str| {
            Language::of(&[(header::ACCEPT_LANGUAGE, text.parse().expect("a header"))].into_iter().collect())
        };
        for korean in ["ko", "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "KO", "en;q=0.5, ko;q=0.6", "de, ko;q=0.1", "ko,en"]
        {
            assert_eq!(language(korean), Language::Korean, "{korean}");
        }
        for english in ["en", "en-US,en;q=0.9,ko;q=0.8", "de", "", "*", "kok", "en,ko", "ko;q=0, de"] {
            assert_eq!(language(english), Language::English, "{english}");
        }
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn what_others_wrote_is_escaped() {
        let next = "#\"><script>alert('{{error}}&')</script>";
        for language in [Language::English, Language::Korean] {
            for trouble in [None, Some(Trouble::NoToken), Some(Trouble::WrongToken), Some(Trouble::TooManyAttempts(8))]
            {
                let html = Page { language, next, trouble, again: true }.html();
                assert!(
                    html.contains("value=\"#&quot;&gt;&lt;script&gt;alert(&#39;{{error}}&amp;&#39;)&lt;/script&gt;\""),
                    "{html}"
                );
                assert!(!html.contains("<script") && html.contains("url=/sign-in\""));
                assert_eq!(html.matches("role=\"alert\"").count(), usize::from(trouble.is_some()));
                assert_eq!(html.matches("{{").count(), 1, "every part is filled in, and what others wrote is left");
            }
        }
    }
}
