# Starts one node of the builtin Kafka; what differs between the nodes comes from the pod's name.
# start.sh CLUSTER_ID DOMAIN
set -eu
cluster=$1
domain=$2
properties=/tmp/server.properties
cp /etc/kafka-config/server.properties "$properties"
echo "node.id=${HOSTNAME##*-}" >>"$properties"
echo "advertised.listeners=CLIENT://$HOSTNAME.$domain:9092" >>"$properties"
data=$(sed -n 's/^log\.dirs=//p' "$properties")
if [ ! -f "$data/meta.properties" ]; then
  /opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$cluster" --config "$properties"
fi
exec /opt/kafka/bin/kafka-server-start.sh "$properties"
