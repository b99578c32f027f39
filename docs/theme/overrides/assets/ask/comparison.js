// "Ask the runs": the comparison of two cells of an experiment, seed by seed, by the rules for claims.
;(() => {
  const QUANTITY = /^\d{1,9}(\.\d{1,9})?$/ // number in a docket

  /**
   * Return the position of each seed's rate for a cell; null where it is not on the grid.
   * runs: Runs of an experiment: see `pack` in report/pages/tools/ask.py.
   * cell: Position of the cell.
   * owner: Position of the cell from whose own rates the policy starts.
   */
  function ratePositions(runs, own, policy, cell, owner) {
    if (runs.rates.length === 1) return runs.seeds.map(() => 0)
    if (cell === owner || policy === "fixed") return own[owner]
    const scaled = runs.scaled[policy][runs.batches[owner]][runs.batches[cell]]
    return own[owner].map(position => scaled[position])
  }

  /** Return the numbers of a cell at these rates, one per seed, and the number of seeds that failed. */
  function armOf(runs, measure, cell, positions) {
    const indices = positions.map((position, seed) => position * runs.seeds.length + seed)
    const numbers = indices.map(i => Number(measure.numbers[cell][i] ?? Number.NaN))
    const failures = new Set(runs.failed[cell])
    const failed = indices.filter((i, seed) => failures.has(i) || !Number.isFinite(numbers[seed])).length
    return {numbers, failed, rates: positions.map(position => runs.rates[position])}
  }

  const unitOf = (measure, form) => (form === "ratio" ? "log2" : measure.unit)

  /** Return the smallest effect in a unit that a text stands for; null if a docket would not take it. */
  function parseEffect(text, unit) {
    const number = QUANTITY.test(text) ? Number(text) : 0
    if (unit === "log2") return number > 1 ? Math.log2(number) : null
    return number > 0 && !(unit === "points" && number > 100) ? number : null
  }

  /** Return the sides from whose own rates a policy starts: each of the two in turn, or none if each has its own. */
  const ownersOf = (runs, policy) => (policy === "tuned" || runs.rates.length === 1 ? [null] : ["of", "minus"])

  /**
   * Return the result of a comparison of two cells, with a context for each side whose rate they share in turn, or the
   * term for the reason why there is none.
   * asked: Question {of, minus, measure, policy, form, effect}, with positions of the cells, and the effect as a text.
   */
  function compare(runs, {of, minus, measure: name, policy, form, effect: text}) {
    const measure = runs.measures[name]
    const effect = parseEffect(text, unitOf(measure, form))
    const [losses, values] = [
      [of, minus].map(cell => runs.cells[cell].loss),
      [of, minus].map(cell => measure.numbers[cell]),
    ]
    if (of === minus) return {problem: "same cells"}
    if (values.includes(null)) return {problem: "not measured"}
    if (measure.unit === "loss" && losses[0] !== losses[1]) return {problem: "other losses"}
    if (effect === null) return {problem: "no effect"}
    const owners = ownersOf(runs, policy)
    const positions = owners.map(owner =>
      [of, minus].map(cell => {
        const start = owner === null ? cell : {of, minus}[owner]
        return ratePositions(runs, runs.own[measure.own], policy, cell, start)
      }),
    )
    const offGrid = positions.map(pair => pair.flat().includes(null))
    if (!offGrid.includes(false)) return {problem: "off the grid"}
    const arms = positions.map((pair, i) =>
      offGrid[i] ? [] : [of, minus].map((cell, j) => armOf(runs, measure, cell, pair[j])),
    )
    if (arms.flat().some(arm => arm.numbers.some(Number.isNaN))) return {problem: "not measured"}
    const {sampleOf, interval, classify} = globalThis.engine
    const budgets = measure.budgets && [of, minus].map(cell => measure.budgets[cell])
    const estimand = {form, spread: false, censored: measure.censored, sides: [null, null], weights: [], budgets}
    const contexts = owners.map((owner, i) => {
      if (offGrid[i]) return {owner, problem: "off the grid"}
      const sample = sampleOf(
        estimand,
        arms[i].map(arm => arm.numbers),
      )
      return {
        owner,
        arms: arms[i],
        differences: sample.values,
        effect,
        level: 1 - runs.alpha,
        ...interval(sample, 1 - runs.alpha),
        outcome: classify(sample, effect, runs.alpha),
      }
    })
    const allowed = [of, minus].map(cell => measure.allowed[form][cell])
    const tooSmall = allowed.some(([smallest]) => effect < smallest)
    const tooLarge = allowed.some(([, largest]) => largest !== null && effect > largest)
    const fails = measure.mayFail && arms.flat().some(arm => arm.failed > runs.failing * runs.seeds.length)
    return {
      contexts,
      untestable:
        runs.refused ?? (tooSmall ? "too fine" : tooLarge ? "too large an effect" : fails ? "failures" : null),
    }
  }

  globalThis.askComparison = {unitOf, parseEffect, compare}
})()
