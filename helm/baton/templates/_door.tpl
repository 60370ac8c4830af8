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
