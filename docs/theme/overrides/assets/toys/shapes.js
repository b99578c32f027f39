// What toys calculate and draw with: numbers on a scale, functions of the textbook, and shapes in the colours of toys.css.
;(() => {
  const {shape} = globalThis.elements

  /** Return numbers from low to high, a step apart. */
  const steps = (low, high, step = 1) =>
    Array.from({length: Math.round((high - low) / step) + 1}, (_, i) => Number((low + i * step).toFixed(6)))

  const clip = (number, low, high) => Math.min(Math.max(number, low), high)

  /** Return the function that places numbers from low to high between two places. */
  const scale = (low, high, from, to) => value => from + ((value - low) / (high - low)) * (to - from)

  const ACTIVATIONS = {
    identity: {value: z => z, slope: () => 1},
    relu: {value: z => Math.max(0, z), slope: z => Number(z > 0)},
    tanh: {value: Math.tanh, slope: z => 1 - Math.tanh(z) ** 2},
    sigmoid: {value: z => 1 / (1 + Math.exp(-z)), slope: z => 1 / (2 + Math.exp(z) + Math.exp(-z))},
  }

  function softmax(scores) {
    const powers = scores.map(Math.exp)
    const whole = powers.reduce((sum, power) => sum + power)
    return powers.map(power => power / whole)
  }

  // Shapes -------------------------------------------------------------------------------------------------------------

  const colourOf = name => `var(--toy-${name})`
  const line = (points, colour, more = {}) =>
    shape("polyline", {
      points: points.map(point => point.map(x => x.toFixed(1)).join()).join(" "),
      fill: "none",
      stroke: colourOf(colour),
      "stroke-width": 2.5,
      ...more,
    })

  /** Return a straight line from one place to another. */
  const rule = (from, to, colour = "rule", width = 1, more = {}) =>
    line([from, to], colour, {"stroke-width": width, ...more})
  const across = (y, left, right, colour, width) => rule([left, y], [right, y], colour, width)
  const upright = (x, top, bottom, colour, width, more) => rule([x, top], [x, bottom], colour, width, more)
  const dot = (x, y, r, colour, more = {}) => shape("circle", {cx: x, cy: y, r, fill: colourOf(colour), ...more})

  /** Return a dot with a rim, which readers take for something to drag. */
  const knob = (x, y, r, colour, width = 2) => dot(x, y, r, colour, {stroke: colourOf("ink"), "stroke-width": width})
  const box = (x, y, width, height, colour, more = {}) =>
    shape("rect", {x, y, width: Math.max(width, 0), height: Math.max(height, 0), fill: colourOf(colour), ...more})

  /** Return a text that starts at a place, is around it (middle), or ends there (end). */
  const text = (x, y, content, anchor = "start", {colour = "ink", ...more} = {}) =>
    shape("text", {x, y, fill: colourOf(colour), "text-anchor": anchor, "font-size": 12, ...more}, content)
  const bold = (x, y, content, anchor, more) => text(x, y, content, anchor, {"font-weight": 600, ...more})

  /**
   * Return a square image of side² points. shade(x, y), with x and y from 0 to 1, from the lower left corner, returns the name of
   * a colour and its strength.
   */
  function shades(side, shade, x, y, size) {
    const canvas = Object.assign(document.createElement("canvas"), {width: side, height: side})
    const context = canvas.getContext("2d")
    const style = getComputedStyle(document.querySelector(".toy"))
    for (let i = 0; i < side ** 2; i++) {
      const [column, row] = [i % side, Math.floor(i / side)]
      const [colour, strength] = shade((column + 0.5) / side, 1 - (row + 0.5) / side)
      context.fillStyle = style.getPropertyValue(`--toy-${colour}`)
      context.globalAlpha = strength
      context.fillRect(column, row, 1, 1)
    }
    return shape("image", {href: canvas.toDataURL(), x, y, width: size, height: size, preserveAspectRatio: "none"})
  }

  globalThis.toys = {steps, clip, scale, ACTIVATIONS, softmax}
  Object.assign(globalThis.toys, {line, rule, across, upright, dot, knob, box, text, bold, shades})
})()
