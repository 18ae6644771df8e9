#!/bin/sh
# Runs inside the image build: installs REQUIREMENT from /wheels into /opt/flighttracker, and the project's own packages into
# /opt/application. `--group NAME` instead of REQUIREMENT installs the packages of that dependency group of pyproject.toml,
# and the project without its own dependencies. That is a separate layer, so a change of the sources transfers a megabyte instead of a hundred.
#
# Further arguments name parts of dependencies to remove: a distribution that only a dependency's command line or tests
# import, or (with a slash) a package under site-packages whose modules are removed and whose __init__ stays, or a pattern
# of files.
# `tests/chart/test_images.py` checks that the project does not need them.
set -eu
into_image="pip --python /opt/flighttracker/bin/python install --quiet --no-index --find-links /wheels --no-compile"
requirement=$1
shift
if [ "$requirement" = --group ]; then
  group=$1
  shift
fi
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1735689600}"

pip wheel --quiet --no-index --find-links /wheels --no-deps --wheel-dir /wheels .
if [ -n "${group:-}" ]; then
  # As `pip install --group`, which the pip of the base image does not have.
  python3 -c 'import sys, tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"][sys.argv[1]], sep="\n")' \
    "$group" >/tmp/group.txt
  $into_image --requirement /tmp/group.txt
  $into_image --no-deps flighttracker
else
  $into_image "$requirement"
fi

packages=$(/opt/flighttracker/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
for unneeded in "$@"; do
  case $unneeded in
    */*) if [ -d "$packages/$unneeded" ]; then
           set -- "$packages/$unneeded" -mindepth 1 ! -path "$packages/$unneeded/__init__.py"
         else
           set -- "$packages" -type f -path "$packages/$unneeded"
         fi
         [ -n "$(find "$@")" ] || { echo "error: there is no $unneeded to leave out" >&2; exit 1; }
         find "$@" -delete ;;
    *) pip --python /opt/flighttracker/bin/python uninstall --quiet --yes "$unneeded" ;;
  esac
done
# Removes dependencies' tests, C and Cython sources, and files for type checkers.
find "$packages" -type d \( -name tests -o -name test \) -prune -exec rm -r {} +
find "$packages" -type f \( -name '*_test.py' -o -name '*.pyi' -o -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.a' \) -delete

mkdir /opt/application
mv "$packages"/flighttracker* /opt/application/
echo /opt/application >"$packages/flighttracker.pth"

# Unchecked byte code: it contains no file times, is not compared with its source at start, and is never rewritten.
/opt/flighttracker/bin/python -m compileall -q -j 1 --invalidation-mode unchecked-hash "$packages" /opt/application
find /opt/flighttracker /opt/application -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
