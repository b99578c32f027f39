// What a figure needs a script for: a large view over the page, its picture as PNG, its address for the clipboard, and a
// menu that closes by itself.

const isPlain = event => !(event.ctrlKey || event.metaKey || event.shiftKey)

// Show a figure large. Escape, the button and the space around it lead back to the page.
const enlarge = link => {
  const {alt} = link.querySelector("img")
  const onclick = event => event.target.matches("img") || event.currentTarget.close()
  const picture = elements.element("img", {src: link.href, alt})
  pages.showDialog({class: "figure-large", "aria-label": alt, onclick}, link.dataset.close, picture)
}

document.addEventListener("click", event => {
  const link = event.target.closest?.("a.only-light, a.only-dark")
  if (!link || !isPlain(event)) return
  event.preventDefault()
  enlarge(link)
})

// Draw a figure on white, twice as large as on the page, and save it as PNG.
const savePng = async address => {
  const image = elements.element("img", {src: address})
  await image.decode()
  const [width, height] = [2 * image.naturalWidth, 2 * image.naturalHeight]
  const canvas = elements.element("canvas", {width, height})
  const context = canvas.getContext("2d")
  context.fillStyle = "#fff"
  context.fillRect(0, 0, width, height)
  context.drawImage(image, 0, 0, width, height)
  const [name] = address.split("/").at(-1).split(".svg")
  canvas.toBlob(blob => pages.save(blob, `${name}.png`))
}

// A page opened from a folder may not read a picture back.
for (const button of document.querySelectorAll(".figure-png")) {
  if (location.protocol === "file:") button.remove()
  else button.addEventListener("click", () => savePng(button.previousElementSibling.href))
}

// Without scripts, or if the browser refuses, it is an ordinary link.
document.addEventListener("click", async event => {
  const link = event.target.closest?.(".figure-link")
  if (!link || !navigator.clipboard || !isPlain(event)) return
  event.preventDefault()
  try {
    await navigator.clipboard.writeText(link.href)
    link.dataset.name ??= link.textContent
    link.ariaLive = "polite"
    link.textContent = link.dataset.copied
    setTimeout(() => (link.textContent = link.dataset.name), 2000)
  } catch {
    location.href = link.href
  }
})

// Close menus, but not the one around an element.
const closeMenus = element => {
  for (const menu of document.querySelectorAll(".figure-menu[open]")) if (!menu.contains(element)) menu.open = false
}

document.addEventListener("click", event => closeMenus(event.target))
document.addEventListener("keydown", event => {
  const menu = document.activeElement?.closest(".figure-menu[open]")
  if (event.key !== "Escape" || !menu) return
  menu.querySelector("summary").focus()
  closeMenus(null)
})
