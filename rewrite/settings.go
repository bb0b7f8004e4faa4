package rewrite

import (
	"slices"
	"strings"
)

// Values are the settings, and the names of the session's own making, that decide how a statement is understood.
// They are comparable, and so part of the cache key.
type Values struct {
	SearchPath string // as in SHOW search_path
	Purpose    string // pgscrim.purpose
	Reason     string // pgscrim.reason
	Notices    string // pgscrim.notices: off, on or verbose
	Temporary  temporary
	Fresh      fresh
}

// Settings follow the values of one session through transactions and savepoints, as
// PostgreSQL's guc.c does: SET is undone when its (sub)transaction rolls back, SET LOCAL also
// when it commits. The zero value has an empty search path and no purpose.
type Settings struct {
	startup Values // what RESET returns to
	session Values // what a commit leaves
	current Values // what is in force, SET LOCAL included
	frames  []settingFrame
	inBlock bool
}

// settingFrame is the state to return to when a transaction or savepoint rolls back.
// The first frame of a transaction has no savepoint name.
type settingFrame struct {
	savepoint        string
	session, current Values
}

// NewSettings returns the settings of a session that has just started with the given values.
func NewSettings(startup Values) Settings {
	s := Settings{startup: startup, session: startup, current: startup}
	s.restart()
	return s
}

// Values returns the values in force.
func (s *Settings) Values() Values { return s.current }

// InBlock reports whether the session is in a transaction block.
func (s *Settings) InBlock() bool { return s.inBlock }

// Clone returns a copy that shares nothing with s.
func (s *Settings) Clone() Settings {
	c := *s
	c.frames = slices.Clone(s.frames)
	return c
}

// Apply follows a statement that has succeeded.
func (s *Settings) Apply(e Effect) {
	switch e.Kind {
	case EffectSet:
		s.set(e)
	case EffectResetAll:
		s.session, s.current = s.reset(s.session), s.reset(s.current)
	case EffectDiscardAll:
		made := s.session.Fresh
		s.session, s.current = s.startup, s.startup
		s.session.Fresh, s.current.Fresh = made, made
		s.restart()
	case EffectCreateTemporary:
		s.current.Temporary = s.current.Temporary.with(e.Name, e.Columns())
		if !e.Local {
			s.session.Temporary = s.session.Temporary.with(e.Name, e.Columns())
		}
	case EffectDropTemporary:
		for _, name := range strings.Split(e.Name, temporaryNames) {
			s.current.Temporary, s.session.Temporary = s.current.Temporary.without(name), s.session.Temporary.without(name)
		}
	case EffectAlterTemporary:
		s.current.Temporary, s.session.Temporary = s.current.Temporary.altered(e.Name, e.Value), s.session.Temporary.altered(e.Name, e.Value)
	case EffectCreateTable:
		s.current.Fresh, s.session.Fresh = s.current.Fresh.plus(fresh(e.Name)), s.session.Fresh.plus(fresh(e.Name))
	case EffectDropTable:
		s.current.Fresh, s.session.Fresh = s.current.Fresh.dropped(fresh(e.Name)), s.session.Fresh.minus(fresh(e.Name))
	case EffectDiscardTemporary:
		s.current.Temporary, s.session.Temporary = "", ""
	case EffectBegin:
		s.inBlock = true
	case EffectCommit:
		s.current = s.session
		s.inBlock = e.Chain && s.inBlock
		s.restart()
	case EffectRollback:
		if len(s.frames) > 0 {
			s.session = s.frames[0].session
		}
		s.current = s.session
		s.inBlock = e.Chain && s.inBlock
		s.restart()
	case EffectSavepoint:
		s.frames = append(s.frames, settingFrame{savepoint: e.Name, session: s.session, current: s.current})
	case EffectRelease:
		if i := s.find(e.Name); i > 0 {
			s.frames = s.frames[:i]
		}
	case EffectRollbackTo:
		if i := s.find(e.Name); i > 0 {
			s.frames = s.frames[:i+1] // the savepoint itself stays
			s.session, s.current = s.frames[i].session, s.frames[i].current
		}
	default: // the other effects do not touch settings
	}
}

// Fail follows a statement that has failed: what its transaction or savepoint had set is undone.
func (s *Settings) Fail() {
	if n := len(s.frames); n > 0 {
		s.session, s.current = s.frames[n-1].session, s.frames[n-1].current
	}
}

// Ready follows a ReadyForQuery with the given transaction status ('I', 'T' or 'E'):
// an implicit transaction has ended when the session is idle.
func (s *Settings) Ready(status byte) {
	if status == 'I' {
		s.inBlock = false
		s.current = s.session
		s.restart()
		return
	}
	s.inBlock = true
}

// reset returns the values after RESET ALL.
func (s *Settings) reset(v Values) Values {
	temporary, fresh := v.Temporary, v.Fresh
	v = s.startup
	v.Temporary, v.Fresh = temporary, fresh
	return v
}

func (s *Settings) restart() {
	s.frames = append(s.frames[:0:0], settingFrame{session: s.session, current: s.current})
}

func (s *Settings) find(savepoint string) int {
	for i := len(s.frames) - 1; i > 0; i-- {
		if s.frames[i].savepoint == savepoint {
			return i
		}
	}
	return -1
}

func (s *Settings) set(e Effect) {
	to := func(v *Values, value string) {
		switch e.Name {
		case SettingSearchPath:
			v.SearchPath = value
		case SettingPurpose:
			v.Purpose = value
		case SettingReason:
			v.Reason = value
		case SettingNotices:
			v.Notices = value
		}
	}
	value := e.Value
	if e.Default {
		switch e.Name {
		case SettingSearchPath:
			value = s.startup.SearchPath
		case SettingPurpose:
			value = s.startup.Purpose
		case SettingReason:
			value = s.startup.Reason
		case SettingNotices:
			value = s.startup.Notices
		}
	}
	to(&s.current, value)
	if !e.Local {
		to(&s.session, value)
	}
}

// The settings that the rewriter follows. The pgscrim ones are placeholders upstream
// (two-part names are legal on any server), so SHOW, current_setting and rollback work there too.
const (
	SettingSearchPath = "search_path"
	SettingPurpose    = "pgscrim.purpose"
	SettingReason     = "pgscrim.reason"
	SettingNotices    = "pgscrim.notices"
	SettingCaller     = "pgscrim.caller" // set by the proxy at startup, read-only to clients
	SettingRoles      = "pgscrim.roles"  // likewise
	SettingPolicy     = "pgscrim.policy" // answered from the policy in force
)
