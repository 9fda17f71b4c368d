package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// algorithms that both JWS libraries of this driver have.
var known = map[jose.SignatureAlgorithm]bool{
	jose.ES256: true, jose.ES384: true, jose.ES512: true, jose.EdDSA: true,
	jose.PS256: true, jose.PS384: true, jose.PS512: true,
	jose.RS256: true, jose.RS384: true, jose.RS512: true,
}

// checkAlgorithm refuses what no key of the protocol is for, as HS256; other algorithms for
// signatures are not there.
func checkAlgorithm(alg jose.SignatureAlgorithm) error {
	switch {
	case known[alg]:
		return nil
	case alg == "Ed25519" || alg == "Ed448" || alg == "ES256K":
		return unsupported(fmt.Sprintf("no algorithm %q", alg))
	}
	return leftToCaller("algorithm %q", alg)
}

// key is a JWK and the one algorithm that it may be used with: the key decides, not the token.
type key struct {
	jose.JSONWebKey
	alg jose.SignatureAlgorithm
}

func parseKey(text json.RawMessage) (key, error) {
	var parsed jose.JSONWebKey
	if err := json.Unmarshal(text, &parsed); err != nil {
		return key{}, err
	}
	return withAlgorithm(parsed, text)
}

func withAlgorithm(parsed jose.JSONWebKey, text json.RawMessage) (key, error) {
	alg := jose.SignatureAlgorithm(parsed.Algorithm)
	if alg == "" {
		var form struct {
			Crv string `json:"crv"`
		}
		if err := json.Unmarshal(text, &form); err != nil {
			return key{}, err
		}
		alg = map[string]jose.SignatureAlgorithm{"P-256": jose.ES256, "P-384": jose.ES384,
			"P-521": jose.ES512, "Ed25519": jose.EdDSA}[form.Crv]
	}
	if err := checkAlgorithm(alg); err != nil {
		return key{}, err
	}
	return key{parsed, alg}, nil
}

// keySet is a JWK Set by kid, for reading once and looking up often.
type keySet struct {
	byKid map[string]key
	algs  []jose.SignatureAlgorithm
}

// parseKeySet leaves out keys of unknown kinds, as RFC 7517 section 5 wants it.
func parseKeySet(text json.RawMessage) (keySet, error) {
	var raw struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return keySet{}, err
	}
	set := keySet{byKid: map[string]key{}}
	var first error
	for _, one := range raw.Keys {
		k, err := parseKey(one)
		if err != nil {
			first = errors.Join(first, err)
			continue
		}
		set.byKid[k.KeyID] = k
		set.algs = append(set.algs, k.alg)
	}
	if len(set.byKid) == 0 && first != nil {
		return keySet{}, first
	}
	return set, nil
}

func (s keySet) find(kid, alg string) (key, error) {
	k, ok := s.byKid[kid]
	if !ok || kid == "" {
		return key{}, leftToCaller("no key %q", kid)
	}
	if string(k.alg) != alg {
		return key{}, leftToCaller("alg %q, but the key is for %q", alg, k.alg)
	}
	return k, nil
}

// checkType compares media types as RFC 7515 section 4.1.9 says.
func checkType(typ any, want string) error {
	text, _ := typ.(string)
	if !strings.EqualFold(strings.TrimPrefix(strings.ToLower(text), "application/"), want) {
		return leftToCaller("typ is %q, not %q", text, want)
	}
	return nil
}
