# Succeeds when the broker answers: it is asked for the brokers of its cluster (Metadata, version 1, no topics), and must
# name one. An open port would not do: that of a process that hangs is open, too. No Java: a probe that starts one every
# few seconds would cost more than the broker.
# probe.sh PORT
set -eu
exec 3<>"/dev/tcp/127.0.0.1/$1"
#       length       api  version correlation    client "probe"   no topics
printf '\0\0\0\x13\0\x03\0\x01\0\0\0\x01\0\x05probe\0\0\0\0' >&3
# Length, correlation and number of brokers, four bytes each.
read -r -a answer <<<"$(timeout 3 head -c 12 <&3 | od -An -v -tu1 | tr '\n' ' ')"
[ "${#answer[@]}" -eq 12 ] && [ "$((answer[8] << 24 | answer[9] << 16 | answer[10] << 8 | answer[11]))" -ge 1 ]
