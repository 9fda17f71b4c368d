//! jsonwebtoken, with its aws-lc-rs backend. It reads the machine's clock and takes no other.

use crate::josekit_keys::key_pair;
use crate::request::{
    algorithm, answer, check_type, hash_of, left_to_caller, Answer, Fault, Request, Run,
};
use crate::Prepare;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{decode, decode_header, encode, Algorithm, DecodingKey, EncodingKey, Header};
use jsonwebtoken::{TokenData, Validation};
use serde_json::{json, Value};
use std::collections::HashMap;

pub const OPS: &[(&str, Prepare)] = &[
    ("jws.verify", jws_verify),
    ("jws.sign", jws_sign),
    ("wit.verify", wit_verify),
    ("wit_wpt.verify", wit_wpt_verify),
    ("wit.issue", wit_issue),
    ("wpt.issue", wpt_issue),
    ("jwk.thumbprint", thumbprint),
];

fn named(name: &str) -> Result<Algorithm, Fault> {
    name.parse()
        .map_err(|_| Fault::Unsupported(format!("no algorithm {name}")))
}

/// A key with the one algorithm that it may be used with.
struct Key {
    key: DecodingKey,
    validation: Validation,
}

impl Key {
    fn new(value: &Value, required: &[&str]) -> Result<Key, Fault> {
        let mut validation = Validation::new(named(&algorithm(value)?)?);
        validation.set_required_spec_claims(required);
        validation.validate_exp = required.contains(&"exp");
        validation.validate_nbf = validation.validate_exp;
        validation.leeway = 0;
        validation.validate_aud = false;
        let jwk: Jwk = serde_json::from_value(value.clone())?;
        Ok(Key {
            key: DecodingKey::from_jwk(&jwk)?,
            validation,
        })
    }

    fn decode(&self, token: &str) -> Result<TokenData<Value>, Fault> {
        Ok(decode(token, &self.key, &self.validation)?)
    }
}

fn jws_verify(request: &Request) -> Result<Run, Fault> {
    let key = Key::new(&request.jwk, &[])?;
    let token = request.token.clone();
    Ok(Box::new(move || {
        let found = key.decode(&token)?;
        Ok(answer([
            ("header", serde_json::to_value(found.header)?),
            ("payload", found.claims),
        ]))
    }))
}

fn wit_key(jwk: &Value) -> Result<Key, Fault> {
    Key::new(jwk, &["exp"])
}

fn checked_wit(token: &str, keys: &HashMap<String, Key>) -> Result<Value, Fault> {
    let header = decode_header(token)?;
    let key = header
        .kid
        .as_ref()
        .and_then(|kid| keys.get(kid))
        .ok_or_else(|| left_to_caller("no such key"))?;
    let found = key.decode(token)?;
    check_type(found.header.typ.as_deref(), "wit+jwt")?;
    Ok(found.claims)
}

fn wit_verify(request: &Request) -> Result<Run, Fault> {
    let keys = request.jwks.import(wit_key)?;
    let request = request.clone();
    Ok(Box::new(move || {
        Ok(answer([("claims", checked_wit(&request.token, &keys)?)]))
    }))
}

fn wit_wpt_verify(request: &Request) -> Result<Run, Fault> {
    let keys = request.jwks.import(wit_key)?;
    let request = request.clone();
    Ok(Box::new(move || {
        let wit = checked_wit(&request.wit, &keys)?;
        let mut key = Key::new(&wit["cnf"]["jwk"], &["exp", "aud"])?;
        key.validation.validate_aud = true;
        key.validation.set_audience(&[&request.aud]);
        let found = key.decode(&request.wpt)?;
        check_type(found.header.typ.as_deref(), "wpt+jwt")?;
        if found.claims["wth"] != hash_of(&request.wit) {
            return Err(left_to_caller("wth is not the hash of the WIT"));
        }
        Ok(answer([("claims", found.claims)]))
    }))
}

/// Private keys are read as PEM, which the library has functions for.
fn private_key(value: &Value) -> Result<EncodingKey, Fault> {
    let pem = key_pair(value)?.to_pem_private_key();
    Ok(match value["kty"].as_str() {
        Some("EC") => EncodingKey::from_ec_pem(&pem)?,
        Some("OKP") => EncodingKey::from_ed_pem(&pem)?,
        _ => EncodingKey::from_rsa_pem(&pem)?,
    })
}

fn token(header: &Header, claims: &Value, key: &EncodingKey) -> Result<Answer, Fault> {
    Ok(answer([("token", json!(encode(header, claims, key)?))]))
}

fn jws_sign(request: &Request) -> Result<Run, Fault> {
    let mut members = request.header.clone();
    let name = match members.get("alg").and_then(Value::as_str) {
        Some(alg) => alg.to_owned(),
        None => algorithm(&request.jwk)?,
    };
    named(&name)?;
    members.insert("alg".to_owned(), json!(name));
    let header: Header = serde_json::from_value(Value::Object(members))?;
    let key = private_key(&request.jwk)?;
    let payload = request.payload.clone();
    Ok(Box::new(move || token(&header, &payload, &key)))
}

fn wit_issue(request: &Request) -> Result<Run, Fault> {
    let mut header = Header::new(named(&algorithm(&request.jwk)?)?);
    header.typ = Some("wit+jwt".to_owned());
    header.kid = request.kid.clone();
    let key = private_key(&request.jwk)?;
    let claims = request.claims.clone();
    Ok(Box::new(move || token(&header, &claims, &key)))
}

fn wpt_issue(request: &Request) -> Result<Run, Fault> {
    let mut header = Header::new(named(&algorithm(&request.jwk)?)?);
    header.typ = Some("wpt+jwt".to_owned());
    let key = private_key(&request.jwk)?;
    let request = request.clone();
    Ok(Box::new(move || {
        let claims = json!({"aud": request.aud, "exp": request.exp, "jti": request.jti,
            "wth": hash_of(&request.wit)});
        token(&header, &claims, &key)
    }))
}

fn thumbprint(request: &Request) -> Result<Run, Fault> {
    let value = request.jwk.clone();
    Ok(Box::new(move || {
        let jwk: Jwk = serde_json::from_value(value.clone())?;
        Ok(answer([(
            "thumbprint",
            json!(jwk.thumbprint(ThumbprintHash::SHA256)?),
        )]))
    }))
}
