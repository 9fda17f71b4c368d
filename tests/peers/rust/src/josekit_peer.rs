//! josekit: JWS and JWT over OpenSSL.

use crate::josekit_keys::{signer, verifier};
use crate::request::{
    algorithm, answer, check_type, hash_of, left_to_caller, Answer, Fault, Request, Run,
};
use crate::Prepare;
use josekit::jws::{self, JwsHeader, JwsSigner, JwsVerifier};
use josekit::jwt::{self, JwtPayload, JwtPayloadValidator};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

pub const OPS: &[(&str, Prepare)] = &[
    ("jws.verify", jws_verify),
    ("jws.sign", jws_sign),
    ("wit.verify", wit_verify),
    ("wit_wpt.verify", wit_wpt_verify),
    ("wit.issue", wit_issue),
    ("wpt.issue", wpt_issue),
];

type Verifiers = HashMap<String, Box<dyn JwsVerifier>>;

fn jws_verify(request: &Request) -> Result<Run, Fault> {
    let verifier = verifier(&request.jwk)?;
    let token = request.token.clone();
    Ok(Box::new(move || {
        let (payload, header) = jws::deserialize_compact(&token, &*verifier)?;
        Ok(answer([
            ("header", Value::Object(header.into_map())),
            ("payload", serde_json::from_slice(&payload)?),
        ]))
    }))
}

fn instant(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The validator is given the time of the request for both of its clocks.
fn validator(now: u64) -> JwtPayloadValidator {
    let mut validator = JwtPayloadValidator::new();
    validator.set_base_time(instant(now));
    validator.set_max_issued_time(instant(now));
    validator
}

/// The validator passes over claims that are absent; `exp` is required here.
fn validate(payload: &JwtPayload, validator: &JwtPayloadValidator) -> Result<(), Fault> {
    payload
        .expires_at()
        .ok_or_else(|| left_to_caller("no exp"))?;
    Ok(validator.validate(payload)?)
}

fn checked_wit(
    token: &str,
    keys: &Verifiers,
    validator: &JwtPayloadValidator,
) -> Result<JwtPayload, Fault> {
    let (payload, header) = jwt::decode_with_verifier_selector(token, |header| {
        Ok(header
            .key_id()
            .and_then(|kid| keys.get(kid))
            .map(|found| &**found))
    })?;
    check_type(header.token_type(), "wit+jwt")?;
    validate(&payload, validator)?;
    Ok(payload)
}

fn claims(payload: JwtPayload) -> Answer {
    answer([("claims", Value::Object(payload.claims_set().clone()))])
}

fn wit_verify(request: &Request) -> Result<Run, Fault> {
    let keys = request.jwks.import(verifier)?;
    let validator = validator(request.now);
    let token = request.token.clone();
    Ok(Box::new(move || {
        Ok(claims(checked_wit(&token, &keys, &validator)?))
    }))
}

fn wit_wpt_verify(request: &Request) -> Result<Run, Fault> {
    let keys = request.jwks.import(verifier)?;
    let wit_validator = validator(request.now);
    let mut wpt_validator = validator(request.now);
    wpt_validator.set_audience(&request.aud);
    let request = request.clone();
    Ok(Box::new(move || {
        let wit = checked_wit(&request.wit, &keys, &wit_validator)?;
        let jwk = &wit.claim("cnf").ok_or_else(|| left_to_caller("no cnf"))?["jwk"];
        let (payload, header) = jwt::decode_with_verifier(&request.wpt, &*verifier(jwk)?)?;
        check_type(header.token_type(), "wpt+jwt")?;
        payload.audience().ok_or_else(|| left_to_caller("no aud"))?;
        validate(&payload, &wpt_validator)?;
        if payload.claim("wth") != Some(&json!(hash_of(&request.wit))) {
            return Err(left_to_caller("wth is not the hash of the WIT"));
        }
        Ok(claims(payload))
    }))
}

fn compact(payload: &[u8], header: &JwsHeader, signer: &dyn JwsSigner) -> Result<Answer, Fault> {
    let token = jws::serialize_compact(payload, header, signer)?;
    Ok(answer([("token", json!(token))]))
}

fn jws_sign(request: &Request) -> Result<Run, Fault> {
    let name = match request.header.get("alg").and_then(Value::as_str) {
        Some(alg) => alg.to_owned(),
        None => algorithm(&request.jwk)?,
    };
    let signer = signer(&request.jwk, &name)?;
    let header = JwsHeader::from_map(request.header.clone())?;
    let payload = serde_json::to_vec(&request.payload)?;
    Ok(Box::new(move || compact(&payload, &header, &*signer)))
}

fn wit_issue(request: &Request) -> Result<Run, Fault> {
    let signer = signer(&request.jwk, &algorithm(&request.jwk)?)?;
    let mut header = JwsHeader::new();
    header.set_token_type("wit+jwt");
    if let Some(kid) = &request.kid {
        header.set_key_id(kid);
    }
    let members = request
        .claims
        .as_object()
        .cloned()
        .ok_or("claims are no object")?;
    let payload = JwtPayload::from_map(members)?;
    Ok(Box::new(move || {
        let token = jwt::encode_with_signer(&payload, &header, &*signer)?;
        Ok(answer([("token", json!(token))]))
    }))
}

fn wpt_issue(request: &Request) -> Result<Run, Fault> {
    let signer = signer(&request.jwk, &algorithm(&request.jwk)?)?;
    let mut header = JwsHeader::new();
    header.set_token_type("wpt+jwt");
    let request = request.clone();
    Ok(Box::new(move || {
        let mut payload = JwtPayload::new();
        payload.set_audience(vec![&request.aud]);
        payload.set_jwt_id(&request.jti);
        payload.set_expires_at(&instant(request.exp));
        payload.set_claim("wth", Some(json!(hash_of(&request.wit))))?;
        let token = jwt::encode_with_signer(&payload, &header, &*signer)?;
        Ok(answer([("token", json!(token))]))
    }))
}
