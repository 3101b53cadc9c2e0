"""Amazon Bedrock without an account: the batch API and on-demand inference, on the wire.

What belongs here: everything a client of `bedrock` and `bedrock-runtime` can see (operations, validation,
errors, the life of a job, its files in S3), and the switches that make it misbehave on purpose.
What is kept out: the model (`local_aws.model`), S3 itself, and anything the product believes about Bedrock.
This package imports nothing of the product, so that a wrong belief there cannot hide here.
"""
