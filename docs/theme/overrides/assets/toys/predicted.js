// Limits of the learning rate: a ring where one was predicted before training, a dot where training found it, in each row.
;(() => {
  const {data, phrase, scale, line, dot, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {significant, tickText} = globalThis.numbers
  const {close, arms} = data
  const [EDGE, TOP, ROW, FOOT] = [14, 24, 11, 26]
  const COLOURS = {equal: "green", apart: "red"}
  const octaves = arms.flatMap(arm => [arm.predicted, arm.low, arm.high].filter(Boolean).map(Math.log2))
  const [least, most] = [Math.floor(Math.min(...octaves)), Math.ceil(Math.max(...octaves))]
  const ends = width => [EDGE, width - EDGE]
  const colourOf = ({outcome}) => COLOURS[outcome] ?? "soft"
  const height = TOP + ROW * arms.length + FOOT

  function row(arm, i, isHere, x) {
    const y = TOP + ROW * (i + 0.5)
    const at = rate => x(Math.log2(rate))
    const [colour, thick] = [colourOf(arm), isHere ? 3 : 1.5]
    const span = [at(arm.predicted / close), at(arm.predicted * close)]
    const ends = [arm.low, arm.high].map(end => [at(end ?? arm.predicted), y])
    return [
      isHere && box(0, y - ROW * 0.75, 4000, ROW * 1.5, "rule", {opacity: 0.55}),
      isHere && box(span[0], y - ROW * 0.75, span[1] - span[0], ROW * 1.5, "green", {opacity: 0.25}),
      arm.measured && line(ends, colour, {"stroke-width": thick, opacity: isHere ? 1 : 0.6}),
      dot(at(arm.predicted), y, isHere ? 6 : 4, "paper", {
        stroke: "var(--toy-ink)",
        "stroke-width": isHere ? 2.5 : 1.2,
      }),
      arm.measured && dot(at(arm.measured), y, isHere ? 6 : 3.5, colour),
    ]
  }

  function draw({arm: here}, width) {
    const x = scale(least, most, ...ends(width))
    const ticks = Array.from({length: most - least + 1}, (_, i) => least + i).filter(i => i % 2 === 0)
    const grid = ticks.map(octave => [
      line(
        [
          [x(octave), TOP],
          [x(octave), height - FOOT],
        ],
        "rule",
        {"stroke-width": 1},
      ),
      text(x(octave), height - 8, tickText(octave, true), {"text-anchor": "middle", "font-size": 12}),
    ])
    const key = [
      dot(EDGE, 10, 4, "paper", {stroke: "var(--toy-ink)", "stroke-width": 1.2}),
      text(EDGE + 9, 14, phrase("ring"), {"font-size": 12}),
      dot(width / 2, 10, 4, "green"),
      text(width / 2 + 9, 14, phrase("dot"), {"font-size": 12}),
    ]
    const rows = arms.map((arm, i) => i !== here && row(arm, i, false, x))
    return {height, shapes: [grid, key, rows, row(arms[here], here, true, x)].flat(3).filter(Boolean)}
  }

  function say({arm: here}) {
    const arm = arms[here]
    const rate = number => significant(number, 2)
    const found = arm.measured ? phrase("measured", {rate: rate(arm.measured)}) : phrase("no limit")
    return [
      phrase("predicted", {rate: rate(arm.predicted)}),
      strong(found, colourOf(arm)),
      element("small", `${phrase(arm.measured ? arm.outcome : "wrong", {close})} – ${arm.name}`),
    ]
  }

  start({
    state: {arm: 0},
    sliders: {arm: {label: phrase("knob"), values: arms.map((_, i) => i), say: i => `${i + 1} / ${arms.length}`}},
    draw,
    say,
    play: {name: "arm", to: arms.length - 1},
    drag: ([, down]) => ({arm: Math.min(Math.max(Math.floor((down - TOP) / ROW), 0), arms.length - 1)}),
  })
})()
