// Charts with two axes: learning curves of the playground and the explorer, and the points of the explorer.
;(() => {
  const {shape} = globalThis.elements
  const {exact, ticks} = globalThis.numbers
  const [LEFT, RIGHT, BOTTOM, TOP] = [46, 12, 24, 22] // pixels around the plot
  const PARTS = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]] // of a decade, which have marks

  // An axis has a `range`, `marks` [[number, text], …], and `of`, which turns a value into such a number.

  /** Return the axis of values, which go a little beyond the smallest and largest. */
  function linearAxis(values) {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const margin = low < high ? (high - low) / 25 : Math.abs(low) / 10 || 0.1
    const range = [low < 0 ? low - margin : Math.max(0, low - margin), high + margin]
    return {range, marks: ticks(...range).map(tick => [tick, exact(tick)]), of: value => value}
  }

  /** Return the axis of positive values on a logarithmic scale, with three marks or more. text: Function of a mark's value. */
  function logAxis(values, text = exact) {
    const [low, high] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))]
    const margin = Math.max((high - low) / 25, 0.02)
    const range = [low - margin, high + margin]
    const powers = Array.from({length: Math.ceil(high) - Math.floor(low) + 1}, (_, i) => Math.floor(low) + i)
    const isInside = number => range[0] <= number && number <= range[1]
    const choices = PARTS.map(parts =>
      powers.flatMap(power => parts.map(part => Number((part * 10 ** power).toPrecision(2)))),
    )
    const between = choices.map(choice => choice.filter(value => isInside(Math.log10(value))))
    const fallback = ticks(10 ** range[0], 10 ** range[1]).filter(tick => tick > 0)
    const marks = between.find(choice => choice.length > 2) ?? fallback
    const step = Math.ceil(marks.length / 8)
    const shown = marks.filter((_, i) => i % step === 0)
    return {range, marks: shown.map(value => [Math.log10(value), text(value)]), of: Math.log10}
  }

  /** Return about how wide a text of 12 pixels is. */
  const widthOf = text => 7 * `${text}`.length + 5 * (`${text}`.match(/\p{sc=Hangul}/gu)?.length ?? 0)

  /** Return as many of the marks as have room side by side. */
  function roomy(marks, width) {
    const widest = Math.max(...marks.map(([, text]) => widthOf(text)))
    const step = Math.ceil((marks.length * (widest + 4)) / width)
    return marks.filter((_, i) => i % step === 0)
  }

  /**
   * Return a chart.
   * label: Text for screen readers, unless a part of the page around the chart has it.
   * x, y: Axes.
   * draw: Function that returns the shapes, from the functions that place numbers of the axes.
   */
  function chart({title, label, x, y, draw, width = 340, height = 150}) {
    const fraction = (number, [low, high]) => (number - low) / (high - low || 1)
    const left = number => LEFT + (width - LEFT - RIGHT) * fraction(number, x.range)
    const top = number => height - BOTTOM - (height - BOTTOM - TOP) * fraction(number, y.range)
    return shape(
      "svg",
      {viewBox: `0 0 ${width} ${height}`, width, ...(label && {role: "img", "aria-label": label})},
      shape("text", {x: 0, y: 12, class: "chart-title"}, title),
      y.marks.map(([number, text]) => [
        shape("line", {x1: LEFT, x2: width - RIGHT, y1: top(number), y2: top(number), class: "chart-rule"}),
        shape("text", {x: LEFT - 5, y: top(number) + 4, "text-anchor": "end"}, text),
      ]),
      roomy(x.marks, width - LEFT - RIGHT).map(([number, text]) =>
        shape("text", {x: left(number), y: height - 7, "text-anchor": "middle"}, text),
      ),
      draw(left, top),
    )
  }

  /** Return a curve through points of an axis's numbers, or the area within them. */
  const curve = (tag, points, left, top, attributes) =>
    shape(tag, {points: points.map(([x, y]) => `${left(x)},${top(y)}`).join(" "), ...attributes})

  globalThis.charts = {linearAxis, logAxis, chart, curve}
})()
