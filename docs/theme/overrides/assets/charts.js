// Charts of a few curves or areas, such as learning curves.
;(() => {
  const {shape} = globalThis.elements
  const WIDTH = 340
  const HEIGHT = 150
  const LEFT = 46
  const BOTTOM = 24
  const TOP = 22

  /** Return the powers of ten around positive numbers, and at most five marks for them, as exponent and text. */
  function decades(numbers) {
    const low = Math.floor(Math.log10(Math.min(...numbers)))
    const high = Math.ceil(Math.log10(Math.max(...numbers)))
    const step = Math.ceil((high - low) / 4) || 1
    const marks = []
    for (let power = low; power <= high; power += step)
      marks.push([power, Math.abs(power) < 4 ? 10 ** power : `1e${power}`])
    return {range: [low, high], marks}
  }

  /**
   * Return a chart, with the function that places a number on its x axis, and the ends of its y axis.
   * label: Text for screen readers.
   * x, y: Axes {range, marks: [[number, text], …]}.
   * shapes: Shapes [[tag, class, points], …], where a point is [x, y].
   * height: Height of the view box. All charts have the same width.
   */
  function chart({title, label, x, y, shapes, height = HEIGHT}) {
    const fraction = (number, [low, high]) => (number - low) / (high - low || 1)
    const left = number => LEFT + (WIDTH - LEFT - 12) * fraction(number, x.range)
    const top = number => height - BOTTOM - (height - BOTTOM - TOP) * fraction(number, y.range)
    const placed = points => points.map(([across, up]) => `${left(across)},${top(up)}`).join(" ")
    const svg = shape(
      "svg",
      {viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label},
      shape("text", {x: 0, y: 12, class: "film-title"}, title),
      ...y.marks.map(([number, text]) => [
        shape("line", {x1: LEFT, x2: WIDTH - 12, y1: top(number), y2: top(number), class: "film-rule"}),
        shape("text", {x: LEFT - 5, y: top(number) + 4, "text-anchor": "end"}, text),
      ]),
      ...x.marks.map(([number, text]) =>
        shape("text", {x: left(number), y: height - 7, "text-anchor": "middle"}, text),
      ),
      ...shapes.map(([tag, kind, points]) => shape(tag, {points: placed(points), class: kind})),
    )
    return {svg, left, top: TOP, bottom: height - BOTTOM}
  }

  globalThis.charts = {decades, chart}
})()
