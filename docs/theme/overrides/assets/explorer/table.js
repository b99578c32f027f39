// The table of the explorer's points. Its heads sort it, and its rows select points.
;(() => {
  const {element, button, scrollBox} = globalThis.elements
  const {AXES, SCORES} = globalThis.explorerAddress
  const FIRST_ROWS = 50 // rows shown until a reader asks for all

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0) // a − b would be NaN for two infinities

  /**
   * Return the box of the table, its button "show all", and the function that fills it.
   * actions: Functions sort(column) and select(point), called for what the reader does.
   */
  function createTable(study, actions) {
    const {grid, settings, points, phrase, title, count, isMeasure, varying, cellText, key} = study
    const table = element("table", {class: "explorer-table"})
    const box = scrollBox(phrase("table"), {class: "explorer-box explorer-scroll", "data-control": "table"}, table)
    const more = button("", showAll, {class: "md-button", hidden: true, "data-control": "table"})
    let showsAll = false
    let current // state and points

    function showAll() {
      showsAll = true
      show(...current)
    }

    function columnsOf(state, shown) {
      const measured = [...new Set(AXES.map(axis => state[axis]).filter(isMeasure))]
      const [first, ...others] = [...varying(shown), "learning_rate", "policy"]
      const shownMeasures = measured.length ? measured : SCORES.filter(isMeasure)
      return [first, ...shownMeasures, ...others, "n", "diverged"] // a phone shows only the first few
    }

    function sortKey(point, column) {
      if (isMeasure(column)) return point.measured[column]?.centre ?? Number.NEGATIVE_INFINITY
      if (column === "policy") return point.policies.length
      return settings.includes(column) ? grid.settings[column].values.indexOf(point[column]) : point[column]
    }

    function show(state, shown) {
      current = [state, shown]
      const columns = columnsOf(state, shown)
      const sortColumn = state.sort.replace(/^-/, "")
      const sign = state.sort.startsWith("-") ? -1 : 1
      const sorted = sortColumn
        ? shown.toSorted((a, b) => sign * compare(sortKey(a, sortColumn), sortKey(b, sortColumn)))
        : shown
      const rows = showsAll ? sorted : sorted.slice(0, FIRST_ROWS)
      const heads = columns.map(column => head(column, column === sortColumn ? sign : 0))
      box.hidden = !shown.length
      table.replaceChildren(
        element("caption", phrase("table")),
        element("thead", element("tr", heads)),
        element("tbody", ...rows.map((point, i) => row(state, point, columns, i))),
      )
      more.hidden = showsAll || shown.length <= FIRST_ROWS
      more.textContent = phrase("show all", {n: count(shown.length)})
    }

    // sign: 1 or −1 if the table is sorted by the column, up or down.
    function head(column, sign) {
      const sort = () => {
        actions.sort(sign === 1 ? `-${column}` : column)
        table.querySelector(`[data-column="${column}"]`).focus()
      }
      const order = {1: "ascending", "-1": "descending"}[sign]
      const text = title(column) ?? phrase(column)
      return element("th", {scope: "col", "aria-sort": order}, button(text, sort, {"data-column": column}))
    }

    // The head of a row is a button. Only the first row's is a tab stop, and arrow keys reach the others.
    function row(state, point, columns, i) {
      const [first, ...others] = columns.map(column => cellText(point, column))
      return element(
        "tr",
        {"data-point": point.i, "aria-current": key(point) === state.point ? "true" : undefined},
        element("th", {scope: "row"}, element("button", {type: "button", tabindex: i ? "-1" : "0"}, first)),
        ...others.map(text => element("td", text)),
      )
    }

    table.addEventListener("click", event => {
      const row = event.target.closest("tbody tr")
      if (row) actions.select(points[row.dataset.point])
    })
    table.addEventListener("keydown", event => {
      const buttons = [...table.querySelectorAll("tbody button")]
      const from = buttons.indexOf(document.activeElement)
      const to = {ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: buttons.length - 1}[event.key]
      if (from < 0 || to === undefined || !buttons[to]) return
      event.preventDefault()
      buttons[from].tabIndex = -1
      buttons[to].tabIndex = 0
      buttons[to].focus()
    })

    return {box, more, show}
  }

  globalThis.explorerTable = {createTable}
})()
