"""The judgement of a table of runs as Markdown, for the summary of a job and for pull requests."""

import re

from ontrial.report.markdown import Markdown, code, table
from ontrial.report.pages.judgements.report import Report

LIVE = re.compile(r"@|:(?=//)|www(?=\.)", re.IGNORECASE)  # makes a mention or a link on GitHub, unless broken


def summary(text: Report) -> str:
    """Return the verdict, a table with a row per context, notes, and what was used in a part that unfolds."""
    verdict, _, claim = text.sentence.partition(": ")
    used = table(("used", ""), [(name, code(value)) for name, value in text.used])
    parts = [
        *(Markdown("{}").format(doubt) for doubt in text.doubts),
        Markdown("**{}**: {}").format(verdict, claim),
        table(text.heads, text.rows),
        *([table(text.arm_heads, text.arms)] if text.arms else []),
        Markdown("\n").join(Markdown("- {}").format(note) for note in text.notes),
        Markdown("<details><summary>What was judged</summary>\n\n{}\n\n</details>").format(used),
    ]
    return Markdown(LIVE.sub(r"\g<0><!-- -->", str(Markdown("\n\n").join(parts))))  # of Markdown, it would escape this
