"""`S3Store`: files as objects of an S3-compatible bucket, through Arrow's own client.

An object appears whole when its upload is complete. Any number of historians write into one prefix, each the files of
its own shards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs

from flighttracker.errors import StartError
from flighttracker.known_secrets import remember
from flighttracker.outgoing import ForbiddenTargetError, Guard
from flighttracker.settings import S3Settings
from flighttracker_historian.files.store import StoredFile, StoreError


class S3Store:
    """A bucket, or a prefix in it.

    Args:
        settings: the bucket, and how to reach it.

    Raises:
        StartError: a file with credentials cannot be read.
    """

    def __init__(self, settings: S3Settings) -> None:
        self._settings = settings
        self._root = "/".join(part for part in (settings.bucket, settings.prefix.strip("/")) if part)
        self._credentials: tuple[str, str] | None = None
        self._files = self._connect()

    @property
    def name(self) -> str:
        """The bucket and the prefix."""
        return f"s3://{self._root}"

    def files(self) -> list[StoredFile]:
        """Return all objects below the prefix."""
        with self._errors("list") as files:
            found = files.get_file_info(pyarrow.fs.FileSelector(self._root, allow_not_found=True, recursive=True))
            if not found and files.get_file_info(self._settings.bucket).type == pyarrow.fs.FileType.NotFound:
                raise FileNotFoundError(self._settings.bucket)
            start = len(self._root) + 1
            return [StoredFile(each.path[start:], each.size) for each in found if each.type == pyarrow.fs.FileType.File]

    @contextmanager
    def open(self, path: str) -> Iterator[pa.NativeFile]:
        """Open an object for reading; each read is a request."""
        with self._errors("read") as files, files.open_input_file(f"{self._root}/{path}") as file:
            yield file

    def write(self, path: str, content: pa.Buffer) -> None:
        """Upload an object; it appears when the upload is complete."""
        with self._errors("write") as files, files.open_output_stream(f"{self._root}/{path}") as file:
            file.write(content)

    def remove(self, path: str) -> None:
        """Remove an object, if it exists."""
        with self._errors("remove") as files:
            try:
                files.delete_file(f"{self._root}/{path}")
            except FileNotFoundError:
                return

    def _connect(self) -> pyarrow.fs.S3FileSystem:
        settings = self._settings
        endpoint = urlsplit(settings.endpoint)
        self._credentials = self._read_credentials()
        access_key, secret_key = self._credentials or (None, None)
        return pyarrow.fs.S3FileSystem(
            access_key=access_key,
            secret_key=secret_key,
            region=settings.region,
            endpoint_override=endpoint.netloc or None,
            scheme=endpoint.scheme or "https",
            tls_ca_file_path=settings.ca_file or None,
            connect_timeout=settings.timeout_s,
            request_timeout=settings.timeout_s,
            # Of a missing prefix, the first file creates it; the bucket is the user's.
            allow_bucket_creation=False,
            background_writes=False,
            retry_strategy=pyarrow.fs.AwsDefaultS3RetryStrategy(max_attempts=3),
        )

    def _read_credentials(self) -> tuple[str, str] | None:
        files = (self._settings.access_key_file, self._settings.secret_key_file)
        if not any(files):
            return None
        try:
            access_key, secret_key = (Path(file).read_text(encoding="utf-8").strip() for file in files)
        except OSError as error:
            raise StartError(f"cannot read {error.filename}, a credential of {self.name}: {error.strerror}") from error
        remember(secret_key)
        return access_key, secret_key

    @contextmanager
    def _errors(self, action: str) -> Iterator[pyarrow.fs.S3FileSystem]:
        """Give the client, with the present credentials, and convert its errors."""
        if self._read_credentials() != self._credentials:
            self._files = self._connect()
        if self._settings.endpoint:
            try:
                Guard().check_name(self._settings.endpoint)
            except ForbiddenTargetError as error:
                raise StoreError(f"cannot {action} {self.name}: {self._settings.endpoint}: {error}") from error
        try:
            yield self._files
        except FileNotFoundError:
            if action != "read":
                raise StoreError(f"cannot {action} {self.name}: the bucket does not exist") from None
            raise
        except OSError as error:
            raise StoreError(f"cannot {action} {self.name}: {error}") from error
