// Command argo is what the rig needs of Argo Workflows beside its two servers:
// Argo's own offline linter, and its manifests as JSON.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 2 {
		if run, known := commands[os.Args[1]]; known {
			code, err := run(os.Args[2:])
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			os.Exit(code)
		}
	}
	fmt.Fprintln(os.Stderr, "usage: argo lint|json FILE...")
	os.Exit(2)
}

var commands = map[string]func(files []string) (int, error){
	"lint": lintFiles,
	"json": printJSON,
}
