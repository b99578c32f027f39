// How much of the gradient is left, so many layers back: measured, and calculated where theory says it.
;(() => {
  const {data, phrase, steps, clip, scale, line, across, dot, text, bold, strong, small, start} = globalThis.toys
  const DECADES = 7 // of the axis
  const [LEFT, TOP, BALLS] = [74, 14, 46] // pixels
  const COLOURS = {sigmoid: "purple", tanh: "green", relu: "blue", small: "red"}
  const last = data.arms.relu.measured.length - 1
  const layers = steps(0, last)
  const at = (arm, back, kind = "measured") => data.arms[arm][kind].at(-1 - back)
  const ends = width => [LEFT + 18, width - 18]

  function share(v) {
    if (v >= 0.01) return phrase("percent", {n: (100 * v).toFixed(v >= 0.9995 ? 0 : 1)})
    return `1/${Number((1 / v).toPrecision(2)).toLocaleString("en")}`
  }

  function draw({activation, back}, width) {
    const height = clip(width * 0.52, 270, 360)
    const x = scale(last, 0, ...ends(width))
    const y = scale(0, -DECADES, TOP, height - BALLS - 6)
    const high = v => y(Math.log10(Math.max(v, 10 ** -DECADES)))
    const colour = COLOURS[activation]
    const marks = steps(0, DECADES).map(power => [
      across(y(-power), LEFT, width),
      text(LEFT - 6, y(-power) + 4, power ? `1/${(10 ** power).toLocaleString("en")}` : phrase("all"), "end"),
    ])
    const course = (arm, kind, more) =>
      line(
        layers.map(b => [x(b), high(at(arm, b, kind))]),
        COLOURS[arm],
        {"stroke-width": 2, ...more},
      )
    const pale = Object.keys(COLOURS)
      .filter(arm => arm !== activation)
      .map(arm => course(arm, "measured", {opacity: 0.35}))
    const theory = data.arms[activation].predicted && course(activation, "predicted", {"stroke-dasharray": "5 5"})
    const points = layers.slice(0, back + 1).map(b => dot(x(b), high(at(activation, b)), b === back ? 8 : 5, colour))
    const ball = b => {
      const strength = Math.max(0.08, 1 + Math.log10(Math.min(1, at(activation, b))) / DECADES)
      const rim = b === back ? {"stroke-width": 3, "stroke-opacity": 1} : {"stroke-width": 1, "stroke-opacity": 0.4}
      return [
        dot(x(b), height - 22, Math.min(15, (width - LEFT) / 28), colour, {
          "fill-opacity": strength,
          stroke: "var(--toy-ink)",
          ...rim,
        }),
        bold(x(b), height - 18, last + 1 - b, "middle", {colour: strength > 0.55 ? "paper" : "ink"}),
      ]
    }
    return {height, shapes: [marks, pale, theory, points, layers.map(ball)]}
  }

  function say({activation, back}) {
    if (back === 0) return phrase("at the end")
    const left = at(activation, back)
    return [
      back === 1 ? phrase("one back") : phrase("back", {n: back}),
      strong(share(left), COLOURS[activation]),
      phrase("is left"),
      small("factor", {factor: (left ** (1 / back)).toFixed(2)}),
    ]
  }

  start({
    state: {activation: "sigmoid", back: 0},
    choices: {activation: Object.entries(COLOURS)},
    sliders: {back: {label: phrase("knob"), values: layers.toReversed(), ends}},
    draw,
    say,
    play: {name: "back", to: 3},
    drag: "back",
  })
})()
