// A verdict on a reader's table in words: what src/ontrial/report/pages/judgements/report.py says of it, word for word.
;(() => {
  const {fill} = globalThis.elements
  const {amount, count, exact, general, significant} = globalThis.numbers
  const {ascending, hull, meanOf, median, variance} = engine
  const OUTCOMES = ["positive", "negligible", "reversed", "below", "undecided"]
  const [LENGTH, LISTED, NAMED, MOST_NAMED, MOST_ARMS] = [200, 20, 5, 4, 12] // see report.py and arms.py
  const TOLERANCE = 1e-4

  /** Return text on one line without what readers cannot see, and without its middle if it is long. */
  const legible = (text, length = LENGTH) =>
    (text.length > length ? `${text.slice(0, length - 20)} … ${text.slice(-10)}` : text).replace(
      /(?! )[\p{C}\p{Z}]/gu,
      found => `\\u${found.codePointAt(0).toString(16).padStart(4, "0")}`,
    )

  /** Return the texts of a verdict: see `Report` in report.py. evidence, judged: As judgeRows and judgeVerdict return them. */
  function reportOf(question, evidence, {conclusion, contexts}, words) {
    const {unit, smallest, isShare} = evidence
    const {better, other, metric, column, lower} = question
    const ofFactors = name => ({[name]: words[`of factors ${name}`]})
    const say = unit === "log2" ? {...words, ...ofFactors("judged mean"), ...ofFactors("judged by mean")} : words
    const term = (name, values) => fill(say[name], values)
    const percent = level => term("percent", [general(100 * level, 6)])
    const quantity = value => fill(say[`short ${unit}`] ?? say[`effect ${unit}`] ?? "{0}", [amount(value, unit)])
    const size = exact(unit === "log2" ? 2 ** smallest : smallest)
    const margin = fill((size === "1" && say[`one ${unit}`]) || say[`effect ${unit}`] || "{0}", [size])
    const outcomeTerm = outcome => term(`outcome ${outcome}`, {margin})
    const placeOf = ({settings}) => Object.entries(settings).map(([name, value]) => `${name}=${value}`)

    function estimateAndInterval({estimate, low, high}) {
      const ends = ["ends without", "ends from", "ends to", "range"]
      const found = ends[(Number.isFinite(low) ? 1 : 0) + (Number.isFinite(high) ? 2 : 0)]
      return {estimate: quantity(estimate), interval: term(found, [amount(low, unit), amount(high, unit)])}
    }

    /** Return what decides a context, each with its own outcome if it is another one, and which runs ended far off. */
    function waysOf({decidedBy, outcome, byWay, far, arms, isRatio}) {
      const texts = [...new Set([...decidedBy, "mean"])].map(way => {
        const found = byWay[way]
        const {estimate, interval} = estimateAndInterval(found)
        const head = found.level === 0.95 ? say["interval 95"] : term("interval level", {level: percent(found.level)})
        const own = found.outcome === outcome ? "" : `${outcomeTerm(found.outcome)}, `
        return term(`judged by ${way}`, {text: `${own}${estimate}, ${head} ${interval}`})
      })
      const ended = far.map(({runs, bound, below}, i) => {
        const shown = isRatio ? 2 ** bound : bound / (isShare ? 100 : 1)
        const values = {count: count(runs), n: count(arms[i].numbers.length), value: legible(arms[i].value)}
        return runs && term(below ? "judged far below" : "judged far above", {...values, bound: general(shown, 4)})
      })
      return [...texts, ...ended.filter(Boolean)].join("; ")
    }

    /** Return a text for each of several contexts whose ways to judge disagree, or some of whose runs ended far off. */
    function sidesOf() {
      const isNoted = ({decidedBy, outcome, byWay, far}) =>
        [...decidedBy, "mean"].some(way => byWay[way].outcome !== outcome) || far.some(({runs}) => runs)
      const noted = contexts.length > 1 ? contexts.filter(isNoted).slice(0, LISTED) : []
      return noted.map(each => term("judged note", {name: legible(placeOf(each).join("; ")), text: waysOf(each)}))
    }

    function countsOf() {
      if (contexts.length === 1) {
        const [{outcome, decidedBy, effect}] = contexts
        const isShort = decidedBy[0] !== "mean" && ![effect.low, effect.high].every(Number.isFinite)
        if (isShort) return outcomeTerm(outcome)
        return term("judged effect", {outcome: outcomeTerm(outcome), ways: waysOf(contexts[0])})
      }
      const numbers = OUTCOMES.map(outcome => [outcome, contexts.filter(each => each.outcome === outcome).length])
      const found = numbers.filter(([, number]) => number)
      if (found.length === 1) return term("outcome in each", {outcome: outcomeTerm(found[0][0])})
      if (contexts.length <= MOST_NAMED) {
        const namesOf = outcome =>
          contexts.filter(each => each.outcome === outcome).map(each => placeOf(each).join(" "))
        return found
          .map(([outcome]) => ({outcome: outcomeTerm(outcome), names: namesOf(outcome).map(each => legible(each))}))
          .map(({outcome, names}) => term("judged places", {outcome, names: names.join(", ")}))
          .join("; ")
      }
      const texts = found.map(([outcome, number]) =>
        term("outcome count", {outcome: outcomeTerm(outcome), count: number}),
      )
      return texts.join(", ")
    }

    /** Return what is certain in a context, such as "in the claimed direction, but by less than 1 point". */
    function findingOf({outcome, decidedBy, byWay}) {
      const {low, high} = hull(decidedBy.map(way => byWay[way]))
      const isBeyond = end => end > TOLERANCE * smallest
      let direction = isBeyond(low) ? "claimed" : isBeyond(-high) ? "opposite" : "open"
      if (outcome === "undecided" && direction === "open" && !(low > -smallest)) direction = "unknown"
      const isOpen = ["negligible", "below", "undecided"].includes(outcome)
      return term(`finding ${outcome}${isOpen ? ` ${direction}` : ""}`, {margin})
    }

    function effectCell(effect) {
      return term("judged estimate", {...estimateAndInterval(effect), level: percent(effect.level)})
    }

    function* doubts() {
      const listed = evidence.differing.map(({name, values}) => {
        const texts = values.map(each =>
          each
            .slice(0, NAMED)
            .map(value => legible(value, 40))
            .join(", "),
        )
        return term("judged differ column", {name, values: texts.join("; ")})
      })
      if (listed.length) yield legible(term("judged differ", {columns: listed.join(", ")}), LISTED * LENGTH)
      const {skipped} = evidence
      const reasons = skipped.map(({place, missing, n}) => {
        const reason = n !== undefined ? "judge page few" : missing ? "judge page no run of" : "judge page no pair"
        return `${legible(place)} (${term(reason, {n, missing})})`
      })
      const names = reasons.slice(0, LISTED)
      if (reasons.length > LISTED) names.push(term("judged more", {count: count(reasons.length - LISTED)}))
      const total = count(skipped.length + contexts.length)
      if (names.length) yield term("judged skipped", {count: count(skipped.length), total, names: names.join(", ")})
      const {dropped} = evidence
      const runsBy = key =>
        dropped
          .filter(each => each[key])
          .map(each => term("judged runs with", {count: count(each[key]), value: each.value}))
          .join(say["judged and"])
      if (dropped.length)
        yield legible(term("judged dropped", {runs: runsBy("failed"), totals: runsBy("total")}), LISTED * LENGTH)
      for (const {name, number} of evidence.short)
        yield term("judged short", {name: legible(name), count: count(number)})
      const repeated = contexts.reduce((sum, each) => sum + each.repeated(), 0)
      if (repeated) yield term("judged repeated", {metric: legible(metric), count: count(repeated)})
    }

    /** Return which pairs do not count, if there are some. */
    function lackingRuns() {
      const {incomplete} = evidence
      const listed = incomplete
        .slice(0, LISTED)
        .map(({place, missing}) => term("judged lacks run", {pair: place, missing}))
      if (incomplete.length > LISTED) listed.push(term("judged more", {count: count(incomplete.length - LISTED)}))
      const names = legible(listed.join(", "), LISTED * LENGTH)
      return listed.length ? [term("judged incomplete", {count: count(incomplete.length), names})] : []
    }

    function armRow({value, numbers, failures}) {
      const shown = numbers.map(number => (isShare ? 0.01 : 1) * number)
      const sorted = ascending(shown)
      const spread = shown.length > 1 ? Math.sqrt(variance(shown)) : Number.NaN
      const described = [meanOf(shown), spread, median(sorted), lower ? sorted.at(-1) : sorted[0]]
      return [
        legible(value, 60),
        count(numbers.length),
        ...described.map(each => significant(each, 4)),
        count(failures),
      ]
    }

    const claim = term(lower ? "judged lower" : "judged higher", {metric, column, better, other})
    const verdict = say[conclusion][0].toUpperCase() + say[conclusion].slice(1)
    const axes = question.contexts.map(name => legible(name))
    const settingsOf = ({settings}) => Object.values(settings).map(value => legible(value))
    const arms = contexts.length > MOST_ARMS ? [] : contexts
    return {
      sentence: term("judged sentence", {verdict, claim: legible(claim), margin, counts: countsOf()}),
      doubts: [...doubts()],
      notes: [...sidesOf(), ...lackingRuns()],
      heads: [
        ...axes,
        say.outcome,
        say["judged typical"],
        say["judged mean"],
        say[`judged ${question.pair.length ? "pairs" : "runs"}`],
      ],
      rows: contexts.map(each => [
        ...settingsOf(each),
        findingOf(each),
        effectCell(each.byWay.typical),
        effectCell(each.byWay.mean),
        count(each.n),
      ]),
      armHeads: [
        ...axes,
        ...["arm", "runs", "mean", "deviation", "median", "worst", "failed"].map(name => say[`judged arm ${name}`]),
      ],
      arms: arms.flatMap(each =>
        (lower ? [...each.arms].reverse() : each.arms).map(arm => [...settingsOf(each), ...armRow(arm)]),
      ),
      mean: say["judged mean"],
      names: contexts.map(each => legible(placeOf(each).join("; "))),
      ways: contexts.map(waysOf),
    }
  }

  globalThis.judgeReport = {reportOf, legible}
})()
