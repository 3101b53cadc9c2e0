"""The proof: the real pipeline, stopped at every one of its calls to AWS, run again, and looked at from outside.

    python -m yorutsuke_pipeline_tests.proof --help

    sweep ──> trial ──> children ──(pipe)──> zygote ──(fork)──> night: the product, in Dagster
                │                                                  │ AWS_ENDPOINT_URL
                │                                             the fault proxy, which counts, cuts and kills
                └──> evidence, invariants <──(straight)──────  the embedded AWS, in a process of its own

One noun a file: `day` is what waits before a trial, `interruption` what happens in it, `evidence` what is
read afterwards and `invariants` what must hold of it.
"""
