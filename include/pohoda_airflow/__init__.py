"""What all our DAGs share of Airflow; the library below knows nothing of it."""
