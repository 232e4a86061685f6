// Elements: make one, and make one look like another touching only what differs.
const SVG = 'http://www.w3.org/2000/svg'

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value)
  }
  return element
}

const svg = (tag, attributes = {}) => set(document.createElementNS(SVG, tag), attributes)

function html(text) {
  const template = document.createElement('template')
  template.innerHTML = text
  return template.content.firstElementChild
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text // writing the same text is a mutation too
}

// What the reader does to a card in the page stays: whether it is open, and what is lit.
const OURS = new Set(['open', 'class'])

function morph(old, next) {
  if (old.nodeName !== next.nodeName) return old.replaceWith(next)
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data
    return
  }
  for (const { name, value } of next.attributes ?? []) {
    if (!OURS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
  const before = [...old.childNodes]
  const after = [...next.childNodes]
  after.forEach((child, i) => (before[i] ? morph(before[i], child) : old.append(child)))
  before.slice(after.length).forEach(child => child.remove())
}
