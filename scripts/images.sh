#!/usr/bin/env bash
# Builds the images and prints their names to stdout, one per line; progress goes to stderr. `make images` calls it.
#
#   CONTAINER_TOOL   docker, podman or buildah; default: the first of them that works
#   TAG              default: the version in pyproject.toml
#   IMAGE_PREFIX     default: docker.io/flighttracker
#   IMAGES           which to build, default "services operator web"; services-dev, operator-dev and web-dev for development
#   BUILD_FLAGS      flags of the tool's build command, instead of the defaults
#   NO_CACHE         1 builds every layer again
#   IMAGE_FORMAT     of podman and buildah: oci (default), or docker. Only docker's has the HEALTHCHECK of `docker run`, but it
#                    also has a random number, so its digests differ from build to build. Engines and registries take both.
#   PYTHON_IMAGE, NODE_IMAGE, NGINX_IMAGE   base images, if the public ones cannot be reached
#   PIP_CONF, NPMRC  files with a mirror's settings and password; the build mounts them and does not store them
#   SOURCE_URL       address of the sources, a label of the images; default: that of the git remote `origin`, if it is on the web
#   PLATFORM         for example linux/arm64: builds for another architecture; it needs that emulation (binfmt) of the host
#   SOURCE_DATE_EPOCH   time of all files and images, in seconds; default: the time of the last commit. Docker before 23 uses
#                    it for the files only, so its digests differ from build to build.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "error: $*" >&2; exit 1; }

tool=${CONTAINER_TOOL:-}
if [ -z "$tool" ]; then
  for candidate in docker podman buildah; do
    if "$candidate" info >/dev/null 2>&1; then tool=$candidate; break; fi
  done
fi
[ -n "$tool" ] || die "no docker, podman or buildah works here: install one, or set CONTAINER_TOOL="
command -v "$tool" >/dev/null || die "$tool is not installed: set CONTAINER_TOOL=docker, podman or buildah"

epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1735689600)}
export SOURCE_DATE_EPOCH=$epoch
# The Dockerfile mounts secrets, which needs BuildKit: part of docker before 23 when asked for, since then a package of its own.
use_buildkit() {
  export DOCKER_BUILDKIT=1
  "$tool" buildx version >/dev/null 2>&1 && return
  local version
  version=$("$tool" version --format '{{.Client.Version}}' 2>/dev/null || true)
  [ "${version%%.*}" -lt 23 ] 2>/dev/null && return
  die "docker ${version:-here} cannot build these images without BuildKit: install its package docker-buildx or
       docker-buildx-plugin (https://docs.docker.com/go/buildx/), or set CONTAINER_TOOL=podman or buildah"
}

format=${IMAGE_FORMAT:-oci}
case $(basename "$tool") in
  docker)  use_buildkit; command=("$tool" build); flags=() ;;
  podman)  command=("$tool" build); flags=(--format "$format" --timestamp "$epoch") ;;
  buildah) command=("$tool" bud); flags=(--format "$format" --isolation chroot --network host --pull=false --layers --timestamp "$epoch") ;;
  *) die "CONTAINER_TOOL=$tool is not known: docker, podman or buildah" ;;
esac
if [ -n "${BUILD_FLAGS:-}" ]; then read -ra flags <<<"$BUILD_FLAGS"; fi

[ -z "${NO_CACHE:-}" ] || flags+=(--no-cache)
[ -z "${PLATFORM:-}" ] || flags+=(--platform "$PLATFORM")
flags+=(--build-arg "SOURCE_DATE_EPOCH=$epoch")
for base in PYTHON_IMAGE NODE_IMAGE NGINX_IMAGE; do
  [ -z "${!base:-}" ] || flags+=(--build-arg "$base=${!base}")
done
[ -z "${PIP_CONF:-}" ] || flags+=(--secret "id=pip.conf,src=$PIP_CONF")
[ -z "${NPMRC:-}" ] || flags+=(--secret "id=npmrc,src=$NPMRC")

# The labels that the Dockerfile cannot know. https://github.com/opencontainers/image-spec/blob/main/annotations.md
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
revision=$(git rev-parse HEAD 2>/dev/null || true)
# Without an account in the address, and without `.git`.
source=${SOURCE_URL:-$(git remote get-url origin 2>/dev/null | sed -nE 's|^https://([^@/]*@)?(.*[^/])$|https://\2|p' | sed 's/\.git$//' || true)}
for label in "version=$version" "revision=$revision" "source=$source"; do
  [ -z "${label#*=}" ] || flags+=(--label "org.opencontainers.image.$label")
done

prefix=${IMAGE_PREFIX:-docker.io/flighttracker}
tag=${TAG:-$version}
for target in ${IMAGES:-services operator web}; do
  name=$prefix/${target%-dev}:$tag
  echo "Building $name ..." >&2
  "${command[@]}" "${flags[@]}" --file Dockerfile --target "$target" --tag "$name" . >&2 || die "$name was not built"
  echo "$name"
done
