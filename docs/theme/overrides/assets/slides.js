// Keys lead from slide to slide, each in the middle of the screen.
;(() => {
  const NEXT = ["ArrowRight", "PageDown", " "]
  const PREVIOUS = ["ArrowLeft", "PageUp"]
  const slides = [...document.querySelectorAll(".slide")]

  /** Return how far a slide is below the middle of the screen, in pixels. */
  function below(slide) {
    const {top, bottom} = slide.getBoundingClientRect()
    return (top + bottom - innerHeight) / 2
  }

  addEventListener("keydown", event => {
    const {key, target} = event
    if (event.altKey || event.ctrlKey || event.metaKey || target.closest("button, input, label, pre, dialog")) return
    const isBack = PREVIOUS.includes(key) || (key === " " && event.shiftKey)
    if (!isBack && !NEXT.includes(key)) return
    const slide = isBack ? slides.findLast(one => below(one) < -1) : slides.find(one => below(one) > 1)
    if (!slide) return // browsers scroll to what is before the first and after the last
    event.preventDefault()
    slide.scrollIntoView({block: "center"})
  })
})()
