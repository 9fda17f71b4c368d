package main

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

var goJose = peer{"go-jose", "github.com/go-jose/go-jose/v4", map[string]prepare{
	"jws.verify":     joseVerify,
	"jws.sign":       joseSign,
	"wit.verify":     joseWit,
	"wit_wpt.verify": joseWitWpt,
	"wit.issue":      joseIssueWit,
	"wpt.issue":      joseIssueWpt,
	"jwk.thumbprint": joseThumbprint,
}}

// confirmation is what a WPT is checked with, beside the claims that package jwt knows.
type confirmation struct {
	Cnf struct {
		JWK json.RawMessage `json:"jwk"`
	} `json:"cnf"`
}

type binding struct {
	Wth string `json:"wth"`
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func headerMembers(h jose.Header) answer {
	members := answer{"alg": h.Algorithm}
	if h.KeyID != "" {
		members["kid"] = h.KeyID
	}
	if h.JSONWebKey != nil {
		members["jwk"] = h.JSONWebKey
	}
	for name, value := range h.ExtraHeaders {
		members[string(name)] = value
	}
	return members
}

func joseVerify(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	algs := []jose.SignatureAlgorithm{k.alg}
	return func() (answer, error) {
		parsed, err := jose.ParseSignedCompact(req.Token, algs)
		if err != nil {
			return nil, err
		}
		payload, err := parsed.Verify(k.Key)
		if err != nil {
			return nil, err
		}
		result := answer{"header": headerMembers(parsed.Signatures[0].Protected)}
		if json.Valid(payload) {
			result["payload"] = json.RawMessage(payload)
		} else {
			result["payload_b64u"] = base64.RawURLEncoding.EncodeToString(payload)
		}
		return result, nil
	}, nil
}

func joseWit(req *request) (run, error) {
	set, err := parseKeySet(req.JWKS)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		claims := map[string]any{}
		if err := joseCheckWit(req, req.Token, set, &claims); err != nil {
			return nil, err
		}
		return answer{"claims": claims}, nil
	}, nil
}

func joseCheckWit(req *request, token string, set keySet, claims any) error {
	parsed, err := jwt.ParseSigned(token, set.algs)
	if err != nil {
		return err
	}
	header := parsed.Headers[0]
	if err := checkType(header.ExtraHeaders[jose.HeaderType], "wit+jwt"); err != nil {
		return err
	}
	k, err := set.find(header.KeyID, header.Algorithm)
	if err != nil {
		return err
	}
	return joseClaims(parsed, k, jwt.Expected{Time: req.now()}, claims)
}

func joseClaims(parsed *jwt.JSONWebToken, k key, want jwt.Expected, claims any) error {
	var standard jwt.Claims
	if err := parsed.Claims(k.Key, &standard, claims); err != nil {
		return err
	}
	if standard.Expiry == nil {
		return leftToCaller("no exp")
	}
	return standard.ValidateWithLeeway(want, 0)
}

func joseWitWpt(req *request) (run, error) {
	set, err := parseKeySet(req.JWKS)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		var wit confirmation
		if err := joseCheckWit(req, req.Wit, set, &wit); err != nil {
			return nil, err
		}
		k, err := parseKey(wit.Cnf.JWK)
		if err != nil {
			return nil, err
		}
		parsed, err := jwt.ParseSigned(req.Wpt, []jose.SignatureAlgorithm{k.alg})
		if err != nil {
			return nil, err
		}
		if err := checkType(parsed.Headers[0].ExtraHeaders[jose.HeaderType], "wpt+jwt"); err != nil {
			return nil, err
		}
		claims := map[string]any{}
		want := jwt.Expected{Time: req.now(), AnyAudience: jwt.Audience{req.Aud}}
		if err := joseClaims(parsed, k, want, &claims); err != nil {
			return nil, err
		}
		if claims["wth"] != hashOf(req.Wit) {
			return nil, leftToCaller("wth is not the hash of the WIT")
		}
		return answer{"claims": claims}, nil
	}, nil
}

func joseThumbprint(req *request) (run, error) {
	return func() (answer, error) {
		var parsed jose.JSONWebKey
		if err := json.Unmarshal(req.JWK, &parsed); err != nil {
			return nil, err
		}
		sum, err := parsed.Thumbprint(crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return answer{"thumbprint": base64.RawURLEncoding.EncodeToString(sum)}, nil
	}, nil
}
