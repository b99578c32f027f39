// The form of the playground: a control for each setting, two where networks may differ, and the bar of buttons.
;(() => {
  const {element, button, options} = globalThis.elements
  const {SEED} = globalThis.playgroundSettings
  const LONG = 11 // letters that fit into a select beside another one

  /**
   * Return the form and its bar, and the functions that read and show the reader's choice.
   * all: Data of the page: see `playground` in book/teaching/pages_playground.py.
   * actions: Functions change(choice, hasMistake), submit(), stop() and reset().
   */
  function createForm(all, words, actions) {
    const ownSettings = Object.keys(all.start).filter(name => !all.shared.includes(name))
    const onchange = () => actions.change()

    const control = (name, attributes = {}) =>
      name === "seed"
        ? element("input", {...attributes, type: "text", inputmode: "numeric", size: 9, autocomplete: "off", onchange})
        : element("select", {...attributes, onchange}, options(all.choices[name]))

    const controls = {} // setting → its control, or one for each network
    for (const name of all.shared) controls[name] = [control(name)]
    for (const name of ownSettings)
      controls[name] = [words.first, words.second].map(network =>
        control(name, {"aria-label": `${words.settings[name]}, ${network}`}),
      )
    const pairBox = element("input", {type: "checkbox", onchange})
    const rows = ownSettings.map(name =>
      element(
        "div",
        {class: "playground-row", "data-control": name},
        element("span", words.settings[name]),
        controls[name],
      ),
    )
    const isLong = name => all.choices[name].some(([, text]) => text.length > LONG)
    for (const [i, name] of ownSettings.entries()) rows[i].classList.toggle("playground-long", isLong(name))
    const table = element("div", {class: "playground-settings"}, rows)
    const id = "playground-form"
    const startButton = element("button", {type: "submit", form: id, class: "playground-start"})
    const stopButton = button(words.stop, actions.stop)
    const clock = element("span", {class: "film-clock"})
    const onsubmit = event => {
      event.preventDefault()
      actions.submit()
    }
    const form = element(
      "form",
      {class: "playground-form", id, "aria-label": words.form, onsubmit},
      element(
        "div",
        {class: "playground-shared"},
        ...all.shared.map(name => element("label", {"data-control": name}, words.settings[name], controls[name])),
        element("label", {class: "playground-pair", "data-control": "pair"}, pairBox, words.pair),
      ),
      table,
    )
    const bar = element(
      "div",
      {class: "playground-buttons"},
      ...[startButton, stopButton, button(words.reset, actions.reset), clock],
    )

    /**
     * Show a choice in the controls.
     * training: Training of this choice, or null.
     */
    function show(choice, training) {
      const isPair = pairBox.checked
      for (const [name, list] of Object.entries(controls))
        for (const [i, each] of list.entries()) each.value = choice[name][i] ?? choice[name][0]
      table.classList.toggle("playground-two", isPair)
      for (const [i, name] of ownSettings.entries()) {
        controls[name][1].hidden = !isPair
        rows[i].classList.toggle("playground-different", choice[name].length > 1)
      }
      const isRunning = training !== null && !training.ended
      startButton.textContent = isRunning ? (training.paused ? words.resume : words.pause) : words.start
      stopButton.disabled = !isRunning
    }

    /** Return the choice of the controls. Its seed is undefined if the reader's text is not a seed. */
    function read() {
      const valuesOf = list => [...new Set(list.slice(0, pairBox.checked ? 2 : 1).map(each => each.value))]
      const choice = Object.fromEntries(Object.entries(controls).map(([name, list]) => [name, valuesOf(list)]))
      return SEED.test(choice.seed[0]) ? choice : {...choice, seed: undefined}
    }

    return {form, bar, startButton, pairBox, clock, show, read}
  }

  globalThis.playgroundForm = {createForm}
})()
