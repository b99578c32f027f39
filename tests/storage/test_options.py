"""The command line of a step follows from its function."""

import re
import subprocess
import sys

import pytest
from support.rules import STEPS, step_function

from ontrial.storage import options
from ontrial.storage.options import Input, Output

STEP = '''"""Count things."""

from ontrial.storage import options
from ontrial.storage.options import Input, Output


def count(study: Input, more_files: list[Input], docket: Input | None, look: int, text: Output) -> None:
    """Count.

    study: The study.
    more_files: Files, if there are any.
    docket: The claims, if there are any.
    look: Number of the look.
    text: Number, to write.
    """
    print([study, more_files, docket, look, text])


if __name__ == "__main__":
    options.run(count)
'''


@pytest.fixture
def run(tmp_path):
    """A function that runs the step above with options."""
    (tmp_path / "step.py").write_text(STEP, encoding="utf-8")
    command = [sys.executable, tmp_path / "step.py"]
    return lambda words: subprocess.run([*command, *words.split()], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("--study a --look 2 --text b", "['a', [], None, 2, 'b']"),
        ("--study a --docket --more-files --look 2 --text b", "['a', [], None, 2, 'b']"),  # as from an empty input
        ("--study a --docket d --more-files e f --look 2 --text b", "['a', ['e', 'f'], 'd', 2, 'b']"),
    ],
)
def test_a_step_is_called_with_the_options_of_its_command_line(run, words, printed):
    assert run(words).stdout == printed + "\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--study a --text b", "the following arguments are required: --look"),
        ("--study a --look two --text b", "argument --look: invalid int value: 'two'"),
        ("--stud a --look 2 --text b", "the following arguments are required: --study"),
        ("--study --look 2 --text b", "argument --study: expected one argument"),
    ],
)
def test_options_that_do_not_fit_are_refused(run, words, message):
    assert message in run(words).stderr


def test_help_describes_each_option(run):
    text = run("--help").stdout
    assert "Count things." in text
    assert "--more-files [MORE_FILES ...]" in text
    assert "The claims, if there are any." in text


def test_the_function_of_a_step_describes_each_parameter():
    for step in STEPS:
        for option in options.of_step(step_function(step)):
            assert option.type in (Input, Output, str, int), (step, option)
            assert re.fullmatch(r"[A-Z].*\.", option.note, re.DOTALL), (step, option)
