// "Ask the runs": questions, and the addresses that hold them: `#ask=PATH,PATH&measure=…&policy=…&form=…&effect=…`.
;(() => {
  const {unitOf} = globalThis.askComparison
  const USUAL = {points: "1", log2: "1.25", epochs: "1", loss: "0.05", nats: "0.05", number: "0.05"} // smallest effects

  /** Return the address of a comparison. */
  function formatQuestion(runs, {of, minus, measure, policy, form, effect}) {
    const paths = [of, minus].map(cell => runs.cells[cell].path)
    return `#ask=${paths.join(",")}&measure=${measure}&policy=${policy}&form=${form}&effect=${effect}`
  }

  /** Return the experiment, the paths of cells and the other choices in an address; null if it asks nothing. */
  function parseQuestion(hash, cells) {
    const {ask, ...others} = Object.fromEntries(new URLSearchParams(hash.slice(1)))
    const asked = ask?.split(",").map(path => cells.find(cell => cell.path === path))
    if (asked?.length !== 2 || asked.includes(undefined) || asked[0].experiment !== asked[1].experiment) return null
    const [of, minus] = asked.map(cell => cell.path)
    return {...others, of, minus, experiment: asked[0].experiment}
  }

  /** Return a question that the runs can answer. Missing and unknown parts of `wanted` have their first values. */
  function completed(runs, wanted) {
    const positionOf = (path, usual) => {
      const position = runs.cells.findIndex(cell => cell.path === path)
      return position < 0 ? usual : position
    }
    const measures = Object.keys(runs.measures)
    const measure = measures.includes(wanted.measure) ? wanted.measure : measures[0]
    const policies = ["tuned", "fixed", ...Object.keys(runs.scaled)]
    const form = wanted.form === "ratio" && runs.measures[measure].positive ? "ratio" : "difference"
    return {
      of: positionOf(wanted.of, 0),
      minus: positionOf(wanted.minus, Math.min(1, runs.cells.length - 1)),
      measure,
      policy: policies.includes(wanted.policy) ? wanted.policy : "tuned",
      form,
      effect: wanted.effect ?? USUAL[unitOf(runs.measures[measure], form)],
    }
  }

  /** Return the cell most similar to a cell, but with another value of a setting. */
  function nearestCell(cells, names, cell, name, value) {
    const shared = other => names.filter(each => other[each] === cells[cell][each]).length
    const candidates = [...cells.keys()].filter(i => cells[i][name] === value)
    return candidates.toSorted((a, b) => shared(cells[b]) - shared(cells[a]))[0]
  }

  globalThis.askQuestion = {formatQuestion, parseQuestion, completed, nearestCell}
})()
