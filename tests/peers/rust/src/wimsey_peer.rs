//! wimsey: WIT and WPT with its own functions for both, ES256 and EdDSA.

use crate::request::{algorithm, answer, bytes, left_to_caller, Answer, Fault, Request, Run};
use crate::{wimsey_http, Prepare};
use serde_json::{json, Value};
use std::collections::HashMap;
use wimsey_jose::{Algorithm, JoseError, Jwk, PrivateJwk, SigningKey, VerifyingKey};

pub const OPS: &[(&str, Prepare)] = &[
    ("wit.verify", wit_verify),
    ("wit_wpt.verify", wit_wpt_verify),
    ("wit.issue", wit_issue),
    ("wpt.issue", wpt_issue),
    ("httpsig.sign", wimsey_http::sign),
    ("httpsig.verify", wimsey_http::verify),
];

fn key_fault(error: JoseError) -> Fault {
    match error {
        JoseError::UnsupportedAlg { .. } => Fault::Unsupported(error.to_string()),
        other => Fault::Refused(other.to_string()),
    }
}

pub fn public_key(jwk: &Value) -> Result<VerifyingKey, Fault> {
    // Without a known alg its reader would blame the members that RSA keys do not have.
    if let Some(alg) = jwk["alg"].as_str() {
        Algorithm::parse(alg).map_err(key_fault)?;
    }
    serde_json::from_value::<Jwk>(jwk.clone())?
        .to_verifying_key()
        .map_err(key_fault)
}

pub fn private_key(jwk: &Value) -> Result<SigningKey, Fault> {
    // Its reader of private keys looks at the length of d first, and would blame the key.
    Algorithm::parse(&algorithm(jwk)?).map_err(key_fault)?;
    serde_json::from_value::<PrivateJwk>(jwk.clone())?
        .to_signing_key()
        .map_err(key_fault)
}

/// wimsey verifies with one key; which one is for its caller to find, by `kid`.
fn checked_wit(
    token: &str,
    keys: &HashMap<String, VerifyingKey>,
    now: u64,
) -> Result<wimsey_wit::VerifiedWit, Fault> {
    #[derive(serde::Deserialize)]
    struct Header {
        kid: String,
    }
    let header = token.split('.').next().unwrap_or_default();
    let header: Header = serde_json::from_slice(&bytes(header)?).map_err(left_to_caller)?;
    let key = keys
        .get(&header.kid)
        .ok_or_else(|| left_to_caller("no such key"))?;
    wimsey_wit::verify(token, key, &wimsey_wit::Validation::at(now)).map_err(wit_fault)
}

/// A registered algorithm that wimsey does not have is no fault of the token.
fn wit_fault(error: wimsey_wit::WitError) -> Fault {
    const REGISTERED: [&str; 9] = [
        "ES384", "ES512", "Ed25519", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
    ];
    match &error {
        wimsey_wit::WitError::UnsupportedConfirmationAlg { found }
            if REGISTERED.contains(&found.as_str()) =>
        {
            Fault::Unsupported(error.to_string())
        }
        _ => Fault::Refused(error.to_string()),
    }
}

fn wit_verify(request: &Request) -> Result<Run, Fault> {
    let keys = request.jwks.import(public_key)?;
    let request = request.clone();
    Ok(Box::new(move || {
        let verified = checked_wit(&request.token, &keys, request.now)?;
        Ok(answer([(
            "claims",
            serde_json::to_value(&verified.claims)?,
        )]))
    }))
}

fn wit_wpt_verify(request: &Request) -> Result<Run, Fault> {
    let keys = request.jwks.import(public_key)?;
    let request = request.clone();
    Ok(Box::new(move || {
        let wit = checked_wit(&request.wit, &keys, request.now)?;
        let validation = wimsey_wpt::Validation::new(request.now, &request.aud, &request.wit);
        let verified = wimsey_wpt::verify(&request.wpt, &wit.pop_key, &validation)?;
        Ok(answer([(
            "claims",
            serde_json::to_value(&verified.claims)?,
        )]))
    }))
}

/// The claims of a WIT are a structure here; what it has no place for is not dropped silently.
fn wit_issue(request: &Request) -> Result<Run, Fault> {
    let key = private_key(&request.jwk)?;
    let claims: wimsey_wit::WitClaims = serde_json::from_value(request.claims.clone())?;
    if serde_json::to_value(&claims)? != request.claims {
        return Err(Fault::Unsupported(
            "other claims than those of WitClaims".to_owned(),
        ));
    }
    let kid = request.kid.clone();
    Ok(Box::new(move || {
        token(wimsey_wit::issue(&claims, kid.as_deref(), &key)?)
    }))
}

fn wpt_issue(request: &Request) -> Result<Run, Fault> {
    let key = private_key(&request.jwk)?;
    let request = request.clone();
    Ok(Box::new(move || {
        let claims = wimsey_wpt::WptClaims {
            aud: request.aud.clone(),
            exp: request.exp,
            jti: request.jti.clone(),
            wth: wimsey_wpt::wit_thumbprint(&request.wit),
            tth: None,
            oth: None,
        };
        token(wimsey_wpt::issue(&claims, &key)?)
    }))
}

fn token(text: String) -> Result<Answer, Fault> {
    Ok(answer([("token", json!(text))]))
}
