// Both passes of a network in numbers: values appear layer by layer, and then every δ on the way back.
;(() => {
  const {data, phrase, steps, strong, small, start} = globalThis.toys
  const {shape} = globalThis.elements
  const {steps: terms, schemes} = data
  const MOST = 500 // pixels

  start({
    state: {step: 1},
    sliders: {step: {label: phrase("knob"), values: steps(1, terms.length)}},
    draw: ({step}, all) => {
      const isDark = document.body.dataset.mdColorScheme === "slate"
      const {width, height, address} = schemes[isDark ? "dark" : "light"]
      const wide = Math.min(all, MOST)
      const high = (wide * height) / width
      // The address of the picture says which step is the last to be shown.
      const href = `${address}#step-${step}`
      return {height: high, shapes: [shape("image", {href, x: (all - wide) / 2, y: 0, width: wide, height: high})]}
    },
    say: ({step}) => {
      const isBack = step > terms.length / 2
      return [strong(phrase(isBack ? "back" : "forward"), isBack ? "red" : "blue"), small(terms[step - 1])]
    },
    play: {name: "step", to: terms.length, pace: 3000},
    drag: "step",
  })
})()
