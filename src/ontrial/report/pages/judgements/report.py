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
        sentence=sentence(judgement, say),
        used=[*asked(question, judgement.columns, judgement.rows), *judged(judgement)],
        heads=[
            *axes,
            say["outcome"],
            say["estimate"],
            interval_head(judgement, say),
            say[f"judged {unit_of(judgement)}"],
            say["noise floor"],
        ],
        rows=[row(say, verdict, context) for context in verdict.contexts],
        finding=len(axes),
        outcomes=verdict.outcomes,
        notes=list(notes(judgement, say)),
    )


def sentence(judgement: Judgement, say: Phrases) -> str:
    """Return the verdict in a sentence, such as "Refuted: accuracy is higher with … (less than 1 point in each)."."""
    verdict, question = judgement.verdict, judgement.question
    claim = say["judged lower" if question.lower_is_better else "judged higher"].format(
        metric=question.metric, column=question.column, better=question.better, other=question.other
    )
    return say["judged sentence"].format(
        verdict=say[verdict.conclusion].capitalize(),
        claim=legible(claim, LENGTH),
        margin=Quantity.of(verdict.smallest_effect, verdict.unit).as_margin(say),
        counts=counts_of(judgement, say),
    )


def interval_head(judgement: Judgement, say: Phrases) -> str:
    """Return the head of the intervals: their level over all looks."""
    if judgement.alpha == ALPHA:
        return say["interval 95"]
    return f"{say['percent'].format(f'{100 * (1 - judgement.alpha):.6g}')} interval"


def counts_of(judgement: Judgement, say: Phrases) -> str:
    """Return the number of contexts by outcome, or the outcome of the only one with its numbers."""
    verdict = judgement.verdict
    if len(verdict.contexts) > 1:
        return outcomes.counts(say, verdict, verdict.contexts)
    (context,) = verdict.contexts
    outcome = outcomes.term(say, context.outcome, outcomes.margin_in(say, verdict, context))
    if not context.effect.is_finite:
        return outcome
    estimate, interval = outcomes.estimate_and_interval(say, context)
    head = interval_head(judgement, say)
    return say["judged effect"].format(outcome=outcome, estimate=estimate, head=head, interval=interval)


def asked(question: Question, columns: Mapping[str, str], rows: int) -> list[tuple[str, str]]:
    """Return what a question takes from a table, each with its name, before any value is looked at.

    columns: Columns of the table, by the name in the question.
    rows: Number of rows of the table.
    """

    def named(names: Iterable[str]) -> str:
        return ", ".join(name if columns[name] == name else f"{name} (column {columns[name]})" for name in names)

    better = "lower is better" if question.lower_is_better else "higher is better"
    if LOWER.search(question.metric) and not question.lower_is_better:
        better += "; if lower is, add --lower-is-better"
    lines = {
        "rows": formatting.count(rows),
        "steps": f"the last {named([question.last])} of each {named(question.run)}" if question.last else "",
        "metric": f"{named([question.metric])}, {better}",
        "compared": f"{named([question.column])}: {question.better} with {question.other}",
        "pairs": f"runs that share {named(question.pair)}" if question.pair else "none, runs share nothing",
        "contexts": named(question.contexts),
        "only": settings_text(question.where),
        "smallest effect": question.smallest_effect,
        "looks": ", ".join(map(formatting.count, question.looks)),
        "claim": question.hash,
    }
    return [(name, legible(text, LENGTH)) for name, text in lines.items() if text]


def judged(evidence: Evidence) -> list[tuple[str, str]]:
    """Return what the values of a table turned out to be, each with its name."""
    runs = runs_by_arm(evidence.runs)
    scale = ""
    if evidence.question.unit == "points":
        scale = ", shares of 1 in points" if evidence.shares else ", in per cent"
    lines = {"judged": f"{runs}{scale}"}
    if evidence.others:
        lines["not judged"] = others_of(evidence.others)
    if evidence.ends:
        lines["last step"] = ends_of(evidence.ends)
    if evidence.replaced:
        rule, number = evidence.question.substitute
        fate = "left out" if rule == DROP else f"{'later than' if rule == NEVER else 'counted as'} {number:g}"
        lines["no number"] = f"{runs_by_arm(evidence.replaced)}, {fate}"
    return [(name, legible(text, LENGTH)) for name, text in lines.items()]


def runs_by_arm(runs: Mapping[str, int]) -> str:
    """Return the number of runs of each arm, such as "12 with adam and 10 with sgd"."""
    return " and ".join(f"{formatting.count(n)} with {arm}" for arm, n in runs.items())


def others_of(others: Mapping[str, int]) -> str:
    """Return the number of runs that are of neither arm, such as "24 with sgd, 1 with amad"."""
    listed = [f"{formatting.count(n)} with {value}" for value, n in [*others.items()][:NAMED]]
    more = [f"{formatting.count(sum([*others.values()][NAMED:]))} with others"] if len(others) > NAMED else []
    return ", ".join([*listed, *more])


def ends_of(ends: Mapping[float, int]) -> str:
    """Return the last steps of runs, with the number of runs if there are several, but not too many.

    ends: Number of runs by last step, in its order.
    """
    if len(ends) > NAMED:
        return f"{min(ends):,.12g} to {max(ends):,.12g} in {formatting.count(sum(ends.values()))} runs"
    return ", ".join(f"{step:,.12g} in {formatting.count(runs)}" for step, runs in ends.items()) + " runs"


def unit_of(judgement: Judgement) -> str:
    """Return what the numbers of a context are counted in."""
    return "pairs" if judgement.question.pair else "runs"


def row(say: Phrases, verdict: Verdict, context: Context) -> list[str]:
    """Return the cells of a context: its settings, the finding, estimate, interval, number and noise floor."""
    smallest = verdict.smallest_effect_in(context)
    return [
        *(legible(str(value), LENGTH) for value in context.settings.values()),
        outcomes.finding(say, context.outcome, context.effect, smallest),
        *outcomes.estimate_and_interval(say, context),
        formatting.count(context.n),
        noise_floor(say, context),
    ]


def noise_floor(say: Phrases, context: Context) -> str:
    """Return half of the interval of a context: the smallest effect that its runs could have told from none."""
    effect = context.effect
    if not effect.is_finite:
        return formatting.NO_VALUE
    return Quantity.of((effect.high - effect.low) / 2, effect.unit).in_cell(say)


def notes(judgement: Judgement, say: Phrases) -> Iterator[str]:
    """Yield sentences on the noise floor, on what would settle undecided contexts, and on what does not count."""
    yield "Noise floor: half of the interval. These runs could not have told a smaller effect from none."
    for each, context in zip(judgement.measured, judgement.verdict.contexts, strict=True):
        name = legible(settings_text(context.settings), LENGTH) or "All"
        if context.outcome is Outcome.UNDECIDED:
            yield f"{name}: {to_settle(judgement, context)}."
        if (unused := each.n - context.n) > 0:
            yield f"{name}: {formatting.count(unused)} pairs are beyond the look that is judged, and are not used."
    if judgement.incomplete:
        yield left_out(judgement.incomplete)


def to_settle(judgement: Judgement, context: Context) -> str:
    """Return about how many more pairs would settle an undecided context, in two digits."""
    needed, unit = context.seeds_needed, unit_of(judgement)
    if judgement.question.pair and context.n < (fewest := fewest_seeds(judgement.alpha)):
        return f"too few pairs for an interval, which needs {fewest} or more"
    if not judgement.question.pair and math.isinf(context.effect.high - context.effect.low):
        return "too few runs for an interval"
    if needed is None:
        return f"no number of {unit} would settle it"
    more = int(float(f"{max(needed - context.n, 1):.2g}"))
    each = " of each arm" if isinstance(judgement.measured[0], Unpaired) else ""
    return f"about {formatting.count(more)} more {unit}{each} would settle it"


def left_out(incomplete: Sequence[Incomplete]) -> str:
    """Return the pairs that lack a run."""
    listed = [f"{settings_text(each.context | each.pair)} (no run of {each.missing})" for each in incomplete[:LISTED]]
    more = [f"{formatting.count(len(incomplete) - LISTED)} more"] if len(incomplete) > LISTED else []
    names = legible(", ".join([*listed, *more]), LISTED * LENGTH)
    return f"Left out, because a run of the pair is missing: {formatting.count(len(incomplete))}. {names}."


def ledger_notes(say: Phrases, ledger: Ledger, number: int) -> Iterator[str]:
    """Yield sentences on a try of a ledger: what it has cost, what is left, and which tries were kept."""

    def percent(share: float) -> str:
        return say["percent"].format(f"{100 * share:.3g}")

    this, tries = ledger.tries[number - 1], formatting.count(len(ledger.tries))
    cost = "kept, which costs nothing" if this.kept else f"not kept, which costs {percent(this.level)}"
    yield f"Ledger: try {formatting.count(number)} of {tries}, {cost}."
    yield (
        f"Error spent: {percent(ledger.spent)} of {percent(ledger.total_error)}; {percent(ledger.left)} left. In the "
        f"next try, a paired change needs {formatting.count(fewest_seeds(ledger.alpha))} pairs or more to be kept."
    )
    kept = [f"{legible(each.name, LENGTH)} (try {i})" for i, each in enumerate(ledger.tries, 1) if each.kept]
    if not kept:
        yield f"Kept: none of {tries}."
        return
    yield (
        f"Kept: {formatting.count(len(kept))} of {tries}. The chance that any of them is not such an improvement is at "
        f"most {percent(ledger.total_error)}."
    )
    earlier = [f"{formatting.count(len(kept) - LISTED)} earlier ones"] if len(kept) > LISTED else []
    yield f"{'; '.join([*earlier, *kept[-LISTED:]])}."
