package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	sfv "github.com/dunglas/httpsfv"
	"github.com/go-jose/go-jose/v4"
	"github.com/remitly-oss/httpsig-go"
)

// httpsig-go reads the machine's clock and nothing else.
var httpsigGo = peer{"httpsig-go", "github.com/remitly-oss/httpsig-go", map[string]prepare{
	"httpsig.sign":   httpsigSign,
	"httpsig.verify": httpsigVerify,
}}

// parseHTTPKey takes the newer name of RFC 9864 too: HTTP signatures have names of their own.
func parseHTTPKey(text json.RawMessage) (key, error) {
	var parsed jose.JSONWebKey
	if err := json.Unmarshal(text, &parsed); err != nil {
		return key{}, err
	}
	if parsed.Algorithm == "Ed25519" {
		parsed.Algorithm = string(jose.EdDSA)
	}
	return withAlgorithm(parsed, text)
}

func httpsigAlgorithm(k key) (httpsig.Algorithm, error) {
	switch k.alg {
	case jose.ES256:
		return httpsig.Algo_ECDSA_P256_SHA256, nil
	case jose.ES384:
		return httpsig.Algo_ECDSA_P384_SHA384, nil
	case jose.EdDSA:
		return httpsig.Algo_ED25519, nil
	case jose.PS512:
		return httpsig.Algo_RSA_PSS_SHA512, nil
	case jose.RS256:
		return httpsig.Algo_RSA_v1_5_sha256, nil
	}
	return "", unsupported("no HTTP signature algorithm for " + string(k.alg))
}

// oneKey gives the key of the request to every signature, with a keyid or without.
type oneKey struct{ spec httpsig.KeySpec }

func (o oneKey) FetchByKeyID(context.Context, http.Header, string) (httpsig.KeySpecer, error) {
	return o.spec, nil
}

func (o oneKey) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (
	httpsig.KeySpecer, error) {
	return o.spec, nil
}

func httpsigVerify(req *request) (run, error) {
	k, err := parseHTTPKey(req.JWK)
	if err != nil {
		return nil, err
	}
	alg, err := httpsigAlgorithm(k)
	if err != nil {
		return nil, err
	}
	x, err := newExchange(req)
	if err != nil {
		return nil, err
	}
	// The library reads the machine's clock. Zero would mean a minute of skew.
	verifier, err := httpsig.NewVerifier(
		oneKey{httpsig.KeySpec{KeyID: k.KeyID, Algo: alg, PubKey: k.Key}},
		httpsig.VerifyProfile{SignatureLabel: req.Label, ExpiredSkew: time.Nanosecond,
			AllowedAlgorithms: []httpsig.Algorithm{alg}})
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		x.rewind()
		var err error
		if x.response != nil {
			_, err = verifier.VerifyResponse(x.response)
		} else {
			_, err = verifier.Verify(x.request)
		}
		return answer{}, err
	}, nil
}

// signedFields reads serialized component identifiers as the structured fields that they are.
func signedFields(components []string) ([]httpsig.SignedField, error) {
	fields := []httpsig.SignedField{}
	for _, text := range components {
		item, err := sfv.UnmarshalItem([]string{text})
		if err != nil {
			return nil, err
		}
		name, ok := item.Value.(string)
		if !ok {
			return nil, fmt.Errorf("component %s is no string", text)
		}
		parameters := map[string]any{}
		for _, parameter := range item.Params.Names() {
			parameters[parameter], _ = item.Params.Get(parameter)
		}
		fields = append(fields, httpsig.SignedField{Name: name, Parameters: parameters})
	}
	return fields, nil
}

// clockTolerance is how many seconds ago the request may have been made: for what is meant to be
// signed now, the library's own time does as well.
const clockTolerance = 600

// profile says what the library can be told; times and nonces are of its own choice.
func (p signatureParams) profile(label string, alg httpsig.Algorithm) (
	httpsig.SigningProfile, httpsig.SigningKey, error) {
	profile := httpsig.SigningProfile{Algorithm: alg, Label: label}
	var signing httpsig.SigningKey
	if len(p.Others) > 0 {
		return profile, signing, unsupported("no parameter " + p.Others[0])
	}
	if p.Nonce != nil {
		return profile, signing, unsupported("takes no nonce, makes its own")
	}
	begin := time.Now().Unix()
	if p.Created != nil {
		if *p.Created < begin-clockTolerance || *p.Created > begin+clockTolerance {
			return profile, signing, unsupported("takes no created, reads the machine's clock")
		}
		begin = *p.Created
		profile.Metadata = append(profile.Metadata, httpsig.MetaCreated)
	}
	if p.Expires != nil {
		if *p.Expires <= begin {
			return profile, signing, unsupported("expires before it is created")
		}
		profile.ExpiresDuration = time.Duration(*p.Expires-begin) * time.Second
		profile.Metadata = append(profile.Metadata, httpsig.MetaExpires)
	}
	if p.KeyID != nil {
		signing.MetaKeyID = *p.KeyID
		profile.Metadata = append(profile.Metadata, httpsig.MetaKeyID)
	}
	if p.Alg != nil {
		if *p.Alg != string(alg) {
			return profile, signing, unsupported("alg is that of the key")
		}
		profile.Metadata = append(profile.Metadata, httpsig.MetaAlgorithm)
	}
	if p.Tag != nil {
		signing.MetaTag = *p.Tag
		profile.Metadata = append(profile.Metadata, httpsig.MetaTag)
	}
	return profile, signing, nil
}

func httpsigSign(req *request) (run, error) {
	k, err := parseHTTPKey(req.JWK)
	if err != nil {
		return nil, err
	}
	alg, err := httpsigAlgorithm(k)
	if err != nil {
		return nil, err
	}
	profile, signing, err := req.Params.profile(req.Label, alg)
	if err != nil {
		return nil, err
	}
	signing.Key = k.Key
	if profile.Fields, err = signedFields(req.Components); err != nil {
		return nil, err
	}
	x, err := newExchange(req)
	if err != nil {
		return nil, err
	}
	signer, err := httpsig.NewSigner(profile, signing)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) { return x.sign(signer) }, nil
}

func (x *exchange) sign(signer *httpsig.Signer) (answer, error) {
	x.rewind()
	headers := x.request.Header
	if x.response != nil {
		headers = x.response.Header
	}
	// A message that goes out has no signature yet.
	headers.Del("Signature")
	headers.Del("Signature-Input")
	var err error
	if x.response != nil {
		err = signer.SignResponse(x.response)
	} else {
		err = signer.Sign(x.request)
	}
	if err != nil {
		return nil, err
	}
	return answer{"headers": [][2]string{
		{"Signature-Input", headers.Get("Signature-Input")},
		{"Signature", headers.Get("Signature")}}}, nil
}
