// Make boxes that scroll reachable by keyboard. Other boxes need no tab stop.
const scrollable = ".md-typeset__scrollwrap, .formula, math:not([display]), .md-typeset pre > code"
const updateTabStops = () => {
  for (const box of document.querySelectorAll(scrollable)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
  }
}
addEventListener("load", updateTabStops)
addEventListener("resize", updateTabStops)
document.fonts.ready.then(updateTabStops)

// A system without a Korean font shows boxes until ours has loaded, and Chromium keeps some of them. Put ours first.
document.fonts.ready.then(() => {
  if (![...document.fonts].some(face => face.family === "Hangul" && face.status === "loaded")) return
  for (const list of ["--md-text-font-family", "--md-code-font-family"]) {
    document.body.style.setProperty(list, `Hangul, ${getComputedStyle(document.body).getPropertyValue(list)}`)
  }
})

// The theme makes a landmark of every copy button. Take the role away.
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none")
}).observe(document.body, {childList: true, subtree: true})

// Print the light colours, with all folded parts open.
let screenScheme
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true
  screenScheme = document.body.dataset.mdColorScheme
  document.body.dataset.mdColorScheme = "default"
})
addEventListener("afterprint", () => (document.body.dataset.mdColorScheme = screenScheme))
