// Both passes of a network in numbers: values appear layer by layer, and then every δ on the way back.
;(() => {
  const {data, phrase, strong, start} = globalThis.toys
  const {element, shape} = globalThis.elements
  const {steps, schemes} = data
  const places = steps.map((_, i) => i + 1)
  const MOST = 500 // pixels

  start({
    state: {step: 1},
    sliders: {step: {label: phrase("knob"), values: places}},
    draw: ({step}, all) => {
      const {width, height} = schemes.light
      const wide = Math.min(all, MOST)
      const high = (wide * height) / width
      const {address} = document.body.dataset.mdColorScheme === "slate" ? schemes.dark : schemes.light
      // The address of the picture says which step is the last to be shown.
      const href = `${address}#step-${step}`
      return {height: high, shapes: [shape("image", {href, x: (all - wide) / 2, y: 0, width: wide, height: high})]}
    },
    say: ({step}) => {
      const isBack = step > steps.length / 2
      return [
        strong(phrase(isBack ? "back" : "forward"), isBack ? "red" : "blue"),
        element("small", phrase(steps[step - 1])),
      ]
    },
    play: {name: "step", to: steps.length, pace: 3000},
    drag: "step",
  })
})()
