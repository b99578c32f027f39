// From records to an outcome: the metrics and rules of ontrial/judge, for one context of a claim. See statistics.js.
globalThis.engine ??= {}
;(engine => {
  const ALPHA = 0.05

  /**
   * @typedef {import("./training.js").Record} Record
   * @typedef {{accuracy: number, nll: number, loss: number, threshold: number | null, depth: number}} Guessing
   * accuracy: Accuracy of always naming the most frequent class.
   * nll: Negative log-likelihood of predicting the share of each class.
   * loss: Loss of the same prediction.
   * threshold: Accuracy that counts as learnt, or null.
   * depth: Number of hidden layers.
   * @typedef {{kind: "centre" | "median", values: number[], lowest: number[], highest: number[]}} Sample
   * values: One number per seed, positive in the claimed direction, between a lowest and a highest one.
   */

  // Metrics ----------------------------------------------------------------------------------------------------------

  /**
   * Return the value of a measure at the end, or a substitute if it is worse or the run has diverged.
   * @param {string} measure @param {(guess: *) => number} guess @param {(value: number, worst: number) => number} better
   */
  function noWorse(measure, guess, better = Math.min, scale = 1) {
    return (records, guessing) => {
      const last = records.at(-1)
      const worst = guess(guessing)
      return scale * (last.diverged ? worst : better(Number(last[measure]), worst))
    }
  }

  const accuracy = measure => noWorse(measure, guess => guess.accuracy, Math.max, 100)
  const loss = measure => noWorse(measure, guess => guess.loss)
  const error = measure =>
    noWorse(
      measure,
      () => 1,
      value => value,
      100,
    )

  /** Return a share of units at the last record before the run diverged. */
  const units = measure => records =>
    100 * Number(records.findLast(record => !record.diverged && record[measure] !== undefined)?.[measure])

  /** Return when a measure first reaches the threshold (sign 1: from below), on a straight line between two records. */
  const timeTo = (clock, measure = "test_accuracy", sign = 1) => {
    return (records, {threshold}) => {
      const measured = records.filter(record => !record.diverged && record[measure] !== undefined)
      const i = measured.findIndex(record => sign * Number(record[measure]) >= sign * threshold)
      if (i < 0) return Number.POSITIVE_INFINITY
      if (i === 0) return measured[0][clock]
      const [before, at] = measured.slice(i - 1, i + 1)
      const changed = Number(at[measure]) - Number(before[measure])
      return before[clock] + (threshold - Number(before[measure])) * ((at[clock] - before[clock]) / changed)
    }
  }

  /** Return log₂ of the mean factor by which the gradient norm changes from a layer down to the next, before training. */
  function gradientPerLayer(records, {depth}) {
    const log = layer => Math.log2(Math.max(Number(records[0][`gradient_norm_${layer}`]), engine.TINY))
    return (log(1) - log(depth)) / (depth - 1)
  }

  const difference = (of, minus) => {
    return (records, guess) => of(records, guess) - minus(records, guess)
  }

  /** @type {{[metric: string]: (records: Record[], guess: any) => number}} one number per run */
  const METRICS = {
    test_accuracy: accuracy("test_accuracy"),
    validation_accuracy: accuracy("validation_accuracy"),
    train_accuracy: accuracy("train_accuracy"),
    accuracy_deviation: accuracy("test_accuracy"),
    gap_in_accuracy: difference(accuracy("train_accuracy"), accuracy("test_accuracy")),
    test_loss: loss("test_loss"),
    train_loss: loss("train_loss"),
    validation_loss: loss("validation_loss"),
    gap_in_loss: difference(loss("test_loss"), loss("train_loss")),
    test_nll: noWorse("test_nll", guess => guess.nll),
    calibration_error: error("test_calibration_error"),
    group_error: error("group_error"),
    epochs_to_accuracy: timeTo("epochs"),
    updates_to_accuracy: timeTo("updates"),
    epochs_to_train_loss: timeTo("epochs", "train_loss", -1),
    updates_to_train_loss: timeTo("updates", "train_loss", -1),
    dead_units: units("dead_units"),
    saturation: units("saturation"),
    gradient_per_layer: gradientPerLayer,
  }

  // Claims -----------------------------------------------------------------------------------------------------------

  /**
   * Return one number per seed, positive in the claimed direction, from the numbers of the arms (one list per arm).
   * sides: Sides of the comparison in order: an arm's number in `arms`, or {value}.
   * weights: Weights of the arms of a slope.
   * @param {{form: string, spread: boolean, censored: boolean, sides: ({value: number} | null)[], weights: number[]}} estimand
   * @param {number[][]} arms
   */
  function seedNumbers({form, spread, censored, sides, weights}, arms) {
    if (spread)
      arms = arms.map(arm => {
        const centre = engine.median(engine.ascending(arm))
        return arm.map(number => Math.abs(number - centre))
      })
    const seeds = arms[0].map((_, seed) => seed)
    if (form === "slope") return seeds.map(seed => arms.reduce((sum, arm, i) => sum + weights[i] * arm[seed], 0))
    const remaining = arms.slice()
    const [of, other] = sides.map(side => (side ? seeds.map(() => side.value) : (remaining.shift() ?? [])))
    const never = seeds.every(seed => of[seed] === other[seed] && Math.abs(of[seed]) === Number.POSITIVE_INFINITY)
    const hasFloor = form === "ratio" && !censored // a time of 0 is exact, but a loss of 0 is too small to tell
    const atFloor = hasFloor && seeds.some(seed => of[seed] === 0 && other[seed] === 0)
    if (never || atFloor) return seeds.map(() => Number.NaN) // nothing is known
    return seeds.map(seed => {
      if (of[seed] === other[seed]) return 0
      return form === "ratio" ? Math.log2(of[seed]) - Math.log2(other[seed]) : of[seed] - other[seed]
    })
  }

  /**
   * Return the sample of a context from the numbers of its arms: see ontrial_judge/core/samples.py.
   * estimand: As in `seedNumbers`. With `budgets`, one per arm, a time of ∞ is any from the budget on.
   * @param {Parameters<typeof seedNumbers>[0] & {budgets?: number[] | null}} estimand
   * @param {number[][]} arms
   * @returns {Sample}
   */
  function sampleOf(estimand, arms) {
    const {censored, budgets, sides} = estimand
    const values = seedNumbers(estimand, arms)
    const kind = censored ? "median" : "centre"
    if (!budgets || values.some(Number.isNaN)) return {kind, values, lowest: values, highest: values}
    const least = arms.map((arm, i) => arm.map(number => Math.min(number, budgets[i])))
    const first = sides[0] === null ? 0 : -1 // position of the arm that is the first side
    const lowest = arms.map((arm, i) => (i === first ? least[i] : arm))
    const highest = arms.map((arm, i) => (i === first ? arm : least[i]))
    return {kind, values, lowest: seedNumbers(estimand, lowest), highest: seedNumbers(estimand, highest)}
  }

  // Outcomes -----------------------------------------------------------------------------------------------------------

  const INTERVALS = {centre: engine.signedRankInterval, median: engine.medianInterval}

  /** Return the estimate of a sample and its interval. A sample with NaN says nothing. */
  function interval({kind, values, lowest, highest}, level = 1 - ALPHA) {
    if (values.some(Number.isNaN))
      return {estimate: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY}
    const ofValues = INTERVALS[kind](values, level)
    if (lowest === values) return ofValues
    const [{low}, {high}] = [lowest, highest].map(bounds => INTERVALS[kind](bounds, level))
    return {estimate: ofValues.estimate, low, high}
  }

  /** Return the outcome of a context. */
  function classify(sample, smallestEffect, alpha = ALPHA, claimed = "more") {
    const [own, equivalence] = [interval(sample, 1 - alpha), interval(sample, 1 - 2 * alpha)]
    return engine.outcomeOf(own, equivalence, smallestEffect, claimed)
  }

  Object.assign(engine, {METRICS, seedNumbers, sampleOf, interval, classify})
})(globalThis.engine)
