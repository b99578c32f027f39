// "Judge your own runs": a reader's table, a question in menus that say what was recognised, and the verdict. Nothing leaves
// the browser. The address keeps the question and the name of an example, but no data: `#metric=accuracy&column=arm&…`.
;(() => {
  const {fill, element, button, options, scrollBox, table, onNewWidth} = globalThis.elements
  const {Refusal, effectOf, patterns, read} = globalThis.judgeTable
  const {measure} = globalThis.judgeRows
  const {MOST_CHOICES, valuesOf, metricsOf, pairsOf, choicesOf} = globalThis.judgeQuestion
  const {recognise, questionOf, addressOf, commandOf} = globalThis.judgeQuestion
  const {legible, reportOf} = globalThis.judgeReport
  const KINDS = {positive: "better", reversed: "worse", below: "worse"} // of outcomes that have a colour
  const MOST_DOTS = 500 // of a context
  const host = document.querySelector(".judge")
  const words = JSON.parse(host.dataset.words)
  const {limits, rules, examples} = JSON.parse(document.getElementById("judge-data").textContent)
  const found = patterns(rules)
  const say = (term, values) => fill(words[`judge page ${term}`], values)
  let loaded = null // {data, file, example}
  let question = null

  // The table ----------------------------------------------------------------------------------------------------------

  const message = element("p", {class: "judge-said", role: "status"})
  const file = element("input", {type: "file", accept: ".csv,.tsv,.txt", onchange: () => openFile(file.files[0])})
  const pasted = element("textarea", {rows: 1, placeholder: say("paste"), "aria-label": say("paste"), oninput: paste})
  const buttons = examples.map(each => button(say(each.name), () => showExample(each)))
  const form = element("form", {class: "trial-form", onsubmit: event => event.preventDefault()})
  const result = element("div")

  /** Do something, or show why it cannot be done. */
  function tryTo(act) {
    message.classList.remove("judge-problem")
    try {
      act()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      message.textContent = say(error.term, error.values)
      message.classList.add("judge-problem")
      return error.term
    }
  }

  /** Take a table over, with the question that an address asks of it. */
  function open(text, name, example = {}, wanted = new URLSearchParams(location.hash.slice(1))) {
    loaded = question = null
    form.replaceChildren()
    result.replaceChildren()
    for (const [i, each] of examples.entries()) buttons[i].setAttribute("aria-pressed", each === example)
    tryTo(() => {
      requireSmall(text.length)
      loaded = {data: read(text, limits, found), file: name, example}
      question = {...recognise(loaded.data, found), ...example.question}
      ask(questionOf(wanted, loaded.data))
    })
  }

  function requireSmall(size) {
    if (size > limits.bytes) throw new Refusal("large", {most: limits.bytes / 2 ** 20})
  }

  function showExample(example, wanted = new URLSearchParams()) {
    open(example.text, example.file, example, wanted)
  }

  /** Read a file, unless it is too large. */
  async function openFile(chosen) {
    if (!chosen || tryTo(() => requireSmall(chosen.size))) return
    const decoder = new TextDecoder("utf-8", {fatal: true})
    const text = await chosen
      .arrayBuffer()
      .then(bytes => decoder.decode(bytes))
      .catch(() => "[") // refused as no CSV
    open(text, chosen.name)
    file.value = "" // so that the same file can be chosen again
  }

  function paste() {
    if (pasted.value.trim()) open(pasted.value, "runs.csv")
    pasted.value = ""
  }

  // The question -------------------------------------------------------------------------------------------------------

  /** Ask something else, and show it in the menus. */
  function ask(wanted) {
    Object.assign(question, wanted)
    showForm()
    judge()
  }

  /** Change the question as a reader wishes, and keep it in the address. */
  function change(wanted) {
    Object.assign(question, wanted)
    judge()
    pages.keepAddress(addressOf(question, loaded.example.name))
  }

  function menu(term, value, choices, onchoice) {
    const select = element("select", {value, onchange: () => onchoice(select.value)}, options(choices))
    return element("label", {"data-control": term}, say(term), " ", select)
  }

  /** Return the boxes of columns of which some are chosen, in a part that unfolds and names them. */
  function boxes(name, columns) {
    const summary = element("summary")
    const boxOf = ({name: column}) => {
      const checked = question[name].includes(column)
      const box = element("input", {type: "checkbox", checked, onchange: toggle})
      function toggle() {
        const others = question[name].filter(each => each !== column)
        change({[name]: box.checked ? [...others, column] : others})
        title()
      }
      return element("label", box, ` ${legible(column, 60)}`)
    }
    function title() {
      const chosen = question[name].map(each => legible(each, 60)).join(", ")
      summary.textContent = `${say(name)}: ${chosen || say("nothing")}`
    }
    title()
    return element("details", {"data-control": name}, summary, ...columns.map(boxOf))
  }

  function showForm() {
    const {data} = loaded
    const {metric, lower, column, better, other, effect, failed} = question
    const entries = texts => texts.map(text => [text, legible(text, 60)])
    const names = columns => entries(columns.map(({name}) => name))
    const compared = data.columns.find(({name}) => name === column)
    const arms = compared ? entries(valuesOf(compared).slice(0, MOST_CHOICES)) : []
    const free = columns => columns.filter(({name}) => name !== metric && name !== column)
    const field = (value, size, term, act) =>
      element("input", {value, size, "aria-label": say(term), oninput: event => act(event.target.value.trim())})
    function compare(name) {
      const keep = list => list.filter(each => each !== name)
      const [first, second = ""] = valuesOf(data.columns.find(each => each.name === name))
      const lists = {pair: keep(question.pair), contexts: keep(question.contexts)}
      change({column: name, better: first, other: second, ...lists})
      showForm()
    }
    const directions = Object.entries({false: words.higher, true: words.lower})
    const [rule, number = ""] = failed.split("=")
    const worst = field(number, 8, "worst number", value => change({failed: `worst=${value}`}))
    const rules = Object.entries({"": say("choose"), drop: say("drop"), worst: say("worst")})
    const fail = menu("failed", rule, rules, name => change({failed: name === "worst" ? `worst=${worst.value}` : name}))
    fail.append(" ", worst)
    fail.hidden = !failed
    const parts = [
      loaded.example.name && element("p", say(`source ${loaded.example.name}`)),
      element("p", say("recognised", {file: legible(loaded.file, 60), rows: data.rows.toLocaleString("en")})),
      menu("metric", metric, names(metricsOf(data)), name => change({metric: name})),
      menu("direction", String(lower), directions, name => change({lower: name === "true"})),
      menu("column", column, names(choicesOf(data)), compare),
      menu("better", better, arms, value => change({better: value})),
      menu("other", other, arms, value => change({other: value})),
      element(
        "label",
        `${say("effect")} `,
        field(effect, 12, "effect", value => change({effect: value})),
      ),
      fail,
      boxes("pair", free(pairsOf(data))),
      boxes("contexts", free(choicesOf(data))),
    ]
    form.replaceChildren(...parts.filter(Boolean))
  }

  // The verdict --------------------------------------------------------------------------------------------------------

  function judge() {
    result.replaceChildren()
    const problem = tryTo(() => {
      const {metric, column, better, other, effect} = question
      if (!metric || !column || !better || !other || better === other) throw new Refusal("ask arms")
      if (!effect) throw new Refusal("ask effect")
      effectOf(effect)
      result.append(commandPart())
      const evidence = measure(loaded.data, question, found, limits.contexts)
      const judged = globalThis.judgeVerdict.decide(evidence.contexts)
      showReport(evidence, judged, reportOf(question, evidence, judged, words))
    })
    if (problem === "failures") form.querySelector('[data-control="failed"]').hidden = false
  }

  function showReport({unit, smallest}, {contexts}, report) {
    message.textContent = report.sentence
    const {better, other, lower, metric} = question
    const figure = element("figure", {class: "trial-figure"})
    const sides = [other, better].map(arm => fill(words.side, [legible(arm, 24), words[lower ? "lower" : "higher"]]))
    const axis = unit === "number" ? legible(metric, 48) : words[`effect in ${unit}`]
    const label = say("figure", {better: legible(better, 48), other: legible(other, 48)})
    const rows = contexts.flatMap(({differences, effect, outcome, decidedBy, byWay, far}, i) => {
      const name = report.names[i] || say("all")
      const shown = [name, effect, differences.slice(0, MOST_DOTS), `judge-${KINDS[outcome] ?? "open"}`]
      const isOne = byWay.mean.outcome === byWay.typical.outcome && !far.some(({runs}) => runs)
      if (decidedBy[0] === "mean" || isOne) return [shown]
      shown[0] = `${name}: ${words["judged typical"]}`
      return [shown, [`${name}: ${report.mean}`, byWay.mean, [], "judge-open"]]
    })
    const draw = () => {
      const drawn = [rows, smallest, unit === "log2", {sides, axis}, label, figure.clientWidth]
      figure.replaceChildren(...globalThis.trialFigure.drawFigure(...drawn))
    }
    const tableOf = (heads, cells) =>
      cells.length > 0 && scrollBox(heads.join(", "), {class: "trial-table"}, table(heads, cells))
    const parts = [
      ...report.doubts.map(doubt => element("p", {class: "judge-doubt"}, doubt)),
      figure,
      tableOf(report.heads, report.rows),
      tableOf(report.armHeads, report.arms),
      ...report.notes.map(note => element("p", note)),
    ]
    result.prepend(...parts.filter(Boolean))
    onNewWidth(figure, draw)
  }

  /** Return the command that asks the same, and what copies it. */
  function commandPart() {
    const code = element("code", commandOf(question, loaded.file, loaded.example.where ?? {}, found))
    const copy = pages.copyButton(say("copy"), words["link copied"], code)
    const link = element("a", {href: addressOf(question, loaded.example.name), class: "state-link"}, say("link"))
    return element("div", element("p", say("command")), element("pre", {tabindex: 0}, code), copy, " ", link)
  }

  // The page -----------------------------------------------------------------------------------------------------------

  /** Ask what the address does, of the example that it names or of the table that is there. */
  function followAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1))
    const example = examples.find(({name}) => name === wanted.get("example"))
    if (example) showExample(example, wanted)
    else if (loaded) ask(questionOf(wanted, loaded.data))
    else if (!wanted.has("metric")) showExample(examples.at(1) ?? examples[0])
  }

  host.append(
    element("p", say("intro")),
    element("div", {class: "judge-source"}, element("label", {class: "judge-file"}, say("file"), file), pasted),
    element("p", {class: "judge-examples"}, say("examples"), ...buttons.flatMap(each => [" ", each])),
    form,
    message,
    result,
  )
  host.addEventListener("dragover", event => event.preventDefault())
  host.addEventListener("drop", event => {
    event.preventDefault()
    openFile(event.dataTransfer.files[0])
  })
  addEventListener("hashchange", followAddress)
  followAddress()
})()
