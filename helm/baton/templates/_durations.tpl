{{/* Milliseconds of a duration such as 250ms, 10s or 2m30s. */}}
{{- define "baton.milliseconds" -}}
{{- $units := dict "ms" 1.0 "s" 1000.0 "m" 60000.0 "h" 3600000.0 -}}
{{- $sum := 0.0 -}}
{{- range regexFindAll "[0-9.]+(ms|s|m|h)" . -1 -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- $sum = addf $sum (mulf (trimSuffix $unit . | float64) (get $units $unit)) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{/* Refuses durations with which a pod would not start; tests/helm holds the ranges to the program. */}}
{{- define "baton.checkDurations" -}}
{{- $checks := list
  (list "auth.leeway" "0" "5m")
  (list "auth.staleMax" "1s" "168h")
  (list "auth.jwks.refresh" "1s" "24h")
  (list "auth.jwks.askInterval" "1s" "1h")
  (list "settings.clock.tick" "10ms" "10s")
  (list "settings.clock.retention_every" "1s" "168h")
  (list "settings.relay.purge_after" "1s" "24h")
  (list "settings.reports.keep" "24h" "87840h")
  (list "settings.webhooks.timeout" "100ms" "1m")
  (list "settings.webhooks.retry_first" "10ms" "1h")
  (list "settings.webhooks.retry_most" "10ms" "6h")
  (list "settings.webhooks.park_after" "100ms" "168h") -}}
{{- range $check := $checks -}}
{{- $value := $.Values -}}
{{- range splitList "." (first $check) -}}
{{- $value = get ($value | default dict) . -}}
{{- end -}}
{{- if $value -}}
{{- $ms := include "baton.milliseconds" $value | float64 -}}
{{- $min := include "baton.milliseconds" (index $check 1) | float64 -}}
{{- $max := include "baton.milliseconds" (index $check 2) | float64 -}}
{{- if or (lt $ms $min) (gt $ms $max) -}}
{{- fail (printf "%s is %s: it must be %s to %s" (first $check) $value (index $check 1) (index $check 2)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
