"""The demo: a sandbox POHODA, sandbox CRMs and a real Airflow on this machine, every DAG run until quiet."""
