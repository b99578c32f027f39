// Five factors of a chain: the slope of an activation at z = 0 times a weight. Their product is what is left of a gradient.
;(() => {
  const {phrase, steps, clip, scale, across, dot, text, bold, box, strong, small, start} = globalThis.toys
  const {significant} = globalThis.numbers
  const SLOPES = {sigmoid: 0.25, tanh: 1}
  const [FACTORS, EDGE, BALLS] = [5, 34, 78]
  const DECADES = {sigmoid: [-4.8, 1.9], tanh: [-1.9, 4.8]}
  const ends = width => [EDGE, width - EDGE]
  const factorOf = ({activation, weight}) => SLOPES[activation] * weight
  const colourOf = factor => (factor < 1 ? "purple" : factor > 1 ? "red" : "green")

  function draw(state, width) {
    const height = clip(width * 0.45, 250, 330)
    const factor = factorOf(state)
    const x = scale(FACTORS, 0, ...ends(width))
    const y = scale(...DECADES[state.activation], height - BALLS, 12)
    const ball = Math.min(16, (width - 2 * EDGE) / 18)
    const middle = height - 40
    const layer = n => {
      const high = n ? y(Math.log10(factor) * n) : y(0)
      const isRoomy = n === 1 || x(n - 1) - x(n) > 70
      return [
        n > 0 && box(x(n) - ball, Math.min(y(0), high), 2 * ball, Math.abs(high - y(0)), colourOf(factor)),
        bold(x(n), high + (factor >= 1 ? -8 : 18), significant(factor ** n, 2), "middle"),
        n > 0 && across(middle, x(n - 1) - ball, x(n) + ball, "soft", 2),
        n > 0 && isRoomy && text((x(n) + x(n - 1)) / 2, middle - 20, `× ${significant(factor, 2)}`, "middle"),
        dot(x(n), middle, ball, n ? colourOf(factor) : "soft"),
        bold(x(n), middle + 4, FACTORS + 1 - n, "middle", {colour: "paper"}),
      ]
    }
    return {
      height,
      shapes: [
        across(y(0), 0, width, "soft"),
        text(2, y(0) - 6, "1"),
        steps(0, FACTORS).map(layer),
        text(width - EDGE, height - 6, phrase("last"), "end"),
        text(EDGE, height - 6, phrase("first")),
      ],
    }
  }

  function say(state) {
    const factor = factorOf(state)
    const product = factor === 1 ? 1 : significant(factor ** FACTORS, 2)
    return [
      `${factor}⁵ = ${product}: `,
      strong(phrase(factor < 1 ? "vanishes" : factor > 1 ? "explodes" : "stays"), colourOf(factor)),
      small("factor", {slope: SLOPES[state.activation], weight: state.weight, factor}),
    ]
  }

  start({
    state: {activation: "sigmoid", weight: 1},
    choices: {activation: Object.keys(SLOPES)},
    sliders: {weight: {label: phrase("weight"), values: steps(0.5, 8, 0.5), ends}},
    draw,
    say,
    play: {name: "weight", to: 4},
    drag: "weight",
  })
})()
