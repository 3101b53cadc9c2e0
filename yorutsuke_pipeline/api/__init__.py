"""The HTTP API: orders from outside, over the same engine. It holds no state and needs no Dagster.

An extra (`pip install 'yorutsuke-pipeline[api]'`): nothing outside of this folder imports it but `cli/api.py` and
`cli/api_tokens.py`, when they are run.
"""
