# Makes each topic, or brings it to what it should be. Safe to run again, and at the same time in another pod.
# topics.sh BOOTSTRAP 'NAME PARTITIONS COPIES KEY=VALUE,...' ...
set -eu
kafka=${KAFKA_BIN:-/opt/kafka/bin}
bootstrap=$1
shift
client=(--bootstrap-server "$bootstrap" --command-config "$(dirname "$0")/client.properties")

described=${TMPDIR:-/tmp}/described
failure=${TMPDIR:-/tmp}/failure
tries=10
until "$kafka/kafka-topics.sh" "${client[@]}" --describe >"$described" 2>"$failure"; do
  echo "Kafka at $bootstrap does not answer yet: $(grep -v "^[[:space:]]*$" "$failure" | tail -n 1)"
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    exit 1
  fi
  sleep 1
done

for wanted in "$@"; do
  read -r name partitions copies settings <<<"$wanted"
  # "Topic: flights  TopicId: ...  PartitionCount: 6  ReplicationFactor: 1  Configs: retention.ms=3600000,..."
  found=$(grep -E "^Topic: ${name//./\\.}[[:space:]].*PartitionCount:" "$described" || true)
  if [ -z "$found" ]; then
    echo "creating topic $name: $partitions partitions, $copies copies, $settings"
    options=()
    for setting in ${settings//,/ }; do
      options+=(--config "$setting")
    done
    "$kafka/kafka-topics.sh" "${client[@]}" --create --if-not-exists --topic "$name" \
      --partitions "$partitions" --replication-factor "$copies" "${options[@]}"
    continue
  fi
  count=$(sed -E 's/.*PartitionCount:[[:space:]]*([0-9]+).*/\1/' <<<"$found")
  if [ "$count" -lt "$partitions" ]; then
    echo "topic $name: from $count to $partitions partitions"
    # Another pod may have been first: then there are enough now, which is what was wanted.
    "$kafka/kafka-topics.sh" "${client[@]}" --alter --topic "$name" --partitions "$partitions" ||
      "$kafka/kafka-topics.sh" "${client[@]}" --describe --topic "$name" |
      grep -E "PartitionCount:[[:space:]]*$partitions([[:space:]]|$)"
  fi
  configured=",$(sed -E 's/.*Configs:[[:space:]]*//' <<<"$found"),"
  for setting in ${settings//,/ }; do
    if [[ "$configured" != *",$setting,"* ]]; then
      echo "topic $name: $settings"
      "$kafka/kafka-run-class.sh" kafka.admin.ConfigCommand "${client[@]}" --alter \
        --entity-type topics --entity-name "$name" --add-config "$settings"
      break
    fi
  done
done
