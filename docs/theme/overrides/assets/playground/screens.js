// The networks of the playground: what they are, what they do with test samples, facts and curves.
;(() => {
  const REACH = 1.05 // half the side of the plane, relative to the farthest point
  const DIGITS = 49 // test digits that are shown
  const HEIGHT = 125 // of a chart
  const {fill, element} = globalThis.elements
  const {gridPoints, drawPlane} = globalThis.plane
  const {logAxis, chart, curve: line} = globalThis.charts
  const {evaluate, measureTexts} = globalThis.networks
  const {drawDiagram, drawDigits} = globalThis.playgroundDiagram

  const rounded = epochs => Number(epochs.toFixed(1))

  /** Return the screen of the first or second network, which has the number 1 or 2. */
  function screen(number) {
    const heading = element("p", {class: `film-name film-line-${number}`})
    const diagram = element("canvas", {role: "img", class: "playground-diagram"})
    const plane = element("canvas", {role: "img", class: "film-plane"})
    const facts = element("p", {class: "film-facts"})
    const picture = element("div", {class: "playground-picture"}, diagram, plane)
    return {
      heading,
      diagram,
      plane,
      facts,
      root: element("div", {class: "film-arm"}, heading, picture, facts),
    }
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

  /** Return the test samples of a data set that are shown, and the grid over their plane or their images. */
  async function sceneOf({dataset, layers, samples}, seed) {
    const data = await engine.DATASETS[dataset]()
    const {test} = engine.arrays(data, seed, layers.at(-1), samples)
    const features = layers[0]
    const inputs = test.X.filter((_, i) => i % (features + 1) < features) // the last input is that of the bias
    if (features > 2) {
      const images = engine
        .split(data, seed, samples)
        .test.slice(0, DIGITS)
        .map(i => data.X[i])
      return {points: inputs.subarray(0, DIGITS * features), labels: test.classes, images}
    }
    const reach = REACH * inputs.reduce((reach, value) => Math.max(reach, Math.abs(value)), 0)
    return {points: inputs, labels: test.classes, range: [-reach, reach], grid: gridPoints([-reach, reach])}
  }

  /**
   * Compute what a network does in a scene in slices of time; null once `goesOn` is false. After it has diverged, it has no
   * parameters.
   */
  async function pictureOf({cell, records}, scene, goesOn) {
    const {parameters, diverged} = records.at(-1)
    if (diverged) return goesOn() ? scene : null
    const evaluated = points => inSlices(evaluate(cell, parameters, points), goesOn)
    const over = scene.grid && (await evaluated(scene.grid))
    const sides = await evaluated(scene.points)
    if (!goesOn()) return null
    return {...scene, parameters, p: over?.p, hidden: (over ?? sides).hidden, predicted: sides.classes}
  }

  /**
   * Draw a network, and what it does.
   * layers: Widths from the inputs to the outputs.
   * picture: From `pictureOf`; undefined before there is any.
   */
  function drawScreen({diagram, plane}, colours, layers, picture) {
    drawDiagram(diagram, colours, layers, picture)
    if (layers[0] > 2) drawDigits(plane, colours, picture)
    else drawPlane(plane, colours, picture ?? {range: [-1, 1], points: [], labels: []})
  }

  /**
   * Show the state of a network in words.
   * name: Name of the network.
   */
  function showFacts({diagram, plane, facts}, network, name, words) {
    facts.textContent = factsOf(network, words)
    const {cell, records} = network
    const isPlane = cell.layers[0] === 2
    const picture = fill(isPlane ? words.picture : words.digits, {epoch: rounded(records.at(-1).epochs)})
    plane.setAttribute("aria-label", `${name}. ${picture} ${facts.textContent}`)
    diagram.setAttribute("aria-label", `${name}. ${fill(words.diagram, {layers: cell.layers.join(", ")})}`)
  }

  /**
   * Return the charts of loss and error, without curves if there are no networks.
   * names: Names of the networks.
   * last: Epoch in which training ends.
   * tests: Number of test samples. No error is drawn where half a sample would be.
   * errorMarks: Errors in per cent at which the axis has marks.
   */
  function curves(networks, names, last, tests, errorMarks, words) {
    const x = {range: [0, last], marks: [0, last / 2, last].map(epoch => [epoch, epoch])}
    const ceiling = 10 * Math.max(...networks.map(({records}) => records[0].train_loss)) // cuts off curves that shoot up
    const losses = networks.flatMap(({records}) => records.map(record => Math.min(record.train_loss, ceiling)))
    const drawn = losses.filter(loss => loss > 0)
    const lossAxis = logAxis(drawn.length ? drawn : [0.1, 1])
    const least = 50 / tests
    const shown = errorMarks.filter(mark => mark > 2 * least)
    const errorAxis = {
      range: [Math.log10(least), 2],
      marks: [[Math.log10(least), 0], ...shown.map(mark => [Math.log10(mark), mark])],
      of: accuracy => Math.log10(Math.max(100 * (1 - accuracy), least)),
    }

    function curve(title, measure, y, most = 1) {
      const draw = (left, top) =>
        networks.map(({records}, i) => {
          const points = records.map(record => [record.epochs, y.of(Math.min(record[measure], most))])
          const finite = points.filter(([, value]) => Number.isFinite(value))
          return line("polyline", finite, left, top, {class: `film-line-${i + 1}`})
        })
      const label = [title, ...networks.map((network, i) => `${names[i]}: ${factsOf(network, words)}`)].join(". ")
      return chart({title, label, x, y, draw, height: HEIGHT})
    }

    return [
      curve(words.loss_chart, "train_loss", lossAxis, ceiling),
      curve(words.error_chart, "test_accuracy", errorAxis),
    ]
  }

  globalThis.playgroundScreens = {screen, factsOf, sceneOf, pictureOf, drawScreen, showFacts, curves}
})()
