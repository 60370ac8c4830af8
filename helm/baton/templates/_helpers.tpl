{{/* Name of the chart's resources. */}}
{{- define "baton.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels that select every pod of the release; they never change. */}}
{{- define "baton.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "baton.labels" -}}
{{ include "baton.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "baton.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{- end -}}
{{- end -}}

{{- define "baton.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}{{ default (include "baton.fullname" .) .Values.serviceAccount.name }}
{{- else -}}{{ default "default" .Values.serviceAccount.name }}{{- end -}}
{{- end -}}

{{/* A value as text. Numbers of a values file are floats, which toString and quote write as 5e+06. */}}
{{- define "baton.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end -}}

{{/* Nobody needs more than this: no root, no writes to the image, no capability. */}}
{{- define "baton.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "baton.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* What places the pods, of roles and job alike. */}}
{{- define "baton.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Fewest pods of a role, whoever decides: replicas or an autoscaler. Takes the role's values. */}}
{{- define "baton.minReplicas" -}}
{{- if .autoscaling.hpa.enabled }}{{ .autoscaling.hpa.minReplicas }}
{{- else if (.autoscaling.keda | default dict).enabled }}{{ .autoscaling.keda.minReplicas }}
{{- else }}{{ .replicas }}{{ end -}}
{{- end -}}

{{- define "baton.maxReplicas" -}}
{{- if .autoscaling.hpa.enabled }}{{ .autoscaling.hpa.maxReplicas }}
{{- else if (.autoscaling.keda | default dict).enabled }}{{ .autoscaling.keda.maxReplicas }}
{{- else }}{{ .replicas }}{{ end -}}
{{- end -}}

{{/* Ports of a list of host:port, as JSON list. Takes dict "hosts" list "default" port. */}}
{{- define "baton.ports" -}}
{{- $ports := list -}}
{{- range .hosts -}}
{{- $found := regexFind ":[0-9]+$" (trim .) | trimPrefix ":" -}}
{{- $ports = append $ports (int (default (toString $.default) $found)) -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}
