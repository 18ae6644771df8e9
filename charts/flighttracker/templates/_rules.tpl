{{/*
The operator's permissions in a namespace that it watches: trackers, their children, and objects that explain a child's status.
tests/chart/test_rbac.py compares them with the requests of the operator's code.
*/}}
{{- define "flighttracker.rules" -}}
# Users own trackers: the operator reads them and writes only their status.
- apiGroups: [flighttracker.io]
  resources: [flighttrackers]
  verbs: [get, list, watch]
- apiGroups: [flighttracker.io]
  resources: [flighttrackers/status]
  verbs: [patch]
# Children: applied (patch also creates), watched, and pruned when they are no longer needed.
- apiGroups: [""]
  resources: [configmaps, services]
  verbs: [get, list, watch, create, patch, delete]
# Read by name only: the generated passwords, and what a tracker names. A list would show the Secrets of everybody.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [ingresses, networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
# Children whose kinds are optional in a cluster.
{{- if has "gateway.networking.k8s.io" .Values.rbac.optionalApis }}
- apiGroups: [gateway.networking.k8s.io]
  resources: [backendtlspolicies, httproutes]
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
{{- if has "keda.sh" .Values.rbac.optionalApis }}
- apiGroups: [keda.sh]
  resources: [scaledobjects]
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
{{- if has "monitoring.coreos.com" .Values.rbac.optionalApis }}
- apiGroups: [monitoring.coreos.com]
  resources: [prometheusrules, servicemonitors]
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
{{- if has "kafka.strimzi.io" .Values.rbac.optionalApis }}
- apiGroups: [kafka.strimzi.io]
  resources: [kafkanodepools, kafkas, kafkatopics, kafkausers]
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
# StatefulSets create the volume claims; the operator enlarges them and makes the tracker their owner. It deletes only empty
# ones that a StatefulSet created again while its tracker was deleted. Some clusters, such as OpenShift, let only those set an
# owner who may delete (OwnerReferencesPermissionEnforcement).
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, patch, delete]
# One Lease for each scope, so that two operators never manage the same trackers.
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [get, list, create, patch]
# Reasons why a child is not ready: pods that do not start, and events of StatefulSets that cannot create pods.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
# One of several brokers is replaced when the others are in sync, and when its PodDisruptionBudget allows it.
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
- apiGroups: [""]
  resources: [events]
  verbs: [list, create]
{{- end -}}

{{/* Cluster-scoped permissions. */}}
{{- define "flighttracker.clusterRules" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingressclasses]
  verbs: [list]
{{- end -}}

{{/* Whether this release has ClusterRoles. */}}
{{- define "flighttracker.hasClusterRoles" -}}
{{- if or (not .Values.watchNamespaces) .Values.rbac.clusterRoles -}}true{{- end -}}
{{- end -}}

{{- define "flighttracker.viewRules" -}}
- apiGroups: [flighttracker.io]
  resources: [flighttrackers, flighttrackers/status, flighttrackers/scale]
  verbs: [get, list, watch]
{{- end -}}

{{- define "flighttracker.editRules" -}}
- apiGroups: [flighttracker.io]
  resources: [flighttrackers]
  verbs: [create, delete, deletecollection, patch, update]
- apiGroups: [flighttracker.io]
  resources: [flighttrackers/scale]
  verbs: [patch, update]
{{- end -}}

{{/* What else an operator needs: the administrator of a namespace may grant only what they have. */}}
{{- define "flighttracker.adminRules" -}}
- apiGroups: [flighttracker.io]
  resources: [flighttrackers/status]
  verbs: [patch]
{{- end -}}
