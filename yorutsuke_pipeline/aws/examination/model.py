"""The model: whether the account may use it, whether it reads pictures, and whether batch jobs can be asked about.

Nothing here asks a model anything. Which models take batch jobs in a region no operation tells; the user guide's page
"Supported Regions and models for batch inference" does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_bedrock import BedrockClient

# As `AWS_REGION` and the model's vendor stand around a profile's id: us.amazon.nova-lite-v1:0.
_PROFILE = re.compile(r"(?:[a-z]{2,6}|us-gov)\.(?=[a-z0-9-]+\.)")
_CHOOSE = "set YORUTSUKE_MODEL_ID to a model, or an inference profile, that this region offers"


@dataclass(frozen=True)
class ModelExamination:
    """The looks at one model or inference profile, by its id."""

    bedrock: BedrockClient
    model_id: str

    def findings(self) -> Iterator[Finding]:
        """Yield what was found."""
        if self._is_profile:
            yield self._find("inference profile", "bedrock:GetInferenceProfile", self._profile)
        yield self._find("model", "bedrock:GetFoundationModel", self._model)
        yield self._find("model access", "bedrock:GetFoundationModelAvailability", self._access)
        yield self._find("batch jobs", "bedrock:ListModelInvocationJobs", self._jobs)

    @property
    def _is_profile(self) -> bool:
        return _PROFILE.match(self.model_id) is not None

    @property
    def _base(self) -> str:
        """The model's own id, which a profile's begins with a region's name."""
        return _PROFILE.sub("", self.model_id, count=1)

    def _find(self, check: str, action: str, examine: Callable[[Look], Finding]) -> Finding:
        look = Look(check, Target(f"model {self.model_id}", "YORUTSUKE_MODEL_ID or AWS_REGION"), action)
        unknown = self.bedrock.exceptions.ResourceNotFoundException, self.bedrock.exceptions.ValidationException

        def find() -> Finding:
            try:
                return examine(look)
            except unknown as error:
                return look.mend(f"{self.model_id} is not known in this region: {message_of(error)}", _CHOOSE)

        return look.find(find)

    def _profile(self, look: Look) -> Finding:
        found = self.bedrock.get_inference_profile(inferenceProfileIdentifier=self.model_id)
        # The stubs know no other status than ACTIVE.
        status = str(found["status"])
        if status != "ACTIVE":
            return look.mend(f"{self.model_id} is {status}", _CHOOSE)
        regions = sorted({model["modelArn"].split(":")[3] for model in found["models"]} - {""})
        return look.good(f"{self.model_id} sends to {', '.join(regions) or 'all regions'}")

    def _model(self, look: Look) -> Finding:
        details = self.bedrock.get_foundation_model(modelIdentifier=self._base)["modelDetails"]
        if "IMAGE" not in details.get("inputModalities", []):
            return look.mend(f"{self._base} takes no pictures", _CHOOSE)
        if not self._is_profile and "ON_DEMAND" not in details.get("inferenceTypesSupported", []):
            return look.mend(f"{self._base} is served through inference profiles only", _CHOOSE)
        if details.get("modelLifecycle", {}).get("status") == "LEGACY":
            return look.worth_a_look(f"{self._base} is legacy and will end", "choose its successor in time")
        return look.good(f"{self._base} takes pictures")

    def _access(self, look: Look) -> Finding:
        told = self.bedrock.get_foundation_model_availability(modelId=self._base)
        if told["regionAvailability"] != "AVAILABLE":
            return look.mend(f"{self._base} is not offered in this region", _CHOOSE)
        if told["authorizationStatus"] != "AUTHORIZED" or told["entitlementAvailability"] != "AVAILABLE":
            return look.mend(
                f"the account may not use {self._base}", "request access on the Bedrock console's model page"
            )
        agreement = told["agreementAvailability"]["status"]
        if agreement != "AVAILABLE":
            remedy = "accept its agreement on the Bedrock console's model page (or ask it once there)"
            return look.worth_a_look(f"the agreement for {self._base} is {agreement}", remedy)
        return look.good(f"the account may use {self._base}")

    def _jobs(self, look: Look) -> Finding:
        self.bedrock.list_model_invocation_jobs(maxResults=1)
        return look.good("batch jobs can be listed; whether this model takes them here, only the user guide says")
