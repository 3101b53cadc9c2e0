"""How an error of the product looks in Dagster: its own sentence, and whether Dagster should try again."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from yorutsuke_pipeline.engine.errors import PermanentError, TransientError

# A stage that met a throttled or broken service is run again; everything it did stands, so that costs nothing.
RETRY_TRANSIENT = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.FULL)


@contextmanager
def clear_failures() -> Iterator[None]:
    """Turn the product's errors into Dagster failures; a permanent one is not tried again."""
    try:
        yield
    except PermanentError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except TransientError as error:
        raise dg.Failure(description=str(error), allow_retries=True) from error
