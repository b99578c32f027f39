"""The judgement of a table of runs in words: what was used, a row per context, and notes."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import NamedTuple

from ontrial.errors import legible
from ontrial.judge.across import Across
from ontrial.judge.ledger import Ledger, last_hash
from ontrial.judge.questions import DROP, NEVER, TableQuestion
from ontrial.judge.table_contexts import TableContext, TablePairs
from ontrial.judge.table_measuring import Incomplete
from ontrial.judge.tables import Evidence, Judgement
from ontrial.report.pages.judgements import arms
from ontrial.report.wording import formatting, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial_judge.core.evidence import classify
from ontrial_judge.core.statistics import ALPHA, fewest_seeds
from ontrial_judge.core.verdicts import Conclusion, Context, Effect, Outcome, Verdict, Way, settings_text

LISTED = 20  # incomplete pairs that are named
NAMED = 5  # last steps, or values of other runs, that are named
LENGTH = 200  # characters of a name
MANY = 30  # contexts that are sorted by outcome
MOST_NAMED = 4  # contexts that the verdict names


class Report(NamedTuple):
    """A judgement in words.

    doubts: Sentences on the table that a reader needs before the verdict.
    sentence: Verdict, with the number of contexts by outcome.
    used: What was taken from the table, each with its name.
    heads, rows: Table with a row per context.
    finding: Position of the column that says what is certain.
    outcomes: Outcome of each row.
    notes: Sentences on noise, on what would settle it, and on what does not count.
    arm_heads, arms: Table with a row per arm and context. Empty if there are many contexts.
    """

    conclusion: Conclusion
    doubts: list[str]
    sentence: str
    used: list[tuple[str, str]]
    heads: list[str]
    rows: list[list[str]]
    finding: int
    outcomes: list[Outcome]
    notes: list[str]
    arm_heads: list[str]
    arms: list[list[str]]


def report(judgement: Judgement, say: Phrases) -> Report:
    """Return a judgement in the words of pages."""
    verdict, question = judgement.verdict, judgement.question
    if question.tasks_are == "sample":  # each number is that of a task
        say = _instead(say, "of tasks ")
    if question.unit == "log2":  # means are geometric
        say = _instead(say, "of factors ")
    axes = [legible(name, LENGTH) for name in question.contexts]
    judged = list(zip(verdict.contexts, judgement.measured, strict=True))
    ways = [way for way in (Way.TYPICAL, Way.MEAN) if any(way in _effects(context) for context, _ in judged)]
    if len(judged) > MANY:  # what is open comes first, then each outcome together
        judged.sort(key=lambda pair: (pair[0].outcome is not Outcome.UNDECIDED, pair[0].outcome))
    return Report(
        conclusion=verdict.conclusion,
        doubts=list(_doubts(judgement, say)),
        sentence=_sentence(judgement, say),
        used=[*question_lines(say, [question], judgement.columns, judgement.rows), *run_lines(say, [judgement])],
        heads=[
            *axes,
            say["outcome"],
            *(say[f"judged {way}"] for way in ways),
            say[f"judged {_unit_of(judgement)}"],
            say["noise floor"],
        ],
        rows=[_row(say, judgement, ways, *pair) for pair in judged],
        finding=len(axes),
        outcomes=[context.outcome for context, _ in judged],
        notes=list(_notes(judgement, say)),
        arm_heads=arms.heads(judgement, say),
        arms=list(arms.rows(judgement)),
    )


def _instead(say: Phrases, prefix: str) -> Phrases:
    """Return words, of which those of terms with a prefix stand in place of those without."""
    other = copy(say)
    other.update(say.after(prefix))
    return other


def _sentence(judgement: Judgement, say: Phrases) -> str:
    """Return the verdict in a sentence, such as "Refuted: accuracy is higher with … (less than 1 point in each)."."""
    verdict, question = judgement.verdict, judgement.question
    kind = "judged no worse" if question.not_worse else "judged lower" if question.lower_is_better else "judged higher"
    claim = say[kind].format(
        metric=question.metric, column=question.column, better=question.better, other=question.other
    )
    if question.over:
        claim = say["judged over"].format(claim=claim, names=", ".join(question.over))
    if question.only:
        claim = say["judged where"].format(claim=claim, only=question.only)
    return say["judged sentence not worse" if question.not_worse else "judged sentence"].format(
        verdict=conclusion_of(judgement, say).capitalize(),
        claim=legible(claim, 2 * LENGTH),
        margin=Quantity.of(verdict.smallest_effect, verdict.unit).as_margin(say),
        counts=counts_of(judgement, say),
    )


def conclusion_of(judgement: Judgement, say: Phrases) -> str:
    """Return the conclusion in the words of what is asked: that an arm is better, or not worse."""
    conclusion = judgement.verdict.conclusion
    return say[f"judged holds {conclusion}" if judgement.question.not_worse else conclusion]


def _doubts(judgement: Judgement, say: Phrases) -> Iterator[str]:
    """Yield sentences on what the arms differ in, on runs that are short, and on numbers that are there twice."""
    if judgement.differing:
        pattern, nothing = say["judged differ column"], [say["judged nothing"]]
        listed = [
            pattern.format(name=name, values="; ".join(", ".join(each[:NAMED] or nothing) for each in values.values()))
            for name, values in judgement.differing.items()
        ]
        yield legible(say["judged differ"].format(columns=", ".join(listed)), LISTED * LENGTH)
    if judgement.skipped:
        names = [f"{name} ({reason})" for name, reason in [*judgement.skipped.items()][:LISTED]]
        if len(judgement.skipped) > LISTED:
            names.append(say["judged more"].format(count=formatting.count(len(judgement.skipped) - LISTED)))
        skipped = formatting.count(len(judgement.skipped))
        judged = len(getattr(judgement.measured[0], "tasks", judgement.measured))
        total = formatting.count(len(judgement.skipped) + judged)
        what = "judged skipped tasks" if judgement.question.over else "judged skipped"
        yield say[what].format(count=skipped, total=total, names=", ".join(names))
    if judgement.without_number and judgement.question.failed == DROP:
        totals = {arm: n + judgement.without_number.get(arm, 0) for arm, n in judgement.runs.items()}
        left_out = {arm: judgement.without_number[arm] for arm in totals if arm in judgement.without_number}
        dropped = say["judged dropped"].format(runs=_runs_by_arm(say, left_out), totals=_runs_by_arm(say, totals))
        yield legible(dropped, LISTED * LENGTH)
    if judgement.unended:
        totals = {arm: n + judgement.unended.get(arm, 0) for arm, n in judgement.runs.items()}
        texts = {"runs": _runs_by_arm(say, judgement.unended), "totals": _runs_by_arm(say, totals)}
        yield legible(say["judged unended"].format(**texts), LISTED * LENGTH)
    yield from _dominant(judgement, say)
    for name, count in judgement.short.items():
        yield say["judged short"].format(count=formatting.count(count), name=legible(name, LENGTH))
    if judgement.whole:
        (seeds,) = {each.n for each in judgement.measured[:1]}
        texts = {"pairs": formatting.count(judgement.pairs), "seeds": formatting.count(seeds)}
        yield say["judged whole"].format(**texts, name=legible(judgement.whole, LENGTH))
    repeated = sum(each.repeated for each in judgement.measured)
    if repeated and "copies" not in judgement.question.accept:
        metric = legible(judgement.question.metric, LENGTH)
        yield say["judged repeated"].format(metric=metric, count=formatting.count(repeated))


def _dominant(judgement: Judgement, say: Phrases) -> Iterator[str]:
    """Yield which task outweighs the others of an effect over tasks, and what these say."""
    (whole, *_), (context, *_) = judgement.measured, judgement.verdict.contexts
    if isinstance(whole, Across) and (found := whole.dominant(judgement.alpha)):
        i, rest = found
        mean = float(rest.sample().interval(1 - judgement.alpha).estimate)
        yield say["judged dominant"].format(
            task=legible(settings_text(whole.tasks[i].context), LENGTH),
            effect=Quantity.of(float(whole.numbers[i]), context.effect.unit).in_cell(say),
            way=say["judged mean"],
            mean=Quantity.of(mean, context.effect.unit).in_cell(say),
            outcome=_term(say, judgement.verdict, context, Outcome(str(classify(rest, judgement.alpha)))),
        )


def counts_of(judgement: Judgement, say: Phrases) -> str:
    """Return the contexts by outcome, or only how many if they are many; the numbers of the only one."""
    verdict = judgement.verdict
    if len(verdict.contexts) > 1:
        by_outcome: dict[Outcome, list[str]] = {}
        for context in verdict.contexts:
            name = legible(settings_text(context.settings).replace("; ", " "), LENGTH)
            by_outcome.setdefault(context.outcome, []).append(name)
        listed = {outcome: ", ".join(names) for outcome, names in by_outcome.items()}
        if len(verdict.contexts) > MOST_NAMED or len(by_outcome) == 1:
            if not judgement.question.not_worse:
                return outcomes.counts(say, verdict, verdict.contexts)
            total = formatting.count(len(verdict.contexts))
            listed = {
                outcome: say["target reached"].format(count=formatting.count(len(names)), n=total)
                for outcome, names in by_outcome.items()
            }
        return "; ".join(
            say["judged places"].format(outcome=_term(say, verdict, verdict.contexts[0], each), names=listed[each])
            for each in sorted(listed, key=[*Outcome].index)
        )
    (context,) = verdict.contexts
    outcome = _term(say, verdict, context, context.outcome)
    if context.decided_by != (Way.MEAN,) and not context.effect.is_finite:
        return outcome
    return say["judged effect"].format(outcome=outcome, ways=_ways_of(judgement, context, judgement.measured[0], say))


def _term(say: Phrases, verdict: Verdict, context: Context, outcome: Outcome) -> str:
    """Return an outcome of a context with the smallest effect."""
    margin = outcomes.margin_in(say, verdict, context)
    if outcome in (Outcome.WITHIN, Outcome.BEYOND):
        return say[f"judged worse {outcome}"].format(margin=margin)
    return outcomes.term(say, outcome, margin)


def _finding(say: Phrases, judgement: Judgement, context: Context) -> str:
    """Return what is certain in a context."""
    if judgement.question.not_worse:
        return _term(say, judgement.verdict, context, context.outcome)
    return outcomes.finding(say, context.outcome, _certain(context), judgement.verdict.smallest_effect_in(context))


def _ways_of(judgement: Judgement, context: Context, measured: TableContext, say: Phrases) -> str:
    """Return what the typical run shows, what the mean does, and which runs collapsed, in one line.

    Each says its own outcome if it is another one than that of the context.
    """
    texts = []
    for way, effect, found in _ways(context):
        outcome = ""
        if found is not context.outcome:
            outcome = _term(say, judgement.verdict, context, found) + ", "
        estimate, interval = outcomes.estimate_and_interval(say, replace(context, effect=effect))
        head = _level_head(effect, say)
        texts.append(say[f"judged by {way}"].format(text=f"{outcome}{estimate}, {head} {interval}"))
    return "; ".join([*texts, *_far_runs(judgement, measured, say)])


def _ways(context: Context) -> list[tuple[Way, Effect, Outcome]]:
    """Return the ways that decide a context, and the mean in any case, with the effect and the outcome of each."""
    if not context.alternatives:
        return [(Way.TYPICAL, context.effect, context.outcome)]
    order = dict.fromkeys([*context.decided_by, Way.MEAN])
    judged = {each.way: each for each in context.alternatives}
    return [(way, judged[way].effect, judged[way].outcome) for way in order]


def _level_head(effect: Effect, say: Phrases) -> str:
    level = _level(say, effect.level)
    return say["interval 95"] if level == _level(say, 1 - ALPHA) else say["interval level"].format(level=level)


def _level(say: Phrases, level: float) -> str:
    """Return the level of an interval, whose error has two digits: 98.3%, but never 100%."""
    return say["percent"].format(f"{100 - float(f'{100 * (1 - level):.2g}'):.6g}")


def _far_runs(judgement: Judgement, measured: TableContext, say: Phrases) -> Iterator[str]:
    """Yield, for each arm with runs that ended far from the rest, how many they are and, but over tasks, where."""
    for arm, far, side in zip(measured.arms, measured.far, measured.estimand.arms.values(), strict=True):
        if far.runs:
            value = legible(str(side[judgement.question.column]), LENGTH)
            texts = {"count": formatting.count(far.runs), "n": formatting.count(arm.n), "value": value}
            if math.isnan(far.bound):
                yield say["judged fell" if far.below else "judged rose"].format(**texts)
                continue
            bound = 2**far.bound if measured.question.takes_ratio else far.bound / (100 if judgement.shares else 1)
            term = "judged far below" if far.below else "judged far above"
            yield say[term].format(**texts, bound=f"{bound:.4g}")


def question_lines(
    say: Phrases, asked: Sequence[TableQuestion], columns: Mapping[str, str], rows: int
) -> list[tuple[str, str]]:
    """Return what a question takes from a table, each with its name, before any value is looked at.

    asked: The question, or several that differ in the better arm.
    columns: Columns of the table, by the name in the question.
    rows: Number of rows of the table.
    """
    question = asked[0]

    def named(names: Iterable[str]) -> str:
        texts = {name: say["judged column"].format(name=name, column=columns[name]) for name in names}
        return ", ".join(name if columns[name] == name else text for name, text in texts.items())

    direction = "judged metric lower" if question.lower_is_better else "judged metric higher"
    metric = "{metric}" if question.lacks_direction else say[direction]
    better = ", ".join(each.better for each in asked)
    compared = say["judged compared"].format(column=named([question.column]), better=better, other=question.other)
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
        say["used over"]: say[f"judged tasks {question.tasks_are or 'fixed'}"].format(names=named(question.over))
        if question.over
        else "",
        say["used only"]: question.only,
        say["used smallest effect"]: question.smallest_effect,
        say["used looks"]: ", ".join(map(formatting.count, question.looks)),
        say["used claim"]: question.hash if len(asked) == 1 else "",
    }
    return [(name, legible(text, LENGTH)) for name, text in lines.items() if text]


def run_lines(say: Phrases, found: Sequence[Evidence]) -> list[tuple[str, str]]:
    """Return what the values of a table turned out to be, each with its name.

    found: Evidence on a question, or on several that differ in the better arm.
    """
    runs, replaced = (
        {arm: n for by_arm in counts for arm, n in by_arm.items()}
        for counts in ([each.runs for each in found], [each.without_number for each in found])
    )
    text = _runs_by_arm(say, runs)
    if found[0].question.unit == "points":
        text = say["judged shares of 1" if found[0].shares else "judged per cent"].format(runs=text)
    lines = [(say["used judged"], text)]
    if others := {value: n for value, n in found[0].others.items() if value not in runs}:
        lines.append((say["used not judged"], _others_of(say, others)))
    for each in found:
        if each.ends:
            arm = f"{each.question.better}: " if len(found) > 1 else ""
            lines.append((say["used last step"], f"{arm}{_ends_of(say, each.ends)}"))
    if replaced:
        rule, number = found[0].question.substitute
        fate = say["judged left out" if rule == DROP else "judged later" if rule == NEVER else "judged counted as"]
        text = fate.format(runs=_runs_by_arm(say, replaced), number="" if number is None else f"{number:g}")
        lines.append((say["used failed"], text))
    return [(name, legible(text, LENGTH)) for name, text in lines]


def _runs_by_arm(say: Phrases, runs: Mapping[str, int]) -> str:
    """Return the number of runs of each arm, such as "12 with adam and 10 with sgd"."""
    pattern = say["judged runs with"]
    texts = [pattern.format(count=formatting.count(n), value=arm) for arm, n in runs.items()]
    return (", " if len(texts) > 2 else say["judged and"]).join(texts)


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
    if judgement.question.tasks_are == "sample":
        return "tasks"
    return "pairs" if judgement.question.pair else "runs"


def _effects(context: Context) -> dict[Way, Effect]:
    """Return the effect by each way to judge a context."""
    decided = {way: effect for way, effect, _ in _ways(context)}
    return decided | {each.way: each.effect for each in context.alternatives}


def _row(
    say: Phrases, judgement: Judgement, ways: Sequence[Way], context: Context, measured: TableContext
) -> list[str]:
    """Return the cells of a context: its settings, the finding, the effect by each way, number and noise floor."""
    effects = _effects(context)
    return [
        *(legible(str(value), LENGTH) for value in context.settings.values()),
        _finding(say, judgement, context),
        *(_effect_cell(say, context, effects.get(way)) for way in ways),
        formatting.count(context.n),
        _noise_floor(say, context, measured),
    ]


def _certain(context: Context) -> Effect:
    """Return the effect of a context with an interval that holds those of all ways that decide it."""
    effects = [effect for way, effect, _ in _ways(context) if way in context.decided_by]
    return replace(context.effect, low=min(each.low for each in effects), high=max(each.high for each in effects))


def _effect_cell(say: Phrases, context: Context, effect: Effect | None) -> str:
    """Return an estimate with its interval and the level of that."""
    if effect is None:
        return formatting.NO_VALUE
    estimate, interval = outcomes.estimate_and_interval(say, replace(context, effect=effect))
    level = _level(say, effect.level)
    return say["judged estimate"].format(estimate=estimate, interval=interval, level=level)


def _noise_floor(say: Phrases, context: Context, measured: TableContext) -> str:
    """Return half of the interval of a context: the smallest effect that its runs could have told from none."""
    effect = context.effect
    if 2 * measured.equal > measured.compared:
        counts = {"equal": formatting.count(measured.equal), "n": formatting.count(measured.compared)}
        return say["judged equal"].format(**counts)
    if not effect.is_finite:
        return formatting.NO_VALUE
    return Quantity.of((effect.high - effect.low) / 2, effect.unit).in_cell(say)


def _notes(judgement: Judgement, say: Phrases) -> Iterator[str]:
    """Yield sentences on how contexts are judged, on what would settle undecided ones, and on what does not count."""
    yield say["judged floor"]
    if judgement.question.not_worse:
        yield say["judged worse sign"].format(better=legible(judgement.question.better, LENGTH))
    yield from _rules(judgement, say)
    levels = {effect.level for context in judgement.verdict.contexts for effect in _effects(context).values()}
    if not judgement.question.looks and (narrow := min(levels)) < 1 - 1.5 * judgement.alpha:
        yield say["judged narrow"].format(level=_level(say, narrow))
    if shared := judgement.measured[0].shared:
        names = legible(", ".join(judgement.question.pair), LENGTH)
        yield say["judged moved"].format(names=names, count=formatting.count(shared))
    if judgement.question.over:
        counted = judgement.measured[0]
        assert isinstance(counted, Across | TablePairs)
        numbers = counted.numbers
        won = {
            "won": formatting.count(int(((numbers < 0) if judgement.question.not_worse else (numbers > 0)).sum())),
            "tasks": formatting.count(len(numbers)),
        }
        yield say["judged won"].format(**won, better=legible(judgement.question.better, LENGTH))
    noted: dict[str, list[str]] = {}
    for each, context in itertools.islice(_noted(judgement), LISTED):
        name = legible(settings_text(context.settings), LENGTH) or say["judged all"]
        for text in _context_notes(judgement, context, each, say):
            noted.setdefault(text, []).append(name)
    for text, places in noted.items():
        yield say["judged note"].format(name=", ".join(places), text=text)
    if (more := sum(1 for _ in _noted(judgement)) - LISTED) > 0:
        yield say["judged more contexts"].format(count=formatting.count(more))
    if judgement.incomplete:
        yield _lacking_runs(judgement.incomplete, say)


def _noted(judgement: Judgement) -> Iterator[tuple[TableContext, Context]]:
    """Yield the contexts of which more is to be said than a row has."""
    for each, context in zip(judgement.measured, judgement.verdict.contexts, strict=True):
        if context.outcome is Outcome.UNDECIDED or each.n > context.n or _has_two_sides(judgement, context, each):
            yield each, context


def _has_two_sides(judgement: Judgement, context: Context, measured: TableContext) -> bool:
    """Return whether the ways to judge one of several contexts disagree, or some of its runs ended far off."""
    differ = any(found is not context.outcome for _, _, found in _ways(context))
    return len(judgement.measured) > 1 and (differ or any(far.runs for far in measured.far))


def _context_notes(judgement: Judgement, context: Context, measured: TableContext, say: Phrases) -> Iterator[str]:
    """Yield what the ways to judge a context say, what would settle it, and how many of its pairs do not count."""
    if _has_two_sides(judgement, context, measured):
        yield _ways_of(judgement, context, measured, say)
    if context.outcome is Outcome.UNDECIDED:
        yield _to_settle(judgement, context, measured, say)
    if (unused := measured.n - context.n) > 0:
        yield say["judged beyond"].format(unit=say[f"judged {_unit_of(judgement)}"], count=formatting.count(unused))


def _rules(judgement: Judgement, say: Phrases) -> Iterator[str]:
    """Yield what decides contexts, and how often runs may collapse although none did."""
    contexts, measured = judgement.verdict.contexts, judgement.measured
    estimand = measured[0].estimand
    by_mean = [each for each, context in zip(measured, contexts, strict=True) if context.decided_by == (Way.MEAN,)]
    if estimand.overlap:
        yield say["judged by folds"].format(share=say["percent"].format(f"{100 * estimand.overlap:.3g}"))
    elif judgement.question.by:
        yield say[f"judged only {judgement.question.by}"]
    elif estimand.by:
        yield say["judged over means"]
    elif not estimand.censored:
        yield say["judged by both"]
        if any(2 * each.equal > each.compared for each in by_mean):
            yield say["judged ties"]
        elif by_mean:
            yield say["judged coarse"].format(step=Quantity.of(by_mean[0].step, estimand.unit).in_sentence(say))
    if estimand.takes_ratio and not estimand.censored:
        yield say["judged geometric"]
    if any(Way.SIGN in context.decided_by for context in contexts):
        yield say["judged skewed"]
    fixed = judgement.question.over and judgement.question.tasks_are != "sample"  # of which each has its own scale
    sizes = [
        (arm.n, each.context | side)
        for each in measured
        for arm, far, side in zip(each.arms, each.far, each.estimand.arms.values(), strict=True)
        if not far.runs
    ]
    if sizes and not (estimand.censored or fixed or judgement.without_number or judgement.unended):
        n, fewest = min(sizes, key=lambda size: size[0])
        may = say["percent"].format(f"{100 * (1 - ALPHA ** (1 / n)):.2g}")
        is_all = {size for size, _ in sizes} == {n} and len(sizes) == sum(len(each.arms) for each in measured)
        name = say["judged each arm"] if is_all else legible(settings_text(fewest), LENGTH)
        yield say["judged unseen"].format(n=formatting.count(n), arm=name, share=may)


def _to_settle(judgement: Judgement, context: Context, measured: TableContext, say: Phrases) -> str:
    """Return how many pairs make an outcome likely, if the effect is as estimated, half the smallest, or twice it."""
    unit, in_all = say[f"judged {_unit_of(judgement)}"], say[f"judged {_unit_of(judgement)} in all"]
    if context.decided_by == (Way.MEAN,) and context.n < measured.fewest:
        return say["judged too few alone"].format(unit=unit, count=measured.fewest)
    if context.decided_by[:1] != (Way.MEAN,):
        if judgement.question.pair and context.n < (fewest := fewest_seeds(judgement.alpha)):
            return say["judged too few pairs"].format(count=fewest)
        if not judgement.question.pair and math.isinf(context.effect.high - context.effect.low):
            return say["judged too few runs"]
    if measured.question.censored or judgement.question.not_worse or measured.shared:
        return say["judged may settle"].format(unit=unit)
    if not measured.has_spread:
        return say["judged no spread"]
    smallest = measured.smallest_effect
    needed = [measured.needed(effect, judgement.alpha) for effect in (None, smallest / 2, 2 * smallest)]
    none, some = say["judged no number"], say["judged number"]
    half, twice = (none if n is None else some.format(count=f"{int(float(f'{n:.2g}')):,}") for n in needed[1:])
    if needed[0] is None:
        return say["judged not worth"].format(unit=in_all, half=half, twice=twice)
    count = f"{int(float(f'{needed[0]:.2g}')):,}"
    return say["judged settles"].format(count=count, unit=in_all, half=half, twice=twice)


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
    yield say["ledger hash"].format(hash=last_hash(ledger))
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
