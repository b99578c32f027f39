"""The judgement of a table of runs in words: what was used, a row per context, and notes."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ontrial.errors import legible
from ontrial.judge.ledger import Ledger
from ontrial.judge.measuring import Unpaired
from ontrial.judge.questions import DROP, NEVER, Question
from ontrial.judge.records import Conclusion, Context, Outcome, Verdict, settings_text
from ontrial.judge.statistics import ALPHA, fewest_seeds
from ontrial.judge.table_contexts import Incomplete
from ontrial.judge.tables import Evidence, Judgement
from ontrial.report.wording import formatting, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity

LISTED = 20  # incomplete pairs that are named
NAMED = 5  # last steps, or values of other runs, that are named
LENGTH = 200  # characters of a name
# In names of what should be low
LOWER = re.compile(
    r"loss|nll|perplexity|mae|mse|seconds|epochs_to|updates_to|error|"
    r"(?<![a-z])(?:err|time|latency|wer|cer|fid|bpb|cost|regret)(?![a-z])",
    re.IGNORECASE,
)


class Report(NamedTuple):
    """A judgement in words.

    sentence: Verdict, with the number of contexts by outcome.
    used: What was taken from the table, each with its name.
    heads, rows: Table with a row per context.
    finding: Position of the column that says what is certain.
    outcomes: Outcome of each row.
    notes: Sentences on noise, on what would settle it, and on what does not count.
    """

    conclusion: Conclusion
    sentence: str
    used: list[tuple[str, str]]
    heads: list[str]
    rows: list[list[str]]
    finding: int
    outcomes: list[Outcome]
    notes: list[str]


def report(judgement: Judgement, say: Phrases) -> Report:
    """Return a judgement in the words of pages."""
    verdict, question = judgement.verdict, judgement.question
    axes = [legible(name, LENGTH) for name in question.contexts]
    return Report(
        conclusion=verdict.conclusion,
        sentence=_sentence(judgement, say),
        used=[*question_lines(say, question, judgement.columns, judgement.rows), *run_lines(say, judgement)],
        heads=[
            *axes,
            say["outcome"],
            say["estimate"],
            _interval_head(judgement, say),
            say[f"judged {_unit_of(judgement)}"],
            say["noise floor"],
        ],
        rows=[_row(say, verdict, context) for context in verdict.contexts],
        finding=len(axes),
        outcomes=verdict.outcomes,
        notes=list(_notes(judgement, say)),
    )


def _sentence(judgement: Judgement, say: Phrases) -> str:
    """Return the verdict in a sentence, such as "Refuted: accuracy is higher with … (less than 1 point in each)."."""
    verdict, question = judgement.verdict, judgement.question
    claim = say["judged lower" if question.lower_is_better else "judged higher"].format(
        metric=question.metric, column=question.column, better=question.better, other=question.other
    )
    return say["judged sentence"].format(
        verdict=say[verdict.conclusion].capitalize(),
        claim=legible(claim, LENGTH),
        margin=Quantity.of(verdict.smallest_effect, verdict.unit).as_margin(say),
        counts=_counts_of(judgement, say),
    )


def _interval_head(judgement: Judgement, say: Phrases) -> str:
    if judgement.alpha == ALPHA:
        return say["interval 95"]
    return say["interval level"].format(level=say["percent"].format(f"{100 * (1 - judgement.alpha):.6g}"))


def _counts_of(judgement: Judgement, say: Phrases) -> str:
    """Return the number of contexts by outcome, or the outcome of the only one with its numbers."""
    verdict = judgement.verdict
    if len(verdict.contexts) > 1:
        return outcomes.counts(say, verdict, verdict.contexts)
    (context,) = verdict.contexts
    outcome = outcomes.term(say, context.outcome, outcomes.margin_in(say, verdict, context))
    if not context.effect.is_finite:
        return outcome
    estimate, interval = outcomes.estimate_and_interval(say, context)
    head = _interval_head(judgement, say)
    return say["judged effect"].format(outcome=outcome, estimate=estimate, head=head, interval=interval)


def question_lines(say: Phrases, question: Question, columns: Mapping[str, str], rows: int) -> list[tuple[str, str]]:
    """Return what a question takes from a table, each with its name, before any value is looked at.

    columns: Columns of the table, by the name in the question.
    rows: Number of rows of the table.
    """

    def named(names: Iterable[str]) -> str:
        texts = {name: say["judged column"].format(name=name, column=columns[name]) for name in names}
        return ", ".join(name if columns[name] == name else text for name, text in texts.items())

    metric = say["judged metric lower" if question.lower_is_better else "judged metric higher"]
    if LOWER.search(question.metric) and not question.lower_is_better:
        metric = say["judged metric doubtful"]
    compared = say["judged compared"].format(
        column=named([question.column]), better=question.better, other=question.other
    )
    steps, pairs = "", say["judged unpaired"]
    if question.last:
        steps = say["judged last rows"].format(step=named([question.last]), run=named(question.run))
    if question.pair:
        pairs = say["judged shared"].format(names=named(question.pair))
    lines = {
        say["used rows"]: formatting.count(rows),
        say["used steps"]: steps,
        say["used metric"]: metric.format(metric=named([question.metric])),
        say["used compared"]: compared,
        say["used pairs"]: pairs,
        say["used contexts"]: named(question.contexts),
        say["used only"]: settings_text(question.where),
        say["used smallest effect"]: question.smallest_effect,
        say["used looks"]: ", ".join(map(formatting.count, question.looks)),
        say["used claim"]: question.hash,
    }
    return [(name, legible(text, LENGTH)) for name, text in lines.items() if text]


def run_lines(say: Phrases, evidence: Evidence) -> list[tuple[str, str]]:
    """Return what the values of a table turned out to be, each with its name."""
    text = _runs_by_arm(say, evidence.runs)
    if evidence.question.unit == "points":
        text = say["judged shares of 1" if evidence.shares else "judged per cent"].format(runs=text)
    lines = {say["used judged"]: text}
    if evidence.others:
        lines[say["used not judged"]] = _others_of(say, evidence.others)
    if evidence.ends:
        lines[say["used last step"]] = _ends_of(say, evidence.ends)
    if evidence.replaced:
        rule, number = evidence.question.substitute
        fate = say["judged left out" if rule == DROP else "judged later" if rule == NEVER else "judged counted as"]
        runs = _runs_by_arm(say, evidence.replaced)
        lines[say["used no number"]] = fate.format(runs=runs, number="" if number is None else f"{number:g}")
    return [(name, legible(text, LENGTH)) for name, text in lines.items()]


def _runs_by_arm(say: Phrases, runs: Mapping[str, int]) -> str:
    """Return the number of runs of each arm, such as "12 with adam and 10 with sgd"."""
    pattern = say["judged runs with"]
    return say["judged and"].join(pattern.format(count=formatting.count(n), value=arm) for arm, n in runs.items())


def _others_of(say: Phrases, others: Mapping[str, int]) -> str:
    """Return the number of runs that are of neither arm, such as "24 with sgd, 1 with amad"."""
    pattern, counts = say["judged runs with"], [*others.items()]
    listed = [pattern.format(count=formatting.count(n), value=value) for value, n in counts[:NAMED]]
    if len(counts) > NAMED:
        listed.append(say["judged with others"].format(count=formatting.count(sum(n for _, n in counts[NAMED:]))))
    return ", ".join(listed)


def _ends_of(say: Phrases, ends: Mapping[float, int]) -> str:
    """Return the last steps of runs, with the number of runs if there are several, but not too many.

    ends: Number of runs by last step, in its order.
    """
    if len(ends) > NAMED:
        runs = formatting.count(sum(ends.values()))
        return say["judged ends between"].format(first=f"{min(ends):,.12g}", last=f"{max(ends):,.12g}", runs=runs)
    pattern = say["judged end"]
    steps = [pattern.format(step=f"{step:,.12g}", runs=formatting.count(runs)) for step, runs in ends.items()]
    return say["judged ends"].format(steps=", ".join(steps))


def _unit_of(judgement: Judgement) -> str:
    return "pairs" if judgement.question.pair else "runs"


def _row(say: Phrases, verdict: Verdict, context: Context) -> list[str]:
    """Return the cells of a context: its settings, the finding, estimate, interval, number and noise floor."""
    smallest = verdict.smallest_effect_in(context)
    return [
        *(legible(str(value), LENGTH) for value in context.settings.values()),
        outcomes.finding(say, context.outcome, context.effect, smallest),
        *outcomes.estimate_and_interval(say, context),
        formatting.count(context.n),
        _noise_floor(say, context),
    ]


def _noise_floor(say: Phrases, context: Context) -> str:
    """Return half of the interval of a context: the smallest effect that its runs could have told from none."""
    effect = context.effect
    if not effect.is_finite:
        return formatting.NO_VALUE
    return Quantity.of((effect.high - effect.low) / 2, effect.unit).in_cell(say)


def _notes(judgement: Judgement, say: Phrases) -> Iterator[str]:
    """Yield sentences on the noise floor, on what would settle undecided contexts, and on what does not count."""
    yield say["judged floor"]
    for each, context in zip(judgement.measured, judgement.verdict.contexts, strict=True):
        name = legible(settings_text(context.settings), LENGTH) or say["judged all"]
        if context.outcome is Outcome.UNDECIDED:
            yield say["judged note"].format(name=name, text=_to_settle(judgement, context, say))
        if (unused := each.n - context.n) > 0:
            yield say["judged beyond"].format(name=name, count=formatting.count(unused))
    if judgement.incomplete:
        yield _lacking_runs(judgement.incomplete, say)


def _to_settle(judgement: Judgement, context: Context, say: Phrases) -> str:
    """Return about how many more pairs would settle an undecided context, in two digits."""
    needed, unit = context.seeds_needed, say[f"judged {_unit_of(judgement)}"]
    if judgement.question.pair and context.n < (fewest := fewest_seeds(judgement.alpha)):
        return say["judged too few pairs"].format(count=fewest)
    if not judgement.question.pair and math.isinf(context.effect.high - context.effect.low):
        return say["judged too few runs"]
    if needed is None:
        return say["judged never settles"].format(unit=unit)
    more = int(float(f"{max(needed - context.n, 1):.2g}"))
    is_unpaired = isinstance(judgement.measured[0], Unpaired)
    pattern = say["judged settles each" if is_unpaired else "judged settles"]
    return pattern.format(count=formatting.count(more), unit=unit)


def _lacking_runs(incomplete: Sequence[Incomplete], say: Phrases) -> str:
    pattern = say["judged lacks run"]
    listed = [pattern.format(pair=settings_text(each.context | each.pair), missing=each.missing) for each in incomplete]
    if len(listed) > LISTED:
        listed[LISTED:] = [say["judged more"].format(count=formatting.count(len(listed) - LISTED))]
    names = legible(", ".join(listed), LISTED * LENGTH)
    return say["judged incomplete"].format(count=formatting.count(len(incomplete)), names=names)


def ledger_notes(say: Phrases, ledger: Ledger, number: int) -> Iterator[str]:
    """Yield sentences on a try of a ledger: what it has cost, what is left, and which tries were kept."""

    def percent(share: float) -> str:
        return say["percent"].format(f"{100 * share:.3g}")

    this, tries, total = ledger.tries[number - 1], formatting.count(len(ledger.tries)), percent(ledger.total_error)
    pattern = say["ledger try kept" if this.kept else "ledger try"]
    yield pattern.format(number=formatting.count(number), tries=tries, level=percent(this.level))
    pairs = formatting.count(fewest_seeds(ledger.alpha))
    left = percent(ledger.left)
    yield say["ledger spent"].format(spent=percent(ledger.spent), total=total, left=left, pairs=pairs)
    pattern = say["ledger name"]
    kept = [
        pattern.format(name=legible(each.name, LENGTH), number=i) for i, each in enumerate(ledger.tries, 1) if each.kept
    ]
    if not kept:
        yield say["ledger none kept"].format(tries=tries)
        return
    yield say["ledger kept"].format(kept=formatting.count(len(kept)), tries=tries, total=total)
    if len(kept) > LISTED:
        kept[:-LISTED] = [say["ledger earlier"].format(count=formatting.count(len(kept) - LISTED))]
    yield f"{'; '.join(kept)}."
