//! The device identity that some gateways want: an Ed25519 key of ours, and the proof that we hold it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};

use super::frames::Challenge;
use super::methods::{CLIENT_ID, CLIENT_MODE, PLATFORM, Purpose, ROLE};

/// One at a time: of several who find no key, the first makes it for all.
static MAKING: Mutex<()> = Mutex::new(());

/// A key pair that stays on this machine.
pub struct Device(Ed25519KeyPair);

/// What a greeting carries to prove that we hold the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The device: SHA-256 of its public key.
    pub id: String,
    /// The raw public key.
    pub public_key: String,
    /// The signature.
    pub signature: String,
    /// The time in the challenge.
    pub signed_at: i64,
    /// The challenge.
    pub nonce: String,
}

impl Device {
    /// The key in this file; made, and readable by its owner alone, when there is none.
    pub fn load_or_make(file: &Path) -> io::Result<Self> {
        let _alone = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::read(file) {
            Ok(kept) => Self::of(&kept),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                    .map_err(|_| io::Error::other("this system gives no random numbers"))?;
                keep(file, made.as_ref())?;
                Self::of(made.as_ref())
            }
            Err(error) => Err(error),
        }
    }

    fn of(pkcs8: &[u8]) -> io::Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8);
        pair.map(Self).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it holds no Ed25519 key"))
    }

    /// Signs a challenge.
    #[must_use]
    pub fn prove(&self, challenge: &Challenge, purpose: Purpose, token: &str) -> Proof {
        let public_key = self.0.public_key().as_ref();
        let id = HEXLOWER.encode(digest::digest(&digest::SHA256, public_key).as_ref());
        let text = format!(
            "v3|{id}|{CLIENT_ID}|{CLIENT_MODE}|{ROLE}|{}|{}|{token}|{}|{PLATFORM}|",
            purpose.scopes().join(","),
            challenge.ts,
            challenge.nonce,
        );
        Proof {
            public_key: BASE64URL_NOPAD.encode(public_key),
            signature: BASE64URL_NOPAD.encode(self.0.sign(text.as_bytes()).as_ref()),
            id,
            signed_at: challenge.ts,
            nonce: challenge.nonce.clone(),
        }
    }
}

/// Writes beside and renames, so that no half key is ever read.
fn keep(file: &Path, key: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("new");
    let mut out: File = {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&beside)?
    };
    out.write_all(key)?;
    out.sync_all()?;
    fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn a_proof_is_what_openclaw_checks_and_the_key_stays() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("devices/watch.pk8");
        let challenge = Challenge { nonce: "n-1".to_owned(), ts: 1_795_358_578_635 };
        let proof = Device::load_or_make(&file).unwrap().prove(&challenge, Purpose::Watch, "secret");
        let again = Device::load_or_make(&file).unwrap().prove(&challenge, Purpose::Watch, "secret");
        assert_eq!(proof, again);
        let public_key = BASE64URL_NOPAD.decode(proof.public_key.as_bytes()).unwrap();
        assert_eq!(public_key.len(), 32);
        assert_eq!(proof.id.len(), 64);
        let text = format!(
            "v3|{}|gateway-client|backend|operator|operator.read|1795358578635|secret|n-1|{}|",
            proof.id,
            std::env::consts::OS
        );
        let signature = BASE64URL_NOPAD.decode(proof.signature.as_bytes()).unwrap();
        UnparsedPublicKey::new(&ED25519, public_key).verify(text.as_bytes(), &signature).unwrap();
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&file).unwrap()) & 0o777, 0o600);
    }

    #[test]
    fn all_who_come_at_once_get_the_same_key() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("control.pk8");
        let key = || Device::load_or_make(&file).unwrap().0.public_key().as_ref().to_vec();
        let keys: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(key)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|one| *one == keys[0]));
    }

    #[test]
    fn a_broken_key_is_named() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("watch.pk8");
        fs::write(&file, "no key").unwrap();
        assert!(Device::load_or_make(&file).is_err_and(|error| error.to_string().contains("no Ed25519 key")));
    }
}
