package clienttest

import (
	"fmt"
	"testing"
)

// TestLocks has two miners take churn scores from a queue. Rows of customers without consent to profiling are not there for them: they
// lock none of those, and do not wait for them.
func TestLocks(t *testing.T) {
	s := newSite(t)
	admin, other := connect(t, s.admin), connect(t, s.admin)
	role := column(t, connect(t, s.direct), "SELECT session_user::text")[0]
	mustExec(t, admin, "GRANT INSERT, UPDATE, DELETE ON crm.churn_scores TO "+role)
	const hidden = `customer_id NOT IN (SELECT customer_id FROM crm.consents WHERE purpose = 'profiling' AND granted AND withdrawn_at IS NULL AND (expires_at IS NULL OR expires_at > now()))`
	mustExec(t, admin, "DELETE FROM crm.churn_scores", "INSERT INTO crm.churn_scores SELECT id, 0.5, 'x', now() FROM crm.customers WHERE id <= 200")
	visible := column(t, admin, "SELECT customer_id::text FROM crm.churn_scores WHERE NOT ("+hidden+") ORDER BY customer_id")
	one := connect(t, s.as("milo", "options=-c%20pgscrim.purpose%3Dchurn_model%20-c%20pgscrim.reason%3DCRM-118"))
	two := connect(t, s.as("milo", "options=-c%20pgscrim.purpose%3Dchurn_model%20-c%20pgscrim.reason%3DCRM-118"))

	// Somebody else holds all hidden rows: nobody here notices.
	mustExec(t, other, "BEGIN", "UPDATE crm.churn_scores SET model = 'y' WHERE "+hidden)
	const all = "SELECT customer_id::text FROM crm.churn_scores WHERE 1 / score > 1 ORDER BY customer_id FOR UPDATE NOWAIT"
	if got := column(t, one, all); len(got) != len(visible) {
		t.Errorf("%d rows, want %d", len(got), len(visible))
	}
	mustExec(t, other, "ROLLBACK")

	mustExec(t, one, "BEGIN")
	if got := column(t, one, "SELECT customer_id::text FROM crm.churn_scores WHERE 1 / score > 1 ORDER BY customer_id LIMIT 1 FOR UPDATE SKIP LOCKED"); len(got) != 1 || got[0] != visible[0] {
		t.Errorf("the first takes %v, want %s", got, visible[0])
	}
	mustExec(t, two, "BEGIN")
	if got := column(t, two, "SELECT customer_id::text FROM crm.churn_scores ORDER BY customer_id LIMIT 1 FOR UPDATE SKIP LOCKED"); len(got) != 1 || got[0] != visible[1] {
		t.Errorf("the second takes %v, want %s", got, visible[1])
	}
	mustExec(t, one, "DECLARE c CURSOR FOR SELECT customer_id FROM crm.churn_scores WHERE score > 0 ORDER BY customer_id FOR UPDATE SKIP LOCKED", "FETCH 1 FROM c")
	free := "SELECT count(*)::text FROM (SELECT FROM crm.churn_scores FOR UPDATE SKIP LOCKED) x"
	if got, want := column(t, other, free)[0], len(column(t, other, "SELECT customer_id::text FROM crm.churn_scores"))-2; got != fmt.Sprint(want) {
		t.Errorf("%s rows are not locked, want %d", got, want)
	}
}
