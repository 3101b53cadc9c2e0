"""The assets of a workload, one a file, each built from the workload's blueprint by the same function.

In the order of the flow: pending_records, manifest, bedrock_job, raw_output, results, closed_intents. Three of them
have names of the workload's own: receipts call them pending_images, transactions and archived_images.
"""
