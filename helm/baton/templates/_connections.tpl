{{/* How the pods reach Redis and Kafka: files of the secrets, never variables. */}}

{{/* Ports of redis.url as JSON: of the server, or of the Sentinels and of the servers behind them. */}}
{{- define "baton.redisPorts" -}}
{{- $hosts := regexReplaceAll "^[a-z+]+://([^@/]*@)?([^/?]*).*$" .Values.redis.url "${2}" | splitList "," -}}
{{- if contains "+sentinel://" .Values.redis.url -}}
{{- $ports := include "baton.ports" (dict "hosts" $hosts "default" 26379) | fromJsonArray -}}
{{- append $ports (float64 .Values.redis.sentinel.serverPort) | uniq | toJson -}}
{{- else -}}
{{- include "baton.ports" (dict "hosts" $hosts "default" 6379) -}}
{{- end -}}
{{- end -}}

{{/* security.protocol of librdkafka. */}}
{{- define "baton.kafkaProtocol" -}}
{{- if .Values.kafka.sasl.mechanism -}}{{ ternary "SASL_SSL" "SASL_PLAINTEXT" .Values.kafka.tls.enabled }}
{{- else -}}{{ ternary "SSL" "PLAINTEXT" .Values.kafka.tls.enabled }}{{- end -}}
{{- end -}}

{{/* Properties of librdkafka without secrets, as JSON. */}}
{{- define "baton.kafkaProperties" -}}
{{- $kafka := .Values.kafka -}}
{{- $properties := dict -}}
{{- range $key, $value := $kafka.properties }}{{ $_ := set $properties $key (include "baton.text" $value) }}{{ end -}}
{{- if or $kafka.tls.enabled $kafka.sasl.mechanism -}}
{{- $_ := set $properties "security.protocol" (include "baton.kafkaProtocol" .) -}}
{{- end -}}
{{- with $kafka.sasl.mechanism }}{{ $_ := set $properties "sasl.mechanism" . }}{{ end -}}
{{- if $kafka.tls.enabled -}}
{{- $ca := ternary "/run/secrets/baton/kafka-ca/ca.crt" "/etc/ssl/certs/ca-certificates.crt" (ne $kafka.tls.caSecret "") -}}
{{- $_ := set $properties "ssl.ca.location" $ca -}}
{{- if $kafka.tls.clientSecret -}}
{{- $_ := set $properties "ssl.certificate.location" "/run/secrets/baton/kafka-client/tls.crt" -}}
{{- $_ := set $properties "ssl.key.location" "/run/secrets/baton/kafka-client/tls.key" -}}
{{- end -}}
{{- end -}}
{{- $properties | toJson -}}
{{- end -}}

{{/* A mounted secret: name, secret, key in it, file. */}}
{{- define "baton.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    items:
      {{- range $key, $path := .items }}
      - {key: {{ $key }}, path: {{ $path }}}
      {{- end }}
{{- end -}}

{{/* Secrets with which Kafka is reached; roles and topics job. */}}
{{- define "baton.kafkaVolumes" -}}
{{- $tls := .Values.kafka.tls }}
{{- with .Values.kafka.sasl }}
{{- if .mechanism }}
{{ include "baton.secretVolume" (dict "name" "kafka-login" "secret" .existingSecret "items" (dict .usernameKey "sasl.username" .passwordKey "sasl.password")) }}
{{- end }}
{{- end }}
{{- if and $tls.enabled $tls.caSecret }}
{{ include "baton.secretVolume" (dict "name" "kafka-ca" "secret" $tls.caSecret "items" (dict $tls.caKey "ca.crt")) }}
{{- end }}
{{- if and $tls.enabled $tls.clientSecret }}
{{ include "baton.secretVolume" (dict "name" "kafka-client" "secret" $tls.clientSecret "items" (dict "tls.crt" "tls.crt" "tls.key" "tls.key")) }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "baton.kafkaVolumeMounts" -}}
{{- $tls := .Values.kafka.tls }}
{{- if .Values.kafka.sasl.mechanism }}
- {name: kafka-login, mountPath: /run/secrets/baton/kafka-login, readOnly: true}
{{- end }}
{{- if and $tls.enabled $tls.caSecret }}
- {name: kafka-ca, mountPath: /run/secrets/baton/kafka-ca, readOnly: true}
{{- end }}
{{- if and $tls.enabled $tls.clientSecret }}
- {name: kafka-client, mountPath: /run/secrets/baton/kafka-client, readOnly: true}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Secrets with which Redis is reached, by values like .Values.redis; roles and functions job. */}}
{{- define "baton.redisVolumes" -}}
{{- if .existingSecret }}
{{ include "baton.secretVolume" (dict "name" "redis" "secret" .existingSecret "items" (dict .passwordKey "password")) }}
{{- end }}
{{- if .sentinel.existingSecret }}
{{ include "baton.secretVolume" (dict "name" "redis-sentinel" "secret" .sentinel.existingSecret "items" (dict .sentinel.passwordKey "password")) }}
{{- end }}
{{- if .caSecret }}
{{ include "baton.secretVolume" (dict "name" "redis-ca" "secret" .caSecret "items" (dict .caKey "ca.crt")) }}
{{- end }}
{{- if .clientSecret }}
{{ include "baton.secretVolume" (dict "name" "redis-client" "secret" .clientSecret "items" (dict "tls.crt" "tls.crt" "tls.key" "tls.key")) }}
{{- end }}
{{- end -}}

{{- define "baton.redisVolumeMounts" -}}
{{- if .existingSecret }}
- {name: redis, mountPath: /run/secrets/baton/redis, readOnly: true}
{{- end }}
{{- if .sentinel.existingSecret }}
- {name: redis-sentinel, mountPath: /run/secrets/baton/redis-sentinel, readOnly: true}
{{- end }}
{{- if .caSecret }}
- {name: redis-ca, mountPath: /run/secrets/baton/redis-ca, readOnly: true}
{{- end }}
{{- if .clientSecret }}
- {name: redis-client, mountPath: /run/secrets/baton/redis-client, readOnly: true}
{{- end }}
{{- end -}}

{{/* All mounts of a role. */}}
{{- define "baton.volumes" -}}
- name: config
  configMap: {name: {{ include "baton.fullname" . }}}
{{- include "baton.redisVolumes" .Values.redis }}
{{- with .Values.tokenSecret }}
{{- if .existingSecret }}
{{ include "baton.secretVolume" (dict "name" "token" "secret" .existingSecret "items" (dict .key "secret")) }}
{{- end }}
{{- end }}
{{- with .Values.http.tls }}
{{- if .existingSecret }}
{{ include "baton.secretVolume" (dict "name" "http-tls" "secret" .existingSecret "items" (dict "tls.crt" "tls.crt" "tls.key" "tls.key")) }}
{{- end }}
{{- if .clientCaSecret }}
{{ include "baton.secretVolume" (dict "name" "http-ca" "secret" .clientCaSecret "items" (dict .clientCaKey "ca.crt")) }}
{{- end }}
{{- end }}
{{- include "baton.kafkaVolumes" . }}
{{- end -}}

{{- define "baton.volumeMounts" -}}
- {name: config, mountPath: /etc/baton, readOnly: true}
{{- include "baton.redisVolumeMounts" .Values.redis }}
{{- if .Values.tokenSecret.existingSecret }}
- {name: token, mountPath: /run/secrets/baton/token, readOnly: true}
{{- end }}
{{- if .Values.http.tls.existingSecret }}
- {name: http-tls, mountPath: /run/secrets/baton/http-tls, readOnly: true}
{{- end }}
{{- if .Values.http.tls.clientCaSecret }}
- {name: http-ca, mountPath: /run/secrets/baton/http-ca, readOnly: true}
{{- end }}
{{- include "baton.kafkaVolumeMounts" . }}
{{- end -}}

{{/* Ways out to name servers, of roles and jobs. */}}
{{- define "baton.egressToNames" -}}
- ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
  {{- with .Values.networkPolicy.dnsTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* To Redis, of roles and functions job. */}}
{{- define "baton.egressToRedis" -}}
- ports:
    {{- range include "baton.redisPorts" . | fromJsonArray }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .Values.networkPolicy.redisTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* To the brokers, of roles and topics job. */}}
{{- define "baton.egressToKafka" -}}
- ports:
    {{- range include "baton.ports" (dict "hosts" (splitList "," .Values.kafka.brokers) "default" 9092) | fromJsonArray }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .Values.networkPolicy.kafkaTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
