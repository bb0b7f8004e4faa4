package cluster

import (
	"context"
	"fmt"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// image is the container image for machines that have Docker but no PostgreSQL.
const image = "postgres:17-alpine"

// startContainer starts a cluster in a container, which testcontainers' reaper removes should we die.
func startContainer(ctx context.Context, opts Options) (*Cluster, error) {
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return nil, fmt.Errorf("no container engine: %w", err)
	}
	defer provider.Close()
	if err := provider.Health(ctx); err != nil {
		return nil, fmt.Errorf("no container engine: %w", err)
	}
	const port = "5432/tcp"
	password := newPassword()
	fmt.Fprintf(opts.Messages, "Starting PostgreSQL in a container (%s)\n", image)
	container, err := testcontainers.Run(ctx, image,
		testcontainers.WithEnv(map[string]string{
			"POSTGRES_PASSWORD":    password,
			"POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256",
		}),
		testcontainers.WithExposedPorts(port),
		testcontainers.WithCmd(append([]string{"postgres"}, settingArgs(opts.Settings)...)...),
		// The image starts the server twice: the first only listens on a socket, to set the password.
		testcontainers.WithWaitStrategyAndDeadline(2*time.Minute,
			wait.ForLog("database system is ready to accept connections").WithOccurrence(2),
			wait.ForListeningPort(port)),
	)
	stop := func() error { return testcontainers.TerminateContainer(container, testcontainers.StopTimeout(0)) }
	if err != nil {
		_ = stop() // the first error is the one to report
		return nil, fmt.Errorf("container %s: %w", image, err)
	}
	host, err := container.Host(ctx)
	if err != nil {
		_ = stop()
		return nil, fmt.Errorf("container %s: %w", image, err)
	}
	mapped, err := container.MappedPort(ctx, port)
	if err != nil {
		_ = stop()
		return nil, fmt.Errorf("container %s: %w", image, err)
	}
	return newCluster(host, mapped.Port(), password, stop), nil
}
