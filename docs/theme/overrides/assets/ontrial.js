// Make boxes that scroll reachable by keyboard, and fade the edge behind which they go on. Other boxes need no tab stop.
const scrollable = ".md-typeset__scrollwrap, .formula, math:not([display]), .md-typeset pre > code"
const updateCut = box => box.classList.toggle("cut", box.scrollWidth - box.clientWidth - box.scrollLeft > 1)
const updateTabStops = () => {
  for (const box of document.querySelectorAll(scrollable)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
    updateCut(box)
  }
}
addEventListener("scroll", event => event.target.matches?.(scrollable) && updateCut(event.target), {capture: true})
addEventListener("load", updateTabStops)
addEventListener("resize", updateTabStops)
document.fonts.ready.then(updateTabStops)

// Escape hides the definition of a term until the next one is pointed at. On touch screens, a tap shows it, and no link opens.
addEventListener("keydown", event => document.body.classList.toggle("without-definitions", event.key === "Escape"))
addEventListener("pointerover", () => document.body.classList.remove("without-definitions"))
addEventListener("click", event => {
  if (event.pointerType === "touch" && event.target.closest?.(".term > a")) event.preventDefault()
})

// The theme makes a landmark of every copy button. Take the role away.
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none")
}).observe(document.body, {childList: true, subtree: true})

// Print the light colours, with all folded parts open.
let screenScheme
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) {
    folded.removeAttribute("name") // of a group, only one can be open
    folded.open = true
  }
  screenScheme = document.body.dataset.mdColorScheme
  document.body.dataset.mdColorScheme = "default"
})
addEventListener("afterprint", () => (document.body.dataset.mdColorScheme = screenScheme))

// Choose among the claims of a page by topic and verdict.
const filter = document.querySelector(".claim-filter")
if (filter) {
  const [topic, verdict] = filter.elements
  const verdictOf = row => row.querySelector(".badge").textContent.trim()
  const isChosen = (menu, text) => ["", text].includes(menu.value)
  const headings = [...document.querySelectorAll(".glance > p")] // each before its table
  const nameOf = heading => {
    const copy = heading.cloneNode(true)
    for (const definition of copy.querySelectorAll("[role=tooltip]")) definition.remove()
    return copy.textContent
  }
  const rows = [...document.querySelectorAll(".glance tbody tr")]
  for (const heading of headings) topic.add(new Option(nameOf(heading), nameOf(heading)))
  for (const text of new Set(rows.map(verdictOf))) verdict.add(new Option(text, text))
  filter.addEventListener("change", () => {
    for (const row of rows) row.hidden = !isChosen(verdict, verdictOf(row))
    for (const heading of headings) {
      const table = heading.nextElementSibling
      const isEmpty = !table.querySelector("tbody tr:not([hidden])")
      heading.hidden = table.hidden = isEmpty || !isChosen(topic, nameOf(heading))
    }
  })
}

// Open the folded part that an address leads into.
const unfold = () => {
  const target = document.querySelector(":target")
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true
}
addEventListener("hashchange", unfold)
unfold()

// Another language shows the same place: what the address says of it, or else the section on the screen.
const placeOnScreen = () => {
  const {hash} = location
  const isState = hash && !document.getElementById(hash.slice(1)) // such as #rate=1/4
  if (isState || scrollY === 0) return hash
  const headings = [...document.querySelectorAll("article :is(h2, h3)[id]")].filter(one => one.checkVisibility())
  return headings.findLast(heading => heading.getBoundingClientRect().top < innerHeight / 2)?.id ?? ""
}
for (const link of document.querySelectorAll("a.language")) {
  link.addEventListener("click", () => (link.hash = placeOnScreen()))
}
