// Compiles the validation rules of a CRD as the API server of a version of Kubernetes does for a CRD that is new to it.
//
//	rule_compiler 1.29 FILE
//
// It prints each rule that this version rejects, and ends with 1 if there is one.
package main

import (
	"fmt"
	"os"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(kubernetes, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var crd v1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(text, &crd); err != nil {
		return err
	}
	// New rules may use only what the version before knows, because the server may be rolled back.
	before := version.MustParseGeneric(kubernetes)
	before = version.MajorMinor(before.Major(), before.Minor()-1)
	rules := &rules{environment: environment.MustBaseEnvSet(before, true)}
	for _, served := range crd.Spec.Versions {
		var properties apiextensions.JSONSchemaProps
		if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(served.Schema.OpenAPIV3Schema, &properties, nil); err != nil {
			return err
		}
		structural, err := schema.NewStructural(&properties)
		if err != nil {
			return err
		}
		if err := rules.compile(structural, served.Name, true); err != nil {
			return err
		}
	}
	if len(rules.rejected) > 0 {
		return fmt.Errorf("%s", strings.Join(rules.rejected, "\n"))
	}
	fmt.Printf("%d rules\n", rules.compiled)
	return nil
}

type rules struct {
	environment *environment.EnvSet
	compiled    int
	rejected    []string
}

func (r *rules) compile(s *schema.Structural, path string, root bool) error {
	if len(s.XValidations) > 0 {
		results, err := cel.Compile(s, model.SchemaDeclType(s, root), celconfig.PerCallLimit, r.environment, cel.NewExpressionsEnvLoader())
		if err != nil {
			return err
		}
		for i, result := range results {
			r.compiled++
			for _, problem := range []*apiservercel.Error{result.Error, result.MessageExpressionError} {
				if problem != nil {
					r.rejected = append(r.rejected, fmt.Sprintf("%s: %s: %s", path, s.XValidations[i].Rule, problem))
				}
			}
		}
	}
	for name := range s.Properties {
		property := s.Properties[name]
		if err := r.compile(&property, path+"."+name, false); err != nil {
			return err
		}
	}
	if s.Items != nil {
		if err := r.compile(s.Items, path+"[]", s.Items.XEmbeddedResource); err != nil {
			return err
		}
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil {
		return r.compile(s.AdditionalProperties.Structural, path+"{}", false)
	}
	return nil
}
