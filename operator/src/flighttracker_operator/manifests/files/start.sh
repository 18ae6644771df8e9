# Starts one node of the builtin Kafka; what differs between the nodes comes from the pod's name.
# start.sh CLUSTER_ID DOMAIN TOPIC...
set -eu
cluster=$1
domain=$2
shift 2
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

# Deletes the oldest positions of a full volume: Kafka ends when it cannot write, and does not start to delete them.
# The last segment of a partition is kept, and so are the topics that are not named.
# make_room TOPIC...
make_room() {
  local size free topic folder segment deleted=0
  read -r size free <<<"$(df -Pk "$data" | awk 'NR == 2 {print $2, $4}')"
  [ $((free * 20)) -lt "$size" ] || return 0
  local closed=()
  for topic in "$@"; do
    for folder in "$data/$topic"-*; do
      [[ "$folder" =~ -[0-9]+$ && "${folder%-*}" = "$data/$topic" ]] || continue
      rm -f "$folder"/*.deleted
      local segments=("$folder"/*.log)
      closed+=("${segments[@]:0:${#segments[@]}-1}")
    done
  done
  if [ "${#closed[@]}" -gt 0 ]; then
    while read -r segment; do
      rm -f "${segment%.log}".{log,index,timeindex,txnindex,snapshot}
      deleted=$((deleted + 1))
      free=$(df -Pk "$data" | awk 'NR == 2 {print $4}')
      [ $((free * 5)) -lt "$size" ] || break
    done <<<"$(ls -tr "${closed[@]}")"
  fi
  echo "the volume was full: deleted the $deleted oldest segments of positions, now $free of $size KiB are free" >&2
}

if [ -f "$data/meta.properties" ]; then
  make_room "$@"
  formatted=$(sed -n 's/^cluster\.id=//p' "$data/meta.properties")
  # The volume decides: Kafka uses the id that it was formatted with.
  [ "$formatted" = "$cluster" ] || echo "the volume belongs to Kafka cluster $formatted, not $cluster. If this broker" \
    "cannot join the others, delete its volume claim and its pod: it copies the records from the others." >&2
else
  "$kafka/kafka-storage.sh" format --ignore-formatted --cluster-id "$cluster" --config "$properties"
fi
exec "$kafka/kafka-server-start.sh" "$properties"
