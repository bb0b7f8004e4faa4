package bench

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
)

// floorVariable holds the addresses of a Floor that is to run in place of the tests: where it listens, and the upstream.
const floorVariable = "PGSCRIM_BENCH_FLOOR"

// Floor runs a relay that only finds the ends of messages, if the environment asks for it: two goroutines a session, buffers of 64 kB,
// flushed when there is no more to read. No proxy in Go that frames messages can cost less. asked is false if it is not asked for.
func Floor() (asked bool, err error) {
	addresses, asked := os.LookupEnv(floorVariable)
	if !asked {
		return false, nil
	}
	var listen, upstream string
	if _, err := fmt.Sscan(addresses, &listen, &upstream); err != nil {
		return true, fmt.Errorf("%s: %w", floorVariable, err)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return true, err
	}
	for {
		client, err := l.Accept()
		if err != nil {
			return true, err
		}
		go func() {
			defer client.Close()
			server, err := net.Dial("tcp", upstream)
			if err != nil {
				return
			}
			defer server.Close()
			go func() {
				defer server.Close() // which ends the other direction, too
				_ = forward(server, client, true)
			}()
			_ = forward(client, server, false)
		}()
	}
}

// forward relays messages. The first of a client has no type.
func forward(to io.Writer, from io.Reader, startup bool) error {
	in, out := bufio.NewReaderSize(from, 64<<10), bufio.NewWriterSize(to, 64<<10)
	for {
		header := headerBytes
		if startup {
			header--
		}
		b, err := in.Peek(header)
		if err != nil {
			return err
		}
		for left := int(binary.BigEndian.Uint32(b[header-4:])) + header - 4; left > 0; {
			if in.Buffered() == 0 {
				if _, err := in.Peek(1); err != nil {
					return err
				}
			}
			b, _ := in.Peek(min(left, in.Buffered())) // which it has
			if _, err := out.Write(b); err != nil {
				return err
			}
			_, _ = in.Discard(len(b))
			left -= len(b)
		}
		startup = false
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

// headerBytes is the length of a message's type and length word.
const headerBytes = 5

// startFloor starts this program again, as a Floor in front of the cluster.
func (st *site) startFloor(ctx context.Context) (*process, string, error) {
	self, selfErr := os.Executable()
	address, addressErr := freeAddress()
	if err := errors.Join(selfErr, addressErr); err != nil {
		return nil, "", err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), floorVariable+"="+address+" "+st.address)
	p, err := startProcess(ctx, floor, address, accepts, cmd, nil)
	if err != nil {
		return nil, "", err
	}
	st.processes = append(st.processes, p)
	return p, address, nil
}
