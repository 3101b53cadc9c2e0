"""Which of the two small models answers."""

from __future__ import annotations

import json
import subprocess
import sys

from yorutsuke_pipeline.local_aws.model import answer
from yorutsuke_pipeline.local_aws.reader.model import WHO_I_AM
from yorutsuke_pipeline_tests.local_aws.writer.prompts import OSHA_ROW, prompt_about


def test_a_row_without_a_picture_goes_to_the_writer() -> None:
    assert set(json.loads(answer(prompt_about(OSHA_ROW), []).text)) == {"title", "description", "tags"}


def test_a_picture_goes_to_the_reader_whatever_the_prompt_holds() -> None:
    said = answer(prompt_about(OSHA_ROW, before="Read this receipt."), [b"%PDF-1.4"])

    assert json.loads(said.text)["unreadable"] is True


def test_a_prompt_for_neither_is_told_what_this_model_can_do() -> None:
    assert answer("Write a poem about the sea.", []).text == WHO_I_AM


def test_writing_never_loads_what_reads_pictures() -> None:
    program = (
        "import sys; from yorutsuke_pipeline.local_aws.model import answer; answer(sys.argv[1], []); "
        "print([name for name in ('cv2', 'rapidocr', 'onnxruntime', 'PIL') if name in sys.modules])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program, prompt_about(OSHA_ROW)], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "[]\n"
