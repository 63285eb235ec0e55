package main

import (
	"context"
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/commands/common"
	"github.com/argoproj/argo-workflows/v4/cmd/argo/lint"
	"github.com/argoproj/argo-workflows/v4/pkg/apiclient"
)

func lintFiles(files []string) (int, error) {
	common.NoColor = true
	ctx, client, err := apiclient.NewClientFromOptsWithContext(context.Background(), apiclient.Opts{
		Offline: true, OfflineFiles: files, LogLevel: "error",
	})
	if err != nil {
		return 2, err
	}
	options := lint.LintOptions{Files: files, Strict: true, Printer: os.Stdout}
	kinds := []string{"workflows", "workflowtemplates", "cronworkflows", "clusterworkflowtemplates"}
	// It leaves the program with 1 when a file does not pass.
	if err := lint.RunLint(ctx, client, kinds, "simple", true, options); err != nil {
		return 2, err
	}
	return 0, nil
}
