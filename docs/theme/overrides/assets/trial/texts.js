// The texts of a trial: numbers and effects as on the rest of the page, and the reader's result beside the study's.
;(() => {
  const {fill} = globalThis.elements
  const {amount, decimals, effectTexts, intervalTerm} = globalThis.numbers

  /** Return whether two decided outcomes can both be true: what is below the claim is negligible or reversed. */
  const areCompatible = (one, other) =>
    one === other || (one !== "positive" && other !== "positive" && [one, other].includes("below"))

  /**
   * Return the value of an arm that is compared with a number other than 0, and its interval, as `value_of_arm` of
   * report/pages/claims/estimates.py does; null without one.
   * @param {{form: string, sides: ({value: number} | null)[]}} claim
   * @param {{estimate: number | null, low: number | null, high: number | null}} effect
   */
  function valueOfArm({form, sides: [of, minus]}, effect) {
    if (form !== "difference") return null
    const [estimate, low, high] = [effect.estimate, effect.low, effect.high].map(number => number ?? Number.NaN)
    if (of?.value) return {estimate: of.value - estimate, low: of.value - high, high: of.value - low}
    if (minus?.value) return {estimate: minus.value + estimate, low: minus.value + low, high: minus.value + high}
    return null
  }

  /** Return the functions that write a trial's texts from its data and words: see report/pages/tools/trial.py. */
  function createTexts(trial, words) {
    const withUnit = text => words.quantity.replace("{}", text)
    const number = value => amount(value, trial.unit)
    const metric = value => (value === null ? "∞" : Number.isFinite(value) ? decimals(value, 3) : number(value))

    /**
     * Return an effect and its interval in words, or the value of an arm that is compared with a number.
     * An effect without a level has that of the reader's intervals.
     */
    function effectText(effect) {
      const value = valueOfArm(trial, effect)
      const infinite = {...words, never: trial.censored ? words.never : words.zero}
      const texts = value
        ? valueTexts(value)
        : effectTexts(effect, trial.unit, trial.smallestEffect, withUnit, infinite)
      return texts.interval ? fill(words[texts.interval], {level: words.level, ...effect, ...texts}) : texts.effect
    }

    /**
     * Return the value of an arm and the ends of its interval as texts, as report/pages/claims/estimates.py does.
     */
    function valueTexts({estimate, low, high}) {
      const pattern = Number.isNaN(estimate)
        ? words.missing
        : Number.isFinite(estimate)
          ? words.value
          : words.valueNever
      const effect = pattern.replace("{}", withUnit(number(estimate)))
      return {effect, low: number(low), high: number(high), interval: intervalTerm(low, high)}
    }

    /** Return the outcome of the reader's values. */
    const outcomeOf = sample => engine.classify(sample, trial.smallestEffect, undefined, trial.claimed)

    const duration = seconds =>
      seconds < 60
        ? fill(words.seconds, {n: Math.max(1, Math.round(seconds))})
        : fill(words.minutes, {n: Math.round(seconds / 60)})

    /** Return what the reader's sample and its interval say of the study's result. */
    function agreement({published, variesRates}, own, sample) {
      const outcome = outcomeOf(sample)
      if (outcome === "undecided") return words.undecided
      if (published.outcome === "undecided") return words.open
      const isSame = outcome === published.outcome
      if (isSame && own.low <= published.high && published.low <= own.high) return words.agrees
      const said = isSame ? "size" : areCompatible(outcome, published.outcome) ? "compatible" : "disagrees"
      return variesRates ? `${words[said]} ${words.rates}` : words[said]
    }

    /** Return the reader's result and the published one. */
    function comparison(published, own, sample) {
      const said = (text, n, effect, outcome) =>
        fill(text, {n, effect: effectText(effect), outcome: words.outcomes[outcome]})
      const found = said(words.found, sample.values.length, own, outcomeOf(sample))
      return `${found} ${said(words.published, published.n, published, published.outcome)}`
    }

    return {number, metric, effectText, outcomeOf, duration, agreement, comparison}
  }

  globalThis.trialTexts = {valueOfArm, createTexts}
})()
