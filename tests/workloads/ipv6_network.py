"""A network that has only IPv6 except for loopback, as in the pods of an IPv6-only cluster, with the names of Services.

It is a network namespace, in which every program of a test runs. Needs root.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

PREFIX: Final = "fd00:77::"
ANSWER_S: Final = 30.0
GET: Final = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())"


@dataclass(frozen=True, slots=True)
class Ipv6Network:
    """The network.

    Attributes:
        pid: a process in it.
        addresses: the address of each name.
    """

    pid: int
    addresses: dict[str, str]

    def inside(self, command: Sequence[str]) -> list[str]:
        """Return the command that runs another one in the network, as the same process."""
        return ["nsenter", f"--target={self.pid}", "--net", "--mount", "--", *command]

    def run(self, command: Sequence[str], *, within_s: float = ANSWER_S) -> str:
        """Run a command in the network, and return what it prints."""
        done = subprocess.run(
            self.inside(command), capture_output=True, text=True, timeout=within_s, check=False, env=os.environ
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, url: str) -> str:
        """Return the answer of a URL in the network."""
        return self.run([sys.executable, "-c", GET, url])

    def answers(self, url: str) -> bool:
        """Return whether a URL in the network answers without an error, as a probe of the kubelet asks."""
        command = self.inside([sys.executable, "-c", GET, url])
        return subprocess.run(command, capture_output=True, timeout=ANSWER_S, check=False).returncode == 0


@contextmanager
def ipv6_network(folder: Path, names: Sequence[str]) -> Iterator[Ipv6Network]:
    """Make the network until the block ends; each name has an address of its own, and none but that."""
    if os.geteuid() != 0 or None in (shutil.which(program) for program in ("unshare", "nsenter", "ip")):
        pytest.skip("needs root, unshare, nsenter and ip, for a network of its own")
    own_name = socket.gethostname()  # the kubelet, too, writes the name of a pod into /etc/hosts
    addresses = {name: f"{PREFIX}{number}" for number, name in enumerate((own_name, *names), 1)}
    lines = "".join(f"{address} {name}\n" for name, address in addresses.items())
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n{lines}")
    (folder / "resolv.conf").write_text("")
    script = "ip link set lo up && "
    script += "".join(f"ip address add {address}/128 dev lo nodad && " for address in addresses.values())
    script += "".join(f"mount --bind {folder}/{name} /etc/{name} && " for name in ("hosts", "resolv.conf"))
    command = ["unshare", "--net", "--mount", "sh", "-c", f"{script} echo made && exec sleep infinity"]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        if holder.stdout.readline() != "made\n":
            pytest.skip("this machine allows no network of its own")
        yield Ipv6Network(holder.pid, addresses)
    finally:
        holder.kill()
        holder.communicate()
