#!/bin/sh
# Starts nginx. With FLIGHTTRACKER_GATEWAY=http://SERVICE:PORT it also proxies /ws, /api and /schema to the gateways, so
# that `kubectl port-forward` to this Service shows a live map. An ingress routes /ws and /api/v1 directly to the gateways.
set -eu
: >/tmp/gateway.conf
if [ -n "${FLIGHTTRACKER_GATEWAY:-}" ]; then
  sed "s|GATEWAY|$FLIGHTTRACKER_GATEWAY|" /etc/nginx/flighttracker/gateway.template >/tmp/gateway.conf
fi
exec nginx -g 'daemon off;'
