//! Tokens that say by their form who issued them. Each row is a fact from the issuer's own
//! documentation; lengths are lower bounds where the issuer promises none.
//!
//! A new issuer is one row here and one line in `tests/it/redaction/planted.rs`.

use super::rule::{Candidate, Edges, Rule};
use super::{scan, values};

pub static RULES: &[Rule] = &[
    // Providers of models.
    Rule::token("anthropic", &["sk-ant-"], r"sk-ant-[A-Za-z0-9_-]{16,}"),
    Rule::token("openrouter", &["sk-or-"], r"sk-or-[A-Za-z0-9_-]{16,}"),
    Rule::token("openai", &["sk-"], r"sk-(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,}").check(like_a_key),
    Rule::token("google-api", &["AIza"], r"AIza[A-Za-z0-9_-]{35,}"),
    Rule::token("google-api", &["AQ."], r"AQ\.[A-Za-z0-9_-]{30,}").check(values::mixed),
    Rule::token("groq", &["gsk_"], r"gsk_[A-Za-z0-9]{32,}"),
    Rule::token("xai", &["xai-"], r"xai-[A-Za-z0-9]{40,}"),
    Rule::token("replicate", &["r8_"], r"r8_[A-Za-z0-9]{30,}"),
    Rule::token("perplexity", &["pplx-"], r"pplx-[A-Za-z0-9]{32,}"),
    Rule::token("hugging-face", &["hf_", "api_org_"], r"(?:hf|api_org)_[A-Za-z0-9]{30,}").check(values::mixed),
    Rule::token("fireworks", &["fw_"], r"fw_[A-Za-z0-9]{20,}").check(values::mixed),
    Rule::token("nvidia", &["nvapi-"], r"nvapi-[A-Za-z0-9_-]{40,}"),
    Rule::token("tavily", &["tvly-"], r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,}").check(values::mixed),
    Rule::token("langsmith", &["lsv2_"], r"lsv2_(?:pt|sk)_[A-Za-z0-9_]{32,}"),
    Rule::token("langfuse", &["sk-lf-"], r"sk-lf-[a-f0-9-]{36}"),
    Rule::token("elevenlabs", &["sk_"], r"sk_[a-f0-9]{48}").edges(Edges::Both),
    Rule::token("together", &["tgp_v1_"], r"tgp_v1_[A-Za-z0-9_-]{32,}"),
    Rule::token("pinecone", &["pcsk_"], r"pcsk_[A-Za-z0-9_]{32,}"),
    Rule::token("jina", &["jina_"], r"jina_[A-Za-z0-9_-]{32,}"),
    Rule::token("firecrawl", &["fc-"], r"fc-[a-f0-9]{32}").edges(Edges::Both),
    Rule::token("e2b", &["e2b_"], r"e2b_[a-f0-9]{40}"),
    Rule::token("cerebras", &["csk-"], r"csk-[a-z0-9]{40,}"),
    // Clouds.
    // docs.aws.amazon.com, IAM identifiers; the secret often follows its id.
    Rule::token(
        "aws",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r#"A(?:KI|SI|BI|CC)A[A-Z2-7]{16}(?:[\s,:;|"'/]{1,4}[A-Za-z0-9/+]{40})?"#,
    )
    .edges(Edges::Both),
    Rule::token("aws-bedrock", &["ABSK"], r"ABSK[A-Za-z0-9+/]{80,}={0,2}"),
    Rule::token("google-oauth", &["ya29."], r"ya29\.[A-Za-z0-9_-]{20,}"),
    Rule::token("google-oauth", &["1//0"], r"1//0[A-Za-z0-9_-]{30,}").check(values::mixed),
    Rule::token("google-oauth", &["GOCSPX-"], r"GOCSPX-[A-Za-z0-9_-]{20,}"),
    Rule::token("azure-client-secret", &["Q~"], r"[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{31,34}").back(
        |byte| byte.is_ascii_alphanumeric() || b"_.~-".contains(&byte),
        4,
        |_, _| true,
    ),
    Rule::token("digitalocean", &["dop_v1_", "doo_v1_", "dor_v1_"], r"do[opr]_v1_[a-f0-9]{64}"),
    Rule::token("cloudflare", &["cfut_", "cfat_", "cfk_"], r"cf(?:ut|at|k)_[A-Za-z0-9]{40,}"),
    Rule::token("cloudflare", &["v1.0-"], r"v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}"),
    Rule::token("heroku", &["HRKU-"], r"HRKU-[A-Za-z0-9_-]{36,}"),
    Rule::token(
        "fly",
        &["FlyV1 fm", "fm2_", "fo1_"],
        r"(?:FlyV1 )?(?:fm[12][ar]?_[A-Za-z0-9+/=,_]{60,}|fo1_[\w-]{43})",
    ),
    Rule::token("databricks", &["dapi"], r"dapi[a-f0-9]{32}(?:-\d)?").edges(Edges::Both),
    Rule::token("vault", &["hvs.", "hvb."], r"hv[sb]\.[A-Za-z0-9_-]{24,}"),
    Rule::token("supabase", &["sbp_", "sb_secret_"], r"(?:sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,})"),
    Rule::token("planetscale", &["pscale_"], r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}"),
    Rule::token("doppler", &["dp.pt.", "dp.st."], r"dp\.(?:pt|st(?:\.[a-z0-9_-]{2,35})?)\.[A-Za-z0-9]{40,}"),
    // Code and packages.
    Rule::token("github", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"gh[pousr]_[A-Za-z0-9_.-]{36,}"),
    Rule::token("github", &["github_pat_"], r"github_pat_[A-Za-z0-9_]{50,}"),
    Rule::token(
        "gitlab",
        &["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "gloas-", "glft-", "glsoat-", "glagent-"],
        r"gl(?:pat|dt|rt|ptt|cbt|oas|ft|soat|agent)-[A-Za-z0-9_.-]{20,}",
    ),
    Rule::token("npm", &["npm_"], r"npm_[A-Za-z0-9]{36,}"),
    Rule::token("pypi", &["pypi-"], r"pypi-[A-Za-z0-9_-]{50,}"),
    Rule::token("crates-io", &["cio"], r"cio[A-Za-z0-9]{32}").edges(Edges::Both).check(values::mixed),
    Rule::token("rubygems", &["rubygems_"], r"rubygems_[a-f0-9]{48}"),
    Rule::token("docker-hub", &["dckr_pat_", "dckr_oat_"], r"dckr_[po]at_[A-Za-z0-9_-]{20,}"),
    Rule::token("atlassian", &["ATATT3", "ATCTT3", "ATBB"], r"(?:AT[AC]TT3[A-Za-z0-9_=-]{60,}|ATBB[A-Za-z0-9]{32})"),
    Rule::token("linear", &["lin_api_", "lin_oauth_"], r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
    Rule::token("figma", &["figd_"], r"figd_[A-Za-z0-9_-]{36,}"),
    Rule::token("terraform", &[".atlasv1."], r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}").back(
        |byte| byte.is_ascii_alphanumeric(),
        14,
        |_, _| true,
    ),
    Rule::token("buildkite", &["bkua_"], r"bkua_[a-f0-9]{40}"),
    Rule::token("circleci", &["CCIPAT_", "CCIPRJ_"], r"CCIP(?:AT|RJ)_[A-Za-z0-9]{20,}_[a-f0-9]{40}"),
    Rule::token("netlify", &["nfp_"], r"nfp_[A-Za-z0-9]{36,}"),
    Rule::token("posthog", &["phx_"], r"phx_[A-Za-z0-9]{40,}"),
    Rule::token("dropbox", &["sl."], r"sl\.(?:u\.)?[A-Za-z0-9_-]{100,}"),
    Rule::token("firebase", &[":APA91b"], r"[A-Za-z0-9_-]{7,24}:APA91b[A-Za-z0-9_-]{100,}").back(
        scan::in_token,
        24,
        |_, _| true,
    ),
    Rule::token("notion", &["ntn_"], r"ntn_[A-Za-z0-9]{40,}"),
    Rule::token("notion", &["secret_"], r"secret_[A-Za-z0-9]{43}").edges(Edges::Both).check(values::mixed),
    Rule::token("airtable", &["pat"], r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}").edges(Edges::Both),
    Rule::token("postman", &["PMAK-"], r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    Rule::token("grafana", &["glsa_", "glc_"], r"(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,})"),
    Rule::token("sentry", &["sntrys_", "sntryu_"], r"sntry[su]_[A-Za-z0-9+/=_]{40,}"),
    Rule::token("new-relic", &["NRAK-"], r"NRAK-[A-Z0-9]{27}"),
    // People and messages.
    Rule::token("slack", &["xox"], r"xox[a-eoprs]-[A-Za-z0-9%+/=-]{10,}").check(values::digit),
    Rule::token("slack", &["xapp-"], r"xapp-\d-[A-Za-z0-9-]{20,}"),
    Rule::token("slack", &["xoxe."], r"xoxe\.xox[bp]-\d-[A-Za-z0-9-]{20,}"),
    Rule::token("discord", &["."], r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}")
        .back(scan::in_token, 28, |bytes, word| bytes.get(word + 7) == Some(&b'.'))
        .check(values::mixed),
    Rule::token("discord", &["mfa."], r"mfa\.[A-Za-z0-9_-]{80,}"),
    // core.telegram.org/bots/api: the id of the bot, a colon, 35 characters.
    Rule::place("telegram", &[":"], r"\d{8,12}:[A-Za-z0-9_-]{35}")
        .back(
            |byte| byte.is_ascii_digit(),
            12,
            |bytes, word| {
                word > 0
                    && bytes[word - 1].is_ascii_digit()
                    && bytes.get(word + 35).is_some_and(|byte| scan::in_token(*byte))
            },
        )
        .check(a_bot_token),
    Rule::token("twilio", &["SK"], r"SK[a-f0-9]{32}").edges(Edges::Both),
    Rule::token("sendgrid", &["SG."], r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,}"),
    Rule::token("mailgun", &["key-"], r"key-[a-f0-9]{32}").edges(Edges::Both),
    Rule::token("mailchimp", &["-us"], r"[a-f0-9]{32}-us\d{1,2}")
        .back(|byte| byte.is_ascii_hexdigit(), 32, |_, _| true)
        .edges(Edges::Both),
    Rule::token("brevo", &["xkeysib-", "xsmtpsib-"], r"x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    Rule::token("resend", &["re_"], r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}").check(values::mixed),
    // Payments and shops.
    Rule::token(
        "stripe",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_"],
        r"[rs]k_(?:live|test|org)_[A-Za-z0-9_]{16,}",
    )
    .check(values::digit),
    Rule::token("stripe", &["whsec_"], r"whsec_[A-Za-z0-9+/=]{24,}"),
    Rule::token("shopify", &["shpat_", "shpca_", "shppa_", "shpss_"], r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    Rule::token("square", &["EAAA", "sq0"], r"(?:EAAA[A-Za-z0-9_-]{60}|sq0(?:csp|atp)-[A-Za-z0-9_-]{22,43})")
        .edges(Edges::Both),
    Rule::token("braintree", &["access_token$"], r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}"),
    Rule::token("meta", &["EAA"], r"EAA[A-Za-z0-9]{100,}"),
    // Forms that many issuers share.
    // RFC 7519: two objects in base64url; the signature may be missing, encryption has five parts.
    Rule::token(
        "jwt",
        &["eyJ"],
        r"eyJ[A-Za-z0-9_-]{8,}={0,2}\.(?:eyJ[A-Za-z0-9_-]{4,}|[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{8,})={0,2}(?:\.[A-Za-z0-9_-]*){0,3}",
    ),
    // github.com/FiloSottile/age: Bech32 in upper case.
    Rule::token("age", &["AGE-SECRET-KEY-"], r"(?i:AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,})"),
    Rule::token("onepassword", &["ops_eyJ"], r"ops_eyJ[A-Za-z0-9+/=_-]{60,}"),
    Rule::token("onepassword", &["A3-"], r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
];

/// Whether what begins with `sk-` is a key: keys mix letters and digits without words between dashes.
fn like_a_key(candidate: &Candidate<'_>) -> bool {
    let body = &candidate.secret["sk-".len()..];
    let longest = body.split(['-', '_']).map(str::len).max().unwrap_or(0);
    longest >= 16 && values::mixed(candidate) && !values::is_placeholder(candidate.secret)
}

/// Whether digits, a colon and 35 characters are a token: not a time or a digest.
fn a_bot_token(candidate: &Candidate<'_>) -> bool {
    let (before, end) = (&candidate.text[..candidate.start], candidate.start + candidate.secret.len());
    let starts = before.ends_with("bot") || !scan::joined_before(before.as_bytes(), before.len());
    let ends = !candidate.text[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let tail = candidate.secret.split_once(':').map_or("", |(_, tail)| tail);
    starts && ends && tail.bytes().any(|byte| byte.is_ascii_uppercase()) && values::mixed(candidate)
}
