"""The errors that Bedrock answers with, as a client sees them on the wire.

Kept out: how they are written as HTTP (`wire`), and who decides to raise them.

    AwsError
    ├── ValidationError          400  the request breaks a rule; asking again cannot help
    │   └── ModelInputError      400  the body is not one that this model takes; an error line in a batch
    ├── SerializationError       400  the body is not JSON, or a value has the wrong JSON type
    ├── ConflictError            400  a name in use, a job already ended
    ├── QuotaExceededError       400  too many jobs (400, so boto3 does not retry it)
    ├── TooManyTagsError         400
    ├── AccessDeniedError        403
    ├── NotFoundError            404
    ├── UnknownOperationError    404  an operation that this service does not offer
    ├── ModelTimeoutError        408
    ├── ModelError               424  the model broke while it worked on a good request
    ├── ThrottlingError          429  boto3 retries it with the same token
    ├── InternalError            500
    └── UnavailableError         503

Codes and statuses: the `error` traits in botocore's `bedrock` and `bedrock-runtime` service models.
"""


class AwsError(Exception):
    """An answer that is an error: `code` as in `x-amzn-errortype`, `http_status`, and a message."""

    code = "InternalServerException"
    http_status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationError(AwsError):
    """The request breaks a rule of the service."""

    code = "ValidationException"
    http_status = 400


class ModelInputError(ValidationError):
    """The model does not take this body: `ValidationException` on demand, an error line in a batch."""


class SerializationError(AwsError):
    """The body is not JSON, or one of its values has the wrong JSON type."""

    code = "SerializationException"
    http_status = 400


class ConflictError(AwsError):
    """The request does not fit the state that the service is in."""

    code = "ConflictException"
    http_status = 400


class QuotaExceededError(AwsError):
    """More jobs than the account may have at once."""

    code = "ServiceQuotaExceededException"
    http_status = 400


class TooManyTagsError(AwsError):
    """More tags than a resource may carry."""

    code = "TooManyTagsException"
    http_status = 400


class AccessDeniedError(AwsError):
    """The caller, or the role that it passed, may not do this."""

    code = "AccessDeniedException"
    http_status = 403


class NotFoundError(AwsError):
    """No such job or resource."""

    code = "ResourceNotFoundException"
    http_status = 404


class UnknownOperationError(AwsError):
    """No operation of this service answers to that method and path."""

    code = "UnknownOperationException"
    http_status = 404


class ModelTimeoutError(AwsError):
    """The model took too long."""

    code = "ModelTimeoutException"
    http_status = 408


class ModelError(AwsError):
    """The model failed while it processed a request that was good."""

    code = "ModelErrorException"
    http_status = 424


class ThrottlingError(AwsError):
    """Too many requests."""

    code = "ThrottlingException"
    http_status = 429


class InternalError(AwsError):
    """Something broke inside."""

    code = "InternalServerException"
    http_status = 500


class UnavailableError(AwsError):
    """The service is not there for a moment."""

    code = "ServiceUnavailableException"
    http_status = 503
