"""Judge a table of your own runs by this project's rules.

The table has one row per run, or one per step with --run and --last, and is CSV, Parquet or JSON. Columns of W&B,
MLflow and Trackio are found without their prefix, such as config. or metrics. The claim is that arm A of --compare
COLUMN=A,B is better than arm B, by the smallest effect of interest at least.

Exit code 0: judged. 1: the verdict is not the one of --require. 2: the table or the question has a mistake. 70: a
mistake of this program, with a traceback.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ontrial.errors import InputError, legible
from ontrial.judge.ledger import MOST_ERROR, TOTAL_ERROR, Ledger, describe
from ontrial.storage import files, run_tables
from ontrial_judge.core.verdict_files import to_json
from ontrial_judge.core.verdicts import Conclusion, Outcome, Verdicts

if TYPE_CHECKING:  # pandas takes longer to import than --help may take, and so does what prints
    from rich.console import Console

    from ontrial.judge.questions import TableQuestion
    from ontrial.judge.tables import Evidence, Judgement
    from ontrial.report.pages.judgements.report import Report

COLOURS = {
    Conclusion.SUPPORTED: "green",
    Conclusion.BY_CONSTRUCTION: "green",
    Conclusion.REFUTED: "red",
    Conclusion.DEPENDS: "yellow",
}
OF_OUTCOMES = {
    **{Outcome.WITHIN: "green", Outcome.BEYOND: "red"},
    Outcome.POSITIVE: "green",
    Outcome.REVERSED: "red",
    Outcome.BELOW: "red",
    Outcome.NEGLIGIBLE: "dim",
}
EXIT_OTHER_VERDICT = 1
EXIT_INPUT_ERROR = 2
NAME_LENGTH = 200  # characters of the name of a table that are shown
LOG_WIDTH = 10_000  # which breaks no line
LABEL_WIDTH = 15  # with which a hash fits into 80 columns
CONDITION = re.compile(r"(.+?)(!=|>=|<=|=)(.+)", re.DOTALL)
REQUIRABLE = tuple(map(str, (Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.DEPENDS, Conclusion.INCONCLUSIVE)))


class Destinations(NamedTuple):
    """Where a judgement goes beside the terminal: see `judge`."""

    html: Path | None
    verdicts: Path | None
    require: str | None
    json: bool
    markdown: bool
    quiet: bool


def judge(
    table: str | None,
    claim: str | None,
    save: Path | None,
    ledger: Path | None,
    total_error: float | None,
    html: Path | None,
    verdicts: Path | None,
    require: str | None,
    *,
    json: bool,
    markdown: bool,
    quiet: bool,
    against: str | None,
    target: str | None,
    **options: Any,
) -> None:
    """Print the verdict on a table, or write the question to a file for later.

    claim: Path of the file of a question, None if the options ask it.
    save: Path of the file of the question, None to judge.
    ledger: Path of the ledger in which this is a try; None for a judgement on its own.
    total_error: Declared total error of the ledger.
    html: Path of the page, None for none.
    verdicts: Path of a file for what `json` prints, None for none.
    require: Conclusion without which the exit code is EXIT_OTHER_VERDICT.
    json: Whether to print verdicts.json, and what a try is in its ledger.
    markdown: Whether to print Markdown.
    quiet: Whether to print nothing but doubts and the verdict.
    against: Arm with which each arm of the question is compared; None if it names both.
    target: What the runs of each arm should reach, in place of a comparison; or earlier, with a smallest effect.
    options: Options that ask a question.
    """
    from ontrial.judge import table_checks, table_rows, tables, targets
    from ontrial.report.pages.judgements.figure import figure
    from ontrial.report.pages.judgements.report import ledger_notes, question_lines, report, run_lines
    from ontrial.runs import phrases

    for option, path, example in (("--html", html, "verdict.html"), ("--verdicts", verdicts, "verdict.json")):
        if path and not path.name:
            raise InputError(f"{option} {path}: this is a folder. Name a file, such as {example}.")
    if total_error and not ledger:
        raise InputError("--total-error is that of a stream of tries. Name its file, as in --ledger tries.jsonl.")
    output = Destinations(html, verdicts, require, json=json, markdown=markdown, quiet=quiet)
    if target:
        if not table or any((claim, save, ledger, against)):
            raise InputError("--target judges a table, without --claim, --save, --ledger and --against.")
        if not options.get("smallest_effect"):
            _judge_target(table, target, options, output)
            return
        options |= {"metric": targets.Target.parse(target).metric, "lower_is_better": True, "higher_is_better": False}
    if against:
        if not table or any((claim, save, ledger, require)):
            raise InputError("--against judges a table, without --claim, --save, --ledger and --require.")
        _judge_arms(table, against, options, output)
        return
    question = read_question(claim, options)
    if save:
        table_checks.require_direction(question)
        if table or ledger:
            raise InputError(f"--save {save}: a question is saved before its runs arrive, without a table or a ledger.")
        if save.exists() and files.read_bytes(save) != question.to_yaml().encode():
            raise InputError(f"--save {save}: the file has another question. Choose another name, or remove it.")
        files.write_text(save, question.to_yaml())
        print(f"{save}: {legible(question.statement, 200)}. Claim {question.hash}")
        return
    if not table:
        raise InputError(f"Name a table of runs, or {run_tables.STANDARD_INPUT} for standard input.")
    runs = run_tables.read_runs(table)
    if target:
        runs, question = targets.first_steps(runs, targets.Target.parse(target), question)
    console = _console(stderr=json or markdown)
    say = phrases()
    source = ("table", legible(table, NAME_LENGTH))
    columns = table_rows.find_columns([question], runs.columns)
    if not quiet:
        _show_used([source, *question_lines(say, [question], columns, len(runs))], console)
    evidence = tables.measure(runs, question)
    if not quiet:
        _show_used(run_lines(say, [evidence]), console)
    others: dict[str, Any] = {}
    if ledger:
        judgement, stream, number = _judge_try(evidence, ledger, total_error)
        notes, others["ledger"] = list(ledger_notes(say, stream, number)), describe(stream, number)
    else:
        judgement, notes = tables.decide(evidence), []
    verdict, text = judgement.verdict, report(judgement, say)
    text = text._replace(used=[source, *text.used], notes=[*text.notes, *notes])
    others["table"] = {"doubts": text.doubts, "arms_differ_in": evidence.differing}
    _deliver(
        text,
        to_json(Verdicts(study_name(table), (verdict,)), **others),
        output,
        figure([judgement], say) if html else "",
    )


def _judge_arms(table: str, against: str, options: dict[str, Any], output: Destinations) -> None:
    """Print the verdicts on several arms against one."""
    from ontrial.judge import table_rows, tables
    from ontrial.report.pages.judgements.figure import figure
    from ontrial.report.pages.judgements.report import question_lines, run_lines
    from ontrial.report.pages.judgements.several import combined
    from ontrial.runs import phrases

    column, arms = options.get("compare") or ("", "")
    asked = [read_question(None, options | {"compare": (column, (arm, against))}) for arm in split(arms)]
    if not asked:
        raise InputError("--against needs --compare COLUMN=A,… with the arms.")
    runs = run_tables.read_runs(table)
    say, console = phrases(), _console(stderr=output.json or output.markdown)
    source = ("table", legible(table, NAME_LENGTH))
    if not output.quiet:
        columns = table_rows.find_columns(asked, runs.columns)
        _show_used([source, *question_lines(say, asked, columns, len(runs))], console)
    judged = tables.judge_arms(runs, asked)
    if not output.quiet:
        _show_used(run_lines(say, judged), console)
    text = combined(judged, say)
    verdicts = Verdicts(study_name(table), tuple(each.verdict for each in judged))
    content = to_json(verdicts, table={"doubts": text.doubts})
    _deliver(text._replace(used=[source, *text.used]), content, output, figure(judged, say) if output.html else "")


def _judge_target(table: str, text: str, options: dict[str, Any], output: Destinations) -> None:
    """Print how many runs of each arm reach a target."""
    from json import dumps

    from ontrial.judge import questions, targets
    from ontrial.report.pages.judgements.target import on_target
    from ontrial.runs import phrases

    given = {key: value for key, value in options.items() if value}
    column, arms = given.pop("compare", ("", ""))
    where, steps = _merged(given.pop("where", [])), {key: given.pop(key, "") for key in ("run", "last")}
    if not column or given.keys() - {"unpaired"}:
        raise InputError(
            "--target needs --compare COLUMN=A,… with the arms, and takes --where, --run and --last; or all that a "
            "comparison needs but the metric, to compare the first steps there."
        )
    if bool(steps["run"]) != bool(steps["last"]):
        raise InputError(f"the question: {questions.RUN_AND_LAST}")
    target = targets.Target.parse(text)
    found = targets.reached(run_tables.read_runs(table), target, column, split(arms), where, steps)
    written = [each._asdict() for each in found]
    content = dumps({"target": target._asdict(), "verdict": targets.conclusion(found), "arms": written}, indent=1)
    only = questions.TableQuestion(target.metric, column, "", "", "1", where=where).only
    used = {name: legible(each, NAME_LENGTH) for name, each in (("table", table), ("target", text), ("only", only))}
    said = on_target(target, found, column, phrases(), steps=bool(steps["run"]))._replace(
        used=[each for each in used.items() if each[1]]
    )
    _deliver(said, content, output)


def _deliver(text: Report, json: str, output: Destinations, svg: str = "") -> None:
    """Print a judgement, write its files, and end the process if it is not the one that is required.

    json: Its text as JSON.
    svg: Its figure, "" without one.
    """
    from ontrial.report.pages.judgements.summary import summary

    console = _console(stderr=output.json or output.markdown)
    _show(text, console, quiet=output.quiet)
    if output.json:
        print(json)
    if output.markdown:
        print(summary(text))
    if output.verdicts:
        files.write_text(output.verdicts, json + "\n")
    if output.html:
        from ontrial.report.pages.judgements.page import page  # loads Jinja

        files.write_text(output.html, page(text, svg))
        console.print(f"{output.html}: the verdict as a page.", markup=False, highlight=False)
    if output.require and text.conclusion != output.require:
        print(f"The verdict is {text.conclusion}, and {output.require} is required.", file=sys.stderr)
        sys.exit(EXIT_OTHER_VERDICT)


def _console(*, stderr: bool) -> Console:
    """Return the console. In a log, no line is broken: what follows a break could be taken for a command."""
    from rich.console import Console

    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=LOG_WIDTH)


def _judge_try(evidence: Evidence, path: Path, total_error: float | None) -> tuple[Judgement, Ledger, int]:
    """Return a judgement as a try of a ledger, the ledger with it, and its number. The file has it before it is shown.

    The same question on the same numbers is the try that it was, at its level, and costs nothing.
    """
    from ontrial.judge import ledger_files, tables

    claim, data = evidence.question.hash, evidence.hash
    with ledger_files.locked(path, total_error) as file:
        if number := file.ledger.find(claim, data):
            return tables.decide(evidence, file.ledger.tries[number - 1].alpha), file.ledger, number
        judgement = tables.decide(evidence, file.ledger.alpha)
        file.write(file.ledger.add(evidence.question.statement, claim, data, judgement.verdict.conclusion))
        return judgement, file.ledger, len(file.ledger.tries)


def read_question(claim: str | None, options: dict[str, Any]) -> TableQuestion:
    """Return the question of a file or of the options. Raises InputError for both, and for neither."""
    from ontrial.judge import questions
    from ontrial.study import checking

    given = {key: value for key, value in options.items() if value}
    if claim:
        if given:
            names = ", ".join(map(_flag, given))
            raise InputError(
                f"--claim {claim}: the file has the whole question, and its hash says so. Leave out {names}, or write "
                "them into the file before there are runs."
            )
        run_tables.require_inside(claim)
        return questions.parse(checking.read_text(claim), claim)
    pair, unpaired = given.get("pair"), given.pop("unpaired", False)
    if pair and unpaired:
        raise InputError("--pair and --unpaired contradict each other. Use one of them.")
    if not pair and not unpaired:
        raise InputError("Name what both runs of a pair share, as in --pair seed, or use --unpaired.")
    if missing := [key for key in ("metric", "compare", "smallest_effect") if key not in given]:
        raise InputError(f"The question lacks {', '.join(map(_flag, missing))}. See: ontrial judge --help")
    if where := given.get("where"):
        given["where"] = _merged(where)
    column, arms = given["compare"]
    given["compare"] = {column: split(arms) if isinstance(arms, str) else list(arms)}
    return questions.parse({"pair": [], **given}, "the question")


def _merged(conditions: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the condition of each column. Raises InputError for two on one column that are no limits."""
    merged: dict[str, Any] = {}
    for name, condition in conditions:
        known = merged.get(name, {})
        if name not in merged:
            merged[name] = condition
        elif isinstance(known, dict) and isinstance(condition, dict) and known.keys().isdisjoint(condition):
            merged[name] = known | condition
        else:
            raise InputError(f'--where names "{legible(name, 80)}" twice. Write a list, as in COLUMN=A,B.')
    return merged


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _show_used(used: Iterable[tuple[str, str]], console: Console) -> None:
    from rich.table import Column, Table
    from rich.text import Text

    grid = Table.grid(Column(style="dim", min_width=LABEL_WIDTH), Column(overflow="fold"), padding=(0, 1))
    for line in used:
        grid.add_row(*map(Text, line))
    console.print(grid)


def _show(text: Report, console: Console, *, quiet: bool) -> None:
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(*(Column(Text(head), overflow="fold") for head in text.heads))
    for outcome, row in zip(text.outcomes, text.rows, strict=True):
        cells = list(map(Text, row))
        cells[text.finding].stylize(OF_OUTCOMES.get(outcome, "default"))
        table.add_row(*cells)
    for doubt in text.doubts:
        console.print(Text(doubt, "yellow"))
    if not quiet:
        console.print(table)
    small = set(text.outcomes) == {Outcome.NEGLIGIBLE}  # no difference that matters is no failure
    console.print(Text(text.sentence, "dim" if small else COLOURS.get(text.conclusion, "default")))
    if quiet:
        return
    if text.arms:
        arms = Table.grid(*(Column(Text(head), overflow="fold") for head in text.arm_heads), padding=(0, 2))
        for row in (text.arm_heads, *text.arms):
            arms.add_row(*map(Text, row), style="dim" if row is text.arm_heads else None)
        console.print(arms)
    for note in text.notes:
        console.print(Text(note))


def study_name(table: str) -> str:
    """Return the name of a table as that of a study."""
    return re.sub(r"[^a-z0-9]+", "-", Path(table).stem.lower()).strip("-")[:60].strip("-") or "table"


def split(text: str) -> list[str]:
    """Return the items of a list with commas. Items with commas are in quotes."""
    try:
        return next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error as error:
        raise InputError(f'"{legible(text, 80)}" is no list of names: {error}.') from None


def _pair_of(text: str) -> tuple[str, str]:
    """Return the column and the value of COLUMN=VALUE, as the type of an argument."""
    name, _, value = text.partition("=")
    if not (name and value):
        raise argparse.ArgumentTypeError(f'"{legible(text, 80)}" is not COLUMN=VALUE')
    return name, value


def _condition_of(text: str) -> tuple[str, Any]:
    """Return the column and the condition of COLUMN=VALUE,…, COLUMN!=VALUE,…, COLUMN>=NUMBER or COLUMN<=NUMBER."""
    match = CONDITION.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f'"{legible(text, 80)}" is not COLUMN=VALUE, nor with !=, >= or <=')
    name, sign, value = match.groups()
    values = split(value)
    if sign in ("=", "!="):
        return name, {"not": values} if sign == "!=" else values[0] if len(values) == 1 else values
    try:
        return name, {"at_least" if sign == ">=" else "at_most": float(value)}
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{legible(text, 80)}" has no number after {sign}') from None


def _numbers(text: str) -> list[int]:
    """Return the numbers of a list with commas, as the type of an argument."""
    try:
        return [int(item) for item in split(text)]
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{legible(text, 80)}" are not whole numbers, such as 20,40,80') from None


def _total_error_of(text: str) -> float:
    """Return a total error, as the type of an argument."""
    try:
        return Ledger(float(text)).total_error
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{legible(text, 80)}" is not between 0 and {MOST_ERROR:g}') from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("table", nargs="?", metavar="FILE", help="table with one row per run; - for standard input")
    ask = parser.add_argument_group("question")
    ask.add_argument("--metric", metavar="COLUMN", help="column of the numbers")
    ask.add_argument("--lower-is-better", action="store_true", help="lower numbers are better")
    ask.add_argument("--higher-is-better", action="store_true", help="higher numbers are better, whatever the name")
    ask.add_argument("--compare", type=_pair_of, metavar="COLUMN=A,B", help="the arms; A is claimed to be better")
    ask.add_argument("--against", metavar="B", help="compare each arm of --compare COLUMN=A,… with this one")
    ask.add_argument(
        "--target", metavar="TARGET", help='what runs of each arm should reach: "loss < 3.28", or "… in 90%% of runs"'
    )
    ask.add_argument("--pair", type=split, metavar="COLUMN,…", help="what both runs of a pair share, such as a seed")
    ask.add_argument("--unpaired", action="store_true", help="runs share nothing")
    ask.add_argument("--contexts", type=split, metavar="COLUMN,…", help="columns whose values are judged separately")
    ask.add_argument("--over", type=split, metavar="COLUMN,…", help="columns of tasks, over which one effect is judged")
    ask.add_argument("--tasks-are", choices=("fixed", "sample"), help="judge these tasks, or tasks like these")
    ask.add_argument(
        "--where",
        type=_condition_of,
        action="append",
        metavar="CONDITION",
        help="only such runs: COLUMN=VALUE,… or with !=, >= or <=; may be repeated",
    )
    ask.add_argument("--not-worse", action="store_true", help="A is claimed not to be worse than B by that effect")
    ask.add_argument("--complete-only", action="store_true", help="a context without enough runs is an error")
    ask.add_argument(
        "--smallest-effect", metavar="QUANTITY", help='smallest effect of interest: "0.5 points", 0.02, "factor 1.2"'
    )
    ask.add_argument(
        "--failed",
        metavar="RULE",
        help="what an empty or infinite number counts as: drop, worst=NUMBER, or never=NUMBER for a time above NUMBER",
    )
    ask.add_argument("--looks", type=_numbers, metavar="N,…", help="number of pairs at each look, if there are several")
    ask.add_argument("--run", type=split, metavar="COLUMN,…", help="what identifies a run of several rows")
    ask.add_argument("--last", metavar="COLUMN", help="step of a row; the last row of each run is judged")
    ask.add_argument("--by", choices=("mean", "typical"), help="judge by the mean, or by the typical run alone")
    ask.add_argument(
        "--overlap", metavar="SHARE", help="share of the data that the test part of each fold or split has"
    )
    ask.add_argument(
        "--accept",
        type=split,
        metavar="DOUBT,…",
        help="scale: arms of very different size are no mistake; copies: nor are equal rows; pairs: each counts, "
        "though one of their columns has few values",
    )
    ask.add_argument("--claim", metavar="FILE", help="ask the question of a file")
    ask.add_argument("--save", type=Path, metavar="FILE", help="write the question to a file, before there are runs")
    stream = parser.add_argument_group("stream of tries")
    stream.add_argument("--ledger", type=Path, metavar="FILE", help="file that shares an error among many tries")
    stream.add_argument(
        "--total-error",
        type=_total_error_of,
        metavar="SHARE",
        help="chance that any change that is kept is no improvement, declared for a new ledger (default: "
        f"{TOTAL_ERROR:g})",
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print it in the form of verdicts.json")
    printed.add_argument("--markdown", action="store_true", help="print the verdict as Markdown")
    parser.add_argument("--quiet", action="store_true", help="print nothing but doubts and the verdict")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write one HTML page with a figure")
    parser.add_argument("--verdicts", type=Path, metavar="FILE", help="also write what --json prints")
    parser.add_argument("--require", choices=REQUIRABLE, help="verdict without which the exit code is 1")
    parser.set_defaults(function=judge, input_error_code=EXIT_INPUT_ERROR)
