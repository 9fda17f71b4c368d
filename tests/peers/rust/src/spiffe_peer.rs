//! The spiffe crate without its network parts. It has no path validation, no WIT-SVID and no
//! SPIFFE bundle document, so it takes no part in the operations of those. Two operations are its
//! own:
//!
//! - `x509_bundle.parse`: `roots_der_b64u`, `trust_domain` -> `x509_authorities`
//! - `jwt_svid.parse`: `token`, `bundle` (a JWK Set of JWT keys), `trust_domain`, `aud` -> `id`

use crate::request::{answer, bytes, in_full, Fault, Request, Run};
use crate::Prepare;
use serde_json::json;
use spiffe::{JwtBundle, JwtBundleSet, JwtSvid, SpiffeId, TrustDomain, X509Bundle, X509Svid};

pub const OPS: &[(&str, Prepare)] = &[
    ("x509_svid.parse", x509_svid),
    ("x509_bundle.parse", x509_bundle),
    ("jwt_svid.parse", jwt_svid),
    ("spiffe_id.parse", spiffe_id),
];

fn spiffe_id(request: &Request) -> Result<Run, Fault> {
    let text = request.id.clone();
    Ok(Box::new(move || {
        let id = SpiffeId::new(&text).map_err(|e| in_full(&e))?;
        Ok(answer([
            ("trust_domain", json!(id.trust_domain_name())),
            ("path", json!(id.path())),
        ]))
    }))
}

fn concatenated(certificates: &[String]) -> Result<Vec<u8>, Fault> {
    let parts = certificates
        .iter()
        .map(|text| bytes(text))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(parts.concat())
}

fn x509_svid(request: &Request) -> Result<Run, Fault> {
    let key = bytes(&request.key_der_b64u)?;
    let chain = concatenated(&request.chain_der_b64u)?;
    Ok(Box::new(move || {
        let svid = X509Svid::parse_from_der(&chain, &key).map_err(|e| in_full(&e))?;
        Ok(answer([("id", json!(svid.spiffe_id().to_string()))]))
    }))
}

fn x509_bundle(request: &Request) -> Result<Run, Fault> {
    let domain = TrustDomain::new(&request.trust_domain).map_err(|e| in_full(&e))?;
    let roots = concatenated(&request.roots_der_b64u)?;
    Ok(Box::new(move || {
        let bundle = X509Bundle::parse_from_der(domain.clone(), &roots).map_err(|e| in_full(&e))?;
        Ok(answer([(
            "x509_authorities",
            json!(bundle.authorities().len()),
        )]))
    }))
}

/// At the machine's time: the crate takes no other.
fn jwt_svid(request: &Request) -> Result<Run, Fault> {
    let domain = TrustDomain::new(&request.trust_domain).map_err(|e| in_full(&e))?;
    let bundle = JwtBundle::from_jwt_authorities(domain, request.bundle.as_bytes())
        .map_err(|e| in_full(&e))?;
    let mut bundles = JwtBundleSet::new();
    bundles.add_bundle(bundle);
    let request = request.clone();
    Ok(Box::new(move || {
        let svid = JwtSvid::parse_and_validate(&request.token, &bundles, &[&request.aud])
            .map_err(|e| in_full(&e))?;
        Ok(answer([("id", json!(svid.spiffe_id().to_string()))]))
    }))
}
