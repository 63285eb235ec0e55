// Command server is Argo's own command line, of which the rig needs `argo server`.
package main

import (
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/commands"
)

func main() {
	if err := commands.NewCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
