// What a figure needs a script for: a large view over the page, its picture as PNG, its address for the clipboard, and a
// menu that closes by itself.

const isPlain = event => !(event.ctrlKey || event.metaKey || event.shiftKey)

// Show a figure large. Escape, the button and the space around it lead back to the page.
const enlarge = link => {
  const dialog = document.createElement("dialog")
  const close = document.createElement("button")
  const picture = document.createElement("img")
  const {alt} = link.querySelector("img")
  Object.assign(dialog, {className: "figure-large", ariaLabel: alt})
  Object.assign(close, {type: "button", textContent: link.dataset.close})
  Object.assign(picture, {src: link.href, alt})
  dialog.append(close, picture)
  dialog.addEventListener("click", event => event.target !== picture && dialog.close())
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

document.addEventListener("click", event => {
  const link = event.target.closest?.("a.only-light, a.only-dark")
  if (!link || !isPlain(event)) return
  event.preventDefault()
  enlarge(link)
})

// Save a file, as if the reader had followed a link to it.
const save = (blob, name) => {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000) // some browsers read it later
}

// Draw an SVG on white, twice as large as on the page, and return it as PNG.
const toPng = async address => {
  const image = new Image()
  image.src = address
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = 2 * image.naturalWidth
  canvas.height = 2 * image.naturalHeight
  const context = canvas.getContext("2d")
  context.fillStyle = "#fff"
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise(resolve => canvas.toBlob(resolve))
}

const savePicture = async address =>
  save(
    await toPng(address),
    address
      .split("/")
      .pop()
      .replace(/\.svg$/, ".png"),
  )
globalThis.saving = {save}

// A page opened from a folder may not read a picture back.
for (const button of document.querySelectorAll(".figure-png")) {
  if (location.protocol === "file:") button.remove()
  else button.addEventListener("click", () => savePicture(button.previousElementSibling.href))
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
