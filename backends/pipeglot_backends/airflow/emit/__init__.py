"""Airflow's DAG file, from the IR."""
