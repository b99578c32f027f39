// Limits of the learning rate: a ring where one was predicted before training, a dot where training found it, in each row.
;(() => {
  const {data, phrase, steps, clip, scale, rule, upright, dot, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {significant, tickText} = globalThis.numbers
  const {close, arms} = data
  const [EDGE, TOP, ROW, FOOT] = [14, 42, 11, 42]
  const COLOURS = {equal: "green", apart: "red"}
  const octaves = arms.flatMap(arm => [arm.predicted, arm.low, arm.high].filter(Boolean).map(Math.log2))
  const [least, most] = [Math.floor(Math.min(...octaves)), Math.ceil(Math.max(...octaves))]
  const colourOf = ({outcome}) => COLOURS[outcome] ?? "soft"
  const ring = (x, y, r, width) => dot(x, y, r, "paper", {stroke: "var(--toy-ink)", "stroke-width": width})
  const height = TOP + ROW * arms.length + FOOT
  const last = arms.length - 1

  function row(arm, y, isHere, x) {
    const at = rate => x(Math.log2(rate))
    const [low, high] = [arm.low, arm.high].map(end => [at(end ?? arm.predicted), y])
    const back = (left, right, colour, opacity) =>
      isHere && box(left, y - ROW * 0.75, right - left, ROW * 1.5, colour, {opacity})
    return [
      back(0, 4000, "rule", 0.55),
      back(at(arm.predicted / close), at(arm.predicted * close), "green", 0.25),
      arm.measured && rule(low, high, colourOf(arm), isHere ? 3 : 1.5, {opacity: isHere ? 1 : 0.6}),
      isHere ? ring(at(arm.predicted), y, 6, 2.5) : ring(at(arm.predicted), y, 4, 1.2),
      arm.measured && dot(at(arm.measured), y, isHere ? 6 : 3.5, colourOf(arm)),
    ]
  }

  function draw({arm: here}, width) {
    const x = scale(least, most, EDGE, width - EDGE)
    const rowAt = i => row(arms[i], TOP + ROW * (i + 0.5), i === here, x)
    const grid = steps(2 * Math.ceil(least / 2), most, 2).map(octave => [
      upright(x(octave), TOP, height - FOOT),
      text(x(octave), height - 24, tickText(octave, true), "middle"),
    ])
    const key = [
      ring(EDGE, 10, 4, 1.2),
      text(EDGE + 9, 14, phrase("ring")),
      dot(EDGE + width / 3, 10, 4, "ink"),
      text(EDGE + width / 3 + 9, 14, phrase("dot")),
      ["green", "red", "soft"].map((colour, i) => [
        dot(EDGE + (i * width) / 3, 28, 4, colour),
        text(EDGE + (i * width) / 3 + 9, 32, phrase(colour, {close})),
      ]),
      text(width / 2, height - 6, phrase("axis"), "middle"),
    ]
    return {height, shapes: [grid, key, arms.map((_, i) => i !== here && rowAt(i)), rowAt(here)]}
  }

  function say({arm: here}) {
    const {predicted, measured, outcome, name} = arms[here]
    const rate = number => significant(number, 2)
    const found = measured ? phrase("measured", {rate: rate(measured)}) : phrase("no limit")
    return [
      phrase("predicted", {rate: rate(predicted)}),
      strong(found, colourOf(arms[here])),
      element("small", `${phrase(measured ? outcome : "wrong", {close})} – ${name}`),
    ]
  }

  start({
    state: {arm: 0},
    sliders: {
      arm: {label: phrase("knob"), values: steps(0, last), say: i => phrase("nth", {n: i + 1, of: arms.length})},
    },
    draw,
    say,
    play: {name: "arm", to: last},
    drag: ([, down]) => ({arm: clip(Math.floor((down - TOP) / ROW), 0, last)}),
  })
})()
