{{/* What a schema cannot say. All mistakes are told at once, as by the program itself. */}}
{{- define "canal-bridge.guards" -}}
{{- $mistakes := list -}}
{{- $config := .Values.config -}}

{{- range list
  (list $config.canal.endpoints "config.canal.endpoints" "Canal servers, such as canal1:11111")
  (list $config.canal.destination "config.canal.destination" "the Canal instance to read")
  (list $config.kafka.bootstrapServers "config.kafka.bootstrapServers" "Kafka brokers, such as kafka1:9092")
  (list $config.topics.prefix "config.topics.prefix" "first part of the topic names, such as prod")
-}}
{{- if not (index . 0) -}}
{{- $mistakes = append $mistakes (printf "%s is not set; it is required: %s" (index . 1) (index . 2)) -}}
{{- end -}}
{{- end -}}

{{- if not (has (int .Values.replicaCount) (list 0 1)) -}}
{{- $mistakes = append $mistakes (printf "replicaCount is %d but must be 0 or 1: a destination has one writer, a second one ends the first" (int .Values.replicaCount)) -}}
{{- end -}}

{{- if eq (int $config.http.port) 0 -}}
{{- $mistakes = append $mistakes "config.http.port is 0 but must be a port from 1 on: the probes and metrics are on it" -}}
{{- end -}}
{{- if has $config.http.address (list "localhost" "127.0.0.1" "::1") -}}
{{- $mistakes = append $mistakes (printf "config.http.address is %s but must be *: the kubelet's probes come from outside the pod" $config.http.address) -}}
{{- end -}}

{{- $least := include "canal-bridge.leastGracePeriod" . | int -}}
{{- if lt (include "canal-bridge.gracePeriod" . | int) $least -}}
{{- $mistakes = append $mistakes (printf "terminationGracePeriodSeconds is %d but must be at least %d: config.delivery.stopGracePeriod and config.kafka.transactionTimeout and 10 s; leave it out to have it computed" (int .Values.terminationGracePeriodSeconds) $least) -}}
{{- end -}}

{{- range (include "canal-bridge.secrets" . | fromJson).given -}}
{{- if index (index $config .section) .option -}}
{{- $mistakes = append $mistakes (printf "config.%s.%s and secrets.%s are both set; keep one" .section .option .value) -}}
{{- end -}}
{{- end -}}

{{- range $map := list "settings" "producerSettings" -}}
{{- range $name, $value := index $config.kafka $map -}}
{{- if regexMatch "(password|secret|\\.key\\.pem|jaas)" $name -}}
{{- $mistakes = append $mistakes (printf "config.kafka.%s has %s, which would stand in a ConfigMap; set it from a Secret by extraEnv, as Kafka__%s__%s" $map $name (title $map) $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- $mistakes = append $mistakes "serviceMonitor.enabled and podMonitor.enabled are both true: every metric would be there twice; keep one" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.service.enabled) -}}
{{- $mistakes = append $mistakes "serviceMonitor.enabled is true but service.enabled is false; switch the Service on, or take podMonitor instead" -}}
{{- end -}}

{{- $budget := .Values.podDisruptionBudget -}}
{{- if and $budget.enabled (kindIs "invalid" $budget.maxUnavailable) (kindIs "invalid" $budget.minAvailable) -}}
{{- $mistakes = append $mistakes "podDisruptionBudget.enabled is true but neither maxUnavailable nor minAvailable is set; set one" -}}
{{- end -}}

{{- if .Values.networkPolicy.enabled -}}
{{- $egress := .Values.networkPolicy.egress -}}
{{- $lists := list
  (list "config.canal.endpoints" (default "" $config.canal.endpoints) "11111" "canal")
  (list "config.kafka.bootstrapServers" (default "" $config.kafka.bootstrapServers) "9092" "kafka")
-}}
{{- range $list := $lists -}}
{{- $ports := list -}}
{{- range (index $egress (index $list 3)).ports -}}{{- $ports = append $ports (int .) -}}{{- end -}}
{{- range $address := splitList "," (index $list 1) -}}
{{- if trim $address -}}
{{- $port := include "canal-bridge.portOf" (list $address (index $list 2)) -}}
{{- if not (has (int $port) $ports) -}}
{{- $mistakes = append $mistakes (printf "%s has %s, but networkPolicy.egress.%s.ports lacks %s: the policy would cut it off" (index $list 0) (trim $address) (index $list 3) $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $address := splitList "," (default "" $config.registry.url) -}}
{{- if trim $address -}}
{{- $port := include "canal-bridge.portOf" (list $address (ternary "443" "80" (hasPrefix "https:" (trim $address)))) -}}
{{- $ports := list -}}
{{- range $egress.registry.ports -}}{{- $ports = append $ports (int .) -}}{{- end -}}
{{- if not (has (int $port) $ports) -}}
{{- $mistakes = append $mistakes (printf "config.registry.url has %s, but networkPolicy.egress.registry.ports lacks %s: the policy would cut it off" (trim $address) $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if $mistakes -}}
{{- fail (printf "\n  %s\n" (join "\n  " $mistakes)) -}}
{{- end -}}
{{- end -}}
