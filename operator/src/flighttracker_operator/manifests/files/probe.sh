# Succeeds when the broker answers: it is asked for the brokers of its cluster (Metadata, version 1, no topics), and must
# name one. An open port would not do: that of a process that hangs is open, too. No Java: a probe that starts one every
# few seconds would cost more than the broker.
#
# With `in-sync`, it also fails while the broker is behind the leader of one of its partitions: brokers restart one after
# the other, the next one when this one is ready. A partition without a leader does not count, so a lost broker never
# makes the others unready.
#
# Also succeeds when another node rejects this one's password, or has none: it still has the configuration of before. The
# nodes find each other again when the last one has restarted, and the next one restarts when this one is ready.
#
# Without a Secret, it does not log in: a running pod of a version without passwords also gets this file.
# probe.sh PORT [SECRET [in-sync]]
set -eu
port=$1
metadata='\0\0\0\x13\0\x03\0\x01\0\0\0\x01\0\x05probe\0\0\0\0'
metadata_of_all='\0\0\0\x13\0\x03\0\x01\0\0\0\x01\0\x05probe\xff\xff\xff\xff'
if [ "$#" -eq 1 ]; then
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  # shellcheck disable=SC2059 # the request is a format
  printf "$metadata" >&3
  read -r -a answer <<<"$(timeout 3 head -c 12 <&3 | od -An -v -tu1 | tr '\n' ' ')"
  [ "${#answer[@]}" -eq 12 ] && [ "$((answer[10] << 8 | answer[11]))" -ge 1 ]
  exit
fi
user=$(<"$2/username")
password=$(<"$2/password")

# Prints a number as four bytes.
int32() {
  local hex
  hex=$(printf '%08x' "$1")
  printf "\\x${hex:0:2}\\x${hex:2:2}\\x${hex:4:2}\\x${hex:6:2}"
}

# Logs in (SaslHandshake, version 1; SaslAuthenticate, version 0) and sends a further request. Without a connection, it
# ends the shell that it runs in.
# ask HOST PORT [REQUEST]
ask() {
  local login=$((2 + ${#user} + ${#password}))
  exec 3<>"/dev/tcp/$1/$2"
  #       length        api    version correlation    client "probe"   mechanism
  printf '\0\0\0\x16\0\x11\0\x01\0\0\0\x01\0\x05probe\0\x05PLAIN' >&3
  int32 $((19 + login)) >&3
  printf '\0\x24\0\0\0\0\0\x02\0\x05probe' >&3
  int32 "$login" >&3
  # shellcheck disable=SC2059 # the request is a format
  printf "\0%s\0%s${3:-}" "$user" "$password" >&3
}

# Prints bytes of the answers as numbers. It takes none that follow: `head` may read ahead, `dd` does not.
# answered SECONDS BYTES
answered() {
  timeout "$1" dd bs=1 count="$2" <&3 2>/dev/null | od -An -v -tu1 | tr '\n' ' '
}

# Read the next number, or skip a text, of the answer in `bytes` at `at`.
next16() { number=$((bytes[at] << 8 | bytes[at + 1])) at=$((at + 2)); }
next32() { number=$((bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3])) at=$((at + 4)); }
skip_text() {
  next16
  [ "$number" -eq 65535 ] || at=$((at + number)) # 65535 is -1: no text
}

# Succeeds unless this node has a partition with a leader and is not in sync with it.
is_in_sync() {
  local own=${HOSTNAME##*-} none=4294967295 at=4 number bytes brokers topics partitions replicas leader is_own in_sync
  ask 127.0.0.1 "$port" "$metadata_of_all"
  answered 3 37 >/dev/null # of the login
  read -r -a bytes <<<"$(answered 3 4)"
  number=$((bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]))
  read -r -a bytes <<<"$(timeout 3 head -c "$number" <&3 | od -An -v -tu1 | tr '\n' ' ')"
  [ "${#bytes[@]}" -eq "$number" ] || return 1
  next32
  for ((brokers = number; brokers > 0; brokers--)); do
    at=$((at + 4)) && skip_text # id, host
    at=$((at + 4)) && skip_text # port, rack
  done
  at=$((at + 4)) # controller
  next32
  for ((topics = number; topics > 0; topics--)); do
    at=$((at + 2)) && skip_text # error, name
    at=$((at + 1)) && next32    # internal
    for ((partitions = number; partitions > 0; partitions--)); do
      at=$((at + 6)) # error, number
      next32
      leader=$number is_own=0 in_sync=0
      next32
      for ((replicas = number; replicas > 0; replicas--)); do
        next32
        [ "$number" -ne "$own" ] || is_own=1
      done
      next32
      for ((replicas = number; replicas > 0; replicas--)); do
        next32
        [ "$number" -ne "$own" ] || in_sync=1
      done
      if [ "$leader" -ne "$none" ] && [ "$is_own" -ne "$in_sync" ]; then
        echo "not in sync with broker $leader yet"
        return 1
      fi
    done
  done
}

# The answers: 21 bytes with an error in bytes 8 and 9, 16 with one in 29 and 30, and the number of brokers, which ends at 48.
read -r -a answer <<<"$(ask 127.0.0.1 "$port" "$metadata" && answered 3 49)"
if [ "${#answer[@]}" -eq 49 ] && [ "$((answer[8] | answer[9] | answer[29] | answer[30]))" -eq 0 ] &&
  [ "$((answer[47] << 8 | answer[48]))" -ge 1 ]; then
  [ "${3:-}" != in-sync ] || is_in_sync
  exit
fi
voters=$(sed -n 's/^controller\.quorum\.voters=//p' "$(dirname "$0")/server.properties")
for voter in ${voters//,/ }; do
  host=${voter#*@}
  if [ "${voter%%@*}" != "${HOSTNAME##*-}" ]; then
    read -r -a answer <<<"$(ask "${host%:*}" "${host##*:}" && answered 1 37)"
    if [ "$((${answer[8]:-0} | ${answer[9]:-0} | ${answer[29]:-0} | ${answer[30]:-0}))" -ne 0 ]; then
      echo "$host rejects this node until it restarts with the same password"
      exit 0
    fi
  fi
done
exit 1
