#!/bin/sh
# Starts nginx. With FLIGHTTRACKER_GATEWAY=http://SERVICE:PORT it also proxies /ws, /api and /schema to the gateways, so
# that `kubectl port-forward` to this Service shows a live map. An ingress routes /ws and /api/v1 directly to the gateways.
# With FLIGHTTRACKER_BASE_PATH=/maps/north everything is also found below that path, for proxies that do not remove it.
# FLIGHTTRACKER_MAP_SERVERS lists the origins, separated by spaces, from which the page may load maps and overlays.
#
# With Compose, nginx is the door itself:
#   FLIGHTTRACKER_EDGE  1: no proxy is in front, so X-Forwarded-For of a request is not believed
#   FLIGHTTRACKER_TLS   folder with tls.crt and tls.key: also serves HTTPS, at port 8443
set -eu

# Name servers as nginx writes them: IPv6 in brackets.
name_servers() {
  sed -n 's/^nameserver[[:space:]]\{1,\}\([^[:space:]]*\).*/\1/p' /etc/resolv.conf | sed 's/.*:.*/[&]/' | tr '\n' ' '
}

# nginx searches no domains, so a name such as gateway.flights.svc gets the cluster's.
with_domain() {
  domain=$(sed -n 's/^search[[:space:]].*[[:space:]]svc\.\([^[:space:]]*\).*/\1/p' /etc/resolv.conf | head -n 1)
  case "${domain:+$1}" in
    *.svc:*) echo "${1%%.svc:*}.svc.$domain:${1##*.svc:}" ;;
    *) echo "$1" ;;
  esac
}

: >/tmp/listen.conf
if [ -f /proc/net/if_inet6 ]; then
  echo "listen [::]:8080;" >/tmp/listen.conf
fi
: >/tmp/base_path.conf
if [ -n "${FLIGHTTRACKER_BASE_PATH:-}" ]; then
  {
    echo "rewrite ^$(printf %s "$FLIGHTTRACKER_BASE_PATH" | sed 's/\./\\./g')(/.*)\$ \$1;"
    # The page names its files relative to itself, so its path must end with a slash.
    echo "location = $FLIGHTTRACKER_BASE_PATH { return 308 $FLIGHTTRACKER_BASE_PATH/\$is_args\$args; }"
  } >/tmp/base_path.conf
fi
case "${FLIGHTTRACKER_MAP_SERVERS:-}" in
  *[!A-Za-z0-9.:/*\ -]*) echo "error: FLIGHTTRACKER_MAP_SERVERS is not a list of origins" >&2; exit 2 ;;
esac
printf 'set $map_servers "%s";\n' "${FLIGHTTRACKER_MAP_SERVERS:+ $FLIGHTTRACKER_MAP_SERVERS}" >/tmp/map_servers.conf
if [ -f /usr/share/nginx/html/404.html ]; then
  sed "s|href=\"/\"|href=\"${FLIGHTTRACKER_BASE_PATH:-}/\"|" /usr/share/nginx/html/404.html >/tmp/404.html
fi
: >/tmp/gateway.conf
if [ -n "${FLIGHTTRACKER_GATEWAY:-}" ]; then
  gateway=$(with_domain "$FLIGHTTRACKER_GATEWAY")
  servers=$(name_servers)
  if [ -n "$servers" ]; then
    # With a variable nginx looks the name up again; otherwise it keeps the address that the Service had at the start.
    printf 'resolver %s valid=5s;\nresolver_timeout 5s;\nset $gateway %s;\n' "$servers" "$gateway" >/tmp/gateway.conf
    gateway='$gateway'
  fi
  forwarded='$proxy_add_x_forwarded_for'
  [ -z "${FLIGHTTRACKER_EDGE:-}" ] || forwarded='$remote_addr'
  sed -e "s|GATEWAY|$gateway|" -e "s|[\$]proxy_add_x_forwarded_for|$forwarded|" /etc/nginx/flighttracker/gateway.template \
    >>/tmp/gateway.conf
fi
: >/tmp/tls.conf
if [ -n "${FLIGHTTRACKER_TLS:-}" ]; then
  for file in "$FLIGHTTRACKER_TLS/tls.crt" "$FLIGHTTRACKER_TLS/tls.key"; do
    [ -r "$file" ] || { echo "error: $file cannot be read by user $(id -u): allow it with chmod o+r" >&2; exit 2; }
  done
  {
    echo "listen 8443 ssl;"
    [ ! -f /proc/net/if_inet6 ] || echo "listen [::]:8443 ssl;"
    echo "ssl_protocols TLSv1.2 TLSv1.3;"
    echo "ssl_certificate $FLIGHTTRACKER_TLS/tls.crt;"
    echo "ssl_certificate_key $FLIGHTTRACKER_TLS/tls.key;"
  } >/tmp/tls.conf
fi
exec nginx -g 'daemon off;'
