// The two screens of a film: each network's plane with the lines and outputs of its units, and its curves.
;(() => {
  const {fill, element, shape} = globalThis.elements
  const {SIDE, canvasContext, drawUnit, drawPlane} = globalThis.plane
  const {decades, chart} = globalThis.charts
  const {weightsOf, compute, facts} = globalThis.filmReel
  const LARGEST = 72 // pixels, largest side of a unit's map
  const GAP = 6 // pixels between layers

  /** Return the screen of the first or second network, which has the number 1 or 2. */
  function screen(number, words) {
    const heading = element("p", {class: `film-name film-line-${number}`})
    const plane = element("canvas", {role: "img", class: "film-plane"})
    const facts = element("p", {class: "film-facts"})
    const units = element("div", {class: "film-units", "data-none": words.no_maps})
    return {heading, plane, facts, units, root: element("div", {class: "film-arm"}, heading, plane, facts)}
  }

  /**
   * Show a frame of an arm.
   * point: Point under the reader's pointer, or null.
   */
  function showFrame(screen, film, arm, {frame, point, colours, words}) {
    const weights = weightsOf(arm, frame)
    screen.picture = weights && {
      weights,
      ...compute(arm, weights, film.grid),
      predicted: compute(arm, weights, film.points).classes,
    }
    drawNetwork(screen, film, arm, point, colours)
    drawUnits(screen, film, arm, colours, words)
    screen.facts.textContent = facts(arm, frame, words)
    const picture = fill(words.picture, {epoch: film.epochs[frame]})
    screen.plane.setAttribute("aria-label", `${screen.heading.textContent}. ${picture} ${screen.facts.textContent}`)
  }

  /** Draw the plane of a screen, and mark a point on it. */
  function drawNetwork({plane, picture}, film, arm, point, colours) {
    const {context, x, y} = drawPlane(plane, colours, {
      range: film.plane,
      points: film.points,
      labels: film.labels,
      p: picture?.p,
      predicted: picture?.predicted,
      drawBelow: (...place) => drawUnitLines(film, arm, picture, colours, ...place),
    })
    if (!point) return
    const [left, top] = [x(point[0]), y(point[1])]
    context.strokeStyle = colours.ink
    context.lineWidth = 1
    context.strokeRect(left - 5, top - 5, 10, 10)
  }

  // Draw the line w·x + b = 0 of each unit of the first hidden layer.
  function drawUnitLines(film, arm, {weights, hidden}, colours, context, x, y) {
    if (!hidden.length) return
    const n = arm.layers[1]
    const reach = 4 * (film.plane[1] - film.plane[0])
    context.strokeStyle = colours.muted
    context.lineWidth = 1
    context.setLineDash([4, 3])
    for (let unit = 0; unit < n; unit++) {
      const [w1, w2, b] = [weights[unit], weights[n + unit], weights[2 * n + unit]]
      const square = w1 * w1 + w2 * w2
      if (!square) continue
      const [nearX, nearY] = [(-b * w1) / square, (-b * w2) / square]
      const length = reach / Math.sqrt(square)
      context.beginPath()
      context.moveTo(x(nearX - w2 * length), y(nearY + w1 * length))
      context.lineTo(x(nearX + w2 * length), y(nearY - w1 * length))
      context.stroke()
    }
    context.setLineDash([])
  }

  /**
   * Return the side in pixels with which the maps of all units fit into a box: those of a layer side by side, in as many
   * rows as they need.
   * hidden: Number of units in each hidden layer.
   */
  function unitSide(hidden, width, height) {
    const room = height - GAP * (hidden.length - 1)
    const rowsOf = side => hidden.reduce((rows, n) => rows + Math.ceil(n / Math.floor(width / side)), 0)
    let side = LARGEST
    while (side > 1 && rowsOf(side) * side > room) side--
    return side
  }

  /**
   * Draw the output of each hidden unit over the plane, one canvas per layer, relative to the largest of its layer. Maps have
   * the same size for both networks.
   */
  function drawUnits({units, picture}, film, arm, colours, words) {
    const layers = picture?.hidden ?? []
    const hiddenOf = ({layers}) => layers.slice(1, -1)
    const sides = film.arms.map(arm => unitSide(hiddenOf(arm), units.clientWidth, units.clientHeight))
    while (units.children.length > layers.length) units.lastChild.remove()
    while (units.children.length < layers.length) units.append(element("canvas", {role: "img"}))
    for (const [layer, outputs] of layers.entries()) {
      const canvas = units.children[layer]
      const n = arm.layers[layer + 1]
      const silent = drawLayer(canvas, outputs, n, Math.min(...sides), units.clientWidth, colours)
      canvas.setAttribute("aria-label", fill(words.units, {layer: layer + 1, n, silent}))
    }
  }

  /** Draw the outputs of a layer's n units in squares, and return the number of units that are zero everywhere. */
  function drawLayer(canvas, outputs, n, size, width, colours) {
    const rows = Math.ceil(n / Math.floor(width / size))
    const perRow = Math.ceil(n / rows) // none is alone
    const context = canvasContext(canvas, perRow * size, rows * size)
    canvas.style.width = `${perRow * size}px`
    const largest = outputs.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1
    let silent = 0
    for (let unit = 0; unit < n; unit++) {
      const values = Float32Array.from({length: SIDE * SIDE}, (_, point) => outputs[point * n + unit] / largest)
      const [left, top] = [(unit % perRow) * size, Math.floor(unit / perRow) * size]
      silent += Number(drawUnit(context, colours, values, left, top, size - 3))
    }
    return silent
  }

  /** Return the charts of both measures, and a function that draws their curves up to a frame. */
  function curves(film, words) {
    const {epochs, arms} = film
    const losses = decades(arms.flatMap(arm => arm.train_loss).filter(loss => loss > 0))
    const last = epochs.length - 1
    const marked = [...new Set([0, 1, 2, 3].map(third => Math.round((third * last) / 3)))]
    const x = {range: [0, last], marks: marked.map(frame => [frame, epochs[frame]])}

    function curve(title, measure, scale, y) {
      const shapes = arms.map((arm, i) => {
        const points = arm[measure].flatMap((value, frame) => (value === null ? [] : [[frame, scale(value)]]))
        return ["polyline", `film-line-${i + 1}`, points]
      })
      const {svg, left, top, bottom} = chart({title, label: `${title}. ${words.curves}`, x, y, shapes})
      const cursor = shape("line", {y1: top, y2: bottom, class: "film-cursor"})
      svg.append(cursor)
      const lines = Array.from(svg.querySelectorAll("polyline"), line => [line, line.getAttribute("points").split(" ")])
      const drawTo = frame => {
        for (const end of ["x1", "x2"]) cursor.setAttribute(end, left(frame))
        for (const [line, points] of lines) line.setAttribute("points", points.slice(0, frame + 1).join(" "))
      }
      return {svg, drawTo}
    }

    const shares = {range: [0, 1], marks: [0, 0.5, 1].map(share => [share, 100 * share])}
    const drawn = [
      curve(words.loss_chart, "train_loss", Math.log10, losses),
      curve(words.accuracy_chart, "test_accuracy", share => share, shares),
    ]
    const drawTo = frame => {
      for (const curve of drawn) curve.drawTo(frame)
    }
    return {charts: drawn.map(({svg}) => svg), drawTo}
  }

  globalThis.filmScreens = {screen, unitSide, showFrame, drawNetwork, curves}
})()
