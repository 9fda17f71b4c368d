//! The request with the members of all operations, and what is made of it.

use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Display;

pub type Answer = Map<String, Value>;

/// Does an operation once. It reads the message each time; keys are already imported.
pub type Run = Box<dyn FnMut() -> Result<Answer, Fault>>;

pub enum Fault {
    /// The library said no, in its own words.
    Refused(String),
    /// The library has no such function, or not for this algorithm.
    Unsupported(String),
}

/// A check that the library leaves to its caller, refused here.
pub fn left_to_caller(words: impl Display) -> Fault {
    Fault::Refused(format!("driver: {words}"))
}

impl<E: Display> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault::Refused(error.to_string())
    }
}

/// The words of an error with those of its causes, which say what is wrong.
pub fn in_full(error: &(dyn std::error::Error + 'static)) -> Fault {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = format!("{words}: {cause}");
        next = cause.source();
    }
    Fault::Refused(words)
}

pub fn answer<const N: usize>(members: [(&str, Value); N]) -> Answer {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Request {
    pub op: String,
    pub peer: String,
    pub of: String,
    pub seconds: f64,
    pub token: String,
    pub wit: String,
    pub wpt: String,
    pub aud: String,
    pub jti: String,
    pub kid: Option<String>,
    pub exp: u64,
    pub now: u64,
    pub jwk: Value,
    pub jwks: KeySet,
    pub header: Answer,
    pub payload: Value,
    pub claims: Value,
    pub request: HttpRequest,
    pub response: Option<HttpResponse>,
    pub label: String,
    pub components: Vec<String>,
    pub params: SignatureParams,
    pub audiences: Option<Vec<String>>,
    pub id: String,
    pub chain_der_b64u: Vec<String>,
    pub key_der_b64u: String,
    pub roots_der_b64u: Vec<String>,
    pub bundle: String,
    pub trust_domain: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct KeySet {
    pub keys: Vec<Value>,
}

impl KeySet {
    /// The keys by `kid`. One that the library cannot have is left out, as RFC 7517 section 5
    /// wants it, unless there is no other.
    pub fn import<K>(
        &self,
        one: impl Fn(&Value) -> Result<K, Fault>,
    ) -> Result<HashMap<String, K>, Fault> {
        let mut keys = HashMap::new();
        let mut fault = None;
        for jwk in &self.keys {
            match one(jwk) {
                Ok(key) => {
                    keys.insert(jwk["kid"].as_str().unwrap_or_default().to_owned(), key);
                }
                Err(why) => fault = fault.or(Some(why)),
            }
        }
        match fault {
            Some(why) if keys.is_empty() => Err(why),
            _ => Ok(keys),
        }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub body_b64u: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub body_b64u: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SignatureParams {
    pub created: Option<u64>,
    pub expires: Option<u64>,
    pub nonce: Option<String>,
    pub tag: Option<String>,
    pub keyid: Option<String>,
    pub alg: Option<String>,
    /// Extension parameters.
    #[serde(flatten)]
    pub others: Answer,
}

pub fn bytes(text: &str) -> Result<Vec<u8>, Fault> {
    Ok(URL_SAFE_NO_PAD.decode(text)?)
}

pub fn body(text: &Option<String>, b64u: &Option<String>) -> Result<Option<Vec<u8>>, Fault> {
    match (text, b64u) {
        (_, Some(b64u)) => bytes(b64u).map(Some),
        (Some(text), None) => Ok(Some(text.clone().into_bytes())),
        (None, None) => Ok(None),
    }
}

/// The value of `wth`, for libraries that know nothing of WIMSE.
pub fn hash_of(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// The algorithm of a key: the key decides, not the token.
pub fn algorithm(jwk: &Value) -> Result<String, Fault> {
    const SIGNATURES: [&str; 13] = [
        "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448", "PS256", "PS384",
        "PS512", "RS256", "RS384", "RS512",
    ];
    let alg = match (jwk["alg"].as_str(), jwk["crv"].as_str()) {
        (Some(alg), _) => alg,
        (None, Some("P-256")) => "ES256",
        (None, Some("P-384")) => "ES384",
        (None, Some("P-521")) => "ES512",
        (None, Some("Ed25519")) => "EdDSA",
        _ => return Err(left_to_caller("a key without alg or a known crv")),
    };
    if !SIGNATURES.contains(&alg) {
        return Err(left_to_caller(format!("algorithm {alg}")));
    }
    Ok(alg.to_owned())
}

/// Compares media types as RFC 7515 section 4.1.9 says.
pub fn check_type(typ: Option<&str>, want: &str) -> Result<(), Fault> {
    let found = typ.unwrap_or_default().to_ascii_lowercase();
    if found.strip_prefix("application/").unwrap_or(&found) != want {
        return Err(left_to_caller(format!("typ is {typ:?}, not {want}")));
    }
    Ok(())
}
