package sink

import (
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestKafka breaks connections before what is asked on them is done: a fake of Kafka tells its own address, so that there is no wire to cut.
func TestKafka(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "pgscrim-audit"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	var mu sync.Mutex
	random, cuts := rand.New(rand.NewPCG(1, 2)), 0
	cluster.Control(func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		mu.Lock()
		defer mu.Unlock()
		if cuts > 0 && random.IntN(4) == 0 {
			cuts--
			return nil, errors.New("cut"), true
		}
		return nil, nil, false
	})
	cut := func(times int) {
		mu.Lock()
		defer mu.Unlock()
		cuts = times
	}
	tryDelivery(t, place{
		kind: "kafka", values: map[string]string{"address": strings.Join(cluster.ListenAddrs(), ","), "network": "tcp"},
		cut: cut,
		arrived: func() []uint64 {
			cut(0) // who reads is not what is tried
			return kafkaRecords(t, cluster)
		},
	})
}

// kafkaRecords reads all records that are committed.
func kafkaRecords(t *testing.T, cluster *kfake.Cluster) []uint64 {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics("pgscrim-audit"), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var b inbox
	for last := uint64(0); last%100 != 0 || last < 2500; { // the records are there: it is waited for the fetches
		fetches := client.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if string(r.Key) != "replica.one" {
				t.Errorf("key %q", r.Key)
			}
			b.take(r.Value)
		})
		if seqs := b.arrived(); len(seqs) > 0 {
			last = seqs[len(seqs)-1]
		}
	}
	return b.arrived()
}
