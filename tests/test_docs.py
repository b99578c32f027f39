import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT

SNIPPET = re.compile(r"^( *)```python\n(.*?)^\1```\n(?:\n\1```text\n(.*?)^\1```)?", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    pytest.param(*found, id=f"{page.stem}-{number}")
    for page in sorted((ROOT / "docs/en").glob("*.md"))  # other languages have the same code, as test_parity.py holds
    for number, found in enumerate(SNIPPET.findall(page.read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize(("indent", "code", "printed"), SNIPPETS)
def test_a_snippet_runs_and_prints_what_the_page_says(indent, code, printed):
    run = subprocess.run(
        [sys.executable, "-c", re.sub(f"^{indent}", "", code, flags=re.MULTILINE)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    if printed:
        assert run.stdout == re.sub(f"^{indent}", "", printed, flags=re.MULTILINE)


def test_there_are_snippets():
    assert len(SNIPPETS) > 5


@pytest.mark.parametrize("command", ["make", "make test", "make serve", "make help"])
def test_commands_of_the_readme_are_targets(command):
    assert f"`{command}`" in (text := (ROOT / "README.md").read_text(encoding="utf-8")) or f"\n{command} " in text
    target = command.removeprefix("make").strip() or "site"
    assert re.search(rf"^{target}:.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
