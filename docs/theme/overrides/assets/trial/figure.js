// The figure of a trial or a judgement: rows of seeds, estimate and interval over the band of effects too small to matter.
;(() => {
  const {element, shape} = globalThis.elements
  const {axisOf, ticks, tickText} = globalThis.numbers
  const [WIDEST, REST, LEFT, ROW] = [640, 40, 12, 66]

  /**
   * Return the drawing and its axis.
   * rows: Rows [name, interval or null, numbers of seeds, class].
   * effect: Smallest effect that matters.
   * label: Text for screen readers.
   * space: Available width.
   */
  function drawFigure(rows, effect, isLog2, words, label, space) {
    const shown = rows.flatMap(([, interval, numbers]) => [
      ...numbers,
      ...(interval ? [interval.estimate, interval.low, interval.high] : []),
    ])
    const width = Math.min(space || WIDEST, WIDEST)
    const {low, high, x} = axisOf([...shown, -1.4 * effect, 1.4 * effect], LEFT, width - LEFT)
    const height = REST + ROW * rows.length
    const bottom = height - 36

    const rowShapes = ([name, interval, numbers, kind], i) => {
      const y = 40 + i * ROW
      const [top, tall] = [y - 11, 32] // below the name of the row
      const upright = at =>
        shape("line", {
          x1: x(at),
          x2: x(at),
          y1: top,
          y2: top + tall,
          class: at ? "trial-effect" : "trial-zero",
        })
      return [
        effect > 0 &&
          shape("rect", {x: x(-effect), y: top, width: x(effect) - x(-effect), height: tall, class: "trial-band"}),
        [...new Set([-effect, 0, effect])].map(upright),
        shape("text", {x: LEFT, y: y - 16, class: "trial-label"}, name),
        numbers
          .filter(Number.isFinite)
          .map(number => shape("circle", {cx: x(number), cy: y + 12, r: 3, class: `${kind} trial-seed`})),
        interval &&
          shape("line", {x1: x(interval.low), x2: x(interval.high), y1: y, y2: y, class: `${kind} trial-interval`}),
        Number.isFinite(interval?.estimate) && shape("circle", {cx: x(interval.estimate), cy: y, r: 6, class: kind}),
      ]
    }

    const svg = shape(
      "svg",
      {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label},
      ...rows.map(rowShapes),
      ...ticks(low, high, isLog2).map(tick => [
        shape("line", {x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, class: "trial-zero"}),
        shape("text", {x: x(tick), y: bottom + 19, class: "trial-tick"}, tickText(tick, isLog2)),
      ]),
      shape("line", {x1: LEFT, x2: width - LEFT, y1: bottom, y2: bottom, class: "trial-zero"}),
    )
    const [below, above] = words.sides
    const texts = [below && `← ${below}`, words.axis, `${above} →`]
    const axis = element("figcaption", ...texts.map(text => element("span", text)))
    return [svg, axis]
  }

  globalThis.trialFigure = {drawFigure}
})()
