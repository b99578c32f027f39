// From the numbers of contexts to a verdict, as table_contexts.py, statistics.py and verdicts.py of ontrial/judge.
;(() => {
  const {fromTheRest, hasTwoPeaks, isUneven, hull, outcomeOf} = engine
  const {signedRankInterval, rankSumInterval, medianInterval, meanInterval} = engine
  const ALPHA = 0.05
  const UNEVEN = [2, 4] // see samples.py
  const [FEWEST_FOLDS, FEWEST_RUNS, FEWEST_PAIRS] = [3, 4, 5]
  const HITS = [0, 1, 100] // numbers of runs that either hit or miss, as shares or in per cent
  const [MOST_PAIRS, MOST_SUMS] = [200, 20_100] // of which ranks are exact

  /** Return the runs of an arm that ended far from the rest, on the side of more of them. */
  function farRuns(numbers, smallestEffect) {
    const {away, limit: deviations} = fromTheRest(numbers)
    const limit = Math.max(deviations, 2 * smallestEffect)
    const low = numbers.filter((_, i) => away[i] < -limit)
    const high = numbers.filter((_, i) => away[i] > limit)
    const below = low.length >= high.length
    return {runs: below ? low.length : high.length, bound: below ? Math.max(...low) : Math.min(...high), below}
  }

  /** Return the largest number of which all differences are multiples, to a millionth of their range; 0 without any. */
  function stepOf(numbers) {
    const distinct = [...new Set(numbers)].sort((a, b) => a - b)
    if (distinct.length < 2) return 0
    const size = distinct.at(-1) - distinct[0]
    const gaps = new Set(distinct.slice(1).map((number, i) => number - distinct[i]))
    let step = 0
    for (let gap of [...gaps].sort((a, b) => a - b)) {
      while (gap > 1e-6 * size) {
        ;[step, gap] = [gap, step % gap]
        if (step - gap < 1e-6 * size) gap = 0
      }
      if (step > 0 && step < 1e-4 * size) return 0
    }
    return step
  }

  const counted = numbers => numbers.reduce((counts, each) => counts.set(each, (counts.get(each) ?? 0) + 1), new Map())

  /**
   * Return a context with what decides it.
   * settings: Values by column. arms: {value, numbers, failed} of the two sides, whose effect is the first minus the second.
   * design: {isPaired, isRatio, overlap, smallest}.
   */
  function contextOf(settings, arms, {isPaired, isRatio, overlap, smallest}) {
    const sides = arms.map(({numbers}) => (isRatio ? numbers.map(Math.log2) : numbers))
    const differences = isPaired ? sides[0].map((of, i) => of - sides[1][i]) : []
    const sizes = arms.map(({numbers}) => numbers.length)
    const n = Math.min(...sizes)
    const counts = counted(sides[0])
    const equal = isPaired
      ? differences.filter(each => each === 0).length
      : sides[1].reduce((total, each) => total + (counts.get(each) ?? 0), 0)
    const compared = isPaired ? n : sizes[0] * sizes[1]
    const step = stepOf(arms.flatMap(({numbers}) => numbers))
    const far = sides.map(side => farRuns(side, smallest))
    const hasFar = far.some(({runs}) => runs)
    const byMean = overlap > 0 || 2 * equal > compared || (!isRatio && step > smallest / 2)
    const hasTwoForms = !isPaired && (hasFar || sides.some(hasTwoPeaks)) // the arms differ in more than a shift
    const caution = hasTwoForms ? Math.min((UNEVEN[0] * Math.max(...sizes)) / n, UNEVEN[1]) : 1
    const ways = {
      typical: level =>
        isPaired ? signedRankInterval(differences, level) : rankSumInterval(...sides, 1 - (1 - level) / caution),
      mean: level => meanInterval(isPaired ? [differences] : sides, level, overlap, byMean),
      ...(isPaired && {sign: level => medianInterval(differences, level)}),
    }
    const known = new Map()
    const interval = (way, level) => {
      const key = `${way} ${level}`
      if (!known.has(key)) known.set(key, ways[way](level))
      return known.get(key)
    }
    const skewed = isPaired && (hasFar || isUneven(differences)) ? ["sign"] : []
    const decidedBy = byMean ? ["mean"] : ["typical", ...skewed, "mean"]
    const few = byMean
      ? overlap > 0 && n < FEWEST_FOLDS
      : isPaired
        ? n < FEWEST_PAIRS
        : n < FEWEST_RUNS || arrangements(sizes[0] + sizes[1], n) < 1 / ALPHA

    /** Return the outcome by some ways that must agree. */
    const classify = (alpha, by = decidedBy) => {
      const [own, equivalence] = [1 - alpha, 1 - 2 * alpha].map(level => hull(by.map(way => interval(way, level))))
      return outcomeOf(own, equivalence, smallest)
    }

    /** Return the number of runs whose number is that of another run of their arm, unless numbers have steps. */
    function repeated() {
      if (overlap) return 0 // test parts are small
      if (arms.every(({numbers}) => numbers.every(each => HITS.includes(each)))) return 0
      return arms.reduce((total, {failed}, i) => {
        const {runs, bound, below} = far[i]
        const isNear = number => !runs || (below ? number > bound : number < bound)
        const numbers = sides[i].filter((number, run) => !failed[run] && isNear(number))
        if (stepOf(numbers)) return total
        return [...counted(numbers).values()].filter(count => count > 1).reduce((sum, count) => sum + count, total)
      }, 0)
    }

    const many = isPaired ? n > MOST_PAIRS : compared > MOST_SUMS
    const found = {n, equal, compared, far, few, many, decidedBy, differences, ways: Object.keys(ways)}
    return {settings, arms, smallest, isRatio, ...found, interval, classify, repeated}
  }

  /** Return in how many ways some of all runs can be chosen. */
  function arrangements(all, some) {
    let ways = 1
    for (let i = 1; i <= some; i++) ways *= (all - some + i) / i
    return ways
  }

  /** Return the conclusion on contexts, and the outcome, the level and the effect of each, also by its other ways. */
  function decide(contexts) {
    const supports = outcome => outcome === "positive"
    const contradicts = outcome => ["negligible", "reversed", "below"].includes(outcome)
    const outcomes = contexts.map(each => each.classify(ALPHA))
    const others = contexts.map(each => each.classify(ALPHA / contexts.length))
    const conclusion = outcomes.every(supports)
      ? "supported"
      : outcomes.every(contradicts)
        ? "refuted"
        : others.some(supports) && others.some(contradicts)
          ? "depends"
          : "inconclusive"
    const levelOf = outcome => (outcome === "negligible" ? 1 - 2 * ALPHA : 1 - ALPHA)
    const judged = contexts.map((each, i) => {
      const ways = Object.fromEntries(
        each.ways.map(way => {
          const outcome = each.classify(ALPHA, [way])
          return [way, {...each.interval(way, levelOf(outcome)), level: levelOf(outcome), outcome}]
        }),
      )
      const level = levelOf(outcomes[i])
      const effect = {...each.interval(each.decidedBy[0], level), level}
      return {...each, outcome: outcomes[i], level, effect, byWay: ways}
    })
    return {conclusion, contexts: judged}
  }

  globalThis.judgeVerdict = {contextOf, decide}
})()
