// The slope of an activation where z stands, which is how much of a gradient it lets through.
;(() => {
  const {phrase, scale, line, dot, text, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {signed, significant} = globalThis.numbers
  const [FAR, LEFT, RIGHT, GAP] = [8, 30, 14, 34]
  const sigmoid = z => 1 / (1 + Math.exp(-z))
  const CURVES = {
    sigmoid: {value: sigmoid, slope: z => sigmoid(z) * (1 - sigmoid(z)), colour: "purple", low: 0, high: 1},
    tanh: {value: Math.tanh, slope: z => 1 - Math.tanh(z) ** 2, colour: "green", low: -1, high: 1},
    relu: {value: z => Math.max(0, z), slope: z => Number(z > 0), colour: "blue", low: 0, high: 8},
  }
  const places = Array.from({length: 65}, (_, i) => i / 4 - FAR)
  const ends = width => [LEFT, width - RIGHT]

  function draw({activation, z}, width) {
    const {value, slope, colour, low, high} = CURVES[activation]
    const height = Math.min(380, Math.max(300, width * 0.55))
    const half = height * 0.56
    const x = scale(-FAR, FAR, ...ends(width))
    const y = scale(low, high, half - 10, 22)
    const s = scale(0, 1, height - 24, half + GAP)
    const grid = Array.from({length: 161}, (_, i) => i / 10 - FAR)
    const pale = Object.keys(CURVES)
      .filter(name => name !== activation)
      .map(name =>
        line(
          grid.map(at => [x(at), s(CURVES[name].slope(at))]),
          CURVES[name].colour,
          {opacity: 0.3, "stroke-width": 2},
        ),
      )
    const reach = 1.6
    const tangent = [-reach, reach].map(by => [x(z + by), y(value(z) + by * slope(z))])
    const rule = at =>
      line(
        [
          [LEFT, at],
          [width - RIGHT, at],
        ],
        "rule",
        {"stroke-width": 1},
      )
    const left = (content, at) => text(LEFT - 6, at + 4, content, {"text-anchor": "end", "font-size": 12})
    return {
      height,
      shapes: [
        [y(low), y(high), s(0), s(1)].map(rule),
        [
          [signed(`${low}`), y(low)],
          [high, y(high)],
          [0, s(0)],
          ["¼", s(0.25)],
          [1, s(1)],
        ].map(([content, at]) => left(content, at)),
        text(LEFT, 12, phrase("value"), {"font-size": 12, "font-weight": 600}),
        text(LEFT, half + GAP - 10, phrase("slope"), {"font-size": 12, "font-weight": 600}),
        line(
          [
            [x(z), y(high)],
            [x(z), s(0)],
          ],
          "soft",
          {"stroke-width": 1, "stroke-dasharray": "3 4"},
        ),
        line(
          grid.map(at => [x(at), y(value(at))]),
          colour,
        ),
        line(tangent, "ink", {"stroke-width": 3}),
        dot(x(z), y(value(z)), 9, colour, {stroke: "var(--toy-ink)", "stroke-width": 2}),
        pale,
        line(
          grid.map(at => [x(at), s(slope(at))]),
          colour,
        ),
        dot(x(z), s(slope(z)), 7, colour),
        [-8, -4, 0, 4, 8].map(at =>
          text(x(at), height - 6, signed(`${at}`), {"text-anchor": "middle", "font-size": 12}),
        ),
      ],
    }
  }

  function say({activation, z}) {
    const {value, slope, colour} = CURVES[activation]
    const s = slope(z)
    const kind = s < 0.2 * slope(activation === "relu" ? 1 : 0) ? "flat" : "steep"
    return [
      phrase("at", {z: signed(`${z}`)}),
      strong(significant(s, 2), colour),
      phrase(kind),
      element("small", phrase("output", {a: significant(value(z))})),
    ]
  }

  start({
    state: {activation: "sigmoid", z: 0},
    choices: {activation: Object.entries(CURVES).map(([name, {colour}]) => [name, phrase(name), colour])},
    sliders: {z: {label: "z =", values: places, say: z => signed(`${z}`), ends}},
    draw,
    say,
    play: {name: "z", to: 5, pace: 250},
    drag: "z",
  })
})()
