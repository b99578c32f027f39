// The controls of the explorer: experiment, axes, the linear scale, and filters.
;(() => {
  const {element, options} = globalThis.elements
  const {AXES} = globalThis.explorerAddress

  /**
   * Return a labelled select element.
   * onchoice: Function to call with the value that the reader chooses.
   */
  function choice(id, text, choices, onchoice, value) {
    const select = element("select", {id, value, onchange: event => onchoice(event.target.value)}, choices)
    const name = id.split("-").at(-1)
    return element("div", {class: "explorer-choice", "data-control": name}, element("label", {for: id}, text), select)
  }

  /**
   * Return the part with the controls, which readers open, and the function that shows a state in them.
   * actions: Functions update(changes) and chooseExperiment(name), called for what the reader does.
   */
  function createControls(study, {axisOptions, parseValue}, actions) {
    const {grid, settings, filters, isMeasure, title, label, phrase, measuresOf, valuesAmong} = study

    const axisSelect = axis => choice(`explorer-${axis}`, phrase(axis), [], value => actions.update({[axis]: value}))

    /** Offer the settings that vary and the measures of whole networks, and what the axis shows. */
    function offer(axis, state, candidates) {
      const measured = measuresOf(state.experiment)
      const isOffered = name =>
        isMeasure(name)
          ? measured.includes(name) && !grid.measures[name].layer
          : valuesAmong(candidates, name).length > 1 || name === "policy"
      const names = axisOptions(axis).filter(name => name === "none" || name === state[axis] || isOffered(name))
      const group = (term, members) =>
        members.length > 0 &&
        element("optgroup", {label: phrase(term)}, options(members.map(name => [name, title(name)])))
      const parts = [
        names.includes("none") && options([["none", phrase("none")]]),
        group(
          "settings",
          names.filter(name => settings.includes(name)),
        ),
        group("measures", names.filter(isMeasure)),
      ]
      const select = document.getElementById(`explorer-${axis}`)
      select.replaceChildren(...parts.flat().filter(Boolean))
      select.value = state[axis]
    }

    const experiments = Object.keys(grid.experiments).map(name => [name, name])
    const linear = element("input", {
      type: "checkbox",
      onchange: () => actions.update({scale: linear.checked ? "linear" : "log"}),
    })
    const linearLabel = element("label", {class: "explorer-linear", "data-control": "scale"}, linear, phrase("linear"))
    const axes = element(
      "fieldset",
      {class: "explorer-row"},
      element("legend", phrase("axes")),
      choice("explorer-experiment", phrase("experiment"), options(experiments), actions.chooseExperiment),
      ...AXES.map(axisSelect),
      linearLabel,
    )
    const filterGroups = element("div", {class: "explorer-groups"})
    const filterBox = element(
      "fieldset",
      {class: "explorer-filters"},
      element("legend", phrase("filters")),
      filterGroups,
    )

    // Offer the values that the experiment has. The boxes stay the same while they are ticked, and keep the focus.
    let offeredExperiment = ""
    function showFilters(state, candidates) {
      if (offeredExperiment !== state.experiment) {
        offeredExperiment = state.experiment
        filterGroups.replaceChildren(...filters.flatMap(name => filterGroup(name, valuesAmong(candidates, name))))
      }
      for (const box of filterGroups.querySelectorAll("input")) {
        box.checked = state[box.name].map(String).includes(box.value)
      }
    }

    function filterGroup(name, values) {
      if (values.length < (name === "policy" ? 1 : 2)) return []
      const onchange = () => actions.update({[name]: tickedValues(name)})
      const boxes = values.map(value => {
        const box = element("input", {type: "checkbox", name, value: String(value), onchange})
        return element("label", box, label(name, value))
      })
      return [
        element("fieldset", {class: "explorer-group", "data-control": name}, element("legend", title(name)), boxes),
      ]
    }

    const tickedValues = name =>
      [...filterGroups.querySelectorAll(`input[name=${name}]:checked`)].map(box => parseValue(name, box.value))

    /**
     * Show a state.
     * candidates: Points of its experiment.
     */
    function show(state, candidates) {
      for (const axis of AXES) offer(axis, state, candidates)
      const isAccuracy = name => isMeasure(name) && grid.measures[name].scale === "error"
      linear.checked = state.scale === "linear"
      linearLabel.hidden = !["x", "y", "colour"].some(axis => isAccuracy(state[axis]))
      document.getElementById("explorer-experiment").value = state.experiment
      showFilters(state, candidates)
    }

    const advanced = element(
      "details",
      {class: "explorer-advanced", "data-control": "advanced"},
      ...[element("summary", phrase("advanced")), axes, filterBox],
    )
    return {advanced, show}
  }

  globalThis.explorerControls = {createControls}
})()
