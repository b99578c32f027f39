// The learning curves of the study, from the files of the explorer, for settings that a reader trains.
;(() => {
  const UNCOMPARED = ["experiment", "learning_rate", "policy"] // settings of the explorer; each point has its own rate

  /**
   * Return the index of the explorer's point whose seeds were trained at this rate with exactly these settings, which are
   * all settings of the study. Of several points, choose the most seeds, then the longest curve. Undefined without a point.
   * curves: Epochs and other columns of each point, by its index.
   */
  function pointOf(settings, rate, grid, curves) {
    const names = Object.keys(grid.settings).filter(name => name !== "learning_rate" && name !== "policy")
    const isWanted = row => names.every((name, i) => UNCOMPARED.includes(name) || row[i] === settings[name])
    const cells = new Set(grid.cells.flatMap((row, i) => (isWanted(row) ? [i] : [])))
    const isPoint = ([i, ownRate], point) => cells.has(i) && ownRate === rate && curves[point]
    const points = grid.points.flatMap((row, point) => (isPoint(row, point) ? [point] : []))
    const lengthOf = point => curves[point][0].at(-1)
    const seedsOf = point => grid.points[point][3]
    return points.sort((one, other) => seedsOf(other) - seedsOf(one) || lengthOf(other) - lengthOf(one))[0]
  }

  /** Return the quartiles of the study's seeds: n, and [epochs, low, high] of each measure; undefined if it has none. */
  function bandOf(settings, rate, {grid, curves}) {
    const point = pointOf(settings, rate, grid, curves)
    if (point === undefined) return undefined
    const [epochs, ...columns] = curves[point] // median and quartiles of accuracies (train, test), losses (train, test)
    const quartiles = median =>
      epochs
        .map((epoch, i) => [epoch, columns[median + 1][i], columns[median + 2][i]])
        .filter(row => !row.includes(null))
    return {n: grid.points[point][3], test_accuracy: quartiles(3), train_loss: quartiles(6)}
  }

  let loading

  /**
   * Return the grid and the curves of the explorer; null if they cannot be loaded.
   * root: Path to the home of the language.
   */
  function load(root) {
    const {loadScript, unpack} = globalThis.elements
    loading ??= (async () => {
      for (const name of ["grid", "curves"]) await loadScript(`${root}../explorer/${name}.js`)
      return {grid: await unpack(PACKED_GRID), curves: await unpack(PACKED_CURVES)}
    })().catch(() => null)
    return loading
  }

  globalThis.studyCurves = {pointOf, bandOf, load}
})()
