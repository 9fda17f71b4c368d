package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// golang-jwt has no JWK; go-jose imports the keys once, which its users do too.
var golangJWT = peer{"golang-jwt", "github.com/golang-jwt/jwt/v5", map[string]prepare{
	"jws.verify":     jwtVerify,
	"jws.sign":       jwtSign,
	"wit.verify":     jwtWit,
	"wit_wpt.verify": jwtWitWpt,
	"wit.issue":      jwtIssueWit,
	"wpt.issue":      jwtIssueWpt,
}}

func jwtVerify(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{string(k.alg)}),
		jwt.WithoutClaimsValidation())
	found := func(*jwt.Token) (any, error) { return k.Key, nil }
	return func() (answer, error) {
		claims := jwt.MapClaims{}
		token, err := parser.ParseWithClaims(req.Token, claims, found)
		if err != nil {
			return nil, err
		}
		return answer{"header": token.Header, "payload": claims}, nil
	}, nil
}

func (s keySet) methods() []string {
	names := []string{}
	for _, alg := range s.algs {
		names = append(names, string(alg))
	}
	return names
}

// jwtCheckWit gives back what checks a WIT: a parser is made once and used for all tokens.
func jwtCheckWit(req *request, set keySet) func(token string, claims jwt.Claims) error {
	parser := jwt.NewParser(jwt.WithValidMethods(set.methods()), jwt.WithTimeFunc(req.now),
		jwt.WithExpirationRequired())
	found := func(token *jwt.Token) (any, error) {
		if err := checkType(token.Header["typ"], "wit+jwt"); err != nil {
			return nil, err
		}
		kid, _ := token.Header["kid"].(string)
		k, err := set.find(kid, token.Method.Alg())
		return k.Key, err
	}
	return func(token string, claims jwt.Claims) error {
		_, err := parser.ParseWithClaims(token, claims, found)
		return err
	}
}

func jwtWit(req *request) (run, error) {
	set, err := parseKeySet(req.JWKS)
	if err != nil {
		return nil, err
	}
	check := jwtCheckWit(req, set)
	return func() (answer, error) {
		claims := jwt.MapClaims{}
		if err := check(req.Token, claims); err != nil {
			return nil, err
		}
		return answer{"claims": claims}, nil
	}, nil
}

type jwtWitClaims struct {
	jwt.RegisteredClaims
	confirmation
}

func jwtWitWpt(req *request) (run, error) {
	set, err := parseKeySet(req.JWKS)
	if err != nil {
		return nil, err
	}
	check := jwtCheckWit(req, set)
	return func() (answer, error) {
		var wit jwtWitClaims
		if err := check(req.Wit, &wit); err != nil {
			return nil, err
		}
		k, err := parseKey(wit.Cnf.JWK)
		if err != nil {
			return nil, err
		}
		found := func(token *jwt.Token) (any, error) {
			return k.Key, checkType(token.Header["typ"], "wpt+jwt")
		}
		claims := jwt.MapClaims{}
		_, err = jwt.ParseWithClaims(req.Wpt, claims, found,
			jwt.WithValidMethods([]string{string(k.alg)}), jwt.WithTimeFunc(req.now),
			jwt.WithExpirationRequired(), jwt.WithAudience(req.Aud))
		if err != nil {
			return nil, err
		}
		if claims["wth"] != hashOf(req.Wit) {
			return nil, leftToCaller("wth is not the hash of the WIT")
		}
		return answer{"claims": claims}, nil
	}, nil
}

// exactClaims keeps integers as they were written.
func exactClaims(text json.RawMessage) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return claims, decoder.Decode(&claims)
}

func jwtToken(k key, header map[string]any, claims jwt.Claims) (answer, error) {
	method := jwt.GetSigningMethod(string(k.alg))
	if method == nil {
		return nil, unsupported(fmt.Sprint("no algorithm ", k.alg))
	}
	token := jwt.NewWithClaims(method, claims)
	for name, value := range header {
		token.Header[name] = value
	}
	text, err := token.SignedString(k.Key)
	if err != nil {
		return nil, err
	}
	return answer{"token": text}, nil
}
