// A box that scrolls must be reachable by keyboard; one that doesn't needs no stop.
const boxes = ".md-typeset__scrollwrap, .formula, .md-typeset pre > code"
const reachable = () => {
  for (const box of document.querySelectorAll(boxes)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
  }
}
addEventListener("load", reachable)
addEventListener("resize", reachable)
document.fonts.ready.then(reachable)

// Paper is white: print the light colours and figures whatever the screen shows.
let scheme
addEventListener("beforeprint", () => {
  scheme = document.body.dataset.mdColorScheme
  document.body.dataset.mdColorScheme = "default"
})
addEventListener("afterprint", () => (document.body.dataset.mdColorScheme = scheme))
