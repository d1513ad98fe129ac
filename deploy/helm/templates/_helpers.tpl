{{/* Name of the chart, or what stands in its place. */}}
{{- define "canal-bridge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of all objects: the release's, with the chart's unless the release is named after it. */}}
{{- define "canal-bridge.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "canal-bridge.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "canal-bridge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "canal-bridge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "canal-bridge.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "canal-bridge.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "canal-bridge.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "canal-bridge.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* A digest names one image for good, so it wins over the tag. */}}
{{- define "canal-bridge.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* A tree without its nulls and empty maps, as JSON. */}}
{{- define "canal-bridge.pruned" -}}
{{- $result := dict -}}
{{- range $key, $value := . -}}
{{- if kindIs "map" $value -}}
{{- $inner := include "canal-bridge.pruned" $value | fromJson -}}
{{- if $inner -}}
{{- $_ := set $result $key $inner -}}
{{- end -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $_ := set $result $key $value -}}
{{- end -}}
{{- end -}}
{{- $result | toJson -}}
{{- end -}}

{{/* The secrets that are given, as JSON: of each the section and option whose ...File it becomes, its Secret, key and file. */}}
{{- define "canal-bridge.secrets" -}}
{{- $places := dict
  "canalPassword" (list "canal" "passwordFile" "canal-password")
  "sourceConnectionString" (list "source" "connectionStringFile" "source-connection-string")
  "kafkaSaslPassword" (list "kafka" "saslPasswordFile" "kafka-sasl-password")
  "envelopeColumnMaskSalt" (list "envelope" "columnMaskSaltFile" "envelope-column-mask-salt")
  "registryPassword" (list "registry" "passwordFile" "registry-password")
  "registrySslKeystorePassword" (list "registry" "sslKeystorePasswordFile" "registry-ssl-keystore-password")
-}}
{{- $given := list -}}
{{- range $name, $place := $places -}}
{{- $secret := index $.Values.secrets $name -}}
{{- if $secret.name -}}
{{- $given = append $given (dict "value" $name "section" (index $place 0) "option" (index $place 1) "file" (index $place 2) "name" $secret.name "key" $secret.key) -}}
{{- end -}}
{{- end -}}
{{- dict "given" $given | toJson -}}
{{- end -}}

{{/* appsettings.json: the options that are set, and the files of the secrets. */}}
{{- define "canal-bridge.appsettings" -}}
{{- $config := include "canal-bridge.pruned" .Values.config | fromJson -}}
{{- range (include "canal-bridge.secrets" . | fromJson).given -}}
{{- $section := default dict (index $config .section) -}}
{{- $_ := set $section .option (printf "/etc/canal-bridge/secrets/%s" .file) -}}
{{- $_ := set $config .section $section -}}
{{- end -}}
{{- $config | toPrettyJson -}}
{{- end -}}

{{/* A duration such as 00:00:30, 00:00:00.050 or 1.00:00:00 in whole seconds, rounded up. */}}
{{- define "canal-bridge.seconds" -}}
{{- $days := 0 -}}
{{- $time := . -}}
{{- if regexMatch "^[0-9]+\\.[0-9]{2}:" . -}}
{{- $days = regexFind "^[0-9]+" . | atoi -}}
{{- $time = regexReplaceAll "^[0-9]+\\." . "" -}}
{{- end -}}
{{- $parts := splitList ":" $time -}}
{{- $seconds := splitList "." (index $parts 2) -}}
{{- $more := ternary 1 0 (and (gt (len $seconds) 1) (regexMatch "[1-9]" (last $seconds))) -}}
{{- add (mul $days 86400) (mul (index $parts 0 | trimPrefix "0" | int) 3600) (mul (index $parts 1 | trimPrefix "0" | int) 60) (first $seconds | trimPrefix "0" | int) $more -}}
{{- end -}}

{{/* After SIGTERM the process finishes the open Kafka transaction (Delivery:StopGracePeriod), and where Kafka does not answer a call
     is given up after Kafka:TransactionTimeout. Ten seconds on top, so that it is never the kubelet that ends it. */}}
{{- define "canal-bridge.leastGracePeriod" -}}
{{- $stop := include "canal-bridge.seconds" (default "00:00:10" .Values.config.delivery.stopGracePeriod) -}}
{{- $transaction := include "canal-bridge.seconds" (default "00:00:30" .Values.config.kafka.transactionTimeout) -}}
{{- add $stop $transaction 10 -}}
{{- end -}}

{{- define "canal-bridge.gracePeriod" -}}
{{- default (include "canal-bridge.leastGracePeriod" .) .Values.terminationGracePeriodSeconds | int -}}
{{- end -}}

{{/* Port of an address such as host:9092, LISTENER://host:9092 or http://host; the second argument where it names none. */}}
{{- define "canal-bridge.portOf" -}}
{{- $address := regexReplaceAll "^[A-Za-z0-9_+.-]*://" (index . 0 | trim) "" | trimSuffix "/" -}}
{{- $port := regexFind ":[0-9]+(/|$)" $address | trimPrefix ":" | trimSuffix "/" -}}
{{- default (index . 1) $port -}}
{{- end -}}
