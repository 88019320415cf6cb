{{- define "sentry-exporter.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "sentry-exporter.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sentry-exporter.metadata" -}}
name: {{ include "sentry-exporter.name" . }}
{{ include "sentry-exporter.place" . }}
{{- end }}

{{- define "sentry-exporter.place" -}}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "sentry-exporter.labels" . | nindent 2 }}
{{- end }}

{{- define "sentry-exporter.labels" -}}
{{ include "sentry-exporter.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The same for an object of the Prometheus Operator. */}}
{{- define "sentry-exporter.monitoring" -}}
{{ include "sentry-exporter.metadata" . }}
{{- with .Values.monitoringLabels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "sentry-exporter.serviceAccount" -}}
{{- $own := ternary (include "sentry-exporter.name" .) "default" .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default $own }}
{{- end }}

{{- define "sentry-exporter.tokenSecret" -}}
{{- if .Values.sentry.existingSecret }}{{ .Values.sentry.existingSecret }}
{{- else if .Values.sentry.token }}{{ include "sentry-exporter.name" . }}
{{- end }}
{{- end }}

{{- define "sentry-exporter.configMap" -}}
{{- if .Values.existingConfigMap }}{{ .Values.existingConfigMap }}
{{- else if .Values.config }}{{ include "sentry-exporter.name" . }}
{{- end }}
{{- end }}

{{- define "sentry-exporter.webSecret" -}}
{{- if .Values.existingWebConfigSecret }}{{ .Values.existingWebConfigSecret }}
{{- else if .Values.webConfig }}{{ include "sentry-exporter.name" . }}-web
{{- end }}
{{- end }}

{{- define "sentry-exporter.scheme" -}}
{{- $own := ternary "https" "http" (hasKey .Values.webConfig "tls_server_config") }}
{{- .Values.webScheme | default $own }}
{{- end }}

{{- define "sentry-exporter.address" -}}
{{ include "sentry-exporter.name" . }}.{{ .Release.Namespace }}.svc:{{ .Values.service.port }}
{{- end }}

{{- define "sentry-exporter.image" -}}
{{- with .Values.image }}
{{- .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "sentry-exporter.tokenKey" -}}
{{- if .Values.sentry.existingSecret }}{{ .Values.sentry.existingSecretKey }}{{ else }}token{{ end }}
{{- end }}

{{- define "sentry-exporter.claim" -}}
{{- .Values.persistence.existingClaim | default (include "sentry-exporter.name" .) }}
{{- end }}

{{- define "sentry-exporter.targets" -}}
{{ include "sentry-exporter.scheme" . }}://{{ include "sentry-exporter.address" . }}/sd
{{- with .Values.scrapeConfig.query }}?{{ . }}{{ end }}
{{- end }}

{{- /* With users or client certificates the kubelet is not let in. */}}
{{- define "sentry-exporter.probes" -}}
{{- $tls := .Values.webConfig.tls_server_config | default dict }}
{{- $guarded := or .Values.existingWebConfigSecret .Values.webConfig.basic_auth_users $tls.client_auth_type $tls.client_ca_file $tls.client_ca }}
{{- range $probe, $path := dict "liveness" "healthy" "readiness" "ready" }}
{{ $probe }}Probe:
  {{- if $guarded }}
  tcpSocket: {port: http}
  {{- else }}
  httpGet:
    path: /-/{{ $path }}
    port: http
    scheme: {{ include "sentry-exporter.scheme" $ | upper }}
  {{- end }}
  timeoutSeconds: 5
{{- end }}
{{- end }}

{{- /* What the schema cannot refuse. */}}
{{- define "sentry-exporter.check" -}}
{{- if not .Values.image.repository }}
{{- fail "set image.repository to where your image is: none is published; docs/install.md has how to build it" }}
{{- end }}
{{- if and .Values.sentry.token .Values.sentry.existingSecret }}
{{- fail "set sentry.existingSecret or sentry.token, not both" }}
{{- end }}
{{- if and .Values.config .Values.existingConfigMap }}
{{- fail "set existingConfigMap or config, not both" }}
{{- end }}
{{- if and .Values.webConfig .Values.existingWebConfigSecret }}
{{- fail "set existingWebConfigSecret or webConfig, not both" }}
{{- end }}
{{- if and (gt (int .Values.replicaCount) 1) .Values.service.create }}
{{- fail "replicaCount is more than 1: a Service sends scrapes to one or the other, and two ages of one counter look like resets, which rate() counts again. One replica is back within seconds. For several organizations install the chart for each; for two replicas set service.create: false and balance by a hash of the parameter target" }}
{{- end }}
{{- if and (gt (int .Values.replicaCount) 1) .Values.persistence.enabled (not (has "ReadWriteMany" .Values.persistence.accessModes)) }}
{{- fail "replicaCount is more than 1 and they share the volume: set persistence.accessModes: [ReadWriteMany]" }}
{{- end }}
{{- if not .Values.service.create }}
{{- range list "serviceMonitor" "scrapeConfig" "probe" }}
{{- if (index $.Values .).enabled }}
{{- fail (printf "%s.enabled needs service.create: true; write the object for your own balancer" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.scrapeConfig.enabled .Values.probe.enabled }}
{{- fail "enable scrapeConfig or probe, not both: each scrapes every organization" }}
{{- end }}
{{- if and .Values.probe.enabled (not .Values.sentry.organizations) }}
{{- fail "probe.enabled needs sentry.organizations: it scrapes those; scrapeConfig.enabled finds them" }}
{{- end }}
{{- end }}
