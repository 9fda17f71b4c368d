// http-message-signatures: signatures of HTTP messages (RFC 9421).

import { createPrivateKey, createPublicKey } from 'node:crypto';
import signatures from 'http-message-signatures';
import { Unsupported, installedVersion } from './common.mjs';

const { createSigner, createVerifier, httpbis } = signatures;

export const name = 'http-message-signatures';
export const version = installedVersion(name);

const algorithms = {
  ES256: 'ecdsa-p256-sha256',
  ES384: 'ecdsa-p384-sha384',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
  PS512: 'rsa-pss-sha512',
  RS256: 'rsa-v1_5-sha256',
};

function algorithmOf(jwk) {
  const algorithm = algorithms[jwk.alg];
  if (!algorithm) throw new Unsupported(`no signature algorithm for ${jwk.alg}`);
  return algorithm;
}

// Lines of one field come as an array, as Node.js gives them.
function headersOf(lines) {
  const headers = {};
  for (const [fieldName, value] of lines) {
    const lower = fieldName.toLowerCase();
    if (lower in headers) headers[lower] = [headers[lower], value].flat();
    else headers[lower] = value;
  }
  return headers;
}

const requestOf = ({ method, url, headers }) => ({ method, url, headers: headersOf(headers) });
const responseOf = ({ status, headers }) => ({ status, headers: headersOf(headers) });

// What is signed, and the request that `;req` means.
function messageOf({ request, response }) {
  if (response) return [responseOf(response), request && requestOf(request)];
  return [requestOf(request), undefined];
}

function parametersOf(params) {
  const values = { ...params };
  for (const time of ['created', 'expires']) {
    if (time in values) values[time] = new Date(values[time] * 1000);
  }
  return values;
}

function sign(request) {
  const { jwk, label, components, params } = request;
  const config = {
    key: createSigner(createPrivateKey({ key: jwk, format: 'jwk' }), algorithmOf(jwk)),
    name: label,
    fields: components,
    params: Object.keys(params),
    paramValues: parametersOf(params),
  };
  return async () => {
    const { headers } = await httpbis.signMessage(config, ...messageOf(request));
    return { headers: ['Signature-Input', 'Signature'].map((field) => [field, headers[field]]) };
  };
}

// The library has no selection by label: the one signature of the message is meant.
function verify(request) {
  const { jwk } = request;
  const algorithm = algorithmOf(jwk);
  const verifier = createVerifier(createPublicKey({ key: jwk, format: 'jwk' }), algorithm);
  const config = { keyLookup: async () => ({ algs: [algorithm], verify: verifier }) };
  return async () => {
    const result = await httpbis.verifyMessage(config, ...messageOf(request));
    if (result !== true) throw new Error(`verifyMessage: ${result}`);
    return {};
  };
}

export const operations = { 'httpsig.sign': sign, 'httpsig.verify': verify };
