// How much of the gradient is left, so many layers back: measured, and calculated where theory says it.
;(() => {
  const {data, phrase, scale, line, dot, text, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const DECADES = 7 // of the axis
  const [LEFT, TOP, BALLS] = [74, 14, 46] // pixels
  const last = data.arms.relu.measured.length - 1
  const at = (arm, back, kind = "measured") => data.arms[arm][kind]?.at(-1 - back)
  const colours = {sigmoid: "purple", tanh: "green", relu: "blue", small: "red"}

  function share(v) {
    if (v >= 0.9995) return phrase("percent", {n: (100 * v).toFixed(0)})
    if (v >= 0.01) return phrase("percent", {n: (100 * v).toFixed(1)})
    return `1/${Number((1 / v).toPrecision(2)).toLocaleString("en")}`
  }

  function draw({activation, back}, width) {
    const height = Math.min(360, Math.max(270, width * 0.52))
    const x = scale(last, 0, LEFT + 18, width - 18)
    const y = scale(0, -DECADES, TOP, height - BALLS - 6)
    const high = v => y(Math.log10(Math.max(v, 10 ** -DECADES)))
    const layers = [...Array(last + 1).keys()]
    const marks = [0, 1, 2, 3, 4, 5, 6, 7].map(power => [
      line(
        [
          [LEFT, y(-power)],
          [width, y(-power)],
        ],
        "rule",
        {"stroke-width": 1},
      ),
      text(LEFT - 6, y(-power) + 4, power ? `1/${(10 ** power).toLocaleString("en")}` : phrase("all"), {
        "text-anchor": "end",
        "font-size": 12,
      }),
    ])
    const course = (arm, colour, kind, more) =>
      line(
        layers.map(back => [x(back), high(at(arm, back, kind))]),
        colour,
        more,
      )
    const pale = Object.keys(colours)
      .filter(arm => arm !== activation)
      .map(arm => course(arm, colours[arm], "measured", {opacity: 0.35, "stroke-width": 2}))
    const colour = colours[activation]
    const theory = data.arms[activation].predicted
      ? course(activation, colour, "predicted", {"stroke-dasharray": "5 5", "stroke-width": 2})
      : []
    const points = layers
      .filter(b => b <= back)
      .map(b => dot(x(b), high(at(activation, b)), b === back ? 8 : 5, colour))
    const balls = layers.map(b => {
      const strength = Math.max(0.08, 1 + Math.log10(Math.min(1, at(activation, b))) / DECADES)
      const isHere = b === back
      const ring = {"fill-opacity": strength, stroke: "var(--toy-ink)", "stroke-width": isHere ? 3 : 1}
      const attributes = {"text-anchor": "middle", "font-size": 12, "font-weight": 600}
      const ink = strength > 0.55 ? "var(--toy-paper)" : "var(--toy-ink)"
      return [
        dot(x(b), height - 22, Math.min(15, (width - LEFT) / 28), colour, {
          ...ring,
          "stroke-opacity": isHere ? 1 : 0.4,
        }),
        text(x(b), height - 18, last + 1 - b, {...attributes, fill: ink}),
      ]
    })
    return {height, shapes: [marks, pale, theory, points, balls]}
  }

  function say({activation, back}) {
    if (back === 0) return phrase("at the end")
    const left = at(activation, back)
    const colour = colours[activation]
    const factor = (left ** (1 / back)).toFixed(2)
    return [
      back === 1 ? phrase("one back") : phrase("back", {n: back}),
      strong(share(left), colour),
      phrase("is left"),
      element("small", phrase("factor", {factor})),
    ]
  }

  const ends = width => [LEFT + 18, width - 18]
  start({
    state: {activation: "sigmoid", back: 0},
    choices: {activation: Object.keys(colours).map(arm => [arm, phrase(arm), colours[arm]])},
    sliders: {
      back: {label: phrase("knob"), values: [...Array(last + 1).keys()].reverse(), say: String, ends},
    },
    draw,
    say,
    play: {name: "back", to: 3},
    drag: "back",
  })
})()
