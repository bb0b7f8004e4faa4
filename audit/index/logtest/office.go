package logtest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/pgscrim/pgscrim/audit"
)

// shape is a statement that somebody asks again and again, with other constants.
type shape struct {
	text      string // %d is a customer, %s a word
	relations []string
	columns   []audit.Column
	hidden    []audit.HiddenRows
	rows      int // that it returns at most
}

// regions are those of the simulated policy; rows of pipl are hidden from marketers, and masked for all but the officer.
var regions = []string{"gdpr", "uk-gdpr", "lgpd", "appi", "pipl", "pdpa-sg", "dpdp", "ccpa", "unknown"}

// office is who asks what.
type office struct {
	role, purpose string
	users         int
	weight        int // of its statements among all
	shapes        []shape
	direct        bool
}

func column(table, name, class, mask string, shown, masked []string) audit.Column {
	c := audit.Column{Relation: table, Column: name, Class: class, Shown: shown, Masked: masked, Mask: mask, Rules: []string{"everyone-else"}}
	switch {
	case mask == "":
		c.Action, c.Rules = "show", []string{"service-sees-contacts"}
	case len(shown) > 0:
		c.Action = "show/mask"
	default:
		c.Action = "mask"
	}
	return c
}

const customers, orders, tickets, scores = "crm.customers", "crm.orders", "crm.tickets", "crm.churn_scores"

// offices returns those of the simulated company.
func offices() []office {
	most := append(append([]string(nil), regions[:4]...), regions[5:]...) // all but pipl
	name := column(customers, "full_name", "identity", "pseudonym", nil, nil)
	email := column(customers, "email", "contact", "email", most, []string{"pipl"})
	born := column(customers, "birth_date", "quasi", "year", nil, nil)
	income := column(customers, "monthly_income", "financial", "bucket(1000)", nil, nil)
	seenName := column(customers, "full_name", "identity", "", nil, nil)
	seenMail := column(customers, "email", "contact", "", nil, nil)
	seenPhone := column(customers, "phone", "contact", "", nil, nil)
	address := column(orders, "ship_address", "contact", "partial", nil, nil)
	notes := column(tickets, "body", "free_text", "scrub", nil, nil)
	consented := column(customers, "email", "contact", "", most, nil)
	noChina := []audit.HiddenRows{{Relation: customers, Rules: []string{"opt-out-is-invisible"}, Regions: []string{"pipl"}}}
	return []office{
		{role: "support", purpose: "customer_service", users: 40, weight: 55, shapes: []shape{
			{"SELECT full_name, email, phone FROM crm.customers WHERE id = %d", []string{customers}, []audit.Column{seenName, seenMail, seenPhone}, nil, 1},
			{"SELECT o.id, o.placed_at, o.ship_address FROM crm.orders o WHERE o.customer_id = %d ORDER BY o.placed_at DESC LIMIT 20", []string{orders}, []audit.Column{address}, nil, 20},
			{"SELECT t.id, t.subject, t.body FROM crm.tickets t JOIN crm.customers c ON c.id = t.customer_id WHERE c.id = %d", []string{customers, tickets}, []audit.Column{notes}, nil, 8},
			{"SELECT id, full_name FROM crm.customers WHERE full_name ILIKE '%%%s%%' LIMIT 50", []string{customers}, []audit.Column{seenName}, nil, 50},
			{"UPDATE crm.tickets SET status = 'closed' WHERE customer_id = %d AND status = 'open'", []string{tickets}, nil, nil, 1},
		}},
		{role: "analyst", purpose: "reporting", users: 25, weight: 25, shapes: []shape{
			{"SELECT country, count(*), avg(monthly_income) FROM crm.customers GROUP BY country ORDER BY 2 DESC", []string{customers}, []audit.Column{income}, nil, 60},
			{"SELECT date_trunc('month', o.placed_at) AS month, sum(o.total) FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id WHERE c.country = '%s' GROUP BY 1", []string{customers, orders}, nil, nil, 24},
			{"SELECT c.id, c.full_name, c.email, c.birth_date FROM crm.customers c WHERE c.id BETWEEN %d AND %d", []string{customers}, []audit.Column{name, email, born}, nil, 900},
			{"WITH spend AS (SELECT customer_id, sum(total) AS total FROM crm.orders GROUP BY customer_id) SELECT c.country, percentile_cont(0.5) WITHIN GROUP (ORDER BY spend.total) FROM spend JOIN crm.customers c ON c.id = spend.customer_id WHERE c.city <> '%s' GROUP BY c.country", []string{customers, orders}, nil, nil, 60},
		}},
		{role: "marketer", purpose: "campaign", users: 10, weight: 8, shapes: []shape{
			{"SELECT email FROM crm.customers WHERE country = '%s' AND id > %d ORDER BY id LIMIT 500", []string{customers}, []audit.Column{consented}, noChina, 500},
		}},
		{role: "miner", purpose: "churn_model", users: 4, weight: 8, shapes: []shape{
			{"SELECT c.id, c.birth_date, c.monthly_income FROM crm.customers c WHERE c.id %% 97 = %d", []string{customers}, []audit.Column{born, income}, noChina, 4000},
			{"INSERT INTO crm.churn_scores SELECT id, random() FROM crm.customers WHERE id = %d", []string{customers, scores}, nil, noChina, 1},
		}},
		{role: "dpo", purpose: "reporting", users: 2, weight: 1, shapes: []shape{
			{"SELECT * FROM crm.customers WHERE id = %d", []string{customers}, []audit.Column{seenName, seenMail, seenPhone, income, born}, nil, 1},
		}},
		{role: "dba", users: 2, weight: 3, direct: true, shapes: []shape{
			{"SELECT pid, state, query FROM pg_stat_activity WHERE datname = '%s'", nil, nil, nil, 30},
		}},
	}
}

// fill puts constants into a statement.
func (s *shape) fill(rng *rand.Rand) string {
	args := make([]any, 0, 2)
	for i := 0; i+1 < len(s.text); i++ {
		switch s.text[i : i+2] {
		case "%%":
			i++
		case "%d":
			args = append(args, rng.IntN(2_000_000))
		case "%s":
			args = append(args, words[rng.IntN(len(words))])
		}
	}
	return fmt.Sprintf(s.text, args...)
}

var words = strings.Fields(`Berlin Paris Tokyo Lima Austin Leeds Porto Osaka Quito Cairo Delhi Mumbai Seoul Hanoi Turin Genoa Lyon Ghent Graz Basel
	anna lehmann juan huang jack taylor maria silva kenji sato priya nair omar haddad lucia rossi emma dubois lars jensen`)
