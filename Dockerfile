# The images: `services` (the flighttracker command: the whole map in one process, or one generator or gateway), `operator`,
# and `web` (the page, served by nginx). `make images` builds them. Each -dev target is the same image with sources that
# `make dev-cluster` and skaffold can replace at run time.
#
# Only packages with a hash in the lock files are installed: they are downloaded once, and installed from that folder.
# pip installs the project, or a dependency group, instead of the lock file: build-only packages (hatchling) stay out.
# Builds are reproducible for the same sources, base image and SOURCE_DATE_EPOCH: no caches, byte code that does not depend
# on file times, and one time for all files.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm
ARG NODE_IMAGE=docker.io/library/node:22-bookworm-slim
ARG NGINX_IMAGE=docker.io/nginxinc/nginx-unprivileged:1.29-bookworm

# The page, as static files. They are the same on every architecture, so that none is emulated for them. buildah 1.28 ignores it.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
# Packages run no scripts. A mounted npmrc (a mirror and its token) is used, but never stored.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=false npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY web ./
RUN npm run --silent build && find out -type f -name '*.map' -delete

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
COPY examples examples
COPY charts/flighttracker/crds charts/flighttracker/crds
COPY packaging/wheel_files.py packaging/wheel_files.py
COPY packaging/install.sh /usr/local/bin/install-flighttracker
COPY --from=page /src/web/out web/out
ARG SOURCE_DATE_EPOCH=1735689600
# Removed: Litestar's command line, and packages that generate its documentation's examples; of Arrow, its network protocol
# and the names of its library that only compilers use.
RUN install-flighttracker 'flighttracker[services]' \
  faker polyfactory httpx httpcore rich-click rich pygments markdown-it-py mdurl litestar-htmx \
  'pyarrow/*flight*' 'pyarrow/libarrow_python*.so' 'pyarrow/libarrow_python*.so.*.*.*' pyarrow/include pyarrow/src

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

# The whole map by default: `docker run -p 8000:8000 IMAGE`. A file mounted over /tracker.yaml replaces the tracker. Pods
# start `flighttracker generator` or `gateway`, and Kubernetes ignores HEALTHCHECK.
FROM runtime AS services
LABEL org.opencontainers.image.title="Flight tracker" \
  org.opencontainers.image.description="A live flight map. Without arguments it runs all of it at port 8000; in a cluster it is a generator or a gateway." \
  org.opencontainers.image.licenses=Apache-2.0
COPY --from=services-build /opt/flighttracker /opt/flighttracker
COPY --from=services-build /opt/application /opt/application
COPY --chmod=0444 examples/minimal.yaml /tracker.yaml
COPY --chmod=0555 packaging/healthy.py /usr/local/bin/healthy
ENV FLIGHTTRACKER_FILE=/tracker.yaml FLIGHTTRACKER_HOST=0.0.0.0 FLIGHTTRACKER_PORT=8000
EXPOSE 8000 8080 9100
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["healthy"]
ENTRYPOINT ["flighttracker"]
CMD ["local"]

FROM runtime AS operator
LABEL org.opencontainers.image.title="Flight tracker: operator" \
  org.opencontainers.image.description="Turns FlightTracker resources of a Kubernetes cluster into live flight maps." \
  org.opencontainers.image.licenses=Apache-2.0
COPY --from=operator-build /opt/flighttracker /opt/flighttracker
COPY --from=operator-build /opt/application /opt/application
EXPOSE 8080
ENTRYPOINT ["flighttracker-operator"]

# Compresses the files once, and writes the security policy with the hashes of the page's inline scripts.
FROM page AS web-build
COPY packaging/web /packaging
ARG SOURCE_DATE_EPOCH=1735689600
RUN node /packaging/policy.mjs out >/packaging/policy.conf \
  && find out -type f -size +1k \( -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.txt' -o -name '*.svg' -o -name '*.json' \) \
    -exec gzip --best --no-name --keep {} + \
  && find out /packaging -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

FROM ${NGINX_IMAGE} AS web
LABEL org.opencontainers.image.title="Flight tracker: page" \
  org.opencontainers.image.description="The page of the flight map, served by nginx, which also forwards to the gateways." \
  org.opencontainers.image.licenses=Apache-2.0
COPY --from=web-build /packaging/default.conf /etc/nginx/conf.d/default.conf
COPY --from=web-build /packaging/security.conf /packaging/policy.conf /packaging/gateway.template /etc/nginx/flighttracker/
COPY --from=web-build /packaging/start.sh /usr/local/bin/start-page
COPY --from=web-build /src/web/out /usr/share/nginx/html
USER 101:101
EXPOSE 8080 8443
# Not the base image's entry point: it rewrites files, which fails on a read-only root file system.
ENTRYPOINT ["start-page"]
CMD []

# For development: the command runs from a copy of the sources in /tmp, which stays writable with a read-only root file
# system, and restarts when they change.
FROM services AS services-dev
COPY --chmod=0755 packaging/reload.py /opt/dev/flighttracker
ENV PATH=/opt/dev:$PATH

FROM operator AS operator-dev
COPY --chmod=0755 packaging/reload.py /opt/dev/flighttracker-operator
ENV PATH=/opt/dev:$PATH

# Prefers files that `make dev-cluster` and skaffold copy to /tmp/page.
FROM web AS web-dev
COPY --from=web-build /packaging/dev.conf /etc/nginx/conf.d/default.conf
