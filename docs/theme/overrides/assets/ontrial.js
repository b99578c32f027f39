// A box that scrolls must be reachable by keyboard; one that doesn't needs no stop.
const boxes = ".md-typeset__scrollwrap, .formula, math:not([display]), .md-typeset pre > code"
const reachable = () => {
  for (const box of document.querySelectorAll(boxes)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
  }
}
addEventListener("load", reachable)
addEventListener("resize", reachable)
document.fonts.ready.then(reachable)

// A system without a Korean font shows boxes until ours is there. Chromium remembers some of them: ask for ours first.
document.fonts.ready.then(() => {
  if (![...document.fonts].some(face => face.family === "Hangul" && face.status === "loaded")) return
  for (const list of ["--md-text-font-family", "--md-code-font-family"]) {
    document.body.style.setProperty(list, `Hangul, ${getComputedStyle(document.body).getPropertyValue(list)}`)
  }
})

// The theme makes a landmark of every copy button.
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none")
}).observe(document.body, {childList: true, subtree: true})

// Paper is white, and can't be unfolded: print the light colours, and everything open.
let scheme
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true
  scheme = document.body.dataset.mdColorScheme
  document.body.dataset.mdColorScheme = "default"
})
addEventListener("afterprint", () => (document.body.dataset.mdColorScheme = scheme))
