"""The demo: a sandbox POHODA, a sandbox CRM and a real Airflow on this machine, every DAG run until quiet."""
