"""A DAG that prints what no log may show, to prove that it is masked; and a harmless word, to prove that it is read."""

from datetime import datetime

from airflow.sdk import DAG, BaseHook, task

with DAG("leak", start_date=datetime(2026, 1, 1), schedule=None):

    @task
    def leak() -> None:
        import logging

        from airflow.sdk.log import mask_secret

        from pohoda_bridge import redact

        redact.tell(mask_secret)
        redact.keep_secret("canary-of-a-session")
        print("printed", BaseHook.get_connection("pohoda_sql_2026").password, "canary-of-a-session")
        logging.getLogger("leak").warning("logged %s", BaseHook.get_connection("gram_api").password)
        print("harmless-canary")
        raise ValueError("canary-of-a-session")

    leak()
