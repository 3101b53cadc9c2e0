"""Trials: another model or prompt is asked about records that have a result, and the answers are compared.

A trial is an intent of a workload of its own (`receipts-trial`), so no sensor, schedule, check or stage of the real
one meets it. It goes the same way, through the same stages: manifest, submission, raw output. What differs is its
records, which are processed and not claimed (`records.py`), and its end: nothing is written until a person accepts
(`comparison.py`, `acceptance.py`).
"""
