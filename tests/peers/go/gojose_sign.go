package main

import (
	"encoding/json"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func joseSigner(k key, options *jose.SignerOptions) (jose.Signer, error) {
	return jose.NewSigner(jose.SigningKey{Algorithm: k.alg, Key: k.Key}, options)
}

func joseSign(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	options := &jose.SignerOptions{}
	for name, text := range req.Header {
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return nil, err
		}
		if alg, ok := value.(string); name == "alg" && ok {
			k.alg = jose.SignatureAlgorithm(alg)
			continue
		}
		options.WithHeader(jose.HeaderKey(name), value)
	}
	if err := checkAlgorithm(k.alg); err != nil {
		return nil, err
	}
	signer, err := joseSigner(k, options)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) { return joseCompact(signer, req.Payload) }, nil
}

func joseCompact(signer jose.Signer, payload []byte) (answer, error) {
	signed, err := signer.Sign(payload)
	if err != nil {
		return nil, err
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return nil, err
	}
	return answer{"token": token}, nil
}

func joseIssueWit(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("wit+jwt")
	if req.Kid != "" {
		options.WithHeader("kid", req.Kid)
	}
	signer, err := joseSigner(k, options)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) { return joseCompact(signer, req.Claims) }, nil
}

func joseIssueWpt(req *request) (run, error) {
	k, err := parseKey(req.JWK)
	if err != nil {
		return nil, err
	}
	signer, err := joseSigner(k, (&jose.SignerOptions{}).WithType("wpt+jwt"))
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		standard := jwt.Claims{
			ID:       req.Jti,
			Audience: jwt.Audience{req.Aud},
			Expiry:   jwt.NewNumericDate(time.Unix(req.Exp, 0)),
		}
		token, err := jwt.Signed(signer).Claims(standard).Claims(binding{hashOf(req.Wit)}).Serialize()
		if err != nil {
			return nil, err
		}
		return answer{"token": token}, nil
	}, nil
}
