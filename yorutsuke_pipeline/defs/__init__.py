"""When it runs: assets, jobs, checks, sensors and the schedule. The only folder with Dagster.

No rule about receipts, batches or money is decided here.
"""
