"""What can go wrong with the embedded AWS as a process, in one tree.

What belongs here: failures to start, to find or to stop it. What does not: AWS's own errors, which go
over the wire as AWS sends them.

    PermanentError (engine)
    └── EmbeddedAwsError
        ├── StartFailedError      it did not come up; the message ends with its own last words
        ├── OtherSettingsError    it runs, for another region, environment or account
        ├── UnresponsiveError     its process lives and does not answer
        └── ProvisionError        the template could not be deployed on it
"""

from __future__ import annotations

from yorutsuke_pipeline.engine.errors import PermanentError


class EmbeddedAwsError(PermanentError):
    """The embedded AWS, as a process, is not as it should be."""


class StartFailedError(EmbeddedAwsError):
    """The server did not come up. The message holds the tail of its log."""


class OtherSettingsError(EmbeddedAwsError):
    """A server runs on this home, but with another region, environment or account."""


class UnresponsiveError(EmbeddedAwsError):
    """A server holds this home and does not answer; `stop` ends it."""


class ProvisionError(EmbeddedAwsError):
    """CloudFormation refused the template. The message holds the reason of each resource that failed."""
