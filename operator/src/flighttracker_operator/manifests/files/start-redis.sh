# Starts Redis, also when its append-only file is damaged: a node that lost power or a full disk leaves such files, and
# Redis ends instead of reading them. What stands before the damage is kept; if nothing can be read, the files are moved
# aside. Frames are published again within seconds; only revocations of tokens are not.
# start-redis.sh CONFIG
set -eu
config=$1
data=$(sed -n 's/^dir //p' "$config")
files=$data/appendonlydir
manifest=$files/appendonly.aof.manifest
report=${TMPDIR:-/tmp}/redis-check.txt
: >"$report"

is_whole() {
  # Without a manifest Redis starts empty; an empty one ends it, although the tool accepts it.
  [ ! -e "$manifest" ] || { [ -s "$manifest" ] && redis-check-aof "$manifest" >"$report" 2>&1; }
}

if ! is_whole; then
  tail -n 3 "$report"
  if yes | redis-check-aof --fix "$manifest" >"$report" 2>&1 && is_whole; then
    echo "start-redis: the append-only file was damaged: what followed the damage is lost, revocations of tokens too" >&2
  else
    rm -rf "$data/damaged"
    mv "$files" "$data/damaged"
    echo "start-redis: the append-only file is unreadable and now in $data/damaged: revocations of tokens are lost" >&2
  fi
fi
exec redis-server "$config"
