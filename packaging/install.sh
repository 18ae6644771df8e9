#!/bin/sh
# Runs inside the image build: installs REQUIREMENT from /wheels into /opt/flighttracker, and the project's own packages into
# /opt/application. That is a separate layer, so a change of the sources transfers a megabyte instead of a hundred.
#
# Further arguments name parts of dependencies to remove: a distribution that only a dependency's command line or tests
# import, or (with a slash) a package under site-packages whose modules are removed and whose __init__ stays.
# `tests/chart/test_images.py` checks that the project does not need them.
set -eu
requirement=$1
shift
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1735689600}"

pip wheel --quiet --no-index --find-links /wheels --no-deps --wheel-dir /wheels .
pip --python /opt/flighttracker/bin/python install --quiet --no-index --find-links /wheels --no-compile "$requirement"

packages=$(/opt/flighttracker/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
for unneeded in "$@"; do
  case $unneeded in
    */*) [ -d "$packages/$unneeded" ] || { echo "error: there is no $unneeded to leave out" >&2; exit 1; }
         find "$packages/$unneeded" -mindepth 1 ! -path "$packages/$unneeded/__init__.py" -delete ;;
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
