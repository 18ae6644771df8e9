# The Python images: `services` (generator, gateway and the flighttracker command) and `operator`.
# `make images` builds them. Each -dev target is the same image with sources that `make dev-cluster` and skaffold can replace
# at run time.
#
# Only packages with a hash in the lock files are installed: they are downloaded once, and installed from that folder.
# pip installs the project, or a dependency group, instead of the lock file: build-only packages (hatchling) stay out.
# Builds are reproducible for the same sources, base image and SOURCE_DATE_EPOCH: no caches, byte code that does not depend
# on file times, and one time for all files.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
WORKDIR /src
RUN python3 -m venv --without-pip /opt/flighttracker

# A mounted pip.conf (a mirror and its password) is used, but never stored in the image.
FROM build AS services-build
COPY requirements.lock ./
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf,required=false \
  pip download --quiet --require-hashes --only-binary=:all: --requirement requirements.lock --dest /wheels
COPY LICENSE README.md pyproject.toml ./
COPY schemas schemas
COPY services services
COPY operator operator
COPY packaging/wheel_files.py packaging/wheel_files.py
COPY packaging/install.sh /usr/local/bin/install-flighttracker
ARG SOURCE_DATE_EPOCH=1735689600
# Removed: Litestar's command line, and packages that generate its documentation's examples.
RUN install-flighttracker 'flighttracker[services]' \
  faker polyfactory httpx httpcore rich-click rich pygments markdown-it-py mdurl litestar-htmx

FROM build AS operator-build
COPY requirements-operator.lock ./
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf,required=false \
  pip download --quiet --require-hashes --only-binary=:all: --requirement requirements-operator.lock --dest /wheels
COPY LICENSE README.md pyproject.toml ./
COPY schemas schemas
COPY services services
COPY operator operator
COPY packaging/wheel_files.py packaging/wheel_files.py
COPY packaging/install.sh /usr/local/bin/install-flighttracker
ARG SOURCE_DATE_EPOCH=1735689600
# Removed: the client's typed models and methods. The operator uses JSON.
RUN install-flighttracker --group operator-image \
  kubernetes/client/api kubernetes/client/models kubernetes/aio/client/api kubernetes/aio/client/models

FROM ${PYTHON_IMAGE} AS runtime
# A numeric user lets Kubernetes verify that it is not root. HOME is needed because the root file system is read-only, USER
# because the number has no user name and kopf reads one.
USER 65532:65532
WORKDIR /tmp
ENV PATH=/opt/flighttracker/bin:$PATH HOME=/tmp USER=flighttracker PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
LABEL org.opencontainers.image.licenses=Apache-2.0

FROM runtime AS services
LABEL org.opencontainers.image.title="Flight tracker: generator and gateway"
COPY --from=services-build /opt/flighttracker /opt/flighttracker
COPY --from=services-build /opt/application /opt/application
EXPOSE 8080 9100
ENTRYPOINT ["flighttracker"]
CMD ["--help"]

FROM runtime AS operator
LABEL org.opencontainers.image.title="Flight tracker: operator"
COPY --from=operator-build /opt/flighttracker /opt/flighttracker
COPY --from=operator-build /opt/application /opt/application
EXPOSE 8080
ENTRYPOINT ["flighttracker-operator"]

# For development: the command runs from a copy of the sources in /tmp, which stays writable with a read-only root file
# system, and restarts when they change.
FROM services AS services-dev
COPY --chmod=0755 packaging/reload.py /opt/dev/flighttracker
ENV PATH=/opt/dev:$PATH

FROM operator AS operator-dev
COPY --chmod=0755 packaging/reload.py /opt/dev/flighttracker-operator
ENV PATH=/opt/dev:$PATH
