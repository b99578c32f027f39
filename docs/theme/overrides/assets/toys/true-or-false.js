// All batch sizes at one learning rate, or each at its own, after as many images or as many updates: is the sentence true?
;(() => {
  const {data, phrase, clip, scale, upright, text, bold, box, strong, start} = globalThis.toys
  const {element} = globalThis.elements
  const {panels, answers, rivals} = data
  const [LABEL, ROW, FOOT] = [52, 34, 22]
  const COLOURS = {true: "blue", false: "red", tie: "soft", open: "soft", neither: "soft"}
  const {rates} = Object.values(panels)[0]
  const of = ({equal, whose, rate}) => panels[equal].states[whose === "own" ? "own" : rate]
  const ends = width => [LABEL, width - 50]

  function draw(state, width) {
    const {sizes, own} = panels[state.equal]
    const height = sizes.length * ROW + FOOT
    const x = scale(0, 100, ...ends(width))
    const row = (mean, i) => {
      const [y, rival] = [ROW * i + ROW / 2, rivals.indexOf(sizes[i])]
      const isRival = rival >= 0
      const weight = {"font-weight": isRival ? 700 : 400}
      const colour = isRival ? ["blue", "red"][rival] : "soft"
      return [
        text(0, y + 5, sizes[i].toLocaleString("en"), "start", weight),
        box(x(0), y - 11, x(mean) - x(0), 22, colour, {opacity: isRival ? 1 : 0.45}),
        text(x(mean) + 5, y + 5, mean.toFixed(1), "start", weight),
        state.whose === "own" && bold(x(0) + 6, y + 4, own[i], "start", {colour: "paper"}),
      ]
    }
    const guess = upright(x(10), 0, height - FOOT, "rule", 2, {"stroke-dasharray": "3 3"})
    const marks = [0, 50, 100].map(share => text(x(share), height - 5, `${share}%`, "middle"))
    return {height, shapes: [guess, of(state).means.map(row), marks]}
  }

  const say = state => {
    const {answer, said} = of(state)
    return [strong(answers[answer], COLOURS[answer]), element("small", ` ${said}`)]
  }

  start({
    state: {equal: Object.keys(panels)[0], whose: "one", rate: rates[0]},
    choices: {equal: Object.keys(panels), whose: ["one", "own"]},
    sliders: {rate: {label: phrase("rate"), values: rates, ends, isHidden: ({whose}) => whose === "own"}},
    draw,
    say,
    play: {name: "rate", to: rates.at(-3)},
    drag: ([left], _, width) => {
      const i = Math.round(scale(...ends(width), 0, rates.length - 1)(left))
      return {rate: rates[clip(i, 0, rates.length - 1)], whose: "one"}
    },
  })
})()
