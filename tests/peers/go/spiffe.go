package main

import (
	"crypto/x509"
	"errors"

	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/bundle/x509bundle"
	"github.com/spiffe/go-spiffe/v2/exp/svid/witsvid"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
)

// Tokens are checked at the machine's time: the library takes no other for them.
var goSpiffe = peer{"go-spiffe", "github.com/spiffe/go-spiffe/v2", map[string]prepare{
	"x509_svid.verify": spiffeX509,
	"bundle.parse":     spiffeBundle,
	"wit_svid.parse":   spiffeWit,
	"jwt_svid.parse":   spiffeJWT,
	"spiffe_id.parse":  spiffeID,
}}

func spiffeID(req *request) (run, error) {
	return func() (answer, error) {
		id, err := spiffeid.FromString(req.ID)
		if err != nil {
			return nil, err
		}
		return answer{"trust_domain": id.TrustDomain().Name(), "path": id.Path()}, nil
	}, nil
}

func spiffeBundle(req *request) (run, error) {
	return func() (answer, error) {
		bundle, err := readBundle(req, req.Text)
		if err != nil {
			return nil, err
		}
		result := answer{
			"jwt_keys":         len(bundle.JWTAuthorities()),
			"x509_authorities": len(bundle.X509Authorities()),
			"wit_keys":         len(bundle.WITAuthorities()),
			"sequence":         nil,
			"refresh_hint_s":   nil,
		}
		if sequence, ok := bundle.SequenceNumber(); ok {
			result["sequence"] = sequence
		}
		if hint, ok := bundle.RefreshHint(); ok {
			result["refresh_hint_s"] = int64(hint.Seconds())
		}
		return result, nil
	}, nil
}

func readBundle(req *request, text string) (*spiffebundle.Bundle, error) {
	domain, err := spiffeid.TrustDomainFromString(req.TrustDomain)
	if err != nil {
		return nil, err
	}
	return spiffebundle.Parse(domain, []byte(text))
}

func spiffeWit(req *request) (run, error) {
	bundle, err := readBundle(req, req.Bundle)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		svid, err := witsvid.ParseAndValidate(req.Token, bundle)
		if err != nil {
			return nil, err
		}
		return answer{"id": svid.ID.String()}, nil
	}, nil
}

func spiffeJWT(req *request) (run, error) {
	bundle, err := readBundle(req, req.Bundle)
	if err != nil {
		return nil, err
	}
	audience := []string{req.Aud}
	return func() (answer, error) {
		svid, err := jwtsvid.ParseAndValidate(req.Token, bundle, audience)
		if err != nil {
			return nil, err
		}
		return answer{"id": svid.ID.String(), "claims": svid.Claims}, nil
	}, nil
}

// spiffeX509 takes the roots for those of the trust domain that the leaf names.
func spiffeX509(req *request) (run, error) {
	chain, err := decoded(req.Chain)
	if err != nil {
		return nil, err
	}
	rootBytes, err := decoded(req.Roots)
	if err != nil {
		return nil, err
	}
	if len(chain) == 0 {
		return nil, errors.New("no certificate")
	}
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return nil, err
	}
	id, err := x509svid.IDFromCert(leaf)
	if err != nil {
		return nil, err
	}
	roots := []*x509.Certificate{}
	for _, der := range rootBytes {
		root, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		roots = append(roots, root)
	}
	bundle := x509bundle.FromX509Authorities(id.TrustDomain(), roots)
	return func() (answer, error) {
		id, _, err := x509svid.ParseAndVerify(chain, bundle, x509svid.WithTime(req.now()))
		if err != nil {
			return nil, err
		}
		return answer{"id": id.String()}, nil
	}, nil
}
