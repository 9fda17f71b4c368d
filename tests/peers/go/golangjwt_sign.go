package main

import (
	"encoding/json"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

func jwtSign(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	header := map[string]any{}
	for name, text := range req.Header {
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return nil, err
		}
		header[name] = value
	}
	if alg, ok := header["alg"].(string); ok {
		k.alg = jose.SignatureAlgorithm(alg)
	}
	claims, err := exactClaims(req.Payload)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) { return jwtToken(k, header, claims) }, nil
}

func jwtIssueWit(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	claims, err := exactClaims(req.Claims)
	if err != nil {
		return nil, err
	}
	header := map[string]any{"typ": "wit+jwt"}
	if req.Kid != "" {
		header["kid"] = req.Kid
	}
	return func() (answer, error) { return jwtToken(k, header, claims) }, nil
}

type jwtWptClaims struct {
	jwt.RegisteredClaims
	binding
}

func jwtIssueWpt(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	header := map[string]any{"typ": "wpt+jwt"}
	return func() (answer, error) {
		claims := jwtWptClaims{
			RegisteredClaims: jwt.RegisteredClaims{
				ID:        req.Jti,
				Audience:  jwt.ClaimStrings{req.Aud},
				ExpiresAt: jwt.NewNumericDate(time.Unix(req.Exp, 0)),
			},
			binding: binding{hashOf(req.Wit)},
		}
		return jwtToken(k, header, claims)
	}, nil
}
