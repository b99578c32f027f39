// Playing frames, and stepping through them, by buttons, slider and keyboard.
;(() => {
  const {element, button} = globalThis.elements
  const LEAST = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 0 // milliseconds per frame

  /**
   * Return buttons, a slider, and functions that move through the frames of an element.
   *
   * `words` has play, pause, previous and next, and `slider` names the slider. A frame stays for `milliseconds`, with
   * less motion for a second or longer. `last()` returns the last frame, NaN before there is any. `show(frame)` draws one.
   * `rest()` is called, if there is one, when readers have chosen a frame, and when playing ends.
   */
  function playback(host, {words, slider: name, milliseconds, last, show, rest = () => {}}) {
    let frame = 0
    let timer = 0
    const playButton = button(words.play, () => press(" "))
    const slider = element("input", {type: "range", min: 0, value: 0, "aria-label": name, oninput: () => slide()})
    const buttons = element(
      "div",
      {class: "film-buttons"},
      button("◂", () => press("ArrowLeft"), {"aria-label": words.previous}),
      playButton,
      button("▸", () => press("ArrowRight"), {"aria-label": words.next}),
    )

    const isThere = () => !Number.isNaN(last())
    const press = key => isThere() && KEYS[key]()
    const slide = () => isThere() && jump(Number(slider.value))

    function go(to) {
      frame = Math.max(0, Math.min(to, last()))
      slider.max = last()
      slider.value = frame
      show(frame)
    }

    function pause() {
      clearInterval(timer)
      timer = 0
      playButton.textContent = words.play
    }

    function stop() {
      pause()
      rest()
    }

    function run() {
      timer = setInterval(() => (frame < last() ? go(frame + 1) : stop()), Math.max(milliseconds, LEAST))
      playButton.textContent = words.pause
      if (frame === last()) go(0)
    }

    function jump(to) {
      pause()
      go(to)
      rest()
    }

    const KEYS = {
      " ": () => (timer ? stop() : run()),
      ArrowLeft: () => jump(frame - 1),
      ArrowRight: () => jump(frame + 1),
      Home: () => jump(0),
      End: () => jump(last()),
    }

    host.addEventListener("keydown", event => {
      const isOfControl = event.target.matches(event.key === " " ? "button, select" : "input, select")
      if (isOfControl || !(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey || !isThere()) return
      event.preventDefault()
      press(event.key)
    })

    return {buttons, slider, go, pause}
  }

  globalThis.filmPlayback = {playback}
})()
