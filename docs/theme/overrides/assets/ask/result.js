// "Ask the runs": the result of a comparison, in words, as a figure and seed by seed.
;(() => {
  const {shape, table} = globalThis.elements
  const {amount, decimals, significant, effectTexts, axisOf, ticks, tickText} = globalThis.numbers
  const {unitOf} = globalThis.askComparison
  const HEIGHT = 104
  const SIDE = 16
  const WIDEST = 720

  /** Return the functions that show a comparison, in the words of the page. */
  function createResult(study, words, phrase) {
    const {names, ordered, title, label} = study
    const marginText = (text, unit) =>
      (Number(text) === 1 && words.one[unit] ? words.one[unit] : words.effects[unit]).replace("{}", text)

    const unitOfAsked = (runs, asked) => unitOf(runs.measures[asked.measure], asked.form)

    /** Return the settings of a cell that distinguish it from another, in words. */
    function nameOf(cell, other) {
      const different = names.filter(name => cell[name] !== other[name])
      return different
        .map(name => (ordered.includes(name) ? `${title(name)} ` : "") + label(name, cell[name]))
        .join(", ")
    }

    /** Return in a plain sentence which cell has more and how much; null if a number is infinite or there are few seeds. */
    function plainly(runs, asked, {differences, estimate, low, high, outcome}) {
      if (differences.length < runs.fewest || !Number.isFinite(estimate)) return null
      const unit = unitOfAsked(runs, asked)
      const [of, minus] = [runs.cells[asked.of], runs.cells[asked.minus]]
      const size = words.effects[unit].replace("{}", amount(Math.abs(estimate), unit))
      const values = {of: nameOf(of, minus), minus: nameOf(minus, of), measure: title(asked.measure), size}
      if (outcome === "negligible") return phrase("plain even", values)
      if (low > 0) return phrase("plain higher", values)
      return phrase(high < 0 ? "plain lower" : "plain open", values)
    }

    /** Return the comparison in a context in sentences. */
    function conclusion(runs, asked, context) {
      const {differences, effect, level, outcome} = context
      const n = differences.length
      const unit = unitOfAsked(runs, asked)
      const withUnit = text => words.effects[unit].replace("{}", text)
      const {censored} = runs.measures[asked.measure]
      const infinite = censored ? words.say.never : words.say.zero
      const texts = effectTexts(context, unit, effect, withUnit, {...words.say, never: infinite})
      if (n === 1) return phrase("one seed", texts)
      const margin = marginText(asked.effect, unit)
      const values = {
        ...texts,
        n,
        measure: title(asked.measure),
        level: phrase("percent", {number: Number((100 * level).toFixed(2))}),
        outcome: words.outcomes[outcome].replace("{margin}", margin),
        margin,
      }
      const sentence = phrase(`found ${asked.form}`, values)
      if (n < runs.fewest) return `${sentence} ${phrase("no interval", values)}`
      const interval = texts.interval ? [phrase(texts.interval, values)] : []
      return [sentence, ...interval, phrase("outcome", values)].join(" ")
    }

    /** Return the rates and numbers of each seed in a context, and the differences. */
    function seedTable(runs, asked, {arms, differences}, name) {
      const measure = runs.measures[asked.measure]
      const number = value =>
        measure.unit === "points" && Number.isFinite(value) ? decimals(value, 2) : significant(value, 4)
      const between = asked.form === "ratio" ? value => significant(2 ** value, 4) : number
      const rows = runs.seeds.map((seed, i) => [
        String(seed),
        ...arms.flatMap(({rates, numbers}) => [label("learning_rate", rates[i]), number(numbers[i])]),
        between(differences[i]),
      ])
      const heads = ["first", "second"].flatMap(side => [`${phrase(side)}, ${title("learning_rate")}`, phrase(side)])
      const caption = name ? `${phrase("table")}: ${name}` : phrase("table")
      return table({class: "explorer-table"}, caption, [phrase("seed"), ...heads, phrase(asked.form)], rows)
    }

    return {plainly, conclusion, seedTable}
  }

  /**
   * Return a figure of the seeds, the interval, and the effects too small to matter.
   * space: Available width.
   */
  function drawing({differences, estimate, low, high, effect}, isLog2, text, space) {
    const width = Math.min(space, WIDEST)
    const axis = axisOf([...differences, estimate, low, high, -effect, effect], SIDE, width - SIDE)
    const {x} = axis
    const bottom = HEIGHT - 34
    const line = (from, to, y, kind) => shape("line", {x1: x(from), x2: x(to), y1: y, y2: y, class: kind})
    return shape(
      "svg",
      {viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": text},
      shape("rect", {x: x(-effect), y: 2, width: x(effect) - x(-effect), height: bottom - 2, class: "ask-band"}),
      shape("line", {x1: x(0), x2: x(0), y1: 2, y2: bottom, class: "ask-zero"}),
      line(axis.low, axis.high, bottom, "ask-zero"),
      ...ticks(axis.low, axis.high, isLog2).map(tick => [
        shape("line", {x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, class: "ask-zero"}),
        shape("text", {x: x(tick), y: bottom + 20, "text-anchor": "middle"}, tickText(tick, isLog2)),
      ]),
      differences
        .filter(Number.isFinite)
        .map(number => shape("circle", {cx: x(number), cy: 46, r: 4, class: "ask-seed"})),
      line(low, high, 22, "ask-interval"),
      Number.isFinite(estimate) && shape("circle", {cx: x(estimate), cy: 22, r: 6, class: "ask-estimate"}),
    )
  }

  globalThis.askResult = {createResult, drawing}
})()
