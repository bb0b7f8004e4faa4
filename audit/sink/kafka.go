package sink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/pgscrim/pgscrim/audit"
)

// topic is a topic of Kafka. Each batch is a transaction, which holds the position as well: as the offset that the transaction's id, as a
// group, has committed for the topic's first partition. So Kafka itself knows what has arrived, however the batch before has ended.
type topic struct {
	name, sink string
	options    []kgo.Opt

	client   *kgo.Client // nil while there is none
	id       string      // of the transactions and of the group
	replica  string      // whose records the position is about
	position uint64
}

// maxKafkaRecord leaves room for what is beside the line under the brokers' default message.max.bytes, 1,048,588.
const maxKafkaRecord = 1_000_000

func openKafka(v values) (Sink, error) {
	seeds := strings.Split(v["address"], ",")
	t := &topic{name: v["topic"], sink: v["name"], options: []kgo.Opt{
		kgo.SeedBrokers(seeds...), kgo.ClientID("pgscrim"), kgo.AllowAutoTopicCreation(), kgo.DefaultProduceTopic(v["topic"]),
		kgo.TransactionTimeout(2 * sendTimeout), kgo.RequestTimeoutOverhead(10 * time.Second),
		// From TxnOffsetCommit version 6 on, topics have other names; what is used here is older.
		kgo.MaxVersions(kversion.V3_6_0()),
	}}
	if v["network"] == "tls" {
		host, _, err := net.SplitHostPort(seeds[0])
		if err != nil {
			return nil, err
		}
		c, err := v.tls(host)
		if err != nil {
			return nil, err
		}
		if v["tls.server_name"] == "" {
			c.ServerName = "" // each broker's own
		}
		t.options = append(t.options, kgo.DialTLSConfig(c))
	}
	if user := v["user"]; user != "" {
		password := v["password"]
		switch v["mechanism"] {
		case "plain":
			t.options = append(t.options, kgo.SASL(plain.Auth{User: user, Pass: password}.AsMechanism()))
		case "scram-sha-256":
			t.options = append(t.options, kgo.SASL(scram.Auth{User: user, Pass: password}.AsSha256Mechanism()))
		default:
			t.options = append(t.options, kgo.SASL(scram.Auth{User: user, Pass: password}.AsSha512Mechanism()))
		}
	}
	return t, nil
}

// Send commits a transaction of what has not arrived of the batch.
func (t *topic) Send(ctx context.Context, batch []audit.Entry) error {
	err := t.connect(ctx, batch[0].Replica)
	if err == nil {
		err = t.send(ctx, batch)
	}
	if err != nil {
		_ = t.Close() // what is open is aborted when the id is used again
	}
	return err
}

func (t *topic) send(ctx context.Context, batch []audit.Entry) error {
	var records []*kgo.Record
	for i := range batch {
		e := &batch[i]
		if e.Replica == t.replica && e.Seq <= t.position {
			continue
		}
		line, err := shorten(e, maxKafkaRecord)
		if err != nil {
			return err
		}
		records = append(records, &kgo.Record{
			Key: []byte(e.Replica), Value: line, Timestamp: e.Time,
			Headers: []kgo.RecordHeader{{Key: "seq", Value: strconv.AppendUint(nil, e.Seq, 10)}},
		})
	}
	if len(records) == 0 {
		return nil
	}
	if err := t.client.BeginTransaction(); err != nil {
		return err
	}
	if err := t.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	last := batch[len(batch)-1].Seq
	if err := t.commitPosition(ctx, last); err != nil {
		return err
	}
	if err := t.client.EndTransaction(ctx, kgo.TryCommit); err != nil {
		return err
	}
	t.position = last
	return nil
}

// connect makes a client if there is none, which ends what another one with the same id has left open, and asks for the position.
func (t *topic) connect(ctx context.Context, replica string) (err error) {
	if t.client != nil {
		return nil
	}
	t.replica, t.id = replica, "pgscrim-"+t.sink+"-"+replica
	if t.client, err = kgo.NewClient(append(t.options[:len(t.options):len(t.options)], kgo.TransactionalID(t.id))...); err != nil {
		return err
	}
	if _, _, err := t.client.ProducerID(ctx); err != nil {
		return err
	}
	return t.fetchPosition(ctx)
}

func (t *topic) fetchPosition(ctx context.Context) error {
	req := kmsg.NewPtrOffsetFetchRequest()
	req.Group, req.RequireStable = t.id, true
	of := kmsg.NewOffsetFetchRequestTopic()
	of.Topic, of.Partitions = t.name, []int32{0}
	req.Topics = append(req.Topics, of)
	// Versions from 8 on ask for groups, several at a time.
	group := kmsg.NewOffsetFetchRequestGroup()
	group.Group = t.id
	inGroup := kmsg.NewOffsetFetchRequestGroupTopic()
	inGroup.Topic, inGroup.Partitions = t.name, []int32{0}
	group.Topics = append(group.Topics, inGroup)
	req.Groups = append(req.Groups, group)
	resp, err := req.RequestWith(ctx, t.client)
	if err != nil {
		return fmt.Errorf("position: %w", err)
	}
	t.position = 0
	codes, offsets := []int16{resp.ErrorCode}, []int64{}
	for _, topic := range resp.Topics {
		for _, p := range topic.Partitions {
			codes, offsets = append(codes, p.ErrorCode), append(offsets, p.Offset)
		}
	}
	for _, group := range resp.Groups {
		codes = append(codes, group.ErrorCode)
		for _, topic := range group.Topics {
			for _, p := range topic.Partitions {
				codes, offsets = append(codes, p.ErrorCode), append(offsets, p.Offset)
			}
		}
	}
	for _, code := range codes {
		if err := kerr.ErrorForCode(code); err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
			return fmt.Errorf("position: %w", err)
		}
	}
	for _, offset := range offsets {
		t.position = max(t.position, uint64(max(offset, 0))) // -1: none
	}
	return nil
}

// commitPosition makes the position part of the transaction.
func (t *topic) commitPosition(ctx context.Context, seq uint64) error {
	id, epoch, err := t.client.ProducerID(ctx)
	if err != nil {
		return err
	}
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = t.id, id, epoch, t.id
	added, err := add.RequestWith(ctx, t.client)
	if err == nil {
		err = kerr.ErrorForCode(added.ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("add position to transaction: %w", err)
	}
	commit := kmsg.NewPtrTxnOffsetCommitRequest()
	commit.TransactionalID, commit.Group, commit.ProducerID, commit.ProducerEpoch = t.id, t.id, id, epoch
	p := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	p.Offset, p.Metadata = int64(seq), kmsg.StringPtr("seq of the last audit record")
	of := kmsg.NewTxnOffsetCommitRequestTopic()
	of.Topic, of.Partitions = t.name, append(of.Partitions, p)
	commit.Topics = append(commit.Topics, of)
	committed, err := commit.RequestWith(ctx, t.client)
	if err != nil {
		return fmt.Errorf("commit position: %w", err)
	}
	for _, topic := range committed.Topics {
		for _, p := range topic.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return fmt.Errorf("commit position: %w", err)
			}
		}
	}
	return nil
}

func (t *topic) Close() error {
	if t.client != nil {
		t.client.Close()
		t.client = nil
	}
	return nil
}
