"""A certificate authority for one session, and a certificate for loopback that the servers use."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from tests.servers.process import LOOPBACK


class Certificates(NamedTuple):
    """PEM files: the authority that clients trust, and the certificate and key of servers."""

    ca_file: Path
    certificate_file: Path
    key_file: Path


def make_certificates(folder: Path) -> Certificates:
    """Write a new authority and a certificate for `LOOPBACK` and `localhost` into a folder."""
    authority = trustme.CA()
    server = authority.issue_cert(LOOPBACK, "localhost")
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority.cert_pem.write_to_path(made.ca_file)
    for part in server.cert_chain_pems:
        part.write_to_path(made.certificate_file, append=True)
    # Java reads no other form of a key in PEM.
    key = load_pem_private_key(server.private_key_pem.bytes(), password=None)
    made.key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made
