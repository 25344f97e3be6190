//! JSON: every string, and members whose name says that they are secret.

use serde_json::json;

use super::redactor;

#[track_caller]
fn check(mut value: serde_json::Value, expected: serde_json::Value, count: usize) {
    let found = redactor().mask_json(&mut value);
    assert_eq!(value, expected);
    assert_eq!(found, count);
}

#[test]
fn members_with_a_secret_name_are_masked_whole() {
    for name in [
        "apiKey",
        "api_key",
        "API_KEY",
        "apikey",
        "x-api-key",
        "password",
        "userPassword",
        "token",
        "accessToken",
        "authToken",
        "botToken",
        "appToken",
        "refresh_token",
        "authorization",
        "Authorization",
        "client_secret",
        "clientSecret",
        "privateKey",
        "signingSecret",
        "webhookSecret",
        "secret",
        "passphrase",
        "credentials",
        "secretAccessKey",
        "cookie",
        "비밀번호",
    ] {
        check(json!({ name: "any words at all" }), json!({ name: "[masked:member]" }), 1);
    }
}

#[test]
fn members_with_a_near_name_stay() {
    for name in [
        "maxTokens",
        "max_tokens",
        "tokenCount",
        "inputTokens",
        "totalTokens",
        "nextPageToken",
        "tokens",
        "key",
        "sessionKey",
        "publicKey",
        "idempotencyKey",
        "primaryKey",
        "tokenType",
        "passwordPolicy",
        "hasPassword",
        "secretName",
        "auth",
        "author",
        "tokenizer",
        "keyId",
        "accessKeyId",
        "monkey",
        "keyboard",
        "passed",
        "compass",
        "secretary",
    ] {
        check(json!({ name: "any words at all" }), json!({ name: "any words at all" }), 0);
    }
}

#[test]
fn strings_are_masked_where_they_stand() {
    check(
        json!([1, null, true, {"command": "tool --password hunter2x", "env": {"password": null, "token": true}}]),
        json!([1, null, true, {"command": "tool --password [masked:secret]", "env": {"password": null, "token": true}}]),
        1,
    );
}

#[test]
fn lists_pairs_and_numbers_count_too() {
    check(
        json!({"secrets": [{"name": "DB_PASSWORD", "value": "plain words"}]}),
        json!({"secrets": [{"name": "DB_PASSWORD", "value": "[masked:member]"}]}),
        1,
    );
    check(
        json!({"authTokens": ["first one", "second one"]}),
        json!({"authTokens": ["[masked:member]", "[masked:member]"]}),
        2,
    );
    check(json!({"password": 123_456}), json!({"password": "[masked:member]"}), 1);
    check(
        json!({"kty": "OKP", "crv": "Ed25519", "d": "abcdefgh", "x": "ijklmnop"}),
        json!({"kty": "OKP", "crv": "Ed25519", "d": "[masked:member]", "x": "ijklmnop"}),
        1,
    );
}

#[test]
fn references_and_schemas_stay() {
    for value in [
        json!({"apiKey": "${OPENAI_API_KEY}"}),
        json!({"apiKey": {"source": "env", "provider": "default", "id": "OPENAI_API_KEY"}}),
        json!({"properties": {"password": {"type": "string", "description": "what the user typed"}}, "required": ["password"]}),
        json!({"token": "[masked:member]"}),
    ] {
        check(value.clone(), value, 0);
    }
}
