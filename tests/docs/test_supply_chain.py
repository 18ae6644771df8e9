"""Contents of images and pages: pinned by hash, with permissive licences, and without secrets.

These tests need no network. `make audit` checks for known vulnerabilities at PyPI and npm.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-operator.lock", "requirements-dev.lock")
SHIPPED = LOCKS[:2]
OTHER_PLATFORMS = {"colorama"}
"""Packages that the locks list for Windows only."""

PERMISSIVE = re.compile(r"\b(MIT(-0)?|Apache|BSD|0BSD|ISC|PSF|Python Software Foundation|Zlib|CC0)\b")
NOT_PERMISSIVE = re.compile(r"\b(A?L?GPL|GNU|MPL|Mozilla|EPL|CDDL|SSPL)\b")
EXCEPTIONS = {
    "certifi": "MPL-2.0: a list of certificates, passed on as it is",
    "pathspec": "MPL-2.0: builds the package, is in no image",
}

SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"),
    "a signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}"),
    "a cloud key": re.compile(r"\b(AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35})\b"),
    "a forge's token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36})\b"),
    "a password in an address": re.compile(
        r"\b(https?|rediss?|kafka)://[^\s/:@{}\[$<\"']*:(?!(?i:password))[^\s/:@{}$<\"']{8,}@(?!127\.|localhost)"
    ),
}


def entries(lock: str) -> list[str]:
    """Return the text of each requirement; a package may have one for each version of Python."""
    return [text for text in re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8")) if text.strip()]


def requirements(lock: str) -> set[str]:
    """Return the name of each requirement."""
    return {re.split(r"[=<>~!\[ ]", entry)[0] for entry in entries(lock)}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_pages_lock_has_the_packages_of_every_platform() -> None:
    """`npm install` may drop those of other platforms, and `npm ci` then rejects the lock file."""
    packages = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = {name for package in packages.values() for name in package.get("optionalDependencies", {})}
    known = {path.rpartition("node_modules/")[2] for path in packages}
    assert len(wanted) > 20
    assert wanted - known == set()


def licence_of(name: str) -> str:
    metadata = importlib.metadata.metadata(name).json
    classifiers = [text for text in metadata.get("classifier", []) if text.startswith("License")]
    return str(metadata.get("license_expression") or "; ".join(classifiers) or metadata.get("license") or "")[:200]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_package_is_one_version_known_by_hash(lock: str) -> None:
    found = entries(lock)
    assert len(found) > 40
    pinned = [re.match(r"([^\s=]+)==[^\s;]+ (; [^\\]+)?\\\n +--hash=sha256:", entry) for entry in found]
    assert [entry for entry, match in zip(found, pinned, strict=True) if match is None] == []
    named = [match.groups() for match in pinned if match is not None]
    assert len(set(named)) == len(named), "one version of each for each Python"
    assert not [entry for entry in found if re.search(r"https?://|git\+| @ ", entry)]


@pytest.mark.parametrize("lock", SHIPPED)
def test_the_licences_of_shipped_packages_permit_it(lock: str) -> None:
    licences = {name: licence_of(name) for name in requirements(lock) - OTHER_PLATFORMS - EXCEPTIONS.keys()}
    assert {
        name: licence
        for name, licence in licences.items()
        if not PERMISSIVE.search(licence) or NOT_PERMISSIVE.search(licence)
    } == {}


def npm_packages() -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    return {name: package for name, package in packages.items() if name}


def test_every_npm_package_is_known_by_hash() -> None:
    packages = npm_packages()
    assert len(packages) > 40
    # One that is bundled is part of the package around it.
    own = {name: package for name, package in packages.items() if not package.get("inBundle")}
    assert [name for name, package in own.items() if not package.get("integrity", "").startswith("sha512-")] == []
    addresses = {package["resolved"] for package in packages.values() if "resolved" in package}
    assert [address for address in addresses if not address.startswith("https://registry.npmjs.org/")] == []


def test_no_script_of_an_npm_package_runs_during_its_installation() -> None:
    commands = [
        (name, command)
        for name in ("Makefile", "Dockerfile")
        for command in re.findall(r"npm (?:install|ci)\b[^|&(\n]*", (ROOT / name).read_text(encoding="utf-8"))
        if "--no" in command
    ]
    assert {name for name, _ in commands} == {"Makefile", "Dockerfile"}
    assert [command for _, command in commands if "--ignore-scripts" not in command] == []
    # A package that needs its script would be installed without it, and fail later.
    assert [name for name, package in npm_packages().items() if package.get("hasInstallScript")] == []


def test_the_licences_of_the_pages_packages_permit_it() -> None:
    """Build-only packages, and packages outside the page (`optional`: binaries of an image library), are exempt."""
    runs = {
        name: package.get("license", "")
        for name, package in npm_packages().items()
        if not package.get("dev") and not package.get("optional") and "devOptional" not in package
    }
    data = {"node_modules/caniuse-lite": "CC-BY-4.0: data that the build reads"}
    assert len(runs) > 5
    assert {
        name: licence
        for name, licence in runs.items()
        if name not in data and (not PERMISSIVE.search(licence) or NOT_PERMISSIVE.search(licence))
    } == {}


def test_no_file_has_a_secret() -> None:
    found = []
    for name in tracked():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {what}" for what, pattern in SECRETS.items() if pattern.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a private key", "-----BEGIN EC PRIVATE " + "KEY-----\n" + "A" * 44),
        ("a signed token", "token=eyJhbGciOiJIUzI1NiJ9xx." + "eyJzdWIiOiJhbm5hIiwiZXhwIjox." + "x" * 43),
        ("a cloud key", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("a forge's token", "ghp_" + "a" * 36),
        ("a password in an address", "rediss://tracker:" + "correct-horse@redis.example:6379"),
    ],
)
def test_a_secret_would_be_found(what: str, text: str) -> None:
    assert SECRETS[what].search(text)


def test_no_file_is_named_like_a_key_or_an_environment() -> None:
    assert [
        name for name in tracked() if re.search(r"(^|/)(\.env|id_(rsa|ecdsa|ed25519)|.*\.(pem|key|p12|jks))$", name)
    ] == []


def test_images_get_only_named_files_and_no_layer_has_a_secret() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored, "everything is left out but what is named"
    named = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    for path in ("Dockerfile",):
        lines = re.sub(r"\\\n", " ", (ROOT / path).read_text()).splitlines()
        assert not [
            line for line in lines if re.match(r"(ARG|ENV)\b.*(PASSWORD|SECRET|TOKEN|_KEY)", line, re.IGNORECASE)
        ]
        for line in lines:
            if line.startswith("COPY") and "--from=" not in line:
                sources = [word for word in line.split()[1:-1] if not word.startswith("--")]
                assert {source.split("/")[0] for source in sources} <= named, line
            if "pip.conf" in line and line.startswith("RUN"):
                assert "--mount=type=secret" in line, "a mounted secret is in no layer"
