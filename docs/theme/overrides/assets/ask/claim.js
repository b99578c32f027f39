// "Ask the runs": the claim that a comparison would test, as YAML for a docket.
;(() => {
  const {unitOf} = globalThis.askComparison
  const WORD = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][\w+]*$/i // text that needs no quotes in YAML

  function yamlValue(value) {
    if (typeof value !== "number") return WORD.test(value) ? value : JSON.stringify(value)
    return String(value).replace(/^(-?\d+)e/, "$1.0e")
  }

  const yamlMap = map =>
    `{${Object.entries(map)
      .map(([key, value]) => `${key}: ${yamlValue(value)}`)
      .join(", ")}}`

  /** Return the names in `settings` that distinguish two cells from all others. */
  function needed(cells, of, minus, settings) {
    let kept = settings
    for (const name of settings.toSorted((a, b) => Number(b === "momentum") - Number(a === "momentum"))) {
      const others = kept.filter(other => other !== name)
      const isClear = cell => cells.filter(one => others.every(other => one[other] === cell[other])).length === 1
      if (isClear(cells[of]) && isClear(cells[minus])) kept = others
    }
    return kept
  }

  /**
   * Return the claim as an item of a docket.
   * names: Names of the cells' settings.
   */
  function claimText(runs, names, {of, minus, measure: name, policy, form, effect}) {
    const measure = runs.measures[name]
    const settings = needed(runs.cells, of, minus, names)
    const select = (cell, keep) => Object.fromEntries(settings.filter(keep).map(name => [name, runs.cells[cell][name]]))
    const isShared = name => runs.cells[of][name] === runs.cells[minus][name]
    const arms = [of, minus].map(cell => select(cell, name => !isShared(name)))
    const words = arms.map(arm =>
      Object.entries(arm)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    )
    const sides = form === "ratio" ? ["of", "over"] : ["of", "minus"]
    const isOwn = policy === "tuned" || runs.rates.length === 1
    const where = {...select(of, isShared), ...(isOwn && runs.rates.length > 1 ? {policy} : {})}
    return [
      "- id: my-claim",
      `  statement: {en: ${JSON.stringify(`${measure.metric} is larger with ${words[0]} than with ${words[1]}.`)}}`,
      `  experiment: ${yamlValue(runs.experiment)}`,
      `  metric: ${measure.metric}`,
      ...(measure.threshold === null ? [] : [`  threshold: ${measure.threshold}`]),
      `  ${form}: {${sides.map((side, i) => `${side}: ${yamlMap(arms[i])}`).join(", ")}}`,
      ...(isOwn ? [] : [`  contexts: {policy: [${sides.map(side => `${policy}_${side}`).join(", ")}]}`]),
      ...(Object.keys(where).length ? [`  where: ${yamlMap(where)}`] : []),
      ...(isShared("dataset") ? [] : ["  across_datasets: true"]),
      `  smallest_effect: ${quantity(effect, unitOf(measure, form))}`,
    ].join("\n")
  }

  function quantity(text, unit) {
    if (unit === "log2") return `factor ${text}`
    if (unit === "number") return text
    return `${text} ${Number(text) === 1 ? unit.replace(/s$/, "") : unit}`
  }

  globalThis.askClaim = {claimText}
})()
