// The drawing of a network: its units in a column for each layer, joined by lines with the colour of the sign and the
// width of the weight. A unit is a map of its output over the plane. For digits, a unit of the first hidden layer is a map
// of its weights, and one of a later layer has the colour of its mean output.
;(() => {
  const MOST = 8 // hidden units that are shown of a layer
  const LARGEST = 44 // pixels, largest side of a unit
  const NOTE = 16 // pixels below the units, for the number of those that are not shown
  const {SIDE, canvasContext, shade, drawUnit} = globalThis.plane
  const {layersOf} = globalThis.networks

  /**
   * Return the columns of a diagram: the number of units of each, and of those that are shown. Two inputs are a column, and
   * outputs are one unless they are drawn as a plane.
   */
  function columnsOf(layers) {
    const hidden = layers.slice(1, -1).map(n => ({n, shown: Math.min(n, MOST)}))
    const [inputs, outputs] = [layers[0], layers.at(-1)]
    const isPlane = inputs === 2
    return isPlane ? [{n: 2, shown: 2}, ...hidden] : [...hidden, {n: outputs, shown: outputs}]
  }

  /** Return the centre of each unit that is shown, by column, and the side of a unit. */
  function placesOf(columns, width, height) {
    const most = Math.max(...columns.map(({shown}) => shown))
    const room = height - NOTE
    const side = Math.min(LARGEST, room / most - 3, (0.62 * width) / columns.length)
    const places = columns.map(({shown}, column) => {
      const step = Math.min(room / shown, 1.5 * side)
      const x = ((column + 0.5) * width) / columns.length
      return Array.from({length: shown}, (_, unit) => [x, room / 2 + (unit - (shown - 1) / 2) * step])
    })
    return {places, side}
  }

  /** Return the lines from a column to the next: [from, to, weight relative to the largest]. */
  function linesOf(weights, shown, shownNext) {
    const lines = weights.slice(0, shown).flatMap((row, i) => [...row.slice(0, shownNext)].map((w, j) => [i, j, w]))
    const largest = Math.max(...lines.map(([, , w]) => Math.abs(w))) || 1
    return lines.map(([i, j, w]) => [i, j, w / largest])
  }

  /** Return the weights from the last column to the plane: those of the second class minus those of the first. */
  const towardsPlane = weights => weights.map(row => [row.length === 1 ? row[0] : row[1] - row[0]])

  /** Return what units look like: functions from a unit to the numbers of its map, from −1 to 1, for each column. */
  function looksOf(layers, {grid, range, hidden, weights}) {
    const maps = hidden.map((outputs, layer) => {
      const n = layers[layer + 1]
      const samples = outputs.length / n
      const valuesOf = unit => Float32Array.from({length: samples}, (_, i) => outputs[i * n + unit])
      return {n, valuesOf, largest: outputs.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1}
    })
    if (grid) {
      const input = axis => Float32Array.from({length: SIDE * SIDE}, (_, i) => grid[2 * i + axis] / range[1])
      return [
        input,
        ...maps.map(
          ({valuesOf, largest}) =>
            unit =>
              valuesOf(unit).map(value => value / largest),
        ),
      ]
    }
    const largestWeight = Math.max(...weights[0].map(row => Math.max(...row.map(Math.abs)))) || 1
    return maps.map(({valuesOf, largest}, layer) => unit => {
      const values = valuesOf(unit)
      if (!values.some(Boolean)) return Float32Array.of(0)
      if (layer === 0) return Float32Array.from(weights[0], row => row[unit] / largestWeight)
      return Float32Array.of(values.reduce((sum, value) => sum + value, 0) / values.length / largest)
    })
  }

  /**
   * Draw a network.
   * layers: Widths from the inputs to the outputs.
   * picture: Its parameters and outputs, see `pictureOf`; null before there are any.
   */
  function drawDiagram(canvas, colours, layers, picture) {
    const {clientWidth: width, clientHeight: height} = canvas
    const context = canvasContext(canvas, width, height)
    const columns = columnsOf(layers)
    const {places, side} = placesOf(columns, width, height)
    const isPlane = layers[0] === 2
    const weights = picture?.parameters && layersOf(layers, picture.parameters).map(({weights}) => weights)
    if (weights) {
      const between = isPlane ? weights : weights.slice(1)
      for (const [column, matrix] of between.entries()) {
        const isLast = isPlane && column === between.length - 1
        const ends = isLast ? [[width + side / 2, (height - NOTE) / 2]] : places[column + 1]
        const lines = linesOf(isLast ? towardsPlane(matrix) : matrix, places[column].length, ends.length)
        for (const [i, j, share] of lines) drawLine(context, colours, places[column][i], ends[j], side, share)
      }
    }
    const looks = weights ? looksOf(layers, {...picture, weights}) : []
    for (const [column, centres] of places.entries()) {
      for (const [unit, [x, y]] of centres.entries()) {
        const [left, top] = [x - side / 2, y - side / 2]
        context.fillStyle = `rgb(${colours.paper})`
        context.fillRect(left, top, side, side)
        drawUnit(context, colours, looks[column]?.(unit), left, top, side)
      }
      const {n, shown} = columns[column]
      context.fillStyle = colours.muted
      context.font = "11px system-ui, sans-serif"
      context.textAlign = "center"
      if (n > shown) context.fillText(`+${n - shown}`, centres[0][0], height - 4)
      if (!isPlane && column === columns.length - 1) drawNames(context, colours, centres)
    }
  }

  function drawLine(context, colours, [left, top], [right, bottom], side, share) {
    const [from, to] = [left + side / 2, right - side / 2]
    const middle = (from + to) / 2
    context.beginPath()
    context.moveTo(from, top)
    context.bezierCurveTo(middle, top, middle, bottom, to, bottom)
    context.strokeStyle = `rgba(${share < 0 ? colours.first : colours.second}, ${0.15 + 0.7 * Math.abs(share)})`
    context.lineWidth = 0.3 + 2.7 * Math.abs(share)
    context.stroke()
  }

  /** Write the digit of each output into its square. */
  function drawNames(context, colours, centres) {
    context.fillStyle = colours.ink
    for (const [digit, [x, y]] of centres.entries()) context.fillText(digit, x, y + 4)
  }

  // Digits -----------------------------------------------------------------------------------------------------------

  /**
   * Draw test digits in a square. Those that are taken for another digit have a rim, and that digit in a corner.
   * images: Pixels of each digit, from 0 to 16. No digits if undefined.
   * labels, predicted: Digit of each image, and the digit that a network takes it for, if there is a network.
   */
  function drawDigits(canvas, colours, {images = [], labels, predicted} = {}) {
    const size = canvas.clientWidth
    const context = canvasContext(canvas, size, size)
    const perRow = Math.sqrt(images.length)
    const cell = size / perRow
    const greys = {...colours, second: colours.grey}
    context.fillStyle = `rgb(${colours.paper})`
    context.fillRect(0, 0, size, size)
    for (const [i, image] of images.entries()) {
      const [left, top] = [(i % perRow) * cell, Math.floor(i / perRow) * cell]
      const inks = Float32Array.from(image, pixel => pixel / 16)
      shade(context, greys, inks, 1, left + 3, top + 3, cell - 6)
      if (!predicted || predicted[i] === labels[i]) continue
      context.strokeStyle = `rgb(${colours.second})`
      context.lineWidth = 2
      context.strokeRect(left + 1, top + 1, cell - 2, cell - 2)
      context.fillStyle = `rgb(${colours.paper})`
      context.fillRect(left + cell - 9, top + cell - 11, 8, 10)
      context.fillStyle = colours.ink
      context.font = "bold 10px system-ui, sans-serif"
      context.textAlign = "center"
      context.fillText(predicted[i], left + cell - 5, top + cell - 2)
    }
  }

  globalThis.playgroundDiagram = {columnsOf, placesOf, linesOf, towardsPlane, drawDiagram, drawDigits}
})()
