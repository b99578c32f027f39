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

  globalThis.surfacePath = {present, extremes}
})()
