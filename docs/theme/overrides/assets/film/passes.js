// Both passes of a network in its picture: values appear layer by layer, and then every δ on the way back.
;(() => {
  const {fill, element} = globalThis.elements
  const {playback} = globalThis.filmPlayback
  const host = document.querySelector(".passes")
  const words = JSON.parse(host.dataset.words)
  const steps = JSON.parse(host.dataset.steps)
  const pictures = document.querySelectorAll("#figure-backpropagation img")
  const last = steps.length - 1
  const sentence = element("p", {role: "status"})
  const {buttons, slider, go} = playback(host, {
    words,
    slider: words.step,
    milliseconds: 3000,
    last: () => last,
    show: step => {
      // The address of the picture says which step is the last to be shown.
      for (const picture of pictures) picture.src = `${picture.src.split("#")[0]}#step-${step + 1}`
      sentence.textContent = `${fill(words.at, {step: step + 1, last: last + 1})} ${words[steps[step]]}`
      slider.setAttribute("aria-valuetext", `${step + 1} / ${last + 1}`)
    },
  })
  host.append(element("div", {class: "film-bar"}, buttons, slider), sentence)
  go(0)
  sentence.append(` ${words.start}`)
  addEventListener("beforeprint", () => go(last))
})()
