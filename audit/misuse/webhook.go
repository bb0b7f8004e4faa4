package misuse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// webhookChannel posts alerts, signed as https://www.standardwebhooks.com has it: webhook-signature is an HMAC-SHA256 over the
// alert's ID, the time at which it is sent, and the body. Receivers check it with that project's libraries.
type webhookChannel struct {
	*Webhook
	client *http.Client
}

func newWebhookChannel(w *Webhook) webhookChannel {
	return webhookChannel{w, &http.Client{
		Timeout: w.Timeout,
		// A redirect would send personal data somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (webhookChannel) name() string     { return "webhook" }
func (w webhookChannel) from() Severity { return w.From }

// webhookType is the type of the event that is posted.
const webhookType = "pgscrim.misuse.alert"

func (w webhookChannel) send(ctx context.Context, a *Alert) error {
	body, err := json.Marshal(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      *Alert    `json:"data"`
	}{webhookType, a.Time.UTC(), a})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	signer, err := standardwebhooks.NewWebhookRaw(w.Secret)
	if err != nil {
		return err
	}
	now := time.Now()
	signature, err := signer.Sign(a.ID, now, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(standardwebhooks.HeaderWebhookID, a.ID)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	response, err := w.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver answers %s", response.Status)
	}
	return nil
}
