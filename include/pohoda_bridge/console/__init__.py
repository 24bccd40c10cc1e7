"""The pages behind Airflow's UI: runs, reports, Data Docs. Every page needs the login that the guard asks for."""

from pohoda_bridge.console.app import make_app

__all__ = ["make_app"]
