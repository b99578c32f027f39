// Five factors of a chain: the slope of an activation at z = 0 times a weight. Their product is what is left of a gradient.
;(() => {
  const {phrase, scale, line, ground, dot, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {significant} = globalThis.numbers
  const SLOPES = {sigmoid: 0.25, tanh: 1}
  const [FACTORS, EDGE, BALLS] = [5, 34, 78]
  const DECADES = {sigmoid: [-4.8, 1.9], tanh: [-1.9, 4.8]}
  const weights = Array.from({length: 16}, (_, i) => (i + 1) / 2)
  const ends = width => [EDGE, width - EDGE]
  const colourOf = factor => (factor < 1 ? "purple" : factor > 1 ? "red" : "green")

  function draw({activation, weight}, width) {
    const height = Math.min(330, Math.max(250, width * 0.45))
    const factor = SLOPES[activation] * weight
    const colour = colourOf(factor)
    const x = scale(FACTORS, 0, EDGE, width - EDGE)
    const y = scale(...DECADES[activation], height - BALLS, 12)
    const after = [...Array(FACTORS + 1).keys()]
    const ball = Math.min(16, (width - 2 * EDGE) / 18)
    const middle = {"text-anchor": "middle", "font-size": 12}
    const high = n => y(Math.log10(factor) * n)
    const beside = factor >= 1 ? -8 : 18
    return {
      height,
      shapes: [
        ground(y(0), width, "soft"),
        text(2, y(0) - 6, "1", {"font-size": 12}),
        after.slice(1).map(n => box(x(n) - ball, Math.min(y(0), high(n)), 2 * ball, Math.abs(high(n) - y(0)), colour)),
        after.map(n =>
          text(x(n), (n ? high(n) : y(0)) + beside, significant(factor ** n, 2), {...middle, "font-weight": 600}),
        ),
        after.slice(1).map(n => [
          line(
            [
              [x(n - 1) - ball, height - 40],
              [x(n) + ball, height - 40],
            ],
            "soft",
            {"stroke-width": 2},
          ),
          (n === 1 || x(n - 1) - x(n) > 70) &&
            text((x(n) + x(n - 1)) / 2, height - 60, `× ${significant(factor, 2)}`, middle),
        ]),
        after.map(n => [
          dot(x(n), height - 40, ball, n ? colour : "soft"),
          text(x(n), height - 36, FACTORS + 1 - n, {...middle, fill: "var(--toy-paper)", "font-weight": 600}),
        ]),
        text(width - EDGE, height - 6, phrase("last"), {"text-anchor": "end", "font-size": 12}),
        text(EDGE, height - 6, phrase("first"), {"font-size": 12}),
      ]
        .flat(3)
        .filter(Boolean),
    }
  }

  function say({activation, weight}) {
    const slope = SLOPES[activation]
    const factor = slope * weight
    const product = significant(factor ** FACTORS, 2)
    return [
      `${factor}⁵ = ${factor === 1 ? 1 : product}: `,
      strong(phrase(factor < 1 ? "vanishes" : factor > 1 ? "explodes" : "stays"), colourOf(factor)),
      element("small", phrase("factor", {slope, weight, factor})),
    ]
  }

  start({
    state: {activation: "sigmoid", weight: 1},
    choices: {
      activation: [
        ["sigmoid", phrase("sigmoid")],
        ["tanh", phrase("tanh")],
      ],
    },
    sliders: {weight: {label: phrase("weight"), values: weights, ends}},
    draw,
    say,
    play: {name: "weight", to: 4},
    drag: "weight",
  })
})()
