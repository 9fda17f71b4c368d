package main

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
)

func (m *httpMessage) body() ([]byte, error) {
	if m.BodyB64 != "" {
		return base64.RawURLEncoding.DecodeString(m.BodyB64)
	}
	return []byte(m.Body), nil
}

// exchange is what a server (or a client with its response) has in its hands.
type exchange struct {
	request      *http.Request
	response     *http.Response
	requestBody  []byte
	responseBody []byte
}

func newExchange(req *request) (*exchange, error) {
	if req.Request == nil {
		return nil, errors.New("no request")
	}
	var x exchange
	var err error
	if x.requestBody, err = req.Request.body(); err != nil {
		return nil, err
	}
	if x.request, err = http.NewRequest(req.Request.Method, req.Request.URL, nil); err != nil {
		return nil, err
	}
	if x.request.URL.Scheme == "https" {
		x.request.TLS = &tls.ConnectionState{}
	}
	for _, field := range req.Request.Headers {
		x.request.Header.Add(field[0], field[1])
	}
	if host := x.request.Header.Get("Host"); host != "" {
		x.request.Host = host
		x.request.Header.Del("Host")
	}
	if req.Response == nil {
		x.rewind()
		return &x, nil
	}
	if x.responseBody, err = req.Response.body(); err != nil {
		return nil, err
	}
	x.response = &http.Response{StatusCode: req.Response.Status, Request: x.request,
		Header: http.Header{}}
	for _, field := range req.Response.Headers {
		x.response.Header.Add(field[0], field[1])
	}
	x.rewind()
	return &x, nil
}

// rewind makes the bodies readable once more: who checks a digest reads them to their end.
func (x *exchange) rewind() {
	x.request.Body = io.NopCloser(bytes.NewReader(x.requestBody))
	if x.response != nil {
		x.response.Body = io.NopCloser(bytes.NewReader(x.responseBody))
	}
}
