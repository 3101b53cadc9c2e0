"""The rules of batch inference.

Pure: no boto3, no Dagster, no clock and no environment of its own. What a rule needs from outside
comes in through a port (`ports.py`). A file is named after the noun of the stage it rules.
"""
