"""The one account and region that the embedded service stands for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """Where every job is; both stand in ARNs."""

    region: str
    account_id: str

    def job_arn(self, job_id: str) -> str:
        """The ARN of a batch job."""
        return f"arn:aws:bedrock:{self.region}:{self.account_id}:model-invocation-job/{job_id}"

    def model_arn(self, model_id: str, *, is_profile: bool) -> str:
        """The ARN of a foundation model, which has no account, or of an inference profile, which has."""
        kind = f"{self.account_id}:inference-profile" if is_profile else ":foundation-model"
        return f"arn:aws:bedrock:{self.region}:{kind}/{model_id}"
