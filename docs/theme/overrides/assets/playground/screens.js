// The networks of the playground: planes, facts and curves, beside the study's own curves.
;(() => {
  const REACH = 1.05 // half the side of the plane, relative to the farthest point
  const {fill, element} = globalThis.elements
  const {gridPoints} = globalThis.plane
  const {decades, stretch, chart} = globalThis.charts
  const {evaluate, measureTexts} = globalThis.networks

  const rounded = epochs => Number(epochs.toFixed(1))

  /** Return the screen of the first or second network, which has the number 1 or 2. */
  function screen(number) {
    const heading = element("p", {class: `film-name film-line-${number}`})
    const plane = element("canvas", {role: "img", class: "film-plane"})
    const facts = element("p", {class: "film-facts"})
    const band = element("p", {class: "playground-band"})
    return {heading, plane, facts, band, root: element("div", {class: "film-arm"}, heading, plane, facts, band)}
  }

  /** Return the accuracy and loss of a network, or that it diverged, and its dead units, now or before. */
  function factsOf({records}, words) {
    const {diverged, epochs} = records.at(-1)
    const {test_accuracy, train_loss, dead_units} = records.findLast(record => !record.diverged) ?? {}
    const dead = {dead_units: dead_units || null}
    const texts = diverged
      ? [fill(words.diverged, {epochs: rounded(epochs)}), ...measureTexts(words, dead)]
      : measureTexts(words, {test_accuracy, train_loss, ...dead})
    return texts.join(" · ")
  }

  /** Return the test points of a data set in the plane, and the grid over them. */
  async function planeOf({dataset, layers, samples}, seed) {
    const {test} = engine.arrays(await engine.DATASETS[dataset](), seed, layers.at(-1), samples)
    const points = test.X.filter((_, i) => i % 3 < 2) // the third input is that of the bias
    const reach = REACH * points.reduce((reach, value) => Math.max(reach, Math.abs(value)), 0)
    return {points, labels: test.classes, range: [-reach, reach], grid: gridPoints([-reach, reach])}
  }

  /** Compute the plane of a network in slices of time; null once `goesOn` is false. */
  async function pictureOf({cell, records}, plane, goesOn) {
    const {parameters, diverged} = records.at(-1)
    const evaluated = points => (diverged ? null : inSlices(evaluate(cell, parameters, points), goesOn))
    const grid = await evaluated(plane.grid)
    const sides = await evaluated(plane.points)
    return goesOn() ? {...plane, p: grid?.p, predicted: sides?.p.map(p => p > 0.5)} : null
  }

  /**
   * Show the state of a network.
   * name: Name of the network.
   * isTrained: Whether the network no longer has its initial weights.
   */
  function showFacts({plane, facts, band}, network, name, words, isTrained) {
    facts.textContent = factsOf(network, words)
    band.textContent = isTrained ? bandText(network.band, words) : ""
    const picture = fill(words.picture, {epoch: rounded(network.records.at(-1).epochs)})
    plane.setAttribute("aria-label", `${name}. ${picture} ${facts.textContent}`)
  }

  function bandText(band, words) {
    if (band) return fill(words.band, {n: band.n})
    return band === null ? words.bands_failed : words.no_band
  }

  /**
   * Return the charts of loss and accuracy.
   * names: Names of the networks.
   * last: Epoch in which training ends.
   */
  function curves(networks, names, last, accuracyMarks, words) {
    const x = {range: [0, last], marks: [0, last / 2, last].map(epoch => [epoch, epoch])}
    const rowsOf = ({band}, measure) => band?.[measure].filter(([epochs]) => epochs <= last) ?? []
    const ceiling = 10 * Math.max(...networks.map(({records}) => records[0].train_loss)) // cuts off curves that shoot up
    const lossScale = loss => Math.log10(Math.min(loss, ceiling))
    const losses = networks.flatMap(network => [
      ...network.records.map(record => record.train_loss),
      ...rowsOf(network, "train_loss").flatMap(([, low, high]) => [low, high]),
    ])
    const lossAxis = decades(losses.filter(loss => loss > 0).map(loss => Math.min(loss, ceiling)))
    const accuracyAxis = {
      range: [stretch(0), stretch(100)],
      marks: accuracyMarks.map(mark => [stretch(mark), mark]),
    }

    function curve(title, measure, scale, y) {
      const scaled = (tag, kind, points) => {
        const drawn = points.map(([epochs, value]) => [epochs, scale(value)])
        return [tag, kind, drawn.filter(([, value]) => Number.isFinite(value))]
      }
      const bands = networks.map((network, i) => {
        const rows = rowsOf(network, measure)
        const lows = rows.map(([epochs, low]) => [epochs, low])
        const highs = rows.toReversed().map(([epochs, , high]) => [epochs, high])
        return scaled("polygon", `playground-band-${i + 1}`, [...lows, ...highs])
      })
      const lines = networks.map(({records}, i) => {
        const points = records.map(record => [record.epochs, record[measure]])
        return scaled("polyline", `film-line-${i + 1}`, points)
      })
      const label = [title, ...networks.map((network, i) => `${names[i]}: ${factsOf(network, words)}`)].join(". ")
      return chart({title, label, x, y, shapes: [...bands, ...lines]}).svg
    }

    return [
      curve(words.loss_chart, "train_loss", lossScale, lossAxis),
      curve(words.accuracy_chart, "test_accuracy", share => stretch(100 * share), accuracyAxis),
    ]
  }

  globalThis.playgroundScreens = {screen, factsOf, planeOf, pictureOf, showFacts, curves}
})()
