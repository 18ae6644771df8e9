"""Development on any cluster: build, load, install, and copy changed files into the running pods.

`make dev-cluster` calls it. It needs kubectl, helm and one of docker, podman and buildah. On the cluster of
KUBECONFIG it does the same as `skaffold dev`, without skaffold.

    python scripts/dev_cluster.py            build, load, install, wait, forward a port, then copy changes
    python scripts/dev_cluster.py install    the same, without the last two steps
    python scripts/dev_cluster.py page       build the page and copy it into the pods that serve it
    python scripts/dev_cluster.py sources    copy the Python sources into the pods that run them

How images reach the nodes: `kind load` when the current context is kind's, else the command in IMAGE_LOAD, to which the
names are added (`IMAGE_LOAD="docker push"` with an IMAGE_PREFIX that the nodes can pull from).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
CHART: Final = ROOT / "charts/flighttracker"
RELEASE: Final = "flighttracker"
TRACKER: Final = "sample"
IMAGES: Final = "services-dev operator-dev web-dev"
PREFIX: Final = os.environ.get("IMAGE_PREFIX", "docker.io/flighttracker")

BASE_SOURCES: Final = ("schemas", "services/core/src")
SERVICE_SOURCES: Final = (
    *BASE_SOURCES,
    "services/generator/src",
    "services/gateway/src",
    "services/historian/src",
    "services/cli/src",
)
OPERATOR_SOURCES: Final = (*BASE_SOURCES, "operator/src")
SERVICES: Final = f"flighttracker.io/tracker={TRACKER},app.kubernetes.io/component in (generator,gateway,historian)"
OPERATOR: Final = f"app.kubernetes.io/name=flighttracker-operator,app.kubernetes.io/instance={RELEASE}"
WEB: Final = f"flighttracker.io/tracker={TRACKER},app.kubernetes.io/component=web"
IN_IMAGES: Final = ("Dockerfile", "examples", "packaging", "requirements.lock", "requirements-operator.lock")
"""Files that need a new image; sources are copied instead."""

LOOK_S: Final = 1.0
COPY_S: Final = 120.0
READY_S: Final = 600


class StepError(Exception):
    """A command failed; the message is for users."""


def say(words: str) -> None:
    """Print progress to stderr."""
    print(f"dev-cluster: {words}", file=sys.stderr, flush=True)


def run(*command: str, **options: str) -> None:
    """Run a command with visible output and additional environment variables."""
    if subprocess.run(command, cwd=ROOT, env={**os.environ, **options}, check=False).returncode != 0:
        raise StepError(f"`{shlex.join(command)}` failed")


def output(*command: str, **options: str) -> str:
    """Return what a command prints on stdout."""
    answer = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **options}, stdout=subprocess.PIPE, text=True, check=False
    )
    if answer.returncode != 0:
        raise StepError(f"`{shlex.join(command)}` failed")
    return answer.stdout


def files_below(roots: Iterable[str]) -> list[Path]:
    """Return the project's files in some folders, in a fixed order."""
    skipped = {"node_modules", ".next", "out", "dist", "__pycache__"}
    found: list[Path] = []
    for root in roots:
        path = ROOT / root
        below = [path] if path.is_file() else path.rglob("*")
        found += [file for file in below if file.is_file() and not skipped & set(file.relative_to(ROOT).parts)]
    return sorted(found)


def content_tag() -> str:
    """Return a tag that changes with the images' content, because nodes cache images by tag."""
    digest = hashlib.sha256()
    for file in files_below((*IN_IMAGES, *SERVICE_SOURCES, *OPERATOR_SOURCES, "web", "pyproject.toml")):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"dev-{digest.hexdigest()[:12]}"


def need(*programs: str) -> None:
    """Raise when a program is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            raise StepError(f"{program} is not installed")


def load_command() -> list[str]:
    """Return the command that brings images to the nodes, without their names."""
    if named := os.environ.get("IMAGE_LOAD"):
        return shlex.split(named)
    context = output("kubectl", "config", "current-context").strip()
    if context.startswith("kind-"):
        return ["kind", "load", "docker-image", "--name", context.removeprefix("kind-")]
    raise StepError(f"how do images reach the nodes of context {context!r}? Set IMAGE_LOAD, such as 'docker push'")


def install(namespace: str) -> None:
    """Build and load the images, install the chart with its sample tracker, and wait until that is ready."""
    tag = content_tag()
    load = load_command()
    names = output("scripts/images.sh", TAG=tag, IMAGES=IMAGES, IMAGE_PREFIX=PREFIX).split()
    say(f"loading {len(names)} images")
    run(*load, *names)
    say(f"installing release {RELEASE} in namespace {namespace}")
    run("kubectl", "apply", "--server-side", "--force-conflicts", "--filename", str(CHART / "crds"))
    registry, _, folder = PREFIX.partition("/")
    values = f"image.registry={registry},image.repository={folder},image.tag={tag},log.format=text"
    values += f",sample.enabled=true,sample.name={TRACKER}"
    run("helm", "upgrade", "--install", RELEASE, str(CHART), "--namespace", namespace, "--create-namespace",
        "--wait", "--timeout=5m", "--set", values)  # fmt: skip
    say(f"waiting until flighttracker/{TRACKER} is ready")
    kubectl = ("kubectl", "--namespace", namespace)
    try:
        run(*kubectl, "wait", "--for=condition=Ready", f"flighttracker/{TRACKER}", f"--timeout={READY_S}s")
    except StepError:
        run(*kubectl, "describe", f"flighttracker/{TRACKER}")
        raise


def copy(namespace: str, selector: str, roots: Sequence[str], patterns: Sequence[str], target: str) -> int:
    """Copy files into every running pod of a selector, and return how many pods there were."""
    kubectl = ("kubectl", "--namespace", namespace)
    query = "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}"
    listed = output(*kubectl, "get", "pods", "--selector", selector, "--field-selector=status.phase=Running",
                    "--output", query)  # fmt: skip
    command = ["tar", "--create", "--file=-"]
    for root in roots:
        files = [str(file.relative_to(ROOT / root)) for pattern in patterns for file in (ROOT / root).rglob(pattern)]
        command += ["--directory", str(ROOT / root), *sorted(name for name in files if (ROOT / root / name).is_file())]
    archive = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=COPY_S).stdout
    unpack = f"mkdir -p {target} && tar --extract --touch --no-same-owner --file=- --directory={target}"
    for pod in listed.split():
        into = [*kubectl, "exec", "--quiet", "--stdin", pod, "--", "sh", "-c", unpack]
        if subprocess.run(into, input=archive, timeout=COPY_S, check=False).returncode != 0:
            say(f"pod {pod} took nothing: it may be starting or ending")
    return len(listed.split())


def copy_sources(namespace: str) -> None:
    """Copy the Python sources into generators, gateways and the operator; they restart by themselves."""
    patterns, target = ("*.py", "*.avsc", "*.csv"), "/tmp/flighttracker-sources"
    pods = copy(namespace, SERVICES, SERVICE_SOURCES, patterns, target)
    pods += copy(namespace, OPERATOR, OPERATOR_SOURCES, patterns, target)
    say(f"copied the sources into {pods} pods")


def copy_page(namespace: str) -> None:
    """Build the page and copy it into the pods that serve it; reload the browser to see it."""
    run("make", "web")
    pods = copy(namespace, WEB, ("web/out",), ("*",), "/tmp/page")
    say(f"copied the page into {pods} pods")


def newest(roots: Iterable[str]) -> tuple[int, int]:
    """Return the number of files and the latest change, nanoseconds."""
    times = [file.stat().st_mtime_ns for file in files_below(roots)]
    return len(times), max(times, default=0)


def follow(namespace: str, port: int) -> None:
    """Forward a port to the page and copy changed files, until Ctrl-C."""
    forward = subprocess.Popen(
        ["kubectl", "--namespace", namespace, "port-forward", f"service/{TRACKER}-web", f"{port}:8080"],
        stdout=subprocess.DEVNULL,
    )
    say(f"http://localhost:{port} shows the map; saved files are copied; Ctrl-C ends this, and leaves all installed")
    python_roots, page_roots = {*SERVICE_SOURCES, *OPERATOR_SOURCES}, ("web/src", "web/client/src")
    seen = newest(python_roots), newest(page_roots), newest(IN_IMAGES)
    try:
        while True:
            time.sleep(LOOK_S)
            now = newest(python_roots), newest(page_roots), newest(IN_IMAGES)
            try:
                if now[0] != seen[0]:
                    copy_sources(namespace)
                if now[1] != seen[1]:
                    copy_page(namespace)
                if now[2] != seen[2]:
                    say("what images are made of has changed: run make dev-cluster again")
            except StepError as error:
                say(str(error))
            seen = now
    finally:
        forward.terminate()
        forward.wait(10)


def main() -> int:
    """Run the command in the arguments and return the exit code."""
    parser = argparse.ArgumentParser(description="Build, load and install on the current cluster, then follow changes.")
    parser.add_argument("step", nargs="?", default="all", choices=["all", "install", "page", "sources"])
    parser.add_argument("--namespace", default="flighttracker", help="namespace of the release [flighttracker]")
    parser.add_argument("--port", type=int, default=8080, help="port of this machine that shows the map [8080]")
    chosen = parser.parse_args()
    try:
        need("kubectl", "helm")
        match chosen.step:
            case "page":
                copy_page(chosen.namespace)
            case "sources":
                copy_sources(chosen.namespace)
            case _:
                install(chosen.namespace)
                if chosen.step == "all":
                    follow(chosen.namespace, chosen.port)
    except StepError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
