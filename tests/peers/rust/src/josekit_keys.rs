//! josekit: signers and verifiers from JWKs. Its key pairs also write PEM, for the library
//! beside it that reads no private JWK.

use crate::request::{algorithm, Fault};
use josekit::jwk::{alg::ec::EcKeyPair, alg::ed::EdKeyPair, alg::rsa::RsaKeyPair, Jwk, KeyPair};
use josekit::jws::{
    EdDSA, JwsSigner, JwsVerifier, ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512,
};
use serde_json::Value;

/// josekit refuses a `use` other than "sig"; that of a SPIFFE or WIMSE bundle is left out.
pub fn jwk(value: &Value) -> Result<Jwk, Fault> {
    let mut members = value.as_object().cloned().unwrap_or_default();
    if members.get("use").is_some_and(|usage| usage != "sig") {
        members.remove("use");
    }
    Ok(Jwk::from_map(members)?)
}

fn no_algorithm(name: &str) -> Fault {
    Fault::Unsupported(format!("no algorithm {name}"))
}

pub fn verifier(value: &Value) -> Result<Box<dyn JwsVerifier>, Fault> {
    let jwk = jwk(value)?;
    let name = algorithm(value)?;
    Ok(match name.as_str() {
        "ES256" => Box::new(ES256.verifier_from_jwk(&jwk)?),
        "ES384" => Box::new(ES384.verifier_from_jwk(&jwk)?),
        "ES512" => Box::new(ES512.verifier_from_jwk(&jwk)?),
        "EdDSA" => Box::new(EdDSA.verifier_from_jwk(&jwk)?),
        "PS256" => Box::new(PS256.verifier_from_jwk(&jwk)?),
        "PS384" => Box::new(PS384.verifier_from_jwk(&jwk)?),
        "PS512" => Box::new(PS512.verifier_from_jwk(&jwk)?),
        "RS256" => Box::new(RS256.verifier_from_jwk(&jwk)?),
        "RS384" => Box::new(RS384.verifier_from_jwk(&jwk)?),
        "RS512" => Box::new(RS512.verifier_from_jwk(&jwk)?),
        _ => return Err(no_algorithm(&name)),
    })
}

pub fn signer(value: &Value, name: &str) -> Result<Box<dyn JwsSigner>, Fault> {
    let jwk = jwk(value)?;
    Ok(match name {
        "ES256" => Box::new(ES256.signer_from_jwk(&jwk)?),
        "ES384" => Box::new(ES384.signer_from_jwk(&jwk)?),
        "ES512" => Box::new(ES512.signer_from_jwk(&jwk)?),
        "EdDSA" => Box::new(EdDSA.signer_from_jwk(&jwk)?),
        "PS256" => Box::new(PS256.signer_from_jwk(&jwk)?),
        "PS384" => Box::new(PS384.signer_from_jwk(&jwk)?),
        "PS512" => Box::new(PS512.signer_from_jwk(&jwk)?),
        "RS256" => Box::new(RS256.signer_from_jwk(&jwk)?),
        "RS384" => Box::new(RS384.signer_from_jwk(&jwk)?),
        "RS512" => Box::new(RS512.signer_from_jwk(&jwk)?),
        _ => return Err(no_algorithm(name)),
    })
}

/// A private JWK as a key pair that can be written in other forms.
pub fn key_pair(value: &Value) -> Result<Box<dyn KeyPair>, Fault> {
    let jwk = jwk(value)?;
    Ok(match jwk.key_type() {
        "EC" => Box::new(EcKeyPair::from_jwk(&jwk)?),
        "OKP" => Box::new(EdKeyPair::from_jwk(&jwk)?),
        "RSA" => Box::new(RsaKeyPair::from_jwk(&jwk)?),
        other => return Err(Fault::Unsupported(format!("no key type {other}"))),
    })
}
