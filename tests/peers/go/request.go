package main

import (
	"encoding/base64"
	"encoding/json"
	"runtime/debug"
	"sort"
	"time"
)

// request has the members of all operations; those that an operation does not have stay empty.
type request struct {
	Op      string  `json:"op"`
	Peer    string  `json:"peer"`
	Of      string  `json:"of"`
	Seconds float64 `json:"seconds"`

	Token   string                     `json:"token"`
	Wit     string                     `json:"wit"`
	Wpt     string                     `json:"wpt"`
	Aud     string                     `json:"aud"`
	Jti     string                     `json:"jti"`
	Kid     string                     `json:"kid"`
	Exp     int64                      `json:"exp"`
	Now     int64                      `json:"now"`
	JWK     json.RawMessage            `json:"jwk"`
	JWKS    json.RawMessage            `json:"jwks"`
	Header  map[string]json.RawMessage `json:"header"`
	Payload json.RawMessage            `json:"payload"`
	Claims  json.RawMessage            `json:"claims"`

	Request    *httpMessage    `json:"request"`
	Response   *httpMessage    `json:"response"`
	Label      string          `json:"label"`
	Components []string        `json:"components"`
	Params     signatureParams `json:"params"`

	Chain       []string `json:"chain_der_b64u"`
	Roots       []string `json:"roots_der_b64u"`
	ID          string   `json:"id"`
	Text        string   `json:"text"`
	Bundle      string   `json:"bundle"`
	TrustDomain string   `json:"trust_domain"`
}

type httpMessage struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
	BodyB64 string      `json:"body_b64u"`
}

type signatureParams struct {
	Created *int64
	Expires *int64
	Nonce   *string
	Tag     *string
	KeyID   *string
	Alg     *string
	// Others are the names of extension parameters.
	Others []string
}

func (p *signatureParams) UnmarshalJSON(text []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	known := map[string]any{"created": &p.Created, "expires": &p.Expires, "nonce": &p.Nonce,
		"tag": &p.Tag, "keyid": &p.KeyID, "alg": &p.Alg}
	for name, value := range members {
		place, ok := known[name]
		if !ok {
			p.Others = append(p.Others, name)
			continue
		}
		if err := json.Unmarshal(value, place); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) now() time.Time { return time.Unix(r.Now, 0) }

func decoded(texts []string) ([][]byte, error) {
	all := make([][]byte, 0, len(texts))
	for _, text := range texts {
		one, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// hello names the peers with the versions that were linked in.
func hello() answer {
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			versions[module.Path] = module.Version
		}
	}
	list := []answer{}
	for _, p := range peers {
		ops := []string{"bench"}
		for op := range p.ops {
			ops = append(ops, op)
		}
		sort.Strings(ops)
		list = append(list, answer{"name": p.name, "version": versions[p.module], "ops": ops})
	}
	return answer{"ok": true, "driver": "go", "language": "Go", "peers": list}
}
