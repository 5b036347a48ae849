// Checks files of the examples with the code of those who read them: go run . job FILE, go run . dockerfile FILE.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	batchv1 "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: job FILE | dockerfile FILE")
	}
	data, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	switch os.Args[1] {
	case "job":
		err = checkJob(data)
	case "dockerfile":
		err = checkDockerfile(data)
	default:
		err = fmt.Errorf("unknown check %q", os.Args[1])
	}
	if err != nil {
		log.Fatal(err)
	}
}

func checkJob(data []byte) error {
	var job batchv1.Job
	if err := yaml.UnmarshalStrict(data, &job); err != nil {
		return err
	}
	if job.APIVersion != "batch/v1" || job.Kind != "Job" {
		return fmt.Errorf("it is a %s %s", job.APIVersion, job.Kind)
	}
	fmt.Println(*job.Spec.CompletionMode, *job.Spec.Completions)
	return nil
}

func checkDockerfile(data []byte) error {
	result, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return err
	}
	var warnings []string
	lint := linter.New(&linter.Config{
		Warn: func(rule, _, _, message string, _ []parser.Range) {
			warnings = append(warnings, rule+": "+message)
		},
	})
	stages, _, err := instructions.Parse(result.AST, lint)
	if err != nil {
		return err
	}
	if len(warnings) > 0 {
		return fmt.Errorf("%v", warnings)
	}
	for _, command := range stages[len(stages)-1].Commands {
		if user, ok := command.(*instructions.UserCommand); ok {
			fmt.Println("USER", user.User)
		}
	}
	return nil
}
