package rewrite

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestConstantsAreRead sees to it that no code reads the value of a constant but in constant.go, where that is noted: a template
// would hold for values that were never decided on.
func TestConstantsAreRead(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	reads := regexp.MustCompile(`\.Get(Ival|Fval|Sval|Boolval|Bsval|Val)\(\)|A_Const_\w+|\.(Ival|Fval|Boolval|Bsval)\b`)
	may := regexp.MustCompile(`GetString_\(\)\.GetSval\(\)|(GetResTarget\(\)|\bt)\.GetVal\(\)`) // names, and targets
	for _, path := range paths {
		if path == "constant.go" || regexp.MustCompile(`_test\.go$`).MatchString(path) {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if read := reads.Find(may.ReplaceAll(src, nil)); read != nil {
			t.Errorf("%s has %s: read constants by textConstant and the like, of constant.go", path, read)
		}
	}
}
