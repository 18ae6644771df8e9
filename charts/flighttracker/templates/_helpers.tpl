{{- define "flighttracker.name" -}}
{{- .Values.nameOverride | default .Chart.Name -}}
{{- end -}}

{{- define "flighttracker.fullname" -}}
{{- $name := include "flighttracker.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of objects outside the release's namespace: two namespaces may have releases of the same name. */}}
{{- define "flighttracker.outsideName" -}}
{{- printf "%s-%s" .Release.Namespace (include "flighttracker.fullname" .) -}}
{{- end -}}

{{- define "flighttracker.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "flighttracker.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "flighttracker.selector" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default "flighttracker-operator" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "flighttracker.ownLabels" -}}
{{ include "flighttracker.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: flighttracker
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Labels of every object; the chart's own win. */}}
{{- define "flighttracker.labels" -}}
{{- merge (include "flighttracker.ownLabels" . | fromYaml) .Values.commonLabels | toYaml -}}
{{- end -}}

{{/* Name, labels and annotations of an object. Arguments: context, name, namespace ("" if it has none), more labels. */}}
{{- define "flighttracker.metadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
{{- with index . 2 }}
namespace: {{ . }}
{{- end }}
labels:
  {{- $more := dict }}
  {{- if gt (len .) 3 }}
    {{- $more = index . 3 }}
  {{- end }}
  {{- merge (include "flighttracker.labels" $root | fromYaml) $more | toYaml | nindent 2 }}
{{- with $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The name of an image in the registry of `global.imageRegistry`, if there is one. Arguments: context, name. */}}
{{- define "flighttracker.mirrored" -}}
{{- $mirror := (index . 0).Values.global.imageRegistry -}}
{{- $image := index . 1 -}}
{{- if $mirror -}}
{{- /* The first part of a name is a registry if it has a dot or a port. */}}
{{- printf "%s/%s" $mirror (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $image "") -}}
{{- else -}}
{{- $image -}}
{{- end -}}
{{- end -}}

{{/* One of the project's images. Arguments: context, name. */}}
{{- define "flighttracker.image" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := $root.Values.image -}}
{{- $path := list $values.registry $values.repository $name | compact | join "/" -}}
{{- $digest := index $values.digests $name -}}
{{- $own := ternary (printf "%s@%s" $path $digest) (printf "%s:%s" $path ($values.tag | default $root.Chart.AppVersion)) (ne $digest "") -}}
{{- include "flighttracker.mirrored" (list $root (index $values $name | default $own)) -}}
{{- end -}}
