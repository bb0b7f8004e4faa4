package cluster

import (
	"maps"
	"slices"
)

// defaults are the settings of every cluster. Names and meanings: PostgreSQL manual, chapter "Server Configuration".
func defaults() map[string]string {
	return map[string]string{
		// A crash loses the data, and the data is of no value.
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
		// Bulk loads into new tables then skip the write-ahead log, and checkpoints stay out of the way.
		"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB",
		// 200 sessions of a load test and some to spare.
		"max_connections": "300",
		"shared_buffers":  "256MB", "maintenance_work_mem": "256MB",
		// Containers often have too small a /dev/shm for parallel queries.
		"dynamic_shared_memory_type": "mmap",
		// Plans follow an explicit ANALYZE and nothing else, so that two runs plan alike.
		"autovacuum": "off", "jit": "off",
		"timezone": "UTC", "log_timezone": "UTC",
	}
}

// settingArgs returns the settings as arguments of postgres, in the order of their names.
func settingArgs(settings ...map[string]string) []string {
	all := defaults()
	for _, s := range settings {
		maps.Copy(all, s)
	}
	var args []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}
