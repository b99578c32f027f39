// All batch sizes at one learning rate, or each at its own, after as many images or as many updates: is the sentence true?
;(() => {
  const {data, phrase, scale, line, text, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {panels, answers, rivals} = data
  const [LABEL, ROW, FOOT] = [52, 34, 22]
  const COLOURS = {true: "blue", false: "red", tie: "green", open: "soft", neither: "soft"}
  const {rates} = Object.values(panels)[0]
  const of = ({equal, whose, rate}) => panels[equal].states[whose === "own" ? "own" : rate]
  const ends = width => [LABEL, width - 50]

  function draw(state, width) {
    const {sizes, own} = panels[state.equal]
    const {means} = of(state)
    const height = sizes.length * ROW + FOOT
    const x = scale(0, 100, ...ends(width))
    const rows = means.map((mean, i) => {
      const [middle, isRival] = [ROW * i + ROW / 2, rivals.includes(sizes[i])]
      const colour = isRival ? ["blue", "red"][rivals.indexOf(sizes[i])] : "soft"
      const weight = {"font-size": 12, "font-weight": isRival ? 700 : 400}
      return [
        text(0, middle + 5, sizes[i].toLocaleString("en"), weight),
        box(x(0), middle - 11, x(mean) - x(0), 22, colour, {opacity: isRival ? 1 : 0.45}),
        text(x(mean) + 5, middle + 5, mean.toFixed(1), weight),
        state.whose === "own" &&
          text(x(0) + 6, middle + 4, own[i], {"font-size": 12, fill: "var(--toy-paper)", "font-weight": 600}),
      ]
    })
    const guess = line(
      [
        [x(10), 0],
        [x(10), height - FOOT],
      ],
      "rule",
      {"stroke-dasharray": "3 3", "stroke-width": 2},
    )
    const marks = [0, 50, 100].map(share =>
      text(x(share), height - 5, `${share}%`, {"text-anchor": "middle", "font-size": 12}),
    )
    return {height, shapes: [guess, rows, marks].flat(3).filter(Boolean)}
  }

  const say = state => {
    const {answer, said} = of(state)
    return [strong(answers[answer], COLOURS[answer]), element("small", ` ${said}`)]
  }

  start({
    state: {equal: Object.keys(panels)[0], whose: "one", rate: rates[0]},
    choices: {
      equal: Object.keys(panels).map(budget => [budget, phrase(budget)]),
      whose: ["one", "own"].map(whose => [whose, phrase(whose)]),
    },
    sliders: {rate: {label: phrase("rate"), values: rates, ends, isHidden: ({whose}) => whose === "own"}},
    draw,
    say,
    play: {name: "rate", to: rates.at(-3)},
    drag: ([across], _, width) => {
      const i = Math.round(scale(...ends(width), 0, rates.length - 1)(across))
      return {rate: rates[Math.min(Math.max(i, 0), rates.length - 1)], whose: "one"}
    },
  })
})()
