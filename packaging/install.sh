#!/bin/sh
# Runs inside the build: installs REQUIREMENT from /wheels into /opt/flighttracker, and what is ours into
# /opt/application, a layer of its own: a change of the sources moves a megabyte, not a hundred.
#
# Further arguments are what a dependency needs and we do not: a distribution that only its command line or its tests
# import, or a package under site-packages, with a slash, whose modules go and whose __init__ stays.
# `tests/chart/test_images.py` holds that nothing of ours misses them.
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
# Tests of others, what a compiler made the modules from, and what only type checkers read.
find "$packages" -type d \( -name tests -o -name test \) -prune -exec rm -r {} +
find "$packages" -type f \( -name '*_test.py' -o -name '*.pyi' -o -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.a' \) -delete

mkdir /opt/application
mv "$packages"/flighttracker* /opt/application/
echo /opt/application >"$packages/flighttracker.pth"

# Byte code that is trusted as it is: no file times inside, nothing to compare at each start, nothing to write.
/opt/flighttracker/bin/python -m compileall -q -j 1 --invalidation-mode unchecked-hash "$packages" /opt/application
find /opt/flighttracker /opt/application -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
