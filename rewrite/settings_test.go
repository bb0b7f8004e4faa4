package rewrite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

// step is a statement and the effect that the rewriter gives it.
type step struct {
	sql    string
	effect Effect
}

// randomStep makes a statement that changes settings, a transaction, or fails.
func randomStep(rnd *rand.Rand) step {
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	name := pick(SettingSearchPath, SettingPurpose, SettingReason, SettingNotices)
	value, savepoint := fmt.Sprintf("v%d", rnd.IntN(1000)), pick("a", "b", "c")
	switch rnd.IntN(16) {
	case 0, 1, 2:
		return step{fmt.Sprintf("SET %s = %s", name, value), Effect{Kind: EffectSet, Name: name, Value: value}}
	case 3, 4, 5:
		return step{fmt.Sprintf("SET LOCAL %s = %s", name, value), Effect{Kind: EffectSet, Name: name, Value: value, Local: true}}
	case 6:
		return step{"RESET " + name, Effect{Kind: EffectSet, Name: name, Default: true}}
	case 7:
		// SET LOCAL ... TO DEFAULT is refused: see run.set.
		return step{fmt.Sprintf("SET %s TO DEFAULT", name), Effect{Kind: EffectSet, Name: name, Default: true}}
	case 8:
		return step{"BEGIN", Effect{Kind: EffectBegin}}
	case 9:
		chain := rnd.IntN(3) == 0
		return step{"COMMIT" + strings.Repeat(" AND CHAIN", map[bool]int{true: 1}[chain]), Effect{Kind: EffectCommit, Chain: chain}}
	case 10:
		chain := rnd.IntN(3) == 0
		return step{"ROLLBACK" + strings.Repeat(" AND CHAIN", map[bool]int{true: 1}[chain]), Effect{Kind: EffectRollback, Chain: chain}}
	case 11, 12:
		return step{"SAVEPOINT " + savepoint, Effect{Kind: EffectSavepoint, Name: savepoint}}
	case 13:
		return step{"RELEASE " + savepoint, Effect{Kind: EffectRelease, Name: savepoint}}
	case 14:
		if rnd.IntN(4) > 0 {
			return step{"ROLLBACK TO " + savepoint, Effect{Kind: EffectRollbackTo, Name: savepoint}}
		}
		return step{"SELECT 1 / 0", Effect{}}
	default:
		return step{pick("RESET ALL", "DISCARD ALL"), Effect{}}
	}
}

// TestSettingsFollowPostgreSQL runs random sequences on a server: after each query string the settings must be those that SHOW says.
func TestSettingsFollowPostgreSQL(t *testing.T) {
	ctx := context.Background()
	dsn := clustertest.DSN(t)
	startup := Values{SearchPath: "s0", Purpose: "p0", Reason: "r0", Notices: "n0"}
	parameters := fmt.Sprintf("&search_path=%s&%s=%s&%s=%s&%s=%s", startup.SearchPath, SettingPurpose, startup.Purpose,
		SettingReason, startup.Reason, SettingNotices, startup.Notices)
	if !strings.Contains(dsn, "?") {
		parameters = "?" + parameters[1:]
	}
	conn := connect(t, dsn+parameters)
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		if _, err := conn.PgConn().Exec(ctx, "ROLLBACK; DISCARD ALL").ReadAll(); err == nil {
			t.Fatal("DISCARD ALL runs in a string of two statements")
		}
		for _, sql := range []string{"ROLLBACK", "DISCARD ALL"} {
			if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
		settings := NewSettings(startup)
		var history []string
		for range 40 {
			var steps []step
			var texts []string
			for range 1 + max(0, rnd.IntN(6)-2) {
				s := randomStep(rnd)
				switch s.sql {
				case "RESET ALL":
					s.effect.Kind = EffectResetAll
				case "DISCARD ALL":
					s.effect.Kind = EffectDiscardAll
				}
				steps, texts = append(steps, s), append(texts, s.sql)
			}
			text := strings.Join(texts, "; ")
			history = append(history, text)
			results, err := conn.PgConn().Exec(ctx, text).ReadAll()
			for i, r := range results {
				if r.Err != nil || i >= len(steps) {
					break
				}
				e := steps[i].effect
				if e.Kind == EffectCommit && r.CommandTag.String() == "ROLLBACK" { // of a failed transaction
					e.Kind = EffectRollback
				}
				settings.Apply(e)
			}
			if err != nil {
				settings.Fail()
			}
			status := conn.PgConn().TxStatus()
			settings.Ready(status)
			if settings.InBlock() != (status != 'I') {
				t.Fatalf("seed %d: after\n%s\nInBlock is %t, the status is %c", seed, strings.Join(history, "\n"), settings.InBlock(), status)
			}
			if status == 'E' {
				continue // nothing can be shown
			}
			const show = "SELECT current_setting('search_path'), current_setting('pgscrim.purpose'), current_setting('pgscrim.reason'), current_setting('pgscrim.notices')"
			shownRows, err := conn.PgConn().Exec(ctx, show).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			r := shownRows[0].Rows[0]
			shown := Values{SearchPath: string(r[0]), Purpose: string(r[1]), Reason: string(r[2]), Notices: string(r[3])}
			if got := settings.Values(); got != shown {
				t.Fatalf("seed %d: after\n%s\nsettings are %+v, the server says %+v", seed, strings.Join(history, "\n"), got, shown)
			}
		}
	}
}

// TestSettingsClone shows that a clone shares nothing.
func TestSettingsClone(t *testing.T) {
	s := NewSettings(Values{Purpose: "a"})
	s.Apply(Effect{Kind: EffectBegin})
	s.Apply(Effect{Kind: EffectSavepoint, Name: "x"})
	c := s.Clone()
	c.Apply(Effect{Kind: EffectSet, Name: SettingPurpose, Value: "b"})
	c.Apply(Effect{Kind: EffectSavepoint, Name: "y"})
	c.Apply(Effect{Kind: EffectRollbackTo, Name: "x"})
	c.Apply(Effect{Kind: EffectSet, Name: SettingPurpose, Value: "c"})
	s.Apply(Effect{Kind: EffectSavepoint, Name: "z"})
	if s.Values().Purpose != "a" || c.Values().Purpose != "c" || c.find("z") >= 0 {
		t.Errorf("%+v, %+v", s, c)
	}
}
