// The report's only script: a pin and its card light up, open and close together. Without it pins are links to cards.
for (const root of document.querySelectorAll('.nbdiag')) {
  const all = id => root.querySelectorAll(`[data-f="${CSS.escape(id)}"]`)
  const of = target => target.closest?.('[data-f]')?.dataset.f
  const light = (id, name, on) => { if (id) for (const e of all(id)) e.classList.toggle(name, on) }
  const card = id => root.querySelector(`details[data-f="${CSS.escape(id)}"]`)
  let printing = false
  const only = c => { for (const other of root.querySelectorAll('details[data-f][open]')) if (other !== c && !printing) other.open = false }
  // Paper cannot be clicked: all cards are open on it, and those that were closed before are closed again.
  const closed = new Set()
  addEventListener('beforeprint', () => {
    printing = true
    for (const c of root.querySelectorAll('details[data-f]:not([open])')) { closed.add(c); c.open = true }
  })
  addEventListener('afterprint', () => {
    printing = false
    for (const c of closed) c.open = false
    closed.clear()
  })
  const calm = matchMedia('(prefers-reduced-motion: reduce)')

  for (const pin of root.querySelectorAll('a.pin')) pin.setAttribute('role', 'button')
  for (const c of root.querySelectorAll('details[data-f]')) {
    const sync = () => {
      light(c.dataset.f, 'is-on', c.open)
      for (const pin of root.querySelectorAll(`a.pin[data-f="${CSS.escape(c.dataset.f)}"]`)) pin.setAttribute('aria-expanded', String(c.open))
    }
    c.addEventListener('toggle', () => {
      if (c.open) only(c)
      sync()
    })
    sync()
  }
  root.addEventListener('click', event => {
    const pin = event.target.closest('a.pin')
    if (pin) {
      event.preventDefault()
      const c = card(pin.dataset.f)
      c.open = !c.open
      if (c.open) only(c)
      if (c.open) requestAnimationFrame(() => c.scrollIntoView({ block: 'nearest', behavior: calm.matches ? 'auto' : 'smooth' }))
    }
    const copy = event.target.closest('.copy')
    if (copy) navigator.clipboard?.writeText(copy.closest('dd').querySelector('pre').innerText).then(() => {
      copy.textContent = 'Copied'
      setTimeout(() => { copy.textContent = 'Copy' }, 1200)
    })
  })
  root.addEventListener('keydown', event => {
    const pin = event.target.closest('a.pin'), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (pin && event.key === ' ') { event.preventDefault(); pin.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })) }
    if (!pin || !step) return
    const pins = [...pin.parentNode.querySelectorAll('a.pin')]
    pins[pins.indexOf(pin) + step]?.focus()
    event.preventDefault()
  })
  let hot
  const heat = id => { if (id !== hot) { light(hot, 'is-hot', false); light(id, 'is-hot', true); hot = id } }
  root.addEventListener('pointerover', event => heat(of(event.target)))
  root.addEventListener('pointerleave', () => heat(undefined))
  root.addEventListener('focusin', event => heat(of(event.target)))
}
