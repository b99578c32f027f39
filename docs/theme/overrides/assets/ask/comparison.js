// "Ask the runs": the comparison of two cells of an experiment, seed by seed, by the rules for claims.
;(() => {
  const QUANTITY = /^\d{1,9}(\.\d{1,9})?$/ // number in a docket

  /**
   * Return the position of each seed's rate for a cell; null where it is not on the grid.
   * runs: Runs of an experiment: see `pack` in report/pages/tools/ask.py.
   * cell: Position of the cell.
   * of: Position of the arm `of`, from whose rates most policies start.
   * policy: Name of a policy, or a learning rate for all seeds.
   */
  function ratePositions(runs, own, policy, cell, of) {
    if (runs.rates.length === 1) return runs.seeds.map(() => 0)
    if (typeof policy === "number") return runs.seeds.map(() => runs.rates.indexOf(policy))
    if (policy === "tuned") return own[cell]
    if (policy === "fixed") return own[of]
    const scaled = runs.scaled[policy][runs.batches[of]][runs.batches[cell]]
    return own[of].map(position => scaled[position])
  }

  /** Return the numbers of a cell at these rates, one per seed, and the number of seeds that failed. */
  function armOf(runs, measure, cell, positions) {
    const indices = positions.map((position, seed) => position * runs.seeds.length + seed)
    const numbers = indices.map(i => Number(measure.numbers[cell][i] ?? Number.NaN))
    const diverged = new Set(runs.diverged[cell])
    const failed = indices.filter((i, seed) => diverged.has(i) || !Number.isFinite(numbers[seed])).length
    return {numbers, failed, rates: positions.map(position => runs.rates[position])}
  }

  const unitOf = (measure, form) => (form === "ratio" ? "log2" : measure.unit)

  /** Return the smallest effect in a unit that a text stands for; null if a docket would not take it. */
  function parseEffect(text, unit) {
    const number = QUANTITY.test(text) ? Number(text) : 0
    if (unit === "log2") return number > 1 ? Math.log2(number) : null
    return number > 0 && !(unit === "points" && number > 100) ? number : null
  }

  /**
   * Return the result of a comparison of two cells, or the term for the reason why there is none.
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
    const positions = [of, minus].map(cell => ratePositions(runs, runs.own[measure.own], policy, cell, of))
    if (positions.flat().includes(null)) return {problem: "off the grid"}
    const arms = [of, minus].map((cell, i) => armOf(runs, measure, cell, positions[i]))
    if (arms.some(arm => arm.numbers.some(Number.isNaN))) return {problem: "not measured"}
    const {seedNumbers, interval, classify} = globalThis.engine
    const estimand = {form, spread: false, censored: measure.censored, sides: [null, null], positions: []}
    const differences = seedNumbers(
      estimand,
      arms.map(arm => arm.numbers),
    )
    return {
      arms,
      differences,
      effect,
      level: 1 - runs.alpha,
      ...interval(differences, measure.censored, 1 - runs.alpha),
      outcome: classify(differences, effect, measure.censored, runs.alpha),
      untestable: !runs.judges
        ? "no judges"
        : measure.unit === unitOf(measure, form) && tooFine(measure, [of, minus], effect)
          ? "too fine"
          : null,
    }
  }

  // A docket refuses effects that are smaller than the steps of the metric allow, which depend on the test set of a cell.
  const tooFine = (measure, cells, effect) => cells.some(cell => effect < measure.finest[cell])

  globalThis.askComparison = {unitOf, parseEffect, compare}
})()
