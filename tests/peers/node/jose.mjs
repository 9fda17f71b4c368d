// jose: JWS, WIT, WPT, thumbprints.

import { createHash } from 'node:crypto';
import {
  CompactSign,
  SignJWT,
  calculateJwkThumbprint,
  compactVerify,
  createLocalJWKSet,
  importJWK,
  jwtVerify,
} from 'jose';
import { callerCheck, installedVersion } from './common.mjs';

export const name = 'jose';
export const version = installedVersion(name);

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const hash = (token) => createHash('sha256').update(token).digest('base64url');

async function jwsVerify({ token, jwk }) {
  const key = await importJWK(jwk, jwk.alg);
  return async () => {
    const { payload, protectedHeader } = await compactVerify(token, key, { algorithms: [jwk.alg] });
    return { header: protectedHeader, payload: JSON.parse(decoder.decode(payload)) };
  };
}

async function jwsSign({ jwk, header, payload }) {
  const key = await importJWK(jwk, jwk.alg);
  return async () => {
    const signer = new CompactSign(encoder.encode(JSON.stringify(payload)));
    return { token: await signer.setProtectedHeader(header).sign(key) };
  };
}

// Verifies a WIT under a set of keys, which are imported once.
function witVerifier({ jwks, now }) {
  const keys = createLocalJWKSet(jwks);
  const options = {
    typ: 'wit+jwt',
    algorithms: [...new Set(jwks.keys.map((key) => key.alg))],
    requiredClaims: ['exp'],
    currentDate: new Date(now * 1000),
  };
  return async (token) => (await jwtVerify(token, keys, options)).payload;
}

function witVerify(request) {
  const verify = witVerifier(request);
  return async () => ({ claims: await verify(request.token) });
}

function witWptVerify(request) {
  const verifyWit = witVerifier(request);
  return async () => {
    const { jwk } = (await verifyWit(request.wit)).cnf;
    const key = await importJWK(jwk, jwk.alg);
    const { payload } = await jwtVerify(request.wpt, key, {
      typ: 'wpt+jwt',
      algorithms: [jwk.alg],
      audience: request.aud,
      requiredClaims: ['exp', 'wth'],
      currentDate: new Date(request.now * 1000),
    });
    callerCheck(payload.wth === hash(request.wit), 'wth is not the hash of the WIT');
    return { claims: payload };
  };
}

async function witIssue({ jwk, claims, kid }) {
  const key = await importJWK(jwk, jwk.alg);
  const header = { alg: jwk.alg, typ: 'wit+jwt', kid };
  return async () => ({ token: await new SignJWT(claims).setProtectedHeader(header).sign(key) });
}

async function wptIssue({ jwk, wit, aud, jti, exp }) {
  const key = await importJWK(jwk, jwk.alg);
  return async () => {
    const token = await new SignJWT({ wth: hash(wit) })
      .setProtectedHeader({ alg: jwk.alg, typ: 'wpt+jwt' })
      .setAudience(aud)
      .setJti(jti)
      .setExpirationTime(exp)
      .sign(key);
    return { token };
  };
}

function jwkThumbprint({ jwk }) {
  return async () => ({ thumbprint: await calculateJwkThumbprint(jwk, 'sha256') });
}

export const operations = {
  'jws.verify': jwsVerify,
  'jws.sign': jwsSign,
  'wit.verify': witVerify,
  'wit_wpt.verify': witWptVerify,
  'wit.issue': witIssue,
  'wpt.issue': wptIssue,
  'jwk.thumbprint': jwkThumbprint,
};
