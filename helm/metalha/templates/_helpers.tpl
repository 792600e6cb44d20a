{{- define "metalha.namespace" -}}
{{ .Values.namespace | default .Release.Namespace }}
{{- end }}
{{- define "metalha.labels" -}}
app.kubernetes.io/name: metalha
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
