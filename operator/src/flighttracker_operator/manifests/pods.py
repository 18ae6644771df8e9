"""Pod templates, containers, volumes and probes of a tracker's pods.

Every pod meets the level `restricted` of the Pod Security Standards: it does not run as root, and can only write to its
mounts. On OpenShift it also meets `restricted-v2`, which assigns user and group ids and rejects others. The resource's
`podTemplate` is merged here, and only here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.metadata import CONFIG_ANNOTATION
from flighttracker_operator.manifests.pod_merge import OS_LABEL, merge_templates
from flighttracker_operator.model.facts import SECRETS_ANNOTATION, Facts, SecretFacts, digest_of, note_secrets
from flighttracker_operator.model.names import Component, labels, selector
from flighttracker_operator.model.pod_templates import pod_templates
from flighttracker_operator.model.servers import SecretKeys
from flighttracker_operator.objects.kinds import OPENSHIFT

TEMPORARY: Final = "tmp"
NO_SECRETS: Final[SecretKeys] = {}
READ_ONLY_KEYS: Final = 0o440
"""File mode of mounted Secrets: readable by the owner and the pod's group."""


def container(name: str, image: str, amounts: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a container that can only write to its mounts, of which /tmp is one.

    Args:
        name: its name.
        image: its image.
        amounts: its `resources`.
        fields: the other fields: `command`, `env`, `ports`, probes, `volumeMounts`.
    """
    mounts = fields.pop("volumeMounts", ())
    return {
        "name": name,
        "image": image,
        **fields,
        "resources": dict(amounts),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [*mounts, {"name": TEMPORARY, "mountPath": "/tmp"}],  # noqa: S108 - inside the pod
    }


def pod_template(
    tracker: FlightTracker,
    facts: Facts,
    component: Component,
    containers: Sequence[dict[str, Any]],
    *,
    user: int,
    grace_s: int,
    init_containers: Sequence[dict[str, Any]] = (),
    volumes: Sequence[dict[str, Any]] = (),
    annotations: Mapping[str, str] | None = None,
    temporary_size: str = "64Mi",
) -> dict[str, Any]:
    """Return the template of a component's pods.

    Args:
        tracker: the resource.
        facts: where the pods run.
        component: the component to which the pods belong.
        containers: made by `container`.
        user: id of the user and group that the image expects; volumes get the same group. OpenShift assigns its own.
        grace_s: how long the pods may take to terminate, seconds.
        init_containers: made by `container`; they run in order before the containers start.
        volumes: volumes that the containers mount, except /tmp.
        annotations: annotations whose change restarts the pods.
        temporary_size: size limit of /tmp.
    """
    spec: dict[str, Any] = {
        "automountServiceAccountToken": False,
        # Service link variables would collide with environment variables that Kafka and the registry read.
        "enableServiceLinks": False,
        # A cluster may also have nodes with Windows. The images are for amd64 and arm64.
        "nodeSelector": {OS_LABEL: "linux"},
        "securityContext": {
            "runAsNonRoot": True,
            **({} if facts.serves(OPENSHIFT) else {"runAsUser": user, "runAsGroup": user, "fsGroup": user}),
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": grace_s,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": selector(tracker, component)},
            }
            for key in ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
        ],
        "containers": [{**one, "imagePullPolicy": facts.images.pull_policy} for one in containers],
        "volumes": [*volumes, {"name": TEMPORARY, "emptyDir": {"sizeLimit": temporary_size}}],
    }
    if init_containers:
        spec["initContainers"] = [{**one, "imagePullPolicy": facts.images.pull_policy} for one in init_containers]
    if facts.images.pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in facts.images.pull_secrets]
    metadata: dict[str, Any] = {"labels": labels(tracker, component)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    own = {"metadata": metadata, "spec": spec}
    templates = pod_templates(tracker, component)
    return merge_templates(own, templates, selector(tracker, component)).template if templates else own


def roll_annotations(
    facts: Facts, config: Mapping[str, str], secrets: SecretKeys = NO_SECRETS, *, reloaded: Iterable[str] = ()
) -> dict[str, str]:
    """Return the annotations of a pod template whose change restarts the pods.

    Args:
        facts: the state of the Secrets.
        config: content of the pods' ConfigMap.
        secrets: keys of the Secrets that the pods use.
        reloaded: those of them that the process reloads by itself; a change of these restarts nothing.
    """
    known = {
        name: SecretFacts(keys=secret.keys & secrets[name], digest=secret.digest)
        for name in sorted(set(secrets) - set(reloaded))
        if (secret := facts.secret(name))
    }
    annotations = {CONFIG_ANNOTATION: digest_of(config)}
    return {**annotations, SECRETS_ANNOTATION: note_secrets(known)} if known else annotations


def config_volume(name: str, config_map: str, *, keys: Sequence[str] = ()) -> dict[str, Any]:
    """Return a volume with the given keys of a ConfigMap, or all of them if none are given."""
    source: dict[str, Any] = {"name": config_map}
    if keys:
        source["items"] = [{"key": key, "path": key} for key in keys]
    return {"name": name, "configMap": source}


def secret_volumes(secrets: SecretKeys) -> list[dict[str, Any]]:
    """Return one volume for each Secret, in the order of their names, with the given keys and no others."""
    return [
        {
            "name": f"secret-{number}",
            "secret": {
                "secretName": secret,
                "defaultMode": READ_ONLY_KEYS,
                "items": [{"key": key, "path": key} for key in sorted(secrets[secret])],
            },
        }
        for number, secret in enumerate(sorted(secrets))
    ]


def secret_mounts(secrets: Iterable[str]) -> list[dict[str, Any]]:
    """Return the mounts of `secret_volumes`: each in a directory with the Secret's name."""
    return [
        {"name": f"secret-{number}", "mountPath": f"{SECRETS_DIRECTORY}/{secret}", "readOnly": True}
        for number, secret in enumerate(sorted(set(secrets)))
    ]


def http_probe(path: str, port: str, *, period_s: int, failures: int) -> dict[str, Any]:
    """Return an HTTP probe; it fails after about `period_s * failures` seconds without a successful response."""
    return {
        "httpGet": {"path": path, "port": port},
        "periodSeconds": period_s,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }


def command_probe(command: Sequence[str], *, period_s: int, failures: int) -> dict[str, Any]:
    """Return a probe that runs a command in the container."""
    return {
        "exec": {"command": list(command)},
        "periodSeconds": period_s,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }
