# Starts one node of the builtin Kafka; what differs between the nodes comes from the pod's name.
# start.sh CLUSTER_ID DOMAIN
set -eu
cluster=$1
domain=$2
kafka=${KAFKA_BIN:-/opt/kafka/bin}
given=$(dirname "$0")/server.properties
properties=${TMPDIR:-/tmp}/server.properties
port=$(sed -n 's/^listeners=CLIENT:\/\/:\([0-9]*\),.*/\1/p' "$given")
data=$(sed -n 's/^log\.dirs=//p' "$given")
{
  cat "$given"
  echo "node.id=${HOSTNAME##*-}"
  echo "advertised.listeners=CLIENT://$HOSTNAME.$domain:$port"
} >"$properties"
# The first process of a container is asked to end only if it says that it listens; Kafka does, from `exec` on.
trap 'exit 143' TERM
if [ -f "$data/meta.properties" ]; then
  formatted=$(sed -n 's/^cluster\.id=//p' "$data/meta.properties")
  # The volume decides: Kafka uses the id that it was formatted with.
  [ "$formatted" = "$cluster" ] || echo "the volume belongs to Kafka cluster $formatted, not $cluster. If this broker" \
    "cannot join the others, delete its volume claim and its pod: it copies the records from the others." >&2
else
  "$kafka/kafka-storage.sh" format --ignore-formatted --cluster-id "$cluster" --config "$properties"
fi
exec "$kafka/kafka-server-start.sh" "$properties"
