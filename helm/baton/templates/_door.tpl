{{/* The front door of dispatch: certificate, keys that verify tokens, and who may call what. */}}

{{- define "baton.doorSettings" -}}
allow_plaintext: {{ .Values.grpc.allowPlaintext }}
{{- if .Values.tls.existingSecret }}
tls_cert_file: /run/secrets/baton/tls/tls.crt
tls_key_file: /run/secrets/baton/tls/tls.key
{{- end }}
{{- if .Values.tls.clientCaSecret }}
tls_client_ca_file: /run/secrets/baton/client-ca/ca.crt
{{- end }}
{{- end -}}

{{- define "baton.authSettings" -}}
{{- with .Values.auth }}
{{- if .jwks.configMap }}
jwks_file: /run/config/baton/jwks/jwks.json
{{- end }}
{{- with .jwks.url }}
jwks_url: {{ . | quote }}
{{- end }}
{{- with .jwks.caFile }}
jwks_ca_file: {{ . | quote }}
{{- end }}
jwks_refresh: {{ .jwks.refresh }}
jwks_ask_interval: {{ .jwks.askInterval }}
issuer: {{ .issuer | quote }}
audience: {{ .audience | quote }}
principal_claim: {{ .principalClaim | quote }}
leeway: {{ .leeway }}
stale_max: {{ .staleMax }}
{{- if .clients }}
clients_file: /etc/baton/clients.yaml
{{- end }}
{{- if .methods }}
methods_file: /etc/baton/methods.yaml
{{- end }}
{{- end }}
{{- end -}}

{{- define "baton.doorVolumes" -}}
{{- if .Values.tls.existingSecret }}
{{ include "baton.secretVolume" (dict "name" "tls" "secret" .Values.tls.existingSecret "items" (dict "tls.crt" "tls.crt" "tls.key" "tls.key")) }}
{{- end }}
{{- if .Values.tls.clientCaSecret }}
{{ include "baton.secretVolume" (dict "name" "client-ca" "secret" .Values.tls.clientCaSecret "items" (dict .Values.tls.clientCaKey "ca.crt")) }}
{{- end }}
{{- with .Values.auth.jwks }}
{{- if .configMap }}
- name: jwks
  configMap:
    name: {{ .configMap }}
    items:
      - {key: {{ .key }}, path: jwks.json}
{{- end }}
{{- end }}
{{- end -}}

{{- define "baton.doorVolumeMounts" -}}
{{- if .Values.tls.existingSecret }}
- {name: tls, mountPath: /run/secrets/baton/tls, readOnly: true}
{{- end }}
{{- if .Values.tls.clientCaSecret }}
- {name: client-ca, mountPath: /run/secrets/baton/client-ca, readOnly: true}
{{- end }}
{{- if .Values.auth.jwks.configMap }}
- {name: jwks, mountPath: /run/config/baton/jwks, readOnly: true}
{{- end }}
{{- end -}}

{{/* Refuses a door that would not open, or would stand open. */}}
{{- define "baton.checkDoor" -}}
{{- if eq (int .Values.grpc.port) (int .Values.http.port) -}}
{{- fail "grpc.port and http.port are the same; choose two ports" -}}
{{- end -}}
{{- if and .Values.connect.enabled (has (int .Values.connect.port) (list (int .Values.grpc.port) (int .Values.http.port))) -}}
{{- fail "connect.port is that of grpc or http; choose another one" -}}
{{- end -}}
{{- if ne .Values.service.type "ClusterIP" -}}
{{- if not .Values.tls.existingSecret -}}
{{- fail (printf "service.type %s would show the API outside of the cluster without TLS: set tls.existingSecret" .Values.service.type) -}}
{{- end -}}
{{- end -}}
{{- $tls := .Values.tls -}}
{{- $auth := .Values.auth -}}
{{- if not (or $tls.existingSecret .Values.grpc.allowPlaintext) -}}
{{- fail "the API needs a certificate: name a secret of type kubernetes.io/tls in tls.existingSecret; to try Baton, batonctl dev-identity makes one" -}}
{{- end -}}
{{- if not (or $auth.jwks.configMap $auth.jwks.url $auth.clients) -}}
{{- fail "nobody could call the API: name the keys of your identity provider in auth.jwks.configMap or auth.jwks.url, or client certificates in auth.clients; to try Baton, batonctl dev-identity makes keys and tokens" -}}
{{- end -}}
{{- if and $tls.existingSecret .Values.grpc.allowPlaintext -}}
{{- fail "tls.existingSecret and grpc.allowPlaintext: choose one of them" -}}
{{- end -}}
{{- if and $auth.jwks.configMap $auth.jwks.url -}}
{{- fail "auth.jwks.configMap and auth.jwks.url: choose one of them" -}}
{{- end -}}
{{- if and $auth.jwks.caFile (not $auth.jwks.url) -}}
{{- fail "auth.jwks.caFile needs auth.jwks.url" -}}
{{- end -}}
{{- if and (or $auth.jwks.configMap $auth.jwks.url) (not (and $auth.issuer $auth.audience)) -}}
{{- fail "auth.jwks needs auth.issuer and auth.audience" -}}
{{- end -}}
{{- if ne (not $auth.clients) (not $tls.clientCaSecret) -}}
{{- fail "auth.clients and tls.clientCaSecret: give both or none" -}}
{{- end -}}
{{- if and $tls.clientCaSecret (not $tls.existingSecret) -}}
{{- fail "tls.clientCaSecret needs tls.existingSecret" -}}
{{- end -}}
{{- end -}}
