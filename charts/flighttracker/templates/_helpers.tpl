{{- define "flighttracker.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "flighttracker.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "flighttracker.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "flighttracker.selector" -}}
app.kubernetes.io/name: flighttracker-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "flighttracker.labels" -}}
{{ include "flighttracker.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: flighttracker
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The image with this name, from the values. Arguments: context, name, override. */}}
{{- define "flighttracker.image" -}}
{{- $root := index . 0 -}}
{{- $tag := $root.Values.image.tag | default $root.Chart.AppVersion -}}
{{- index . 2 | default (printf "%s/%s:%s" $root.Values.image.prefix (index . 1) $tag) -}}
{{- end -}}
