#!/usr/bin/env bash
# Builds images of the former release in seconds: its sources on the packages of this checkout's images, which `make images` built
# with the same CONTAINER_TOOL, TAG and IMAGE_PREFIX. Prints their names, with the tag `former`, to stdout. `make former-images`
# calls it. The page is that of this checkout.
#
#   FORMER   the commit; default: the former release of tests/former_release.py
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "error: $*" >&2; exit 1; }

tool=${CONTAINER_TOOL:-docker}
case $(basename "$tool") in
  docker | podman) command=("$tool" build) ;;
  buildah) command=("$tool" bud --isolation chroot --network host --pull=false) ;;
  *) die "CONTAINER_TOOL=$tool is not known: docker, podman or buildah" ;;
esac
command -v "$tool" >/dev/null || die "$tool is not installed: set CONTAINER_TOOL=docker, podman or buildah"

commit=${FORMER:-$(sed -n 's/^FORMER: .* or "\([0-9a-f]*\)"$/\1/p' tests/former_release.py)}
# As tests/former_release.py: a shallow clone does not have it, and the test upgrades from the oldest commit that it has.
git cat-file -e "$commit^{commit}" 2>/dev/null || commit=$(git rev-list --max-parents=0 HEAD | head -n 1)
prefix=${IMAGE_PREFIX:-docker.io/flighttracker}
tag=${TAG:-$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)}

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
sources=() path=()
for folder in schemas services/{core,generator,gateway,historian,cli}/src operator/src; do
  git cat-file -e "$commit:$folder" 2>/dev/null || continue # an older release has fewer parts
  sources+=("$folder")
  path+=("/opt/former/$folder")
done
git archive "$commit" -- "${sources[@]}" | tar -x -C "$context"
for name in services operator web; do
  { echo "FROM $prefix/$name:$tag"
    [ "$name" = web ] || printf 'COPY . /opt/former\nENV PYTHONPATH=%s\n' "$(IFS=:; echo "${path[*]}")"
  } >"$context/Dockerfile"
  "${command[@]}" --label "org.opencontainers.image.revision=$(git rev-parse "$commit")" --tag "$prefix/$name:former" "$context" >&2 \
    || die "$prefix/$name:former was not built: run make images first"
  echo "$prefix/$name:former"
done
