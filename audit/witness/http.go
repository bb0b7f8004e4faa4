package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// HTTP is a witness that is a service, to which each checkpoint is posted as text.
type HTTP struct {
	url    *url.URL
	client *http.Client
}

// NewHTTP is a witness at an http or https address.
func NewHTTP(address string) (*HTTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("it must be the address of an https service")
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a redirected POST would become a GET
	return &HTTP{u, &http.Client{CheckRedirect: stay}}, nil
}

// Deliver posts the checkpoint. Any answer but success is an error.
func (h *HTTP) Deliver(ctx context.Context, checkpoint []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url.String(), bytes.NewReader(checkpoint))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	answer, err := h.client.Do(r)
	if err != nil {
		return err
	}
	_ = answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return nil
}

func (h *HTTP) String() string { return h.url.Redacted() }
