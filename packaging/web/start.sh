#!/bin/sh
# Starts nginx. With FLIGHTTRACKER_GATEWAY=http://SERVICE:PORT it also passes /ws, /api and /schema on to the gateways, so
# that `kubectl port-forward` to this one Service shows a living map. An ingress sends those paths past this server.
set -eu
: >/tmp/gateway.conf
if [ -n "${FLIGHTTRACKER_GATEWAY:-}" ]; then
  sed "s|GATEWAY|$FLIGHTTRACKER_GATEWAY|" /etc/nginx/flighttracker/gateway.template >/tmp/gateway.conf
fi
exec nginx -g 'daemon off;'
