module signet/tests/peers/go

go 1.25

require (
	github.com/dunglas/httpsfv v1.0.2
	github.com/go-jose/go-jose/v4 v4.1.8
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/remitly-oss/httpsig-go v1.2.0
	github.com/spiffe/go-spiffe/v2 v2.9.0
	golang.org/x/sys v0.39.0
)
