// The slope of an activation where z stands, which is how much of a gradient it lets through.
;(() => {
  const {phrase, steps, clip, scale, ACTIVATIONS, line, rule, across, upright, dot, knob, text, bold} = globalThis.toys
  const {strong, small, start} = globalThis.toys
  const {signed, significant} = globalThis.numbers
  const [FAR, LEFT, RIGHT, GAP, REACH] = [8, 30, 14, 34, 1.6]
  const COLOURS = {sigmoid: "purple", tanh: "green", relu: "blue"}
  const RANGES = {sigmoid: [0, 1], tanh: [-1, 1], relu: [0, 8]}
  const grid = steps(-FAR, FAR, 0.1)
  const ends = width => [LEFT, width - RIGHT]

  function draw({activation, z}, width) {
    const {value, slope} = ACTIVATIONS[activation]
    const [colour, [low, high]] = [COLOURS[activation], RANGES[activation]]
    const height = clip(width * 0.55, 300, 380)
    const half = height * 0.56
    const x = scale(-FAR, FAR, ...ends(width))
    const y = scale(low, high, half - 10, 22)
    const s = scale(0, 1, height - 24, half + GAP)
    const slopes = (name, more) =>
      line(
        grid.map(at => [x(at), s(ACTIVATIONS[name].slope(at))]),
        COLOURS[name],
        more,
      )
    const pale = Object.keys(COLOURS)
      .filter(name => name !== activation)
      .map(name => slopes(name, {opacity: 0.3, "stroke-width": 2}))
    const marks = [
      [signed(`${low}`), y(low)],
      [high, y(high)],
      [0, s(0)],
      ["¼", s(0.25)],
      [1, s(1)],
    ]
    const tangent = by => [x(z + by), y(value(z) + by * slope(z))]
    const curve = grid.map(at => [x(at), y(value(at))])
    return {
      height,
      shapes: [
        [y(low), y(high), s(0), s(1)].map(at => across(at, ...ends(width))),
        marks.map(([content, at]) => text(LEFT - 6, at + 4, content, "end")),
        bold(LEFT, 12, phrase("value")),
        bold(LEFT, half + GAP - 10, phrase("slope")),
        upright(x(z), y(high), s(0), "soft", 1, {"stroke-dasharray": "3 4"}),
        line(curve, colour),
        rule(tangent(-REACH), tangent(REACH), "ink", 3),
        knob(x(z), y(value(z)), 9, colour),
        pale,
        slopes(activation),
        dot(x(z), s(slope(z)), 7, colour),
        [-8, -4, 0, 4, 8].map(at => text(x(at), height - 6, signed(`${at}`), "middle")),
      ],
    }
  }

  function say({activation, z}) {
    const {value, slope} = ACTIVATIONS[activation]
    const s = slope(z)
    const isFlat = s < 0.2 * slope(activation === "relu" ? 1 : 0)
    return [
      phrase("at", {z: signed(`${z}`)}),
      strong(significant(s, 2), COLOURS[activation]),
      phrase(isFlat ? "flat" : "steep"),
      small("output", {a: significant(value(z))}),
    ]
  }

  start({
    state: {activation: "sigmoid", z: 0},
    choices: {activation: Object.entries(COLOURS)},
    sliders: {z: {label: "z =", values: steps(-FAR, FAR, 0.25), say: z => signed(`${z}`), ends}},
    draw,
    say,
    play: {name: "z", to: 5, pace: 250},
    drag: "z",
  })
})()
