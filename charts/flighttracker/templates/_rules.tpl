{{/*
What the operator may do, and nothing else: tests/chart/test_rbac.py compares it with what the operator's code does.
In a namespace it watches: its trackers, their children, and what tells how the children are.
*/}}
{{- define "flighttracker.rules" -}}
# Trackers are people's: the operator reads them and writes their status alone.
- apiGroups: [flighttracker.io]
  resources: [flighttrackers]
  verbs: [get, list, watch]
- apiGroups: [flighttracker.io]
  resources: [flighttrackers/status]
  verbs: [patch]
# To name a tracker as the owner of its children, where a cluster asks for that (OwnerReferencesPermissionEnforcement).
- apiGroups: [flighttracker.io]
  resources: [flighttrackers/finalizers]
  verbs: [update]
# Children: applied (patch creates, too), watched, and pruned when they are no longer wanted.
- apiGroups: [""]
  resources: [configmaps, secrets, services]
  verbs: [get, list, watch, create, patch, delete]
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
# Children that exist only where somebody installed their kinds.
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [keda.sh]
  resources: [scaledobjects]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [monitoring.coreos.com]
  resources: [prometheusrules, servicemonitors]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [kafka.strimzi.io]
  resources: [kafkanodepools, kafkas, kafkatopics, kafkausers]
  verbs: [get, list, watch, create, patch, delete]
# StatefulSets make the volume claims; the operator lets them grow and never deletes one.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, patch]
# Why a child is not ready: pods that do not start, and why a StatefulSet cannot make them.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [events]
  verbs: [list, create]
{{- end -}}

{{/* What has no namespace. */}}
{{- define "flighttracker.clusterRules" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingressclasses]
  verbs: [list]
{{- end -}}
