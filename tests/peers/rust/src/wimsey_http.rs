//! wimsey: HTTP message signatures. With `audiences` in the request its WIMSE profile is
//! demanded (and found by tag), without them it is RFC 9421 alone.

use crate::request::{
    answer, body, left_to_caller, Fault, HttpRequest, Request, Run, SignatureParams,
};
use crate::wimsey_peer::{private_key, public_key};
use serde_json::json;
use wimsey_httpsig as httpsig;

fn message(request: &HttpRequest) -> Result<httpsig::HttpRequest, Fault> {
    let (_, rest) = request.url.split_once("://").ok_or("url without scheme")?;
    let (authority, target) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    Ok(httpsig::HttpRequest {
        method: request.method.clone(),
        // Its caller is to take the default port away.
        authority: authority
            .strip_suffix(":443")
            .unwrap_or(authority)
            .to_owned(),
        path: path.to_owned(),
        query,
        headers: request.headers.clone(),
    })
}

fn response(request: &Request) -> Option<httpsig::HttpResponse> {
    request
        .response
        .as_ref()
        .map(|response| httpsig::HttpResponse {
            status: response.status,
            headers: response.headers.clone(),
        })
}

/// Components with parameters other than `req` are not modelled, which its parser of identifiers
/// tells as a failure to parse.
fn unsupported(error: httpsig::HttpSigError) -> Fault {
    match error {
        httpsig::HttpSigError::UnsupportedComponent(_) => Fault::Unsupported(error.to_string()),
        httpsig::HttpSigError::Parse(words) if words.starts_with("not a quoted identifier") => {
            Fault::Unsupported(words)
        }
        other => Fault::Refused(other.to_string()),
    }
}

/// The extension parameters that it signs are those of WIMSE.
fn parameters(given: SignatureParams) -> Result<httpsig::SignatureParams, Fault> {
    let mut params = httpsig::SignatureParams {
        created: given.created,
        expires: given.expires,
        keyid: given.keyid,
        alg: given.alg,
        nonce: given.nonce,
        tag: given.tag,
        ..Default::default()
    };
    for (name, value) in given.others {
        let text = value.as_str().map(str::to_owned);
        match name.as_str() {
            "wimse-aud" => params.wimse_aud = text,
            "wimse-req-nonce" => params.wimse_req_nonce = text,
            "wimse-sign-response" => params.wimse_sign_response = value.as_bool(),
            _ => return Err(Fault::Unsupported(format!("no parameter {name}"))),
        }
    }
    Ok(params)
}

pub fn sign(request: &Request) -> Result<Run, Fault> {
    let key = private_key(&request.jwk)?;
    let message = message(&request.request)?;
    let response = response(request);
    let components = request
        .components
        .iter()
        .map(|text| httpsig::Component::from_quoted_id(text).map_err(unsupported))
        .collect::<Result<Vec<_>, _>>()?;
    let params = parameters(request.params.clone())?;
    let label = request.label.clone();
    Ok(Box::new(move || {
        let signed = match &response {
            Some(response) => {
                let exchange = httpsig::HttpExchange {
                    response,
                    request: &message,
                };
                httpsig::sign(&exchange, &components, &params, &label, &key)
            }
            None => httpsig::sign(&message, &components, &params, &label, &key),
        }
        .map_err(unsupported)?;
        Ok(answer([(
            "headers",
            json!([
                ["Signature-Input", signed.signature_input],
                ["Signature", signed.signature]
            ]),
        )]))
    }))
}

fn field(headers: &[(String, String)], name: &str) -> Result<String, Fault> {
    let values: Vec<&str> = headers
        .iter()
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
        .collect();
    if values.is_empty() {
        return Err(left_to_caller(format!("no {name}")));
    }
    Ok(values.join(", "))
}

fn config(request: &Request, is_response: bool) -> httpsig::VerifyConfig {
    let wimse = request.audiences.is_some();
    httpsig::VerifyConfig {
        now: Some(request.now),
        label: Some(request.label.clone()),
        wimse_profile: wimse && !is_response,
        wimse_response_profile: wimse && is_response,
        expected_audiences: match is_response {
            true => Vec::new(),
            false => request.audiences.clone().unwrap_or_default(),
        },
        ..Default::default()
    }
}

pub fn verify(request: &Request) -> Result<Run, Fault> {
    let key = public_key(&request.jwk)?;
    let message = message(&request.request)?;
    let response = response(request);
    let mut config = config(request, response.is_some());
    let content = match &request.response {
        Some(response) => body(&response.body, &response.body_b64u)?,
        None => body(&request.request.body, &request.request.body_b64u)?,
    };
    let wimse = request.audiences.is_some();
    Ok(Box::new(move || {
        let headers = response
            .as_ref()
            .map_or(&message.headers, |response| &response.headers);
        let input = field(headers, "signature-input")?;
        let signature = field(headers, "signature")?;
        match &response {
            Some(response) => {
                let exchange = httpsig::HttpExchange {
                    response,
                    request: &message,
                };
                if wimse {
                    config.required_components = httpsig::response_components(&exchange);
                }
                httpsig::verify(&exchange, &input, &signature, &key, &config)
            }
            None => {
                if wimse {
                    config.required_components = httpsig::request_components(&message);
                }
                httpsig::verify(&message, &input, &signature, &key, &config)
            }
        }
        .map_err(unsupported)?;
        check_digest(headers, content.as_deref())?;
        Ok(answer([]))
    }))
}

/// As the library's page asks of its callers, where there is a digest and a body.
fn check_digest(headers: &[(String, String)], content: Option<&[u8]>) -> Result<(), Fault> {
    let Some(content) = content else {
        return Ok(());
    };
    let Ok(digest) = field(headers, "content-digest") else {
        return Ok(());
    };
    if !httpsig::verify_content_digest(&digest, content) {
        return Err(left_to_caller("Content-Digest does not match"));
    }
    Ok(())
}
