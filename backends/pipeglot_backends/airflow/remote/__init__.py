"""Runs on Airflow, through its REST API."""
