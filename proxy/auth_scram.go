package proxy

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgproto3/v2"
	"github.com/xdg-go/scram"
	"github.com/xdg-go/stringprep"

	"github.com/pgscrim/pgscrim/rewrite"
)

// scramMechanism is the only mechanism offered. Its -PLUS form binds to the TLS channel, which ends here.
const scramMechanism = "SCRAM-SHA-256"

// defaultIterations is PostgreSQL's SCRAM_SHA_256_DEFAULT_ITERATIONS, saltBytes its SCRAM_DEFAULT_SALT_LEN.
const (
	defaultIterations = 4096
	saltBytes         = 16
)

// NewVerifier makes a SCRAM-SHA-256 secret from a password, in the format of pg_authid.
// Zero iterations mean PostgreSQL's 4096.
func NewVerifier(password string, iterations int) (string, error) {
	if password == "" {
		return "", errors.New("the password is empty")
	}
	if iterations == 0 {
		iterations = defaultIterations
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	// What SASLprep cannot prepare is used as it is, as PostgreSQL and libpq do.
	prepared, err := stringprep.SASLprep.Prepare(password)
	if err != nil {
		prepared = password
	}
	client, err := scram.SHA256.NewClientUnprepped("", prepared, "")
	if err != nil {
		return "", fmt.Errorf("prepare the password: %w", err)
	}
	stored, err := client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: string(salt), Iters: iterations})
	if err != nil {
		return "", fmt.Errorf("derive the keys: %w", err)
	}
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d:%s$%s:%s", scramMechanism, iterations, b64(salt), b64(stored.StoredKey), b64(stored.ServerKey)), nil
}

// ParseVerifier reads a SCRAM-SHA-256 secret in the format of pg_authid:
// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>.
func ParseVerifier(verifier string) (scram.StoredCredentials, error) {
	var none scram.StoredCredentials
	parts := strings.Split(verifier, "$")
	if len(parts) != 3 || parts[0] != scramMechanism {
		return none, errors.New("not of the form SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>")
	}
	count, salt64, ok1 := strings.Cut(parts[1], ":")
	stored64, server64, ok2 := strings.Cut(parts[2], ":")
	iterations, err := strconv.Atoi(count)
	if !ok1 || !ok2 || err != nil || iterations < 1 {
		return none, errors.New("bad iteration count")
	}
	salt, err1 := base64.StdEncoding.DecodeString(salt64)
	stored, err2 := base64.StdEncoding.DecodeString(stored64)
	server, err3 := base64.StdEncoding.DecodeString(server64)
	if err := errors.Join(err1, err2, err3); err != nil {
		return none, errors.New("salt or keys are not base64")
	}
	if len(salt) == 0 || len(stored) != sha256.Size || len(server) != sha256.Size {
		return none, errors.New("salt or keys have the wrong length")
	}
	return scram.StoredCredentials{
		KeyFactors: scram.KeyFactors{Salt: string(salt), Iters: iterations},
		StoredKey:  stored, ServerKey: server,
	}, nil
}

// authenticator knows the users and runs the exchange with a client.
type authenticator struct {
	users map[string]*account
	// mock is the secret from which an unknown user's salt is made, so that it is always the same,
	// as an existing user's is. The iteration count is that of the first user.
	mock           []byte
	mockIterations int
}

// account is a user with the secret decoded.
type account struct {
	User
	credentials scram.StoredCredentials
}

func newAuthenticator(users []User, secret []byte) (*authenticator, error) {
	a := &authenticator{users: make(map[string]*account, len(users)), mockIterations: defaultIterations}
	mac := hmac.New(sha256.New, secret)
	for i, u := range users {
		credentials, err := ParseVerifier(u.Verifier)
		if err != nil {
			return nil, fmt.Errorf("password of user %q: %w", u.Name, err)
		}
		if a.users[u.Name] != nil || u.Name == "" {
			return nil, fmt.Errorf("user %q is named twice or has no name", u.Name)
		}
		if i == 0 {
			a.mockIterations = credentials.Iters
		}
		mac.Write(credentials.StoredKey)
		a.users[u.Name] = &account{User: u, credentials: credentials}
	}
	a.mock = mac.Sum(nil)
	return a, nil
}

// authenticate runs the exchange and returns the account. The error is a *rewrite.Refusal if the client is to hear
// of it. An unknown user goes through the same exchange and fails as with a wrong password.
func (a *authenticator) authenticate(c *client, user string) (*account, error) {
	known := a.users[user]
	credentials := a.mockCredentials(user)
	if known != nil {
		credentials = known.credentials
	}
	server, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) {
		return credentials, nil // of the user in the startup packet, as in PostgreSQL
	})
	if err != nil {
		return nil, fmt.Errorf("start SCRAM: %w", err)
	}
	if err := c.out.send(&pgproto3.AuthenticationSASL{AuthMechanisms: []string{scramMechanism}}); err != nil {
		return nil, err
	}
	first, err := c.saslMessage(true)
	if err != nil {
		return nil, err
	}
	conversation := server.NewConversation()
	challenge, err := conversation.Step(first)
	if err != nil {
		return nil, &rewrite.Refusal{Code: codeProtocolViolation, Message: "malformed SCRAM message", Detail: "Channel binding is not offered."}
	}
	if err := c.out.send(&pgproto3.AuthenticationSASLContinue{Data: []byte(challenge)}); err != nil {
		return nil, err
	}
	final, err := c.saslMessage(false)
	if err != nil {
		return nil, err
	}
	proof, err := conversation.Step(final)
	if err != nil || !conversation.Valid() || known == nil {
		return nil, &rewrite.Refusal{Code: codeInvalidPassword, Message: fmt.Sprintf("password authentication failed for user %q", user)}
	}
	if err := c.out.send(&pgproto3.AuthenticationSASLFinal{Data: []byte(proof)}); err != nil {
		return nil, err
	}
	return known, c.out.send(&pgproto3.AuthenticationOk{})
}

func (a *authenticator) mockCredentials(user string) scram.StoredCredentials {
	derive := func(label string) []byte {
		mac := hmac.New(sha256.New, a.mock)
		mac.Write([]byte(label + "\x00" + user))
		return mac.Sum(nil)
	}
	return scram.StoredCredentials{
		KeyFactors: scram.KeyFactors{Salt: string(derive("salt")[:saltBytes]), Iters: a.mockIterations},
		StoredKey:  derive("stored"), ServerKey: derive("server"),
	}
}

// saslMessage reads a SASLInitialResponse (initial) or a SASLResponse and returns the mechanism's data.
func (c *client) saslMessage(initial bool) (string, error) {
	h, err := c.in.next()
	if err != nil {
		return "", err
	}
	if h.kind != 'p' {
		return "", &rewrite.Refusal{Code: codeProtocolViolation, Message: fmt.Sprintf("expected SASL response, got message type %d", h.kind)}
	}
	body, err := c.in.body(h)
	if err != nil || !initial {
		return string(body), err
	}
	d := decoder{b: body}
	mechanism := d.text()
	data := d.bytes(int(int32(d.uint32())))
	switch {
	case !d.complete():
		return "", &rewrite.Refusal{Code: codeProtocolViolation, Message: "invalid message format"}
	case mechanism != scramMechanism:
		return "", &rewrite.Refusal{Code: codeProtocolViolation, Message: "client selected an invalid SASL authentication mechanism"}
	}
	return string(data), nil
}
