"""Check how rules are written, the command lines that Snakemake documents, and the studies that they select."""

import re
from pathlib import Path

import pytest
from support.project import SMOKE, snakemake
from support.rules import BLOCKS, graph, step_function

from ontrial.storage import options
from ontrial.storage.options import Input, Output

WITHOUT_DIGEST = ("fetch", "plan", "docket")  # their outputs are checked files and configurations
SHELL = re.compile(  # the command of a rule: its step, and a line for each option
    r"""^    shell:
        r\"{3}
        python -m ontrial\.steps\.(?P<step>\w+) \\
(?P<options>(?:.*\\
)*)            (?:2>\{log:q\}|>\{log:q\} 2>&1|2>&1 \| tee \{log:q\} >&2)
        \"{3}$""",
    re.MULTILINE,
)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_rule_its_step_its_log_and_its_benchmark_have_the_same_name(name):
    base, block = BLOCKS[name]
    assert re.search(r"/logs/([\w]+)", block)[1] == name
    assert re.search(r"/benchmarks/([\w]+)", block)[1] == name
    assert re.findall(r'digest_of\("(\w+)"', block) == ([] if name in WITHOUT_DIGEST else [base or name])
    if not base:
        assert SHELL.search(block)["step"] == name
        assert re.match(r':\n    """[A-Z].*\."""\n', block)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_command_has_the_options_of_its_step_and_quotes_what_it_gives_them(name):
    base, block = BLOCKS[name]
    command = SHELL.search(BLOCKS[base or name][1])
    given = re.findall(r"^ +--(\S+) (.*) \\$", command["options"], re.MULTILINE)
    assert len(given) == command["options"].count("\n")
    expected = []
    for option in options.of_step(step_function(base or name)):
        section = {Input: "input", Output: "output"}.get(option.type, "params")
        value = "{threads}" if option.name == "threads" else f"{{{section}.{option.name}:q}}"
        expected.append((option.flag.removeprefix("--"), value))
        if option.name != "threads":
            assert re.search(rf"^    {section}:\n(?:        .*\n)*?        {option.name}=", block, re.MULTILINE), option
    assert given == expected


@pytest.mark.slow
def test_fetch_runs_only_for_fetched_data(smoke):
    reads = graph(smoke, "config/mnist.yaml")
    assert reads["fetch"] == set()
    assert {"train", "provenance", "draw"} <= {rule for rule in reads if "fetch" in reads[rule]}
    assert "fetch" not in graph(smoke, "config/smoke.yaml")


@pytest.mark.slow
def test_every_file_of_a_study_is_an_output_of_a_rule_or_a_log_of_a_job(smoke):
    run = snakemake(smoke, "--summary")
    assert run.returncode == 0, run.stderr
    listed = {line.split("\t")[0] for line in run.stdout.splitlines()[1:]}
    listed |= {f"{SMOKE}/logs", f"{SMOKE}/benchmarks"}
    files = {path.relative_to(smoke) for path in (smoke / SMOKE).rglob("*") if path.is_file()}
    on_request = {Path(SMOKE, "report.zip")}
    assert {str(path) for path in files - on_request if listed.isdisjoint(map(str, (path, *path.parents)))} == set()
