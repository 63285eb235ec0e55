package main

import (
	"bytes"
	"os"
	"strings"

	"sigs.k8s.io/yaml"
)

// One object a line: an API server takes at most 3 MiB at once, and Argo's
// largest definition is more than that as YAML.
func printJSON(files []string) (int, error) {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 1, err
		}
		for _, document := range strings.Split(string(text), "\n---") {
			object, err := yaml.YAMLToJSON([]byte(document))
			if err != nil {
				return 1, err
			}
			if !bytes.Equal(object, []byte("null")) {
				os.Stdout.Write(append(object, '\n'))
			}
		}
	}
	return 0, nil
}
