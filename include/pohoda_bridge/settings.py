"""Where the product keeps things: every environment variable it reads, in one place."""

import os
from pathlib import Path

ENVIRONMENT = {
    "POHODA_BRIDGE_CONFIG": "folder with units/ and links/ (default: include/)",
    "POHODA_BRIDGE_LEDGER": "SQLAlchemy URL of the ledger (default: SQLite in var/ledger.db)",
    "POHODA_BRIDGE_STORE": "fsspec URL of batches, plans and reports (default: var/store)",
    "POHODA_BRIDGE_KEY": "Fernet key of the secrets kept in the ledger (default: Airflow's AIRFLOW__CORE__FERNET_KEY)",
    "AIRFLOW__CORE__FERNET_KEY": "Airflow's own key, which serves where POHODA_BRIDGE_KEY is not set",
    "POHODA_XSD_DIR": "folder with Stormware's XML schemas (default: var/xsd, filled by `pohoda-bridge schemas fetch`)",
}
ROOT = Path(__file__).resolve().parents[2]


def config_dir() -> Path:
    """The folder with `units/` and `links/`."""
    return Path(os.environ.get("POHODA_BRIDGE_CONFIG") or ROOT / "include")


def ledger_url() -> str:
    """The SQLAlchemy URL of the ledger."""
    return os.environ.get("POHODA_BRIDGE_LEDGER") or f"sqlite:///{ROOT / 'var' / 'ledger.db'}"


def store_url() -> str:
    """The fsspec URL of batches, plans and reports."""
    return os.environ.get("POHODA_BRIDGE_STORE") or str(ROOT / "var" / "store")


def key() -> str | None:
    """The Fernet key by which secrets are kept in the ledger."""
    return os.environ.get("POHODA_BRIDGE_KEY") or os.environ.get("AIRFLOW__CORE__FERNET_KEY") or None


def xsd_dir() -> Path | None:
    """The folder of the official schemas, or None when they were not fetched."""
    folder = Path(os.environ.get("POHODA_XSD_DIR") or ROOT / "var" / "xsd")
    return folder if (folder / "data.xsd").is_file() else None
