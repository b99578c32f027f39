// The outputs of a network on a plane of two inputs, as the playground draws them.
;(() => {
  const SIDE = 65 // points along each side of the grid
  const {element, shape} = globalThis.elements
  const {zeroLine} = globalThis.squares

  /** Return a paragraph that says what rims and the thick line mean, with a picture of each. */
  function legend(words) {
    const entry = (text, ...shapes) =>
      element("span", shape("svg", {viewBox: "0 0 16 16", "aria-hidden": "true"}, shapes), text)
    return element(
      "p",
      {class: "film-legend"},
      entry(
        words.rim,
        shape("circle", {cx: 8, cy: 8, r: 3.2}),
        shape("circle", {cx: 8, cy: 8, r: 6.2, class: "film-rim"}),
      ),
      entry(words.undecided, shape("path", {d: "M0 8h16", class: "film-rim"})),
    )
  }

  /** Return the colours of the scheme: [r, g, b] of first, second, paper and grey, and text of ink and muted. */
  function coloursOf(host) {
    const style = getComputedStyle(host)
    const rgb = name =>
      style
        .getPropertyValue(name)
        .match(/[\da-f]{2}/gi)
        .map(part => parseInt(part, 16))
    return {
      first: rgb("--film-first"),
      second: rgb("--film-second"),
      paper: rgb("--film-paper"),
      grey: rgb("--film-muted"),
      ink: style.getPropertyValue("--film-ink"),
      muted: style.getPropertyValue("--film-muted"),
    }
  }

  /** Give a canvas the resolution of the screen, and return its context in CSS pixels. */
  function canvasContext(canvas, width, height) {
    const scale = devicePixelRatio
    canvas.width = width * scale
    canvas.height = height * scale
    const context = canvas.getContext("2d")
    context.scale(scale, scale)
    return context
  }

  /** Return the points of the grid (x, y, x, y, …), row by row from the top. */
  function gridPoints([low, high]) {
    const at = i => low + ((high - low) * i) / (SIDE - 1)
    return Float32Array.from({length: 2 * SIDE * SIDE}, (_, i) => {
      const point = i >> 1
      return i % 2 ? at(SIDE - 1 - Math.floor(point / SIDE)) : at(point % SIDE)
    })
  }

  /**
   * Draw the values of a square grid into a square of a canvas: −1 is the first colour, 0 is paper, 1 is the second colour.
   * The points at the sides of a plane are on its rim; other grids have cells.
   */
  function shade(context, colours, values, strength, x, y, size) {
    const side = Math.sqrt(values.length)
    const grid = Object.assign(document.createElement("canvas"), {width: side, height: side})
    const image = grid.getContext("2d").createImageData(side, side)
    for (let point = 0; point < values.length; point++) {
      const share = strength * Math.min(Math.abs(values[point]), 1)
      const colour = values[point] < 0 ? colours.first : colours.second
      for (let c = 0; c < 3; c++) image.data[4 * point + c] = colours.paper[c] + share * (colour[c] - colours.paper[c])
      image.data[4 * point + 3] = 255
    }
    grid.getContext("2d").putImageData(image, 0, 0)
    const rim = side === SIDE ? 0.5 : 0
    context.imageSmoothingEnabled = side === SIDE
    context.drawImage(grid, rim, rim, side - 2 * rim, side - 2 * rim, x, y, size, size)
  }

  /**
   * Draw a unit: the map of its outputs, from −1 to 1, in a frame, with a diagonal if they are zero everywhere. Without
   * outputs, there is only the frame.
   */
  function drawUnit(context, colours, values, left, top, side) {
    if (values) shade(context, colours, values, 1, left, top, side)
    context.strokeStyle = colours.muted
    context.lineWidth = 1
    context.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1)
    if (!values || values.some(Boolean)) return
    context.beginPath()
    context.moveTo(left, top)
    context.lineTo(left + side, top + side)
    context.stroke()
  }

  /** Draw the line p = ½. */
  function drawBoundary(context, colours, p, size) {
    const step = size / (SIDE - 1)
    context.beginPath()
    for (const [from, to] of zeroLine(
      SIDE,
      p.map(p => p - 0.5),
    )) {
      context.moveTo(...from.map(place => place * step))
      context.lineTo(...to.map(place => place * step))
    }
    context.strokeStyle = colours.ink
    context.lineWidth = 2.2
    context.lineCap = "round"
    context.stroke()
  }

  /** Draw a ring around a point, with a gap, so that it is seen on any colour. */
  function drawRim(context, colours, x, y) {
    for (const [radius, width, colour] of [
      [4, 1.6, `rgb(${colours.paper})`],
      [5.4, 1.5, colours.ink],
    ]) {
      context.beginPath()
      context.arc(x, y, radius, 0, 7)
      context.strokeStyle = colour
      context.lineWidth = width
      context.stroke()
    }
  }

  /**
   * Draw the outputs of a network on the plane, and the test points. Points on the wrong side have a rim.
   * range: Range of both axes.
   * points: Test points x, y, x, y, …
   * labels: Class of each point, 0 or 1.
   * predicted: Predicted class of each point, if there is a network.
   * p: Probability of the second class on the grid, if there is a network.
   */
  function drawPlane(canvas, colours, {range: [low, high], points, labels, p, predicted}) {
    const size = canvas.clientWidth
    const context = canvasContext(canvas, size, size)
    const x = value => ((value - low) / (high - low)) * size
    const y = value => size - x(value)
    context.fillStyle = `rgb(${colours.paper})`
    context.fillRect(0, 0, size, size)
    if (p) {
      const certainty = p.map(p => 2 * p - 1)
      shade(context, colours, certainty, 0.5, 0, 0, size)
      drawBoundary(context, colours, p, size)
    }
    for (let i = 0; i < labels.length; i++) {
      const [left, top] = [x(points[2 * i]), y(points[2 * i + 1])]
      context.beginPath()
      if (labels[i]) context.rect(left - 2.5, top - 2.5, 5, 5)
      else context.arc(left, top, 2.8, 0, 7)
      context.fillStyle = `rgb(${labels[i] ? colours.second : colours.first})`
      context.fill()
      if (predicted && predicted[i] > 0 !== labels[i] > 0) drawRim(context, colours, left, top)
    }
  }

  globalThis.plane = {SIDE, legend, coloursOf, canvasContext, gridPoints, shade, drawUnit, drawPlane}
})()
