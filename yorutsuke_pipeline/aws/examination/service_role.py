"""Bedrock's role: whether it is there, trusts Bedrock for this account's jobs, may use the files, and may be passed on.

What a policy allows is asked of IAM's simulator, which weighs all of a role's policies and changes nothing. It knows
neither service control policies of the organisation nor the bucket's own policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef

_BEDROCK = "bedrock.amazonaws.com"
_DEPLOY = "deploy infra/template.yaml, or correct YORUTSUKE_ROLE_ARN"
_NOT_ENFORCED = "the embedded AWS enforces no policies"
_CONDITIONS = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})


@dataclass(frozen=True)
class RoleExamination:
    """The looks at the role that jobs name.

    Attributes:
        account: In which the jobs run.
        region: Likewise.
        bucket: That the jobs read and write.
        submitter: The ARN of the role or user that submits; None for the account's root, which may do anything.
        is_embedded: Whether this AWS enforces no policies, and simulates only some.
    """

    iam: IAMClient
    role_arn: str
    account: str
    region: str
    bucket: str
    submitter: str | None
    is_embedded: bool = False

    def findings(self) -> Iterator[Finding]:
        """Yield what was found."""
        role = self._look("service role", "iam:GetRole")
        yield role.find(lambda: self._trust(role))
        files = self._look("service role: files", "iam:SimulatePrincipalPolicy")
        yield files.find(lambda: self._files(files))
        passing = self._look("PassRole", "iam:SimulatePrincipalPolicy")
        yield passing.find(lambda: self._passing(passing))

    @property
    def _partition(self) -> str:
        return self.role_arn.split(":")[1]

    def _look(self, check: str, action: str) -> Look:
        return Look(check, Target(f"role {self.role_arn}", "YORUTSUKE_ROLE_ARN"), action)

    def _trust(self, look: Look) -> Finding:
        owner = self.role_arn.split(":")[4]
        if owner != self.account:
            return look.mend(f"{self.role_arn} belongs to account {owner}, jobs run in {self.account}", _DEPLOY)
        try:
            role = self.iam.get_role(RoleName=self.role_arn.rpartition("/")[2])["Role"]
        except self.iam.exceptions.NoSuchEntityException:
            return look.mend(f"there is no role {self.role_arn}", _DEPLOY)
        trust: Any = role["AssumeRolePolicyDocument"]
        if not any(self._admits_bedrock(statement) for statement in _listed(trust["Statement"])):
            return look.mend(f"{self.role_arn} does not trust {_BEDROCK} for jobs in {self.region}", _DEPLOY)
        return look.good(f"{self.role_arn} trusts {_BEDROCK}")

    def _admits_bedrock(self, statement: dict[str, Any]) -> bool:
        """Tell whether a statement lets Bedrock take the role on for a job of this account and region."""
        principal = statement.get("Principal", {})
        services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else []
        if statement.get("Effect") != "Allow" or _BEDROCK not in services:
            return False
        job = f"arn:{self._partition}:bedrock:{self.region}:{self.account}:model-invocation-job/abcdefghijkl"
        context = {"aws:sourceaccount": self.account, "aws:sourcearn": job}
        return all(
            operator in _CONDITIONS
            and any(fnmatchcase(context.get(key.lower(), ""), str(value)) for value in _listed(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )

    def _files(self, look: Look) -> Finding:
        arn = f"arn:{self._partition}:s3:::{self.bucket}"
        wanted = [("s3:GetObject", f"{arn}/batch-input/x"), ("s3:PutObject", f"{arn}/batch-output/x")]
        denied = [
            f"{action} on {resource}" for action, resource in wanted if not self._may(self.role_arn, [action], resource)
        ]
        if denied:
            return look.mend(f"it lacks {' and '.join(denied)}", _DEPLOY)
        return look.good("it may read batch-input/ and write batch-output/")

    def _passing(self, look: Look) -> Finding:
        if self.submitter is None and self.is_embedded:
            return look.absent(_NOT_ENFORCED)
        if self.submitter is None:
            return look.worth_a_look("the account's root may pass any role", "name who submits with --submitter")
        context: list[ContextEntryTypeDef] = [
            {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [_BEDROCK], "ContextKeyType": "string"}
        ]
        try:
            may_pass = self._may(self.submitter, ["iam:PassRole"], self.role_arn, context)
        except self.iam.exceptions.NoSuchEntityException:
            return look.mend(f"there is no {self.submitter}", "name who submits with --submitter")
        if may_pass:
            return look.good(f"{self.submitter} may pass it to Bedrock")
        if self.is_embedded:
            return look.absent(_NOT_ENFORCED)
        remedy = "name who submits with --submitter; or allow iam:PassRole on the role, best with the stack's own roles"
        return look.mend(f"{self.submitter} may not pass it to Bedrock", remedy)

    def _may(
        self, source: str, actions: Sequence[str], resource: str, context: Sequence[ContextEntryTypeDef] = ()
    ) -> bool:
        results = self.iam.simulate_principal_policy(
            PolicySourceArn=source, ActionNames=actions, ResourceArns=[resource], ContextEntries=context
        )["EvaluationResults"]
        return all(result["EvalDecision"] == "allowed" for result in results)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 — a policy takes one or several of everything
    return value if isinstance(value, list) else [value]
