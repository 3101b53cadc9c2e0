"""What the code uses and what the template declares are the same, in both directions.

What the code uses is taken from the requests that its adapters send, with an AWS that answers nothing.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.record_book import DynamoRecordBook
from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.aws.result_book import DynamoResultBook
from yorutsuke_pipeline.aws.results_table import ResultsTable
from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import COMPLETED
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.infra.intrinsics import Resource, resources_of
from yorutsuke_pipeline.infra.naming import Account
from yorutsuke_pipeline.infra.template import read_template
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline.workloads.receipts.line import assemble, transactions
from yorutsuke_pipeline.workloads.receipts.workload import Lifetimes, ReceiptsWorkload
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING, content_key
from yorutsuke_pipeline_tests.aws.test_intent_ledger import a_job, an_intent
from yorutsuke_pipeline_tests.aws.wire import URL, Wire, answer
from yorutsuke_pipeline_tests.fakes.clock import NIGHT
from yorutsuke_pipeline_tests.workloads.receipts.test_workload import read

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 1, 9)
# Of the spec, for who asks by job: the API and an operator in the console. Each write pays for them.
FOR_PEOPLE = {
    ("yorutsuke-batch-jobs-dev", "jobId"),
    ("yorutsuke-transactions-dev", "jobId-extractedAt"),
}
NOTHING: dict[str, Any] = {"Items": [], "Attributes": {}, "Responses": {}}


@dataclass
class Use:
    """What requests said of the tables."""

    keys: dict[str, set[frozenset[str]]] = field(default_factory=lambda: defaultdict(set))
    asked_by: dict[tuple[str, str | None], set[str]] = field(default_factory=lambda: defaultdict(set))
    expiring: set[tuple[str, str]] = field(default_factory=set)

    def note(self, body: dict[str, Any]) -> None:
        """Note one request."""
        for table, told in body.get("RequestItems", {}).items():
            self.keys[table] |= {frozenset(key) for key in told["Keys"]} if "Keys" in told else set()
            for put in told if isinstance(told, list) else []:
                self._note_row(table, put["PutRequest"]["Item"])
        if "Key" in body:
            self.keys[body["TableName"]].add(frozenset(body["Key"]))
        if "Item" in body:
            self._note_row(body["TableName"], body["Item"])
        if "KeyConditionExpression" in body:
            names = body.get("ExpressionAttributeNames", {})
            words = re.findall(r"(?<![:\w])#?[a-z]\w*(?=\s*[=,])", body["KeyConditionExpression"])
            self.asked_by[body["TableName"], body.get("IndexName")] |= {names.get(word, word) for word in words}
        if "Statement" in body:
            table, index = re.findall(r'FROM "([^"]+)"\."([^"]+)"', body["Statement"])[0]
            self.asked_by[table, index] |= set(re.findall(r'"?(\w+)"? (?:IN|BETWEEN)', body["Statement"]))

    def _note_row(self, table: str, item: dict[str, Any]) -> None:
        self.expiring |= {(table, name) for name in item if name.lower().startswith("expire")}


@pytest.fixture(scope="module")
def product() -> Iterator[Composition]:
    settings = load_settings({"YORUTSUKE_ENV": "dev"})
    with pytest.MonkeyPatch.context() as machine:
        machine.delenv("AWS_PROFILE", raising=False)
        machine.setenv("AWS_CONFIG_FILE", "/nonexistent")
        # An endpoint that is set, so that nothing is started; nothing is sent there either.
        machine.setenv("AWS_ENDPOINT_URL", URL)
        yield Composition(settings, AwsEnvironment("us-east-1", ("AWS_ENDPOINT_URL",)))


@pytest.fixture(scope="module")
def use(product: Composition) -> Use:
    wire = Wire([answer(NOTHING)])
    with ExitStack() as stack:
        stack.enter_context(wire.attached(product.clients.dynamodb))
        for _ in everything_asked(product):
            wire.answers = [answer(NOTHING)]
    found = Use()
    for body in wire.bodies():
        found.note(body)
    return found


def everything_asked(product: Composition) -> Iterator[object]:
    """Make each kind of request of each table."""
    line, ledger = assemble(product), product.ledger
    images, results = line.pending, line.results
    yield list(images.pending(DAY))
    yield images.claim("an-image", "an-intent")
    yield images.find("an-image")
    yield line.records.of(["an-image"])
    intent, job = an_intent("an-intent"), a_job("an-intent")
    yield ledger.create(intent)
    yield ledger.intent("an-intent")
    yield list(ledger.open_intents("receipts"))
    yield ledger.listing("receipts", day=DAY, most=2)
    yield ledger.jobs("an-intent")
    yield ledger.jobs_of([replace(intent, job_count=1)])
    yield ledger.save_job(replace(job, status=COMPLETED, completed_at=NIGHT))
    guests = ReceiptsWorkload(Lifetimes("user-", 60, None))
    yield results.write([read(guests)])
    yield list(results.neighbours([("user-1", "2026-01")]))
    yield list(transactions(product).listing(user="user-1", day=DAY))
    results.mark_archive_failed({"userId": "user-1", "transactionId": "t"}, "why")
    yield line.result_book.of_identity("an-image")
    yield from asked_of_violations(product)


def asked_of_violations(product: Composition) -> Iterator[object]:
    """Make each kind of request of the tables of violations."""
    client = product.clients.dynamodb
    waiting, content = product.settings.table(WAITING.table), product.settings.table(CONTENT.table)
    records = RecordTable(client, waiting, WAITING)
    yield list(records.pending(DAY))
    yield records.enqueue(PendingRecord("a-violation"), DAY, "an-intent", NIGHT)
    yield records.claim("a-violation", "an-intent")
    yield DynamoRecordBook(client, waiting, WAITING).of(["a-violation"])
    results = ResultsTable(client, content, CONTENT)
    text = dict(zip(CONTENT.key, content_key(PendingRecord("a-violation")), strict=True))
    yield results.write([text])
    yield list(results.read([text]))
    yield DynamoResultBook(client, content, CONTENT).of_identity("a-violation")


def declared(resource_type: str) -> dict[str, Resource]:
    """Return resources of the template by name."""
    found = resources_of(read_template(), Account("000000000000", "us-east-1"), {"Env": "dev"})
    return {resource.name: resource for resource in found if resource.type == resource_type}


def key_of(schema: list[dict[str, str]]) -> tuple[str, ...]:
    """Return a key's attributes, the partition's first."""
    return tuple(each["AttributeName"] for each in sorted(schema, key=lambda each: each["KeyType"]))


def indexes_of(table: Resource) -> list[dict[str, Any]]:
    """Return a table's indexes."""
    found: list[dict[str, Any]] = table.properties.get("GlobalSecondaryIndexes", [])
    return found


TABLES = declared("AWS::DynamoDB::Table")


def test_each_table_is_used_and_each_that_is_used_is_declared(use: Use) -> None:
    assert set(use.keys) == set(TABLES)


def test_rows_are_named_by_their_whole_key(use: Use) -> None:
    assert use.keys == {name: {frozenset(key_of(table.properties["KeySchema"]))} for name, table in TABLES.items()}


def test_each_index_is_asked_by_its_own_key_and_none_is_declared_that_nobody_asks(use: Use) -> None:
    indexes = {
        (name, index["IndexName"]): key_of(index["KeySchema"])
        for name, table in TABLES.items()
        for index in indexes_of(table)
    }
    asked = {(table, index): words for (table, index), words in use.asked_by.items() if index is not None}

    assert set(asked) == set(indexes) - FOR_PEOPLE
    for place, words in asked.items():
        partition, *_ = indexes[place]
        assert partition in words, place
        assert words <= set(indexes[place]), place


def test_a_query_without_an_index_asks_by_the_tables_key(use: Use) -> None:
    asked = {table: words for (table, index), words in use.asked_by.items() if index is None}

    assert asked == {"yorutsuke-batch-jobs-dev": {"intentId", "item"}}
    assert all(words <= set(key_of(TABLES[table].properties["KeySchema"])) for table, words in asked.items())


def test_each_attribute_of_a_key_is_declared_and_no_other() -> None:
    for table in TABLES.values():
        schemas = [table.properties["KeySchema"], *(i["KeySchema"] for i in indexes_of(table))]
        used = {name for schema in schemas for name in key_of(schema)}

        assert {each["AttributeName"] for each in table.properties["AttributeDefinitions"]} == used


def test_rows_expire_by_the_attribute_that_is_written(use: Use) -> None:
    wanted = {name: table.properties.get("TimeToLiveSpecification") for name, table in TABLES.items()}

    assert use.expiring == {(name, told["AttributeName"]) for name, told in wanted.items() if told}


def test_the_bucket_and_bedrocks_role_are_those_that_the_settings_name(product: Composition) -> None:
    assert set(declared("AWS::S3::Bucket")) == {product.settings.required_bucket()}
    assert product.settings.required_role().rpartition("/")[2] in declared("AWS::IAM::Role")


def test_what_is_only_work_expires_and_nothing_else_does() -> None:
    (bucket,) = declared("AWS::S3::Bucket").values()
    rules = bucket.properties["LifecycleConfiguration"]["Rules"]

    expiring = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}

    assert expiring == dict.fromkeys(layout.EXPIRING_PREFIXES, 30)


def test_every_prefix_that_looks_like_work_is_among_those_that_expire() -> None:
    prefixes = {value for name, value in vars(layout).items() if name.endswith("_PREFIX")}

    assert {prefix for prefix in prefixes if prefix.startswith("batch-")} == set(layout.EXPIRING_PREFIXES)
    assert layout.records_key("i").startswith(layout.WORK_PREFIX)


def test_bedrock_may_reach_the_folders_that_its_jobs_name_and_no_others() -> None:
    role = declared("AWS::IAM::Role")["yorutsuke-bedrock-batch-dev"]
    policies = json.dumps([each["PolicyDocument"] for each in role.properties["Policies"]])

    folders = set(re.findall(r"receipts-dev-000000000000/([^*\"]+)\*", policies))

    assert folders == {layout.INPUT_PREFIX, layout.OUTPUT_PREFIX}
