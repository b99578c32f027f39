// The study in the explorer: its points, and the names of settings and measures in the language of the page.
;(() => {
  const {fill} = globalThis.elements
  const PARTS = ["output", "loss"] // parts of the objective, which can be on an axis but are not filters

  /**
   * Return the study from its grid, which `grid` of report/pages/tools/explorer.py describes, and from the words of the
   * page. A point is a cell at one learning rate, with its `measured` summaries once they are added.
   */
  function readStudy(grid, words) {
    const settings = Object.keys(grid.settings)
    const measures = Object.keys(grid.measures)
    const cellSettings = settings.filter(name => !["learning_rate", "policy"].includes(name))
    const cells = grid.cells.map(values =>
      Object.fromEntries([...cellSettings, "path"].map((name, i) => [name, values[i]])),
    )
    const points = grid.points.map(([cell, learning_rate, policies, n, diverged], i) => {
      return {...cells[cell], i, learning_rate, policies, n, diverged, measured: {}}
    })

    const isMeasure = name => measures.includes(name)
    const title = name => words.settings[name] ?? words.measures[name]
    const label = (setting, value) => words.values[setting][grid.settings[setting].values.indexOf(value)]
    const phrase = (term, values) => fill(words.say[term], values)
    const percent = text => phrase("percent", {number: text})
    const share = number => percent((100 * number).toFixed(0))

    const has = (point, setting, value) =>
      setting === "policy" ? point.policies.includes(value) : point[setting] === value
    const pointsOf = experiment => points.filter(point => point.experiment === experiment)
    const measuresOf = experiment => grid.experiments[experiment]
    const valuesAmong = (some, setting) =>
      grid.settings[setting].values.filter(value => some.some(point => has(point, setting, value)))
    const filters = settings.filter(name => name !== "experiment" && !PARTS.includes(name))
    const ordered = settings.filter(name => name === "hidden" || grid.settings[name].counted) // lines can join their values

    /** Return the settings of a cell that vary among points. */
    const varying = some => cellSettings.filter(name => !PARTS.includes(name) && valuesAmong(some, name).length > 1)

    /** Return the settings of a point that vary in an experiment, in words. */
    function describe(point, experiment) {
      const texts = varying(pointsOf(experiment)).map(
        name => (ordered.includes(name) ? `${title(name)} ` : "") + label(name, point[name]),
      )
      return [...texts, `${title("learning_rate")} ${label("learning_rate", point.learning_rate)}`].join(", ")
    }

    /**
     * Add the measures of an experiment to its points.
     * columns: Columns of each measure, first its numbers, then their texts.
     */
    function addMeasures(experiment, columns) {
      const left = columns.slice()
      for (const name of measuresOf(experiment)) {
        const size = grid.measures[name].median ? 3 : 2
        const [numbers, texts] = [left.splice(0, size), left.splice(0, size)]
        for (const [row, point] of pointsOf(experiment).entries()) {
          const [centre, ...spread] = numbers.map(column => (column[row] === null ? Number.NaN : Number(column[row])))
          if (Number.isNaN(centre)) continue
          const [low, high] = spread.length > 1 ? spread : [centre - spread[0], centre + spread[0]]
          point.measured[name] = {centre, low, high, texts: texts.map(column => column[row])}
        }
      }
    }

    /** Return a measure of a point with its spread over seeds, if there is any. */
    function summaryText(point, name) {
      const summary = point.measured[name]
      if (!summary) return "–"
      const {unit, median} = grid.measures[name]
      const [centre, ...spread] = summary.texts.map(text => text ?? phrase("never"))
      const [low, high] = spread
      const pattern = median ? "median and quartiles" : "mean and sd"
      const text = Number.isFinite(summary.low) ? phrase(pattern, {centre, low, high, sd: low}) : centre
      return unit === "points" ? percent(text) : text
    }

    /** Return the text of a point in a column of the table. */
    function cellText(point, column) {
      if (isMeasure(column)) return summaryText(point, column)
      if (column === "diverged") return share(point.diverged)
      if (column === "n") return String(point.n)
      if (column === "policy") return point.policies.map(name => label("policy", name)).join(", ") || "–"
      return label(column, point[column])
    }

    return {
      ...{grid, words, settings, measures, cellSettings, cells, points, filters, ordered},
      names: cellSettings.filter(name => name !== "experiment" && !PARTS.includes(name)),
      ...{isMeasure, title, label, phrase, pointsOf, measuresOf, valuesAmong, varying, describe},
      ...{addMeasures, summaryText, cellText, share},
      key: point => `${point.path}@${point.learning_rate}`,
      passes: (point, state) =>
        filters.every(name => !state[name].length || state[name].some(value => has(point, name, value))),
      count: number => number.toLocaleString("en"), // 1,468 in both languages
    }
  }

  globalThis.explorerStudy = {readStudy}
})()
