// What the toys of small pages share: choices and sliders, a picture that can be dragged, a sentence on what one sees, and
// the address, which holds the state: `#activation=tanh&back=5`. A toy moves by itself until the reader touches it.
;(() => {
  const WAIT = 2500 // milliseconds before a toy moves by itself
  const PACE = 1000 // milliseconds for one of its steps
  const QUIET = 400 // milliseconds without a change before screen readers hear the sentence
  const THUMB = 12 // pixels, half of a slider's knob
  const {fill, element, shape, button, onDrag, onNewWidth} = globalThis.elements
  const {clip, scale} = globalThis.toys
  const host = document.querySelector(".toy")
  const words = JSON.parse(host.dataset.words)
  const data = JSON.parse(host.dataset.numbers)

  /** Return a text of the toy with its {names} filled in. */
  const phrase = (term, values) => fill(words[term], values)

  // Sentences ----------------------------------------------------------------------------------------------------------

  const strong = (content, colour = "ink") => element("b", {class: `toy-${colour}`}, content)
  const small = (term, values) => element("small", phrase(term, values))

  /**
   * Start the toy.
   * @param {object} toy
   *   state: what it shows at first. choices: by name of a variable, entries [value, colour, text] of buttons, or values alone;
   *   the text is that of the page for the value.
   *   sliders: by name of a variable, {label, values, say, ends}, where say(value, state) is its text and ends(width) the
   *   places in the picture between which its knob moves. isHidden(state), if any, hides it.
   *   draw(state, width): the height and the shapes of the picture. say(state): the parts of the sentence.
   *   play: {name, to}: the variable that moves by itself, and where it stops. drag(place, state, width): changes of
   *   the state when the reader drags something in the picture, or taps it; or the name of a slider that follows.
   */
  function start({state: first, choices = {}, sliders = {}, draw, say, play, drag}) {
    const state = {...first}
    const figure = element("div", {class: drag ? "toy-figure toy-drags" : "toy-figure"})
    const sentence = element("p", {class: "toy-say", "aria-hidden": "true"}) // which follows at once
    const told = element("p", {class: "toy-told", role: "status"})
    const buttons = Object.entries(choices).map(([name, entries]) =>
      entries.map(entry => {
        const [value, colour = "ink", label = phrase(value)] = [entry].flat()
        return {name, value, node: button(label, () => change({[name]: value}), {class: `toy-${colour}`})}
      }),
    )
    const knobs = Object.entries(sliders).map(([name, slider]) => {
      const input = element("input", {type: "range", min: 0, max: slider.values.length - 1, step: 1})
      input.addEventListener("input", () => change({[name]: slider.values[input.value]}))
      const shown = element("b", {"aria-hidden": "true"})
      return {
        name,
        ...slider,
        input,
        shown,
        label: element("label", {"data-control": name}, slider.label, " ", shown, input),
      }
    })
    let quiet // timer until the sentence is told
    let moving // timer of a toy that moves by itself

    function show() {
      const width = figure.clientWidth
      if (!width) return
      const {height, shapes} = draw(state, width)
      const attributes = {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words.picture}
      figure.replaceChildren(shape("svg", attributes, shapes))
      sentence.replaceChildren(...[say(state)].flat())
      for (const {name, value, node} of buttons.flat()) node.setAttribute("aria-pressed", state[name] === value)
      for (const {name, values, say = String, ends, isHidden, input, shown, label} of knobs) {
        input.value = values.indexOf(state[name])
        shown.textContent = say(state[name], state)
        input.setAttribute("aria-valuetext", shown.textContent)
        label.hidden = isHidden?.(state) ?? false
        if (!ends) continue
        const [left, right] = ends(width)
        Object.assign(input.style, {marginLeft: `${left - THUMB}px`, width: `${right - left + 2 * THUMB}px`})
      }
      clearTimeout(quiet)
      quiet = setTimeout(() => (told.textContent = sentence.textContent), QUIET)
    }

    function stop() {
      clearInterval(moving)
      moving = undefined
      host.classList.add("touched")
    }

    /** Change the state as a reader wishes, and keep it in the address. */
    function change(wanted) {
      stop()
      Object.assign(state, wanted)
      show()
      pages.keepAddress(`#${decodeURIComponent(new URLSearchParams(state))}`)
    }

    /** Take over from the address what the toy knows. Return whether there is anything. */
    function follow() {
      const wanted = new URLSearchParams(location.hash.slice(1))
      const known = [...buttons.flat(), ...knobs.flatMap(({name, values}) => values.map(value => ({name, value})))]
      const found = known.filter(({name, value}) => wanted.get(name) === String(value))
      for (const {name, value} of found) state[name] = value
      if (found.length) stop()
      show()
    }

    /** Move by itself, once it has been on the screen for a while. */
    function wait() {
      const {values} = sliders[play.name]
      const [from, to] = [first[play.name], play.to].map(value => values.indexOf(value))
      let at = from
      const step = () => {
        if (host.classList.contains("touched") || at === to) return clearInterval(moving)
        at += Math.sign(to - from)
        state[play.name] = values[at]
        show()
      }
      const seen = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) return
        seen.disconnect()
        setTimeout(() => {
          if (host.classList.contains("touched")) return
          step()
          moving = setInterval(step, play.pace ?? PACE)
        }, WAIT)
      })
      seen.observe(figure)
    }

    const place = ({clientX, clientY}) => {
      const {left, top} = figure.getBoundingClientRect()
      return [clientX - left, clientY - top]
    }
    const whole = width => [0, width]
    const followed = ([left], _, width) => {
      const {values, ends = whole} = sliders[drag]
      const i = Math.round(scale(...ends(width), 0, values.length - 1)(left))
      return {[drag]: values[clip(i, 0, values.length - 1)]}
    }
    const changesAt = typeof drag === "string" ? followed : drag
    const dragTo = event => {
      const changes = changesAt(place(event), state, figure.clientWidth)
      if (changes) change(changes)
    }
    if (drag) onDrag(figure, dragTo)

    const rows = buttons.map(row => {
      const attributes = {role: "group", "aria-label": words[row[0].name], "data-control": row[0].name}
      return element("div", {class: "toy-choices", ...attributes}, ...row.map(({node}) => node))
    })
    const hint = element("p", {class: "toy-hint"}, words.hint)
    host.replaceChildren(...rows, sentence, told, figure, ...knobs.map(({label}) => label), hint)
    host.dataset.controls = [...Object.keys(choices), ...Object.keys(sliders)].join(" ") // see embed.js
    host.classList.add("started")
    addEventListener("hashchange", follow)
    follow()
    onNewWidth(figure, show)
    new MutationObserver(show).observe(document.body, {attributeFilter: ["data-md-color-scheme"]})
    if (play && !matchMedia("(prefers-reduced-motion: reduce)").matches) wait()
    return {change, show}
  }

  Object.assign(globalThis.toys, {data, phrase, strong, small, start})
})()
