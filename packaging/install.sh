#!/bin/sh
# Runs inside the build: installs REQUIREMENT from /wheels into /opt/flighttracker, and what is ours into
# /opt/application, a layer of its own: a change of the sources moves a megabyte, not a hundred.
set -eu
requirement=$1
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1735689600}"

pip wheel --quiet --no-index --find-links /wheels --no-deps --wheel-dir /wheels .
pip --python /opt/flighttracker/bin/python install --quiet --no-index --find-links /wheels --no-compile "$requirement"

packages=$(/opt/flighttracker/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
mkdir /opt/application
mv "$packages"/flighttracker* /opt/application/
echo /opt/application >"$packages/flighttracker.pth"

# numpy's own tests are a third of it.
find "$packages/numpy" -type d -name tests -prune -exec rm -rf {} +
# Byte code that is trusted as it is: no file times inside, nothing to compare at each start, nothing to write.
/opt/flighttracker/bin/python -m compileall -q -j 1 --invalidation-mode unchecked-hash "$packages" /opt/application
find /opt/flighttracker /opt/application -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
