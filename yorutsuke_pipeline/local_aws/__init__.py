"""AWS without an account: the embedded service, the batch API it lacks, and the model behind it.

What belongs here: one process on one loopback port that imitates AWS well enough for any client. What
is kept out: anything that knows what the product asks of AWS; this folder would serve another product
as well, and so cannot share its mistakes.
"""
