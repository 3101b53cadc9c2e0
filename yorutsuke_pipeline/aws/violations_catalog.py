"""Where the Iceberg catalog is: on a real account S3 Tables, embedded two folders and no server.

    <home>/violations/catalog.db      which file of metadata is the table's present one (SQLite)
    <home>/violations/catalog.lock    held while that database is made
    <home>/violations/warehouse/      the table's files

What is kept out: the table itself (`violations_table.py`).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from pyiceberg.catalog import load_catalog
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy import URL, NullPool, create_engine

from yorutsuke_pipeline.aws.iceberg_failures import reaching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyiceberg.catalog import Catalog

_NAME = "yorutsuke"
# Not left to what else is installed: s3fs holds back boto3, and is slower.
_FILES = {"py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"}
# How long a process waits for another one's write, which takes milliseconds.
_BUSY_SECONDS = 60


def embedded_folder(home: Path) -> Path:
    """Return where the catalog and its files are below the embedded AWS' home."""
    return home.absolute() / "violations"


def embedded_catalog(home: Path) -> Catalog:
    """Open the catalog below the embedded AWS' home; makes it if it is not there. Several processes may use it.

    Raises:
        ConfigurationError: The folder cannot be written.
        TransientError: The database is held by another process for a minute.
    """
    folder = embedded_folder(home)
    with reaching(f"the catalog in {folder}", "open it"):
        database = folder / "catalog.db"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two processes that make its tables at once would fail one of them.
        with _alone(folder / "catalog.lock"):
            with closing(sqlite3.connect(database, timeout=_BUSY_SECONDS)) as connection:
                # Readers do not wait for a writer then. The file remembers it.
                connection.execute("PRAGMA journal_mode=WAL")
            # Addresses in one piece: in a text, a `?` or `#` of the path would be taken for the end of it.
            address: Any = URL.create("sqlite", database=str(database), query={"timeout": str(_BUSY_SECONDS)})
            catalog = SqlCatalog(_NAME, uri=address, warehouse=str(folder / "warehouse"), **_FILES)
            # A connection for each use, which takes microseconds: nobody has to think of closing the catalog.
            catalog.engine.dispose()
            catalog.engine = create_engine(address, poolclass=NullPool)
            return catalog


def s3_tables_catalog(table_bucket: str, endpoint: str | None = None) -> Catalog:
    """Open the catalog of a table bucket; one call to it, signed with the standard AWS configuration.

    Raises:
        ConfigurationError: No credentials, or they are not allowed to; the message says which.
        TransientError: S3 Tables could not be reached.
    """
    with reaching(f"S3 Tables ({table_bucket})", "open the catalog"):
        return load_catalog(_NAME, **s3_tables_properties(table_bucket, endpoint))


def s3_tables_properties(table_bucket: str, endpoint: str | None = None) -> dict[str, str]:
    """Return what pyiceberg's REST catalog must know of S3 Tables.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-integrating-open-source.html

    Args:
        table_bucket: Its ARN, which has the region in it.
        endpoint: One that answers in the place of S3 Tables and S3, without a trailing slash.
    """
    region = table_bucket.split(":")[3]
    properties = {
        **_FILES,
        "type": "rest",
        "uri": f"{endpoint or f'https://s3tables.{region}.amazonaws.com'}/iceberg",
        "warehouse": table_bucket,
        "rest.sigv4-enabled": "true",
        "rest.signing-name": "s3tables",
        "rest.signing-region": region,
        # Not left to be found out: pyarrow would ask the instance's metadata.
        "s3.region": region,
    }
    return properties if endpoint is None else {**properties, "s3.endpoint": endpoint}


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
