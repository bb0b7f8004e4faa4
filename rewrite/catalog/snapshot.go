package catalog

// Snapshot is the catalog at one moment. It is immutable and safe for concurrent use.
type Snapshot struct {
	Version       string // digest of the contents: equal contents, equal version
	ServerVersion int    // server_version_num, such as 150018
	Database      string
	User          string // the upstream role that sessions run as
	SearchPath    string // the search_path that a new session of User starts with
}
