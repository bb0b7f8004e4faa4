package rewrite

import "testing"

// TestReads checks which statements may run while their audit records are on the way to the disk.
func TestReads(t *testing.T) {
	rw, _ := setup(t)
	session := rw.as("analyst")
	for sql, want := range map[string]bool{
		"SELECT 1":                      true,
		"VALUES (1)":                    true,
		"SELECT upper('x'), now()":      true,
		"EXPLAIN SELECT 1":              true,
		"COPY (SELECT 1) TO STDOUT":     true,
		"DECLARE c CURSOR FOR SELECT 1": true,
		"FETCH c":                       true,
		"PREPARE p AS SELECT 1":         true,
		"EXECUTE p":                     true,
		"SHOW search_path":              true,
		"BEGIN":                         true,
		"SELECT random()":               false, // volatile: who knows
		"SELECT set_config('work_mem', '1', false)": false,
		"SELECT 1 INTO TEMP x":                      false,
		"CREATE TEMP TABLE x (a int)":               false,
		"COMMIT":                                    false,
		"SET work_mem = '1MB'":                      false,
		"LISTEN x":                                  false,
	} {
		a := rw.Rewrite(sql, session)
		if refusal := refusalIn(a); refusal != nil {
			t.Errorf("%s is refused: %+v", sql, refusal)
		} else if got := a.Statements[0].Reads; got != want {
			t.Errorf("%s: reads only: %v, want %v", sql, got, want)
		}
	}
	session.Settings.Apply(rw.Rewrite("CREATE TEMP TABLE x (a int)", session).Statements[0].Effect)
	for _, sql := range []string{"INSERT INTO pg_temp.x SELECT 1", "WITH w AS (DELETE FROM pg_temp.x RETURNING 1) SELECT * FROM w",
		"EXPLAIN ANALYZE INSERT INTO pg_temp.x SELECT 1", "PREPARE w AS DELETE FROM pg_temp.x", "COPY pg_temp.x FROM STDIN"} {
		a := rw.Rewrite(sql, session)
		if refusal := refusalIn(a); refusal != nil {
			t.Errorf("%s is refused: %+v", sql, refusal)
		} else if a.Statements[0].Reads {
			t.Errorf("%s counts as a statement that only reads", sql)
		}
	}
}

// refusalIn is the refusal of a string of one statement.
func refusalIn(a *Answer) *Refusal {
	if a.Refusal != nil {
		return a.Refusal
	}
	return a.Statements[0].Refusal
}
