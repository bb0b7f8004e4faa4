package audit

// Stats is how far a log is.
type Stats struct {
	Seq    uint64 // of the last record that it has taken
	Synced uint64 // of the last record that is on the disk for good
	Bytes  uint64 // written since it was opened
	Failed bool   // records cannot be written at the moment, see [Log.Err]
}

// Stats returns how far the log is.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Stats{Seq: l.seq, Synced: l.synced, Bytes: l.bytes, Failed: l.Err() != nil}
}

// Synced returns the Seq of the last record that is on the disk for good, whatever the options ask.
func (l *Log) Synced() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.synced
}
