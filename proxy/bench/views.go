package bench

import (
	"context"
	_ "embed"
	"strings"
)

// viewsSQL are the hand-written views that pgscrim is compared to.
//
//go:embed views.sql
var viewsSQL string

// The countries of the sample's policy: those of its regions gdpr and uk-gdpr, and the others in whose regions an
// analyst sees masked contacts. All further countries are in pipl or unknown.
const (
	europe = "'AT','BE','BG','CY','CZ','DE','DK','EE','ES','FI','FR','GR','HR','HU','IE','IS','IT','LI','LT','LU','LV','MT'," +
		"'NL','NO','PL','PT','RO','SE','SI','SK','GB'"
	elsewhere = "'BR','JP','SG','IN','US','KR','ZA','AU','CA','AE','QA','SA'"
)

// makeViews makes the views of each role, in a schema of its name, and again as security barriers.
func (st *site) makeViews(ctx context.Context) error {
	for suffix, options := range map[string]string{"": "", barrierSuffix: "WITH (security_barrier)"} {
		analyst, marketer := "analyst"+suffix, "marketer"+suffix
		sql := strings.NewReplacer("{analyst}", analyst, "{marketer}", marketer, "{options}", options,
			"{europe}", europe, "{elsewhere}", elsewhere,
			"{inner}", `'\x`+strings.Repeat("36", 64)+`'::bytea`, "{outer}", `'\x`+strings.Repeat("5c", 64)+`'::bytea`).Replace(viewsSQL)
		if err := st.exec(ctx, database, sql, grants(analyst), grants(marketer)); err != nil {
			return err
		}
	}
	return nil
}
