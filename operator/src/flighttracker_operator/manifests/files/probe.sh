# Succeeds when the broker answers: it is asked for the brokers of its cluster (Metadata, version 1, no topics), and must
# name one. An open port would not do: that of a process that hangs is open, too. No Java: a probe that starts one every
# few seconds would cost more than the broker.
#
# Also succeeds when another node rejects this one's password, or has none: it still has the configuration of before. The
# nodes find each other again when the last one has restarted, and the next one restarts when this one is ready.
#
# Without a Secret, it does not log in: a running pod of a version without passwords also gets this file.
# probe.sh PORT [SECRET]
set -eu
port=$1
metadata='\0\0\0\x13\0\x03\0\x01\0\0\0\x03\0\x05probe\0\0\0\0'
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

# Logs in (SaslHandshake, version 1; SaslAuthenticate, version 0), sends a further request, and prints the answers.
# ask HOST PORT SECONDS BYTES [REQUEST]
ask() {
  local login=$((2 + ${#user} + ${#password}))
  exec 3<>"/dev/tcp/$1/$2"
  #       length        api    version correlation    client "probe"   mechanism
  printf '\0\0\0\x16\0\x11\0\x01\0\0\0\x01\0\x05probe\0\x05PLAIN' >&3
  int32 $((19 + login)) >&3
  printf '\0\x24\0\0\0\0\0\x02\0\x05probe' >&3
  int32 "$login" >&3
  # shellcheck disable=SC2059 # the request is a format
  printf "\0%s\0%s${5:-}" "$user" "$password" >&3
  timeout "$3" head -c "$4" <&3 | od -An -v -tu1 | tr '\n' ' '
}

# The answers: 21 bytes with an error in bytes 8 and 9, 16 with one in 29 and 30, and the number of brokers, which ends at 48.
read -r -a answer <<<"$(ask 127.0.0.1 "$port" 3 49 "$metadata")"
if [ "${#answer[@]}" -eq 49 ] && [ "$((answer[8] | answer[9] | answer[29] | answer[30]))" -eq 0 ] &&
  [ "$((answer[47] << 8 | answer[48]))" -ge 1 ]; then
  exit 0
fi
voters=$(sed -n 's/^controller\.quorum\.voters=//p' "$(dirname "$0")/server.properties")
for voter in ${voters//,/ }; do
  host=${voter#*@}
  if [ "${voter%%@*}" != "${HOSTNAME##*-}" ]; then
    read -r -a answer <<<"$(ask "${host%:*}" "${host##*:}" 1 37)"
    if [ "$((${answer[8]:-0} | ${answer[9]:-0} | ${answer[29]:-0} | ${answer[30]:-0}))" -ne 0 ]; then
      echo "$host rejects this node until it restarts with the same password"
      exit 0
    fi
  fi
done
exit 1
