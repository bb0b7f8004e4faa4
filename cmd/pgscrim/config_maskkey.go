package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
)

// minMaskKeyBytes is the key length of HMAC-SHA-256: a shorter key is the weakest part of a keyed mask.
const minMaskKeyBytes = 32

const makeMaskKey = "make one with: (umask 077; openssl rand -hex 32 > mask.key)"

// readMaskKey reads the secret of keyed masks: hex, base64 or raw bytes.
func readMaskKey(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("mask key: %w (%s)", err, makeMaskKey)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		return nil, fmt.Errorf("mask key: %s has mode %04o, every user of this machine may get at it (chmod 600 %s)", file, mode, file)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("mask key: %w", err)
	}
	key := decodeMaskKey(content)
	if len(key) < minMaskKeyBytes {
		return nil, fmt.Errorf("mask key: %s holds %d bytes, at least %d are needed (%s)", file, len(key), minMaskKeyBytes, makeMaskKey)
	}
	return key, nil
}

// decodeMaskKey takes text that is hex or base64 as such, whatever its length: 32 hex digits are 16 bytes of secret,
// not 32. Anything else is the key itself.
func decodeMaskKey(content []byte) []byte {
	text := string(bytes.TrimSpace(content))
	if key, err := hex.DecodeString(text); err == nil {
		return key
	}
	if key, err := base64.StdEncoding.DecodeString(text); err == nil {
		return key
	}
	return content
}
