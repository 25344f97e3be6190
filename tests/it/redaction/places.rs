//! Secrets of no form of their own, in the places where they stand: text and secret.

use data_encoding::BASE64;

use super::dice::Dice;

pub type Place = fn(&mut Dice) -> (String, String);

/// A text around a secret.
fn around(secret: String, text: impl Fn(&str) -> String) -> (String, String) {
    (text(&secret), secret)
}

/// Lines of base64.
fn lines(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| dice.base64(64) + "\n").collect()
}

pub const PLACES: &[(&str, Place)] = &[
    ("bearer header", |d| around(d.url64(40), |s| format!("Authorization: Bearer {s}"))),
    ("bearer in curl", |d| around(d.alnum(32), |s| format!("curl -H \"Authorization: Bearer {s}\" https://a.dev"))),
    ("bearer in JSON", |d| around(d.alnum(40), |s| format!(r#"{{"Authorization":"Bearer {s}"}}"#))),
    ("bearer in code", |d| around(d.hex(40), |s| format!("headers = {{'Authorization': 'Bearer {s}'}}"))),
    ("token header", |d| around(d.hex(40), |s| format!("authorization: Token {s}"))),
    ("basic header", |d| {
        around(BASE64.encode(format!("bob:{}", d.password()).as_bytes()), |s| format!("Authorization: Basic {s}\r\n"))
    }),
    ("x-api-key header", |d| around(d.alnum(32), |s| format!("curl -H 'x-api-key: {s}' https://a.dev"))),
    ("cookie", |d| around(d.alnum(40), |s| format!("Cookie: theme=dark; sid={s}\r\n"))),
    ("set-cookie", |d| around(d.url64(43), |s| format!("Set-Cookie: session={s}; Path=/; HttpOnly"))),
    ("URL", |d| around(d.password(), |s| format!("git clone https://bob:{s}@git.host.dev/a/b.git"))),
    ("URL with a slash", |d| {
        around(format!("{}/{}", d.password(), d.alnum(9)), |s| format!("mysql://app:{s}@db.host/x"))
    }),
    ("URL with an at", |d| {
        around(format!("{}@{}", d.password(), d.alnum(9)), |s| format!("mysql://app:{s}@db.host/x"))
    }),
    ("PostgreSQL", |d| around(d.password(), |s| format!("DATABASE_URL=postgres://app:{s}@db.internal:5432/app"))),
    ("MongoDB", |d| around(d.password(), |s| format!("mongodb+srv://app:{s}@c0.host.net/?retryWrites=true"))),
    ("Redis", |d| around(d.password(), |s| format!("redis://:{s}@127.0.0.1:6379/0"))),
    ("AMQP in JSON", |d| around(d.password(), |s| format!(r#"{{"broker":"amqps://svc:{s}@mq.host/vhost"}}"#))),
    ("token in a URL", |d| around(d.alnum(40), |s| format!("https://{s}@git.host.dev/a/b.git"))),
    ("query token", |d| around(d.alnum(24), |s| format!("GET /v1/x?token={s}&page=2"))),
    ("query access_token", |d| around(d.url64(43), |s| format!("https://a.dev/cb?access_token={s}#x"))),
    ("query api_key", |d| around(d.hex(32), |s| format!("https://a.dev/x?a=1&api_key={s}"))),
    ("query key", |d| around(d.alnum(32), |s| format!("https://a.dev/x?key={s}&a=1"))),
    ("AWS signature", |d| around(d.hex(64), |s| format!("https://b.s3.host/k?X-Amz-Expires=60&X-Amz-Signature={s}"))),
    ("Azure SAS", |d| around(d.alnum(40) + "%3D", |s| format!("https://a.blob.host/c?sv=2024-01-01&sp=r&sig={s}"))),
    ("Azure account key", |d| {
        around(d.base64(86) + "==", |s| format!("AccountName=a;AccountKey={s};EndpointSuffix=core.windows.net"))
    }),
    ("ADO connection", |d| around(d.password(), |s| format!("Server=db;User Id=sa;Password={s};Encrypt=true"))),
    ("libpq connection", |d| around(d.password(), |s| format!("host=db user=app password={s} dbname=x"))),
    ("AWS secret key", |d| around(d.base64(40), |s| format!("aws_secret_access_key = {s}\nregion = eu"))),
    ("AWS secret in env", |d| around(d.base64(40), |s| format!("AWS_SECRET_ACCESS_KEY={s}"))),
    ("AWS secret in JSON", |d| around(d.base64(40), |s| format!(r#"{{"SecretAccessKey": "{s}"}}"#))),
    ("Twilio auth token", |d| around(d.hex(32), |s| format!("TWILIO_AUTH_TOKEN={s}"))),
    ("Cloudflare token", |d| around(d.url64(40), |s| format!("CLOUDFLARE_API_TOKEN={s}\n"))),
    ("shell export", |d| around(d.alnum(24), |s| format!("export SERVICE_API_KEY=\"{s}\""))),
    ("assignment", |d| around(d.password(), |s| format!("password = \"{s}\""))),
    ("single quotes", |d| around(d.password(), |s| format!("db_password: '{s}'"))),
    ("environment file", |d| around(d.password(), |s| format!("SMTP_USER=a\nSMTP_PASS={s}\n"))),
    ("YAML", |d| around(d.password(), |s| format!("database:\n  user: app\n  password: {s}\n"))),
    ("TOML", |d| around(d.alnum(32), |s| format!("[x]\nclient_secret = \"{s}\"\n"))),
    ("JSON", |d| around(d.alnum(32), |s| format!(r#"{{"apiKey": "{s}", "model": "m"}}"#))),
    ("JSON, escaped", |d| around(d.alnum(32), |s| format!(r#"{{"text":"{{\"apiKey\":\"{s}\",\"a\":1}}"}}"#))),
    ("JSON, escaped twice", |d| around(d.password(), |s| format!(r#""{{\\\"password\\\":\\\"{s}\\\"}}""#))),
    ("name and value", |d| around(d.alnum(32), |s| format!(r#"{{"name": "API_KEY", "value": "{s}"}}"#))),
    ("typed constant", |d| around(d.alnum(24), |s| format!("const API_TOKEN: &str = \"{s}\";"))),
    ("walrus", |d| around(d.alnum(24), |s| format!("token := \"{s}\""))),
    ("rocket", |d| around(d.password(), |s| format!(":password => '{s}',"))),
    ("long flag", |d| around(d.password(), |s| format!("tool login --user a --password {s} --yes"))),
    ("long flag with =", |d| around(d.alnum(24), |s| format!("tool --api-key={s} --verbose"))),
    ("curl -u", |d| around(d.password(), |s| format!("curl -sS -u bob:{s} https://a.dev/x"))),
    ("mysql -p", |d| around(d.password(), |s| format!("mysql -h db -u root -p{s} app"))),
    ("sshpass", |d| around(d.password(), |s| format!("sshpass -p '{s}' ssh a@b"))),
    ("PGPASSWORD", |d| around(d.password(), |s| format!("PGPASSWORD={s} psql -h db"))),
    ("redis-cli", |d| around(d.password(), |s| format!("redis-cli -h r -a {s} ping"))),
    ("SQL", |d| around(d.password(), |s| format!("CREATE USER a IDENTIFIED BY '{s}';"))),
    ("SQL role", |d| around(d.password(), |s| format!("ALTER ROLE a WITH PASSWORD '{s}';"))),
    ("Dockerfile", |d| around(d.alnum(32), |s| format!("ENV SERVICE_API_KEY {s}\n"))),
    ("constant of PHP", |d| around(d.password(), |s| format!("define('DB_PASSWORD', '{s}');"))),
    ("form", |d| around(d.of("abcdefghijklmnop", 12), |s| format!("user=bob&password={s}&next=x"))),
    ("AWS session token", |d| around(d.base64(400) + "==", |s| format!("AWS_SESSION_TOKEN={s}\n"))),
    ("private key of a wallet", |d| around(format!("0x{}", d.hex(64)), |s| format!("PRIVATE_KEY={s}"))),
    ("WireGuard", |d| around(d.base64(43) + "=", |s| format!("[Interface]\nPrivateKey = {s}\n"))),
    ("netrc", |d| around(d.password(), |s| format!("machine a.dev login bob password {s}"))),
    ("docker auth", |d| {
        around(BASE64.encode(format!("bob:{}", d.password()).as_bytes()), |s| {
            format!(r#"{{"auths":{{"r.dev":{{"auth":"{s}"}}}}}}"#)
        })
    }),
    ("npmrc", |d| around(d.uuid(), |s| format!("//registry.example.org/:_authToken={s}"))),
    ("Slack webhook", |d| {
        around(format!("T{}/B{}/{}", d.digits(8), d.digits(8), d.alnum(24)), |s| {
            format!("https://hooks.{}.com/services/{s}", "slack")
        })
    }),
    ("Discord webhook", |d| {
        let id = d.digits(18);
        around(d.url64(68), |s| format!("https://discord.com/api/webhooks/{id}/{s}"))
    }),
    ("Telegram URL", |d| {
        around(format!("{}:AA{}", d.digits(9), d.url64(33)), |s| format!("https://api.telegram.org/bot{s}/getMe"))
    }),
    ("XML element", |d| around(d.password(), |s| format!("<server><password>{s}</password></server>"))),
    ("prose", |d| around(d.password(), |s| format!("The password is {s}, do not lose it."))),
    ("Markdown", |d| around(d.password(), |s| format!("- **Password:** `{s}`\n- **User:** bob"))),
    ("table", |d| around(d.password(), |s| format!("| user | bob |\n| password | {s} |\n"))),
    ("Korean", |d| around(d.password(), |s| format!("관리자 비밀번호: {s} 로 접속하세요."))),
    ("Korean prose", |d| around(d.password(), |s| format!("비밀번호는 {s} 입니다."))),
    ("Korean without a sign", |d| around(d.password(), |s| format!("비밀번호 {s} 로 들어가요"))),
    ("arrow", |d| around(d.password(), |s| format!("password → {s}"))),
    ("short name", |d| around(d.password(), |s| format!("user: bob, pw: {s}"))),
    ("Korean API key", |d| around(d.alnum(32), |s| format!("API 키: {s}"))),
    ("Korean token", |d| around(d.alnum(32), |s| format!("토큰 = {s}"))),
    ("RSA key", |d| {
        around(lines(d, 12), |s| {
            format!("key:\n-----BEGIN RSA PRIVATE {0}-----\n{s}-----END RSA PRIVATE {0}-----\nend", "KEY")
        })
    }),
    ("OpenSSH key", |d| {
        around(lines(d, 6), |s| {
            format!("-----BEGIN OPENSSH PRIVATE {0}-----\n{s}-----END OPENSSH PRIVATE {0}-----", "KEY")
        })
    }),
    ("encrypted key", |d| {
        around(lines(d, 6), |s| {
            format!(
                "-----BEGIN EC PRIVATE {0}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{s}-----END EC PRIVATE {0}-----",
                "KEY"
            )
        })
    }),
    ("key without an end", |d| around(lines(d, 3), |s| format!("cat id\n-----BEGIN PRIVATE {}-----\n{s}", "KEY"))),
    ("end of a key", |d| around(lines(d, 3), |s| format!("{s}-----END PRIVATE {}-----\nthen", "KEY"))),
    ("cookie of curl", |d| around(d.alnum(32), |s| format!("curl -b 'sid={s}' https://a.dev"))),
    ("phrase in JSON", |d| {
        let word = |d: &mut Dice| d.of("bcdfghklmnprst", 1) + &d.of("aeiou", 1) + &d.of("bcdfghklmnprst", 4);
        let words = [word(d), word(d), word(d), word(d)].join(" ");
        around(words, |s| format!(r#"{{"password":"{s}"}}"#))
    }),
    ("key in JSON", |d| {
        around(d.base64(64), |s| {
            format!(r#"{{"private_key":"-----BEGIN PRIVATE {0}-----\n{s}\n{s}\n-----END PRIVATE {0}-----\n"}}"#, "KEY")
        })
    }),
    ("PGP key", |d| {
        around(lines(d, 8), |s| {
            format!(
                "-----BEGIN PGP PRIVATE KEY {0}-----\nVersion: 2\n\n{s}=abcd\n-----END PGP PRIVATE KEY {0}-----",
                "BLOCK"
            )
        })
    }),
    ("PuTTY key", |d| {
        around(lines(d, 4), |s| {
            format!("PuTTY-User-Key-File-3: ssh-rsa\nPublic-Lines: 1\nAAAAB3\nPrivate-Lines: 4\n{s}Private-MAC: 00")
        })
    }),
];
