"""Write the OLM bundle of a release: `make olm`, or

    python -m scripts.olm.bundle FOLDER [--source URL] [--maintainer 'NAME <ADDRESS>']

`FOLDER/bundle` gets `manifests/` (ClusterServiceVersion, CRD), `metadata/annotations.yaml` and `bundle.Dockerfile`, and
`FOLDER/flighttracker-olm-VERSION.tgz` has all of them. Deployment and rights are those that helm renders.
Fields are those of the CRD, examples those of `examples/`.
Exit codes: 0, or 1 if helm is missing or fails.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import re
import shutil
import sys
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from scripts.olm.descriptors import spec_descriptors, status_descriptors
from scripts.release import CHART, ROOT, ReleaseError, run_helm, versions

from flighttracker_operator.crd import custom_resource_definition
from flighttracker_operator.model.images import IMAGE_NAMES, images_of
from flighttracker_operator.objects.kinds import BUILTIN

Manifest = dict[str, Any]

PACKAGE: Final = "flighttracker"
CHANNEL: Final = "alpha"
"""The channel of versions before 1.0."""
CAPABILITIES: Final = "Deep Insights"
"""The level that docs/capability-levels.md shows with tests."""
INSTALL_MODES: Final = ("OwnNamespace", "SingleNamespace", "MultiNamespace", "AllNamespaces")
FIRST_EXAMPLE: Final = "minimal"
NOT_OF_OLM: Final = ("helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance")
EPOCH: Final = 1735689600
"""Time of a bundle without SOURCE_DATE_EPOCH, as for wheels: 2025."""
_MAINTAINER: Final = re.compile(r"(?P<name>[^<>]+) <(?P<email>[^<>@ ]+@[^<>@ ]+)>")


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def write(root: Path, folder: Path, *, source: str = "", maintainer: str = "") -> list[Path]:
    """Write the bundle into a new folder and return its files.

    Args:
        root: the repository.
        folder: is replaced.
        source: address of the repository, for links.
        maintainer: `NAME <ADDRESS>`.

    Raises:
        ReleaseError: helm is missing or fails, or the maintainer has another form.
    """
    version = versions(root)["pyproject.toml"]
    crd = custom_resource_definition()
    files = {
        f"manifests/{PACKAGE}.clusterserviceversion.yaml": _service_version(root, version, crd, source, maintainer),
        f"manifests/{crd['metadata']['name']}.crd.yaml": crd,
        "metadata/annotations.yaml": {"annotations": bundle_annotations()},
    }
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        text = yaml.dump(content, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=120)
        (folder / name).write_text(text, encoding="utf-8")
    labels = "".join(f"LABEL {name}={value}\n" for name, value in bundle_annotations().items())
    copies = "COPY manifests /manifests/\nCOPY metadata /metadata/\n"
    (folder / "bundle.Dockerfile").write_text(f"FROM scratch\n{labels}{copies}", encoding="utf-8")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def archive(root: Path, bundle: Path) -> Path:
    """Write a bundle into an archive beside it; the same bundle gives the same bytes."""
    path = bundle.with_name(f"{PACKAGE}-olm-{versions(root)['pyproject.toml']}.tgz")

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime, member.mode = int(_created().timestamp()), 0o644
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    with (
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for file in sorted(file for file in bundle.rglob("*") if file.is_file()):
            tar.add(file, f"bundle/{file.relative_to(bundle)}", filter=plain)
    return path


def bundle_annotations() -> dict[str, str]:
    """Return the annotations of the bundle, which are also the labels of its image."""
    prefix = "operators.operatorframework.io.bundle"
    return {
        f"{prefix}.mediatype.v1": "registry+v1",
        f"{prefix}.manifests.v1": "manifests/",
        f"{prefix}.metadata.v1": "metadata/",
        f"{prefix}.package.v1": PACKAGE,
        f"{prefix}.channels.v1": CHANNEL,
        f"{prefix}.channel.default.v1": CHANNEL,
    }


def _service_version(root: Path, version: str, crd: Manifest, source: str, maintainer: str) -> Manifest:
    rendered = list(yaml.safe_load_all(run_helm("template", PACKAGE, str(root / CHART), "--namespace", PACKAGE)))
    objects = {(one["kind"], one["metadata"]["name"]): one for one in rendered if one}
    (deployment,) = [one for (kind, _), one in objects.items() if kind == "Deployment"]
    account = deployment["spec"]["template"]["spec"]["serviceAccountName"]
    rules = objects["ClusterRole", f"{PACKAGE}-{PACKAGE}"]["rules"]
    cluster_wide = [rule for rule in rules if rule["resources"] == ["ingressclasses"]]
    install_spec = {
        "clusterPermissions": [{"serviceAccountName": account, "rules": cluster_wide}],
        # A Role in each watched namespace, or with AllNamespaces a ClusterRole.
        "permissions": [{"serviceAccountName": account, "rules": [r for r in rules if r not in cluster_wide]}],
        "deployments": [_deployment(deployment)],
    }
    chart = yaml.safe_load((root / CHART / "Chart.yaml").read_text(encoding="utf-8"))
    examples = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((root / "examples").glob("*.yaml"))]
    examples.sort(key=lambda example: example["metadata"]["name"] != FIRST_EXAMPLE)
    icon = base64.b64encode((root / "docs/images/favicon.svg").read_bytes()).decode()
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": {
            "name": f"{PACKAGE}.v{version}",
            "namespace": "placeholder",
            "labels": {
                "operatorframework.io/arch.amd64": "supported",
                "operatorframework.io/arch.arm64": "supported",
                "operatorframework.io/os.linux": "supported",
            },
            "annotations": {
                "alm-examples": json.dumps([*examples, *_other_versions(examples[0], crd)], indent=2),
                "capabilities": CAPABILITIES,
                "categories": "Streaming & Messaging, Monitoring",
                "containerImage": _container(deployment)["image"],
                "createdAt": _created().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "description": chart["description"],
                "olm.skipRange": f">=0.0.0 <{version}",
                "operatorframework.io/initialization-resource": json.dumps(examples[0]),
                "operatorframework.io/suggested-namespace": PACKAGE,
                **({"repository": source} if source else {}),
            },
        },
        "spec": {
            "displayName": "Flight tracker",
            "description": (root / "packaging/olm/description.md").read_text(encoding="utf-8"),
            "icon": [{"base64data": icon, "mediatype": "image/svg+xml"}],
            "version": version,
            "minKubeVersion": chart["kubeVersion"].removeprefix(">=").removesuffix("-0"),
            "maturity": "alpha",
            "keywords": chart["keywords"],
            "provider": {"name": "Flight tracker", **({"url": source} if source else {})},
            **({"links": [{"name": "Source and documentation", "url": source}]} if source else {}),
            **({"maintainers": [_maintainer(maintainer)]} if maintainer else {}),
            "installModes": [{"type": mode, "supported": True} for mode in INSTALL_MODES],
            "install": {"strategy": "deployment", "spec": install_spec},
            "customresourcedefinitions": {"owned": [_owned(crd, version) for version in crd["spec"]["versions"]]},
            "relatedImages": _related_images(_container(deployment)),
        },
    }


def _deployment(rendered: Manifest) -> Manifest:
    """Return the Deployment as OLM makes it: names of namespaces come from OLM, and the policy has its defaults."""
    spec = json.loads(json.dumps(rendered["spec"]))
    template = spec["template"]
    template["metadata"]["labels"] = _without(template["metadata"]["labels"], *NOT_OF_OLM)
    template["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "operator"}
    spec["selector"]["matchLabels"] = _without(spec["selector"]["matchLabels"], *NOT_OF_OLM)
    pod, container = template["spec"], _container(rendered)
    # The image has this user, and OpenShift assigns others.
    pod["securityContext"] = _without(pod["securityContext"], "runAsUser", "runAsGroup", "fsGroup")
    pod["volumes"] = [volume for volume in pod["volumes"] if volume["name"] != "policy"]
    container = json.loads(json.dumps(container))
    container["volumeMounts"] = [mount for mount in container["volumeMounts"] if mount["name"] != "policy"]
    container["args"] = [argument for argument in container["args"] if not argument.startswith("--policy")]
    targets = {"fieldRef": {"fieldPath": "metadata.annotations['olm.targetNamespaces']"}}
    own = {"fieldRef": {"fieldPath": "metadata.namespace"}}
    container["env"] = [
        {"name": "WATCH_NAMESPACE", "valueFrom": targets},
        {"name": "POD_NAMESPACE", "valueFrom": own},
        {"name": "FLIGHTTRACKER_OPERATOR", "value": f"$(POD_NAMESPACE)/{rendered['metadata']['name']}"},
        *(variable for variable in container["env"] if variable["name"] != "FLIGHTTRACKER_OPERATOR"),
    ]
    pod["containers"] = [container]
    return {"name": rendered["metadata"]["name"], "label": template["metadata"]["labels"], "spec": spec}


def _owned(crd: Manifest, version: Manifest) -> Manifest:
    """Return what consoles show about one version of the CRD."""
    schema = version["schema"]["openAPIV3Schema"]["properties"]
    resources = [{"kind": kind.name, "version": kind.version, "name": ""} for kind in BUILTIN]
    return {
        "name": crd["metadata"]["name"],
        "version": version["name"],
        "kind": crd["spec"]["names"]["kind"],
        "displayName": "Flight tracker",
        "description": version["schema"]["openAPIV3Schema"]["description"],
        "resources": resources,
        "specDescriptors": spec_descriptors(schema["spec"]),
        "statusDescriptors": status_descriptors(schema["status"]),
    }


def _other_versions(example: Manifest, crd: Manifest) -> list[Manifest]:
    """Return the first example in the versions of the CRD that no example has: consoles want one of each."""
    group, _, present = example["apiVersion"].partition("/")
    others = [version["name"] for version in crd["spec"]["versions"] if version["name"] != present]
    return [{**example, "apiVersion": f"{group}/{other}"} for other in others]


def _related_images(container: Manifest) -> list[Mapping[str, str]]:
    """Return every image that the operator and its trackers run, which mirrors of disconnected clusters need."""
    images = images_of({variable["name"]: variable.get("value", "") for variable in container["env"]})
    ours = {name.replace("_", "-"): getattr(images, name) for name in IMAGE_NAMES}
    return [{"name": name, "image": image} for name, image in {"operator": container["image"], **ours}.items()]


def _container(deployment: Manifest) -> Manifest:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return dict(container)


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _maintainer(text: str) -> dict[str, str]:
    found = _MAINTAINER.fullmatch(text)
    if found is None:
        raise ReleaseError(f"the maintainer is {text!r}, but must be NAME <ADDRESS>")
    return found.groupdict()


def _created() -> datetime:
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)), UTC)


def main() -> None:
    """Write the bundle and list its files."""
    parser = argparse.ArgumentParser(description="Write the OLM bundle of a release.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", default=os.environ.get("SOURCE_URL", ""), help="address of the repository")
    parser.add_argument("--maintainer", default=os.environ.get("MAINTAINER", ""), help="NAME <ADDRESS>")
    options = parser.parse_args()
    try:
        bundle = options.folder / "bundle"
        files = write(ROOT, bundle, source=options.source, maintainer=options.maintainer)
        for path in (*files, archive(ROOT, bundle)):
            print(f"{path.stat().st_size:>10,}  {path}")
    except ReleaseError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
