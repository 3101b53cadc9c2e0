"""One asset a file.

In the order of the flow: pending_images, manifest, bedrock_job, raw_output, transactions, archived_images.
"""
