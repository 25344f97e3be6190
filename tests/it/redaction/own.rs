//! OpenClaw's own secrets: which values they are, and that they are found in every form.

use data_encoding::BASE64;
use factory_dashboard::redaction::{Redactor, own_secrets, own_secrets_of_env_file};
use serde_json::json;

/// Looks like no token at all.
const OWN: &str = "plain words/with a blank + sign";

#[test]
fn own_values_are_masked_in_every_form() {
    let redactor = Redactor::new([OWN.to_owned(), "short".to_owned()]);
    for text in [
        OWN.to_owned(),
        format!("x{OWN}y"),
        "q=plain%20words%2Fwith%20a%20blank%20%2B%20sign".to_owned(),
        "q=plain%20words%2fwith%20a%20blank%20%2b%20sign".to_owned(),
        BASE64.encode(OWN.as_bytes()),
        BASE64.encode(format!("u:{OWN}").as_bytes()),
        BASE64.encode(format!("user:{OWN}!").as_bytes()),
    ] {
        let masked = redactor.mask(&text);
        assert!(masked.text.contains("[masked:own-secret]"), "{text} became {}", masked.text);
        assert!(masked.text.len() < 40, "{text} became {}", masked.text);
    }
    assert_eq!(redactor.mask("a short word").count, 0);
}

#[test]
fn values_of_the_configuration_are_collected() {
    let config = json!({
        "gateway": {"port": 18789, "auth": {"mode": "token", "token": "gateway-token-1", "password": "gateway-pass-2"}},
        "models": {"providers": {"a": {"apiKey": "provider-key-3"}, "b": {"apiKey": "${B_API_KEY}"},
            "c": {"apiKey": {"source": "env", "provider": "default", "id": "OPENAI_API_KEY"}, "models": [{"maxTokens": 8192}]}}},
        "channels": {"slack": {"botToken": "slack-bot-4", "appToken": "slack-app-5", "signingSecret": "slack-sign-6"},
            "telegram": {"accounts": {"x": {"botToken": "telegram-7"}}}},
        "hooks": {"token": "hooks-token-8", "path": "/hooks"},
        "env": {"vars": {"MY_API_KEY": "variable-9", "PATH_PREFIX": "/usr/local/bin"}},
        "session": {"mainKey": "main-session", "scope": "per-sender"},
        "talk": {"apiKey": "talk-key-10"},
        "profiles": {
            "a:default": {"type": "api_key", "provider": "a", "key": "profile-key-11"},
            "b:default": {"type": "oauth", "provider": "b", "access": "profile-access-12", "refresh": "profile-refresh-13", "email": "bob@example.com"},
            "c:default": {"type": "token", "provider": "c", "token": "profile-token-14", "keyRef": {"source": "env", "id": "ABCDEFGHIJ"}}},
    });
    let mut found = own_secrets(&config);
    found.sort_by_key(|value| value.rsplit('-').next().unwrap().parse::<u32>().unwrap());
    let expected = [
        "gateway-token-1",
        "gateway-pass-2",
        "provider-key-3",
        "slack-bot-4",
        "slack-app-5",
        "slack-sign-6",
        "telegram-7",
        "hooks-token-8",
        "variable-9",
        "talk-key-10",
        "profile-key-11",
        "profile-access-12",
        "profile-refresh-13",
        "profile-token-14",
    ];
    assert_eq!(found, expected);
}

#[test]
fn values_of_an_environment_file_are_collected() {
    let text = "# A_TOKEN=comment-value\nA_TOKEN=value-one\nexport B_PASSWORD=\"value two\"\nC_API_KEY='value-three' # why\n\
                D_SECRET=value-four # why\nE_TOKEN=$OTHER_TOKEN\nPORT=18789123\nF_TOKEN=\nG_TOKEN=short\n";
    assert_eq!(own_secrets_of_env_file(text), ["value-one", "value two", "value-three", "value-four"]);
}
