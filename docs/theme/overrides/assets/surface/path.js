// Paths on the map of batch size and learning rate.
;(() => {
  /** Return [position, value] of the values that are not null. */
  const present = values => [...values.entries()].filter(([, value]) => value !== null)

  /**
   * Return the positions where a path is best, worst, and farthest below the tuned policy.
   * @param {(number | null)[]} accuracies null where there is no point, but not everywhere @param {number[]} tuned
   */
  function extremes(accuracies, tuned) {
    const positions = present(accuracies).map(([i]) => i)
    const most = score => positions.reduce((first, i) => (score(i) > score(first) ? i : first))
    const below = i => tuned[i] - accuracies[i]
    return {best: most(i => accuracies[i]), worst: most(i => -accuracies[i]), farthest: most(below)}
  }

  /**
   * Return the positions of the reference and of its rate, and the exponent, that an address names; null without a path.
   * @param {string} hash such as "#own-path&from=16&rate=1/4&exponent=0.5"
   * @param {{references: number[], rateNames: string[], exponents: number[]}} choices
   */
  function readPath(hash, {references, rateNames, exponents}) {
    const values = new URLSearchParams(hash.slice(1))
    const from = references.indexOf(Number(values.get("from")))
    const start = rateNames.indexOf(values.get("rate") ?? "")
    const exponent = Number(values.get("exponent") ?? Number.NaN)
    const isPath = values.has("own-path") && from >= 0 && start >= 0 && exponents.includes(exponent)
    return isPath ? {from, start, exponent} : null
  }

  globalThis.surfacePath = {present, extremes, readPath}
})()
